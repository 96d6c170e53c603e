"""`mailticket run` and `mailticket db upgrade`."""

import asyncio
import gc
import sys

import typer
import uvloop

from mailticket import assembly, config, log
from mailticket.cli.app import ConfigFile, app, settings_of
from mailticket.cli.output import say
from mailticket.daemon import Daemon
from mailticket.store import schema

#: Seconds after which a busy thread lets another one go on.
_SWITCH_INTERVAL = 0.0005
#: New objects between two looks of the garbage collector at the youngest; 700 by default.
_COLLECT_AFTER = 20_000

database = typer.Typer(help="The database.", no_args_is_help=True)
app.add_typer(database, name="db")


@app.command()
def run(config_file: ConfigFile = None) -> None:
    """Run the service: every intake, outbox and schedule that the settings name."""
    origin = config.find(config_file)
    settings = config.load(origin)
    log.configure(settings.service.log, settings.service.log_level)

    async def serve() -> None:
        daemon = Daemon(settings, origin, lambda: config.load(origin))
        _tune()
        await daemon.serve()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve())


def _tune() -> None:
    """The interpreter's own settings for a process that lives long and has a few busy threads."""
    # The ledger gives the interpreter away at every statement, the loop at every read. By default a thread that
    # parses may then keep it for 5 ms: that many times a mail.
    sys.setswitchinterval(_SWITCH_INTERVAL)
    # Mails form no circles, and what is there by now stays: a tenth of the time went into looking for rubbish.
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER, 10, 10)


@database.command("upgrade")
def upgrade(config_file: ConfigFile = None) -> None:
    """Bring the database to the schema of this version."""
    settings, _ = settings_of(config_file)
    store = assembly.open_store(settings, upgrade=True)
    say(f"The database has schema {schema.current(store)}, the newest that this version knows.")
    store.close()
