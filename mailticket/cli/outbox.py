"""`mailticket outbox …`: outgoing mail that has not left."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from mailticket import assembly
from mailticket.cli.app import ConfigFile, Json, app, settings_of
from mailticket.cli.output import console, print_json, print_table, say, when
from mailticket.errors import MailticketError
from mailticket.outbound.letter import write
from mailticket.store import outbox as store

outbox = typer.Typer(help="Outgoing mail that has not left.", no_args_is_help=True)
app.add_typer(outbox, name="outbox")

Id = Annotated[str, typer.Argument(metavar="ID")]


@outbox.command("list")
def list_outbox(as_json: Json = False, config_file: ConfigFile = None) -> None:
    """What has not left, in the order in which it will."""
    settings, _ = settings_of(config_file)
    opened = assembly.open_store(settings)
    with opened.reading() as connection:
        found = store.listing(connection)
    opened.close()
    if as_json:
        print_json({"outbox": found})
    elif not found:
        say("The outbox is empty.")
    else:
        columns = ["id", "mail", "to", "ticket", "attempts", "next attempt (UTC)", "last error"]
        rows = [
            [
                one["id"], one["notice"], ", ".join(one["to"]), one["ticket"] or "", str(one["attempts"]),
                when(one["next_attempt_at"]) or "failed, not tried again", one["last_error"] or "",
            ]
            for one in found
        ]  # fmt: skip
        print_table(columns, rows)


@outbox.command("show")
def show(id_: Id, as_json: Json = False, config_file: ConfigFile = None) -> None:
    """One mail as it will leave."""
    settings, origin = settings_of(config_file)
    opened = assembly.open_store(settings)
    context = assembly.context_of(settings, opened)
    with opened.reading() as connection:
        row = store.find(connection, int(id_)) if id_.isdigit() else None
        if row is None:
            raise _missing(id_)
        facts = store.facts(connection, context.blobs, row)
    opened.close()
    raw = row.rendered or write(row, facts, assembly.templates_of(settings, origin), context.policy, datetime.now(UTC))
    if as_json:
        print_json({"id": id_, "notice": row.notice.kind, "message_id": row.message_id, "raw": raw.decode()})
    else:
        console().print(raw.decode().replace("\r\n", "\n"), soft_wrap=True)


@outbox.command("retry")
def retry(id_: Id, as_json: Json = False, config_file: ConfigFile = None) -> None:
    """Try a waiting or failed mail again at once."""
    settings, _ = settings_of(config_file)
    opened = assembly.open_store(settings)
    with opened.writing() as connection:
        done = id_.isdigit() and store.retry(connection, int(id_), datetime.now(UTC))
    opened.close()
    if not done:
        raise _missing(id_)
    if as_json:
        print_json({"id": id_, "state": "queued"})
    else:
        say(f"{id_}: due now; the running service tries it within seconds.")


@outbox.command("cancel")
def cancel(id_: Id, as_json: Json = False, config_file: ConfigFile = None) -> None:
    """Never send a mail that has not left."""
    settings, _ = settings_of(config_file)
    opened = assembly.open_store(settings)
    with opened.writing() as connection:
        done = id_.isdigit() and store.cancel(connection, int(id_), datetime.now(UTC), "cli")
    opened.close()
    if not done:
        raise _missing(id_)
    if as_json:
        print_json({"id": id_, "state": "cancelled"})
    else:
        say(f"{id_}: cancelled.")


def _missing(id_: str) -> MailticketError:
    return MailticketError(
        f"The outbox has no mail {id_} that has not left. `mailticket outbox list` shows what there is."
    )
