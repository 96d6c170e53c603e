"""`mailticket held …` and `mailticket quarantine …`: mail that waits for a person's word, or for a mend."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from mailticket import assembly
from mailticket.actions.waiting import discard
from mailticket.cli.app import ConfigFile, Json, app, settings_of
from mailticket.cli.output import console, print_json, print_table, say, when
from mailticket.desk.agent_receipts import released
from mailticket.desk.buttons import Word
from mailticket.desk.receipt import Held, Quarantined, Receipt
from mailticket.errors import MailticketError
from mailticket.mail.clean import clean_text
from mailticket.store import waiting
from mailticket.store.blobs import BlobMissing
from mailticket.store.column_types import id_of
from mailticket.store.waiting import Waiting

held = typer.Typer(help="Mail that waits for a person's word.", no_args_is_help=True)
quarantine = typer.Typer(help="Mail that could not be processed.", no_args_is_help=True)
app.add_typer(held, name="held")
app.add_typer(quarantine, name="quarantine")

Id = Annotated[str, typer.Argument(metavar="ID", help="As `list` shows it.")]
Ids = Annotated[list[str], typer.Argument(metavar="ID", help="As `list` shows them; `all` for all.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """What tells the two groups apart."""

    state: str
    name: str
    place: str
    nothing: str


_HELD = _Kind(state=waiting.HELD, name="held", place="Held mail", nothing="No mail is held.")
_QUARANTINE = _Kind(
    state=waiting.QUARANTINE, name="quarantine", place="The quarantine", nothing="The quarantine is empty."
)


@held.command("list")
def list_held(as_json: Json = False, config_file: ConfigFile = None) -> None:
    """What is held, oldest first."""
    _list(_HELD, as_json, config_file)


@quarantine.command("list")
def list_quarantine(as_json: Json = False, config_file: ConfigFile = None) -> None:
    """What is in quarantine, oldest first."""
    _list(_QUARANTINE, as_json, config_file)


@held.command("show")
def show_held(id_: Id, as_json: Json = False, config_file: ConfigFile = None) -> None:
    """One held mail, raw."""
    _show(_HELD, id_, as_json, config_file)


@quarantine.command("show")
def show_quarantine(id_: Id, as_json: Json = False, config_file: ConfigFile = None) -> None:
    """One mail in quarantine, raw."""
    _show(_QUARANTINE, id_, as_json, config_file)


@held.command("release")
def release(ids: Ids, as_json: Json = False, config_file: ConfigFile = None) -> None:
    """Let held mail go on, as if its sender were known for certain."""
    _again(_HELD, ids, as_json, config_file, Word.RELEASE)


@held.command("join")
def join(ids: Ids, as_json: Json = False, config_file: ConfigFile = None) -> None:
    """Put held mail onto the ticket that it names, as not verified."""
    _again(_HELD, ids, as_json, config_file, Word.JOIN)


@quarantine.command("retry")
def retry(ids: Ids, as_json: Json = False, config_file: ConfigFile = None) -> None:
    """Run mail from the quarantine through the same path once more."""
    _again(_QUARANTINE, ids, as_json, config_file)


@held.command("discard")
def discard_held(ids: Ids, as_json: Json = False, config_file: ConfigFile = None) -> None:
    """Drop held mail. Its raw text is kept as long as that of all mail."""
    _discard(_HELD, ids, as_json, config_file)


@quarantine.command("discard")
def discard_quarantine(ids: Ids, as_json: Json = False, config_file: ConfigFile = None) -> None:
    """Drop mail from the quarantine. Its raw text is kept as long as that of all mail."""
    _discard(_QUARANTINE, ids, as_json, config_file)


def _list(kind: _Kind, as_json: bool, config_file: Path | None) -> None:
    settings, _ = settings_of(config_file)
    store = assembly.open_store(settings)
    with store.reading() as connection:
        found = waiting.listing(connection, kind.state)
    store.close()
    if as_json:
        print_json({kind.name: [_item(kind, one) for one in found]})
    elif not found:
        say(kind.nothing)
    else:
        rows = [[str(o.id), when(o.received_at), o.from_address, o.subject, o.ticket, o.reason] for o in found]
        print_table(["id", "received (UTC)", "from", "subject", "ticket", "reason"], rows)


def _item(kind: _Kind, one: Waiting) -> dict[str, Any]:
    item = {
        "id": str(one.id),
        "received_at": one.received_at,
        "from": one.from_address,
        "subject": one.subject,
        "reason": one.reason,
    }
    return {**item, "ticket": one.ticket or None} if kind is _HELD else {**item, "tries": one.tries}


def _show(kind: _Kind, id_: str, as_json: bool, config_file: Path | None) -> None:
    settings, _ = settings_of(config_file)
    store = assembly.open_store(settings)
    context = assembly.context_of(settings, store)
    with store.reading() as connection:
        one = _chosen(connection, kind, [id_])[0]
        raw = context.blobs.read(connection, one.raw_sha256).decode("utf-8", "replace")
    store.close()
    if as_json:
        print_json({**_item(kind, one), "raw": raw})
        return
    say(f"{kind.name} {one.id}, received {when(one.received_at)} UTC: {one.reason}")
    if _is_large(one):
        say(_ONLY_HEADER)
    # as it came it could steer the terminal
    console().print(clean_text(raw), soft_wrap=True)


def _again(kind: _Kind, ids: list[str], as_json: bool, config_file: Path | None, word: Word | None = None) -> None:
    settings, _ = settings_of(config_file)
    store = assembly.open_store(settings)
    with assembly.working_ledger(settings, store) as ledger:
        with store.reading() as connection:
            chosen = _chosen(connection, kind, ids)
        large = [str(one.id) for one in chosen if _is_large(one)]
        nowhere = [str(one.id) for one in chosen if word is Word.JOIN and not one.ticket]
        became, gone = [], []
        for one in (one for one in chosen if str(one.id) not in (*large, *nowhere)):
            try:
                said = released(word, one.reason) if word else None
                became.append((one, ledger.again(one, said).result()))
            except BlobMissing:
                gone.append(str(one.id))
    store.close()
    if as_json:
        print_json({kind.name: [{"id": str(one.id), "receipt": receipt.kind} for one, receipt in became]})
    else:
        for one, receipt in became:
            say(f"{one.id}: {_words(receipt)}")
    problems = (
        ("Not run again: {}. " + _ONLY_HEADER, large),
        ("They name no ticket: {}. `held release` lets them go on without one.", nowhere),
        ("Their bytes are gone: {}. Put back the folder blobs, or discard them.", gone),
        ("Still not processed: {}. The reasons stand in `quarantine list`.", _stuck(became, Quarantined)),
        ("Still held: {}. The reasons stand in `held list`.", _stuck(became, Held) if kind is _HELD else []),
    )
    if said_of := [words.format(", ".join(ids)) for words, ids in problems if ids]:
        raise MailticketError("\n".join(said_of))


def _stuck(became: Sequence[tuple[Waiting, Receipt]], where: type[Receipt]) -> list[str]:
    return [str(one.id) for one, receipt in became if isinstance(receipt, where)]


def _is_large(one: Waiting) -> bool:
    return one.reason.startswith(waiting.TOO_LARGE)


_ONLY_HEADER = (
    "Only the header of so large a mail is kept; the mail itself is still in the mailbox. Save it from there as a "
    "file, then `mailticket ingest FILE` takes it whatever its size, and `mailticket quarantine discard ID` ends this."
)


def _words(receipt: Receipt) -> str:
    ticket = getattr(receipt, "ticket", "")
    reason = getattr(receipt, "reason", "")
    return receipt.kind + (f", ticket {ticket}" if ticket else "") + (f": {reason}" if reason else "")


def _discard(kind: _Kind, ids: list[str], as_json: bool, config_file: Path | None) -> None:
    settings, _ = settings_of(config_file)
    store = assembly.open_store(settings)
    with store.writing() as connection:
        chosen = _chosen(connection, kind, ids)
        for one in chosen:
            discard(connection, one, "cli", datetime.now(UTC))
    store.close()
    if as_json:
        print_json({"discarded": [str(one.id) for one in chosen]})
    else:
        say(f"{len(chosen)} discarded.")


def _chosen(connection: Connection, kind: _Kind, ids: list[str]) -> list[Waiting]:
    if ids == ["all"]:
        return waiting.listing(connection, kind.state)
    found = [waiting.find(connection, kind.state, id_of(id_)) for id_ in ids]
    if missing := [id_ for id_, one in zip(ids, found, strict=True) if one is None]:
        raise MailticketError(
            f"{kind.place} has no {', '.join(missing)}. `mailticket {kind.name} list` shows what there is."
        )
    return [one for one in found if one is not None]
