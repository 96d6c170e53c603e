"""`mailticket explain`: why a mail became what it became."""

import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from mailticket import assembly
from mailticket.cli.app import ConfigFile, Json, app, settings_of
from mailticket.cli.output import print_json, say, when
from mailticket.config import Settings
from mailticket.errors import MailticketError
from mailticket.intake.files import envelope_of
from mailticket.rehearsal import foresee, taken_back
from mailticket.store import receipts
from mailticket.store.blobs import BlobFolder
from mailticket.store.engine import Store


@app.command()
def explain(
    message: Annotated[str, typer.Argument(metavar="MESSAGE", help="A Message-ID or a message's id.")] = "",
    file: Annotated[
        Path | None, typer.Option("--file", metavar="FILE", help="What would become of this mail; writes nothing.")
    ] = None,
    as_json: Json = False,
    config_file: ConfigFile = None,
) -> None:
    """Why a mail became what it became. Says verdict, screen, thread, decision."""
    if bool(message) == (file is not None):
        raise typer.BadParameter("give a MESSAGE or --file FILE, one of the two")
    settings, _ = settings_of(config_file)
    store = assembly.open_store(settings)
    found = _foresee(settings, store, file) if file else _remember(store, message)
    store.close()
    if as_json:
        print_json(found)
    else:
        _print(found)


def _remember(store: Store, message: str) -> dict[str, Any]:
    with store.reading() as connection:
        found = receipts.find(connection, message)
    if found is None:
        raise MailticketError(
            f"No mail {message} has come in. Give its Message-ID, or an id from `ticket show --json`."
        )
    return found


def _foresee(settings: Settings, store: Store, file: Path) -> dict[str, Any]:
    """Runs the real path and takes it all back: the same code decides, and nothing is kept."""
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise MailticketError(f"{file}: cannot be read: {error.strerror}.") from error
    now = datetime.now(UTC)
    envelope = replace(envelope_of(raw, confirm=True, now=now), received_at=now)
    with tempfile.TemporaryDirectory() as folder, assembly.command_parser(settings) as parser:
        context = replace(assembly.context_of(settings, store), blobs=BlobFolder(Path(folder)))
        found = foresee(raw, envelope, context, parser.parse, partial(taken_back, store), now)
    return {
        "message_id": found.message_id,
        "received_at": found.received_at,
        "transport": found.transport,
        "receipt": found.receipt,
        "ticket": found.ticket or None,
        "reason": found.reason or None,
        "why": found.why,
    }


def _print(found: dict[str, Any]) -> None:
    why = found["why"]
    ticket = f", ticket {found['ticket']}" if found["ticket"] else ""
    reason = f" ({found['reason']})" if found["reason"] else ""
    say(f"{found['message_id'] or '(no Message-ID)'} by {found['transport']}, {when(found['received_at'])} UTC")
    say(f"became    {found['receipt']}{ticket}{reason}")
    if "fault" in why:
        say(f"fault     {why['fault']}")
        return
    say(f"verdict   {why['verdict']}" + (f", as {why['role']}" if why.get("role") else ""))
    for sentence in why["evidence"]:
        say(f"          {sentence}")
    if why.get("from_defect"):
        say(f"          From names nobody for certain: {why['from_defect']}")
    if why.get("form"):
        say(f"form      {why['form']}: whoever its Reply-To names is the customer, and nothing proves it")
    say(f"screen    {why['screen'] or 'let it through'}")
    if why.get("spam"):
        say(f"spam      {why['spam']}")
    if why.get("found"):
        overruled = f"; overruled: {', '.join(why['overruled'])}" if why["overruled"] else ""
        say(f"thread    {why['found']}, found by {why['found_by']}{overruled}")
    elif "found" in why:
        say("thread    nothing in it leads to a ticket")
    if why["numbers"]:
        say(f"numbers   {', '.join(why['numbers'])} in the subject")
    settled = "the screen answered" if why["screen"] else "the same mail has come before"
    say(f"decision  {why.get('decision') or f'none: {settled}'}")
