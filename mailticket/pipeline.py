"""THE path of a mail, on one page: prepare() does all that is slow or dangerous, decide() carries it into the store.

prepare() runs for many mails at once, outside any transaction; decide() runs in the ledger's transaction and
holds nothing but SQL and pure decisions.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection

from mailticket.actions import mail as act
from mailticket.actions.context import Context
from mailticket.desk.attachments import Judged, judge
from mailticket.desk.decision import AddMessage, Hold, Ignore, OpenTicket, RecordBounce, Refuse
from mailticket.desk.receipt import Duplicate, Held, Ignored, Receipt, Refused
from mailticket.desk.roles import sender_of
from mailticket.desk.screening import screen
from mailticket.desk.threading import Found, Sign, Trail, choose, trail_of
from mailticket.desk.triage import Case, triage
from mailticket.errors import MailticketError
from mailticket.mail.identity import Identity, Verdict, identify
from mailticket.mail.message import Attachment, Envelope, InboundMail, Transport
from mailticket.mail.sniff import sniff
from mailticket.store import blobs, mailboxes, outbox, receipts, references, tickets, waiting
from mailticket.store.blobs import Blob

#: Files of one mail whose content is looked at; the others are set aside by their number anyway.
_FILES_SNIFFED = 100


class Unreadable(MailticketError):
    """A library failed on this mail; it is kept as it came."""


Parse: TypeAlias = Callable[[bytes], InboundMail]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A mail on which everything slow is done."""

    mail: InboundMail
    envelope: Envelope
    identity: Identity
    trail: Trail
    answer: Ignore | Refuse | None
    files: tuple[tuple[Attachment, str], ...] = field(repr=False)
    raw: Blob
    parts: tuple[Blob, ...]
    #: A person let this held mail go on.
    released: bool = False
    #: Digest under which it was kept, held or in quarantine, where it is run once more; else "".
    again: str = ""


def prepare(raw: bytes, envelope: Envelope, context: Context, parse: Parse) -> Prepared:
    """Reads a mail, looks who wrote it and what its files are, and makes its large bytes durable.

    Raises Unreadable, or what `parse` raises, where it cannot be read; OSError where the disk is full.
    """
    mail = parse(raw)
    if not mail.readable:
        raise Unreadable(mail.errors[0])
    files = tuple(
        (file, sniff(file.data) if count < _FILES_SNIFFED else "application/octet-stream")
        for count, file in enumerate(mail.attachments)
    )
    return Prepared(
        mail=mail,
        envelope=envelope,
        identity=identify(mail, envelope),
        trail=trail_of(mail, envelope, context.key, context.policy.subject_tag),
        answer=screen(mail, envelope, context.policy),
        files=files,
        raw=context.blobs.prepare(raw, compress=True),
        parts=tuple(context.blobs.prepare(file.data, file.sha256) for file, _ in files),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a mail, for its receipt, its log line and `explain`."""

    receipt: Receipt
    ticket: int | None = None
    message: int | None = None
    verdict: str = ""
    files: tuple[Judged, ...] = ()
    why: dict[str, Any] = field(default_factory=dict)


def decide(connection: Connection, prepared: Prepared, context: Context, now: datetime) -> Outcome:
    """Finds the mail's ticket, decides, carries out, and writes the receipt: all in the caller's transaction.

    Raises Conflict where another node was quicker: the same call in a new transaction joins its ticket.
    """
    mail, envelope = prepared.mail, prepared.envelope
    if envelope.position is not None:
        mailboxes.mark(connection, envelope.position)
    if isinstance(prepared.answer, Refuse) and envelope.transport is Transport.SMTP:
        # the peer hears it and keeps the mail; where no peer listens the receipt below is the only trace
        return _answered(prepared.answer)
    # somebody else may have released or discarded it since it was read
    settled = bool(prepared.again) and not waiting.is_there(connection, prepared.again)
    known = receipts.known(connection, mail.digest) if settled or mail.digest != prepared.again else None
    if settled and not known:
        known = receipts.known(connection, prepared.again)
    if known and known.kind == Held.kind and not prepared.again and prepared.identity.verdict is Verdict.PASS:
        # a doubtful copy came first; the genuine one takes its place
        prepared, known = replace(prepared, again=mail.digest), None
    if known:
        if prepared.again:
            waiting.remove(connection, prepared.again)
        return Outcome(receipt=Duplicate(ticket=known.ticket))
    blobs.insert(connection, [prepared.raw])
    outcome = _answered(prepared.answer) if prepared.answer else _route(connection, prepared, context, now)
    receipts.write(
        connection,
        digest=mail.digest,
        message_id=mail.message_id,
        envelope=envelope,
        receipt=outcome.receipt,
        ticket=outcome.ticket,
        message=outcome.message,
        why={**explain(prepared), **outcome.why},
        raw_sha256=prepared.raw.sha256,
        instead_of=prepared.again,
    )
    if prepared.again and not (outcome.receipt.kind == "held" and prepared.again == mail.digest):
        waiting.remove(connection, prepared.again)
    return outcome


def explain(prepared: Prepared) -> dict[str, Any]:
    """What is known of a mail before the store is asked."""
    return {
        "verdict": str(prepared.identity.verdict),
        "evidence": list(prepared.identity.evidence),
        "from_defect": prepared.mail.from_defect or None,
        "screen": prepared.answer.reason if prepared.answer else None,
        "numbers": list(prepared.trail.numbers),
        "tokens": len(prepared.trail.tokens),
        "answers": list(prepared.trail.answers[:5]),
    }


def _route(connection: Connection, prepared: Prepared, context: Context, now: datetime) -> Outcome:
    mail, policy = prepared.mail, context.policy
    led_to = references.led_to(connection, prepared.trail.message_ids)
    thread = choose(_found(connection, prepared.trail, led_to), mail.from_)
    verdict = Verdict.PASS if prepared.released else prepared.identity.verdict
    sender = sender_of(mail, verdict, thread.ticket, policy)
    case = Case(
        mail=mail, sender=sender, thread=thread, trail=prepared.trail, policy=policy,
        bounced=_bounced(connection, prepared.trail) if mail.bounce else None,
    )  # fmt: skip
    decision = triage(case)
    most = (
        policy.attachments.max_count_agent
        if policy.agent(mail.from_.addr_spec if mail.from_ else "")
        else policy.attachments.max_count
    )
    arrival = act.Arrival(
        mail=mail, envelope=prepared.envelope, sender=sender, thread=thread, trail=prepared.trail, led_to=led_to,
        files=judge(prepared.files, policy.attachments, most), raw_sha256=prepared.raw.sha256, now=now,
    )  # fmt: skip
    if isinstance(decision, OpenTicket | AddMessage):
        blobs.insert(connection, prepared.parts)
    return _carried_out(connection, context, arrival, decision)


def _carried_out(connection: Connection, context: Context, arrival: act.Arrival, decision: Any) -> Outcome:
    why = {
        "role": str(arrival.sender.role),
        "decision": type(decision).__name__,
        "found_by": str(arrival.thread.sign) if arrival.thread.sign else None,
        "found": arrival.thread.ticket.number if arrival.thread.ticket else None,
        "overruled": list(arrival.thread.overruled),
    }
    known: dict[str, Any] = {"verdict": str(arrival.sender.verdict), "why": why}
    match decision:
        case OpenTicket():
            opened, ticket, message = act.open_ticket(connection, context, arrival, decision)
            return Outcome(receipt=opened, ticket=ticket, message=message, files=arrival.files, **known)
        case AddMessage():
            added, ticket, message = act.add_message(connection, context, arrival, decision)
            return Outcome(receipt=added, ticket=ticket, message=message, files=arrival.files, **known)
        case RecordBounce():
            recorded, ticket = act.record_bounce(connection, context, arrival, decision)
            return Outcome(receipt=recorded, ticket=ticket, **known)
        case Hold():
            return Outcome(receipt=act.hold(connection, context, arrival, decision), ticket=decision.ticket, **known)
        case Ignore():
            return Outcome(receipt=Ignored(reason=decision.reason), **known)
        case _:
            raise AssertionError(f"no action for {decision}")


def _answered(answer: Ignore | Refuse) -> Outcome:
    """What a screen has answered."""
    if isinstance(answer, Refuse):
        return Outcome(receipt=Refused(reply=answer.reply, reason=answer.reason))
    return Outcome(receipt=Ignored(reason=answer.reason))


def _found(connection: Connection, trail: Trail, led_to: dict[str, int]) -> list[Found]:
    """Tickets that the trail leads to, strongest sign first."""
    found: list[Found] = []
    signs = [(Sign.TOKEN, token.ticket) for token in trail.tokens if token.ticket]
    signs += [(Sign.REFERENCE, led_to[id_]) for id_ in trail.message_ids if id_ in led_to]
    for sign, ticket_id in signs:
        if all(one.ticket.id != ticket_id for one in found) and (ticket := tickets.snapshot(connection, ticket_id)):
            found.append(Found(sign=sign, ticket=ticket))
    named = (tickets.find_by_number(connection, number) for number in trail.numbers)
    return found + [Found(sign=Sign.NUMBER, ticket=ticket) for ticket in named if ticket]


def _bounced(connection: Connection, trail: Trail) -> int | None:
    """The mail of ours that a report speaks of."""
    rows = (outbox.find_sent(connection, id_) for id_ in trail.answers)
    return next((row for row in rows if row is not None), None)
