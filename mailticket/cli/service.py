"""`mailticket run` and `mailticket db upgrade`."""

import asyncio
from typing import Annotated

import typer
import uvloop

from mailticket import assembly, config, interpreter, log
from mailticket.cli.app import ConfigFile, Json, app, settings_of
from mailticket.cli.output import print_json, say
from mailticket.cli.rehearsing import dry_run
from mailticket.daemon import Daemon
from mailticket.store import schema

database = typer.Typer(help="The database.", no_args_is_help=True)
app.add_typer(database, name="db")


@app.command()
def run(
    is_dry: Annotated[
        bool,
        typer.Option("--dry-run", help="Show what would become of the next mails in the mailboxes; change nothing."),
    ] = False,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=0, help="With --dry-run: end after so many mails.")
    ] = 0,
    as_json: Json = False,
    config_file: ConfigFile = None,
) -> None:
    """Run the service. That is every intake, outbox and schedule that the settings name."""
    origin = config.find(config_file)
    settings = config.load(origin)
    if is_dry:
        dry_run(settings, limit, as_json)
        return
    if limit or as_json:
        raise typer.BadParameter("--limit and --json belong to --dry-run")
    log.configure(settings.service.log, settings.service.log_level)

    async def serve() -> None:
        daemon = Daemon(settings, origin, lambda: config.load(origin))
        interpreter.tune()
        await daemon.serve()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve())


@database.command("upgrade")
def upgrade(as_json: Json = False, config_file: ConfigFile = None) -> None:
    """Bring the database to the schema of this version."""
    settings, _ = settings_of(config_file)
    store = assembly.open_store(settings, upgrade=True)
    version = schema.current(store)
    store.close()
    if as_json:
        print_json({"schema": version})
    else:
        say(f"The database has schema {version}, the newest that this version knows.")
