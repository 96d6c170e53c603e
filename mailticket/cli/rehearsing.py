"""`mailticket run --dry-run`: what would become of the next mails, and nothing is written or sent."""

import signal
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from typing import Any

from mailticket import assembly, credentials, log
from mailticket.cli.output import complain, print_json, say
from mailticket.config import Settings, secret_of
from mailticket.desk.held import DOUBTED, reason_in_words
from mailticket.errors import MailticketError
from mailticket.intake.imap import MailboxWatcher
from mailticket.rehearsal import Foreseen, Rehearsal, rehearsing
from mailticket.store import mailboxes
from mailticket.store.engine import Store

_LOOK = 0.3
_STOP = 4.0

#: How a mail's ticket was found, as people say it.
_SIGNS: Mapping[str, str] = {
    "token": "it answers a mail of ours about it",
    "reference": "it answers a mail that is on it",
    "number": "its subject names it",
}
#: Why nothing is made of a mail, as people say it; the other reasons say it themselves.
_IGNORED: Mapping[str, str] = {
    "own_loop": "it is a mail of ours that came back",
    "copy_of_a_sent_mail": "its copy in sent_folder counts",
    "sent_without_ticket": "it lies in sent_folder and is about no ticket",
    "sent_from_another_address": "it lies in sent_folder and is not from an address of the desk",
    "sent_to_the_desk_itself": "it lies in sent_folder and goes to nobody but the desk",
    "unmatched_delivery_report": "it reports on a mail that is none of ours",
    "automatic_answer_without_ticket": "a machine wrote it, and it answers no mail of a ticket",
}


def dry_run(settings: Settings, limit: int, as_json: bool) -> None:
    """Shows mail until `limit` mails were shown (0: no limit), or Ctrl-C. Raises MailticketError."""
    log.configure(settings.service.log, "error")
    if not settings.intake.imap:
        raise MailticketError(
            "A dry run looks into mailboxes, and the settings have no [[intake.imap]]. What would become of a mail "
            "that lies in a file says: mailticket explain --file FILE"
        )
    mails: list[Foreseen] = []
    enough = threading.Event()

    def tell(one: Foreseen) -> bool:
        mails.append(one)
        if not as_json:
            say(line_of(one))
        if limit and len(mails) >= limit:
            enough.set()
        return not enough.is_set()

    # systemd and scripts end it by SIGTERM
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        _watch(settings, tell, enough, complain if as_json else say)
    except KeyboardInterrupt:
        pass
    if as_json:
        print_json({"mails": [_as_json(one) for one in mails], "not_opened": _doors(settings)})


def _watch(settings: Settings, tell: Any, enough: threading.Event, note: Any) -> None:
    with ExitStack() as ends:
        rehearsed, store = ends.enter_context(rehearsing(settings))
        parser = ends.enter_context(assembly.command_parser(settings))
        ledger = Rehearsal(rehearsed, store, parser.parse, tell, _now)
        # what is granted for some time is renewed, and that is kept: else the service could not log in any more
        tokens = ends.enter_context(credentials.command_tokens(settings)) if credentials.grants_of(settings) else None
        for sentence in _beginning(settings, store):
            note(sentence)
        watchers = {
            box.name: MailboxWatcher(
                box, partial(secret_of, box), ledger, now=_now, touch=False,
                token=tokens().of(box.name) if tokens else None,
            )
            for box in settings.intake.imap
        }  # fmt: skip
        for watcher in watchers.values():
            watcher.start()
        try:
            _wait(watchers, enough, note)
        finally:
            for watcher in watchers.values():
                watcher.stop(_STOP)


def _wait(watchers: Mapping[str, MailboxWatcher], enough: threading.Event, note: Any) -> None:
    """Says when a mailbox is watched, and what is wrong with it, as often as that changes."""
    said: dict[str, str] = {}
    read: set[str] = set()
    while not enough.wait(_LOOK):
        for name, watcher in watchers.items():
            watcher.check_liveness()
            if watcher.state.well_since and name not in read:
                read.add(name)
                note(f"Mailbox {name} is read to its end. What comes from now on is shown as it comes.")
            error = watcher.state.error
            if error != said.get(name, "") and not enough.is_set():
                complain(f"Mailbox {name}: {error or 'it can be read again.'}")
            said[name] = error


def _beginning(settings: Settings, store: Store) -> list[str]:
    """What is looked at, and what is not."""
    sentences = ["Dry run: nothing is stored, sent, or changed in a mailbox. Ctrl-C ends it."]
    with store.reading() as connection:
        for box in settings.intake.imap:
            known = mailboxes.state(connection, box.name, box.folder) is not None
            first = "what lies there already stays untouched" if box.start == "now" else f'start = "{box.start}"'
            where = "goes on where the service has read to" if known else f"is seen for the first time: {first}"
            sentences.append(f"Mailbox {box.name} ({box.user} at {box.host}, {box.folder}) {where}.")
    if doors := _doors(settings):
        sentences.append(f"Not opened, so what comes there is not shown: {', '.join(doors)}.")
    return sentences


def _doors(settings: Settings) -> list[str]:
    return [f"{door.protocol} {', '.join(door.listen)}" for door in settings.intake.smtp]


def line_of(one: Foreseen) -> str:
    """A mail, and what would become of it."""
    people = ", ".join(f"{address} ({kind.replace('_', ' ')})" for kind, address in one.written_to)
    written = f"; would write to {people}" if people else "; would write to nobody"
    head = f"{one.from_ or '(no sender)'}: {one.subject or '(no subject)'}"
    return f"{head} → {_becomes(one)}{written}"


def _becomes(one: Foreseen) -> str:
    match one.receipt:
        case "opened":
            confirmed = f"and not confirm it ({_plain(one.silent)})" if one.silent else "and confirm it"
            return f"would open ticket {one.ticket} {confirmed}"
        case "added" if one.why.get("decision") == "RecordSent":
            return f"would be recorded on {one.ticket} as written from the mailbox itself"
        case "added" if one.why.get("decision") == "RecordBounce":
            return f"would be recorded on {one.ticket} as a report on a mail of ours"
        case "added" if one.why.get("decision") == "TakeFeedback":
            return f"would be noted on {one.ticket} as what its customer says with one click"
        case "added":
            sign = _SIGNS.get(one.why.get("found_by") or "", "a person said so")
            return f"would be added to {one.ticket} because {sign}"
        case "held":
            # (the other reasons are said to the agent in whose name it came: "you")
            why = "because" if one.reason in DOUBTED else "with these words to its agent:"
            return f"would be held {why} {reason_in_words(one.reason)}"
        case "duplicate":
            return "is here already" + (f", on {one.ticket}" if one.ticket else "")
        case "quarantined":
            return f"would be kept in quarantine because it cannot be processed: {one.reason}"
        case _:
            return f"would be ignored because {_IGNORED.get(one.reason, _plain(one.reason))}"


def _plain(reason: str) -> str:
    return reason.replace("_", " ")


def _as_json(one: Foreseen) -> dict[str, Any]:
    values = asdict(one)
    from_, written = values.pop("from_"), values.pop("written_to")
    return {
        "from": from_,
        **values,
        "ticket": one.ticket or None,
        "reason": one.reason or None,
        "silent": one.silent or None,
        "written_to": [{"notice": kind, "address": address} for kind, address in written],
    }


def _now() -> datetime:
    return datetime.now(UTC)
