"""THE path of a mail, on one page: prepare() reads it, check() asks the DNS who wrote it, decide() carries it into the
store.

prepare() and check() run for many mails at once, outside any transaction: one is busy, the other one waits. decide()
runs in the ledger's transaction and holds nothing but SQL and pure decisions.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection

from mailticket.actions import mail as act
from mailticket.actions import undelivered
from mailticket.actions.arrival import Arrival
from mailticket.actions.context import Context
from mailticket.actions.holding import decide_held, hold
from mailticket.actions.loops import count_quick
from mailticket.desk import forms
from mailticket.desk.attachments import Judged, judge, may_be_logo
from mailticket.desk.buttons import Word
from mailticket.desk.decision import (
    AddMessage,
    DecideHeld,
    Hold,
    Ignore,
    OpenTicket,
    RecordBounce,
    RecordComplaint,
    Refuse,
)
from mailticket.desk.receipt import Duplicate, Held, Ignored, Quarantined, Receipt, Refused
from mailticket.desk.roles import sender_of
from mailticket.desk.screening import screen
from mailticket.desk.sender import Role, Sender
from mailticket.desk.senders import Listing
from mailticket.desk.threading import Found, Sign, Thread, Trail, choose, trail_of
from mailticket.desk.triage import Case, triage
from mailticket.desk.undelivered import SentMail
from mailticket.errors import MailticketError
from mailticket.mail.identity import Identity, Verdict, at_sight, identify
from mailticket.mail.message import Envelope, InboundMail, Transport
from mailticket.store import blobs, exposed, mailboxes, pictures, receipts, references, senders, sent, tickets, waiting
from mailticket.store.blobs import Blob


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
    raw: Blob
    parts: tuple[Blob, ...]
    #: Digests of files that the virus scanner does not let through, each with the reason.
    unclean: Mapping[str, str]
    #: What a person said about this mail while it was held, None where nobody was asked.
    word: Word | None = None
    #: Digest under which it was kept, held or in quarantine, where it is run once more; else "".
    again: str = ""
    #: How often it had been tried when it was read from there.
    tries: int = 0


def prepare(raw: bytes, envelope: Envelope, context: Context, parse: Parse) -> Prepared:
    """Reads a mail and looks into its files (both are `parse`'s), looks who wrote it, makes its large bytes durable.

    Raises Unreadable, or what `parse` raises, where it cannot be read; OSError where the disk is full; TemporaryError
    where the virus scanner does not answer.
    """
    mail = parse(raw)
    if not mail.readable:
        raise Unreadable(mail.errors[0])
    answer = screen(mail, envelope, context.policy)
    return Prepared(
        mail=mail,
        envelope=envelope,
        identity=at_sight(mail, envelope, raw),
        trail=trail_of(mail, envelope, context.key, context.policy.subject_tag),
        answer=answer,
        raw=context.blobs.prepare(raw, compress=True),
        unclean=_scanned(mail, context) if answer is None else {},
        parts=tuple(context.blobs.prepare(file.data, file.sha256) for file in mail.attachments),
    )


def _scanned(mail: InboundMail, context: Context) -> dict[str, str]:
    if context.scan is None:
        return {}
    data = {file.sha256: file.data for file in mail.attachments if file.data}
    return {sha256: reason for sha256, one in data.items() if (reason := context.scan(one))}


def is_unproven(prepared: Prepared) -> bool:
    """Whether check() is worth its wait: it may find out who wrote the mail, and somebody would want to know."""
    return prepared.identity.is_open and prepared.answer is None


def check(prepared: Prepared, raw: bytes, context: Context) -> Prepared:
    """Looks by ourselves who wrote a mail: DKIM, SPF, DMARC, ARC. Waits for the DNS, some seconds at most."""
    return replace(prepared, identity=identify(prepared.mail, prepared.envelope, raw, context.checks))


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
    if isinstance(prepared.answer, Refuse) and envelope.transport is Transport.SMTP and not prepared.again:
        # the peer hears it and keeps the mail; where no peer listens the receipt below is the only trace
        return _answered(prepared.answer)
    # somebody else may have released, discarded or run it since it was read
    settled = bool(prepared.again) and not waiting.is_there(connection, prepared.again, prepared.tries)
    known = receipts.known(connection, mail.digest) if settled or mail.digest != prepared.again else None
    if settled and not known:
        known = receipts.known(connection, prepared.again)
    if known and not prepared.again and prepared.identity.verdict is Verdict.PASS and _is_doubtful(known):
        # a doubtful copy came first; the genuine one takes its place
        prepared, known = replace(prepared, again=mail.digest), None
    if known:
        if prepared.again and not settled:
            waiting.remove(connection, prepared.again)
        return Outcome(receipt=Duplicate(ticket=known.ticket))
    blobs.insert(connection, [prepared.raw])
    outcome = _answered(prepared.answer) if prepared.answer else _route(connection, prepared, context, now)
    replaced = receipts.write(
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
    blobs.drop_unused(connection, replaced)
    return outcome


def _is_doubtful(known: receipts.Known) -> bool:
    """Whether what came first may be a forged copy, which must not keep the genuine mail away; no person judged it."""
    ignored = known.kind == Ignored.kind and known.reason != receipts.DISCARDED and known.verdict != Verdict.PASS
    return ignored or known.kind in (Held.kind, Quarantined.kind)


def explain(prepared: Prepared) -> dict[str, Any]:
    """What is known of a mail before the store is asked."""
    return {
        "verdict": str(prepared.identity.verdict),
        "evidence": list(prepared.identity.evidence),
        "from_defect": prepared.mail.from_defect or None,
        "screen": prepared.answer.reason if prepared.answer else None,
        "spam": (prepared.mail.spam or None) if prepared.envelope.filtered else None,
        "numbers": list(prepared.trail.numbers),
        "tokens": len(prepared.trail.tokens),
        "answers": list(prepared.trail.answers[:5]),
    }


def _route(connection: Connection, prepared: Prepared, context: Context, now: datetime) -> Outcome:
    mail, policy, trail = prepared.mail, context.policy, prepared.trail
    led_to = references.led_to(connection, trail.message_ids)
    verdict = Verdict.PASS if prepared.word is Word.RELEASE else prepared.identity.verdict
    form, customer = "", forms.customer_of(mail, prepared.envelope, verdict, policy)
    if customer is not None and mail.from_ is not None:
        form, mail = mail.from_.addr_spec, forms.as_written_by(customer, mail)
    thread = choose(_found(connection, trail, led_to), mail.from_)
    sender = forms.writer(customer) if customer else sender_of(mail, verdict, thread.ticket, policy)
    address = mail.from_.addr_spec if mail.from_ else ""
    listed = senders.listing_of(connection, address, now) if address else None
    case = Case(
        mail=mail, sender=sender, thread=thread, trail=trail, policy=policy, word=prepared.word,
        sent=_returned(connection, mail, thread, trail), listed=listed, filtered=prepared.envelope.filtered,
        exposed=_exposed(connection, sender, trail),
        quick=0 if prepared.word else count_quick(
            connection, context, mail, prepared.envelope, sender, thread, trail, now
        ),
    )  # fmt: skip
    decision = triage(case)
    is_fewer = bool(form) or policy.agent(address) is not None
    most = policy.attachments.max_count_agent if is_fewer else policy.attachments.max_count
    arrival = Arrival(
        mail=mail, envelope=prepared.envelope, sender=sender, thread=thread, trail=trail, led_to=led_to,
        files=judge(mail.attachments, policy.attachments, most, _logos(connection, mail), prepared.unclean),
        raw_sha256=prepared.raw.sha256, now=now, form=form, word=prepared.word,
        allowed=listed is not None and listed.listing is Listing.ALLOW,
    )  # fmt: skip
    if isinstance(decision, OpenTicket | AddMessage):
        blobs.insert(connection, prepared.parts)
    return _carried_out(connection, context, arrival, decision, now)


def _exposed(connection: Connection, sender: Sender, trail: Trail) -> frozenset[str]:
    """Tokens that prove nothing any more; asked only where something has to be proved by a token."""
    if sender.role is not Role.AGENT or sender.verdict is Verdict.PASS:
        return frozenset()
    return exposed.exposed(connection, [token.text for token in trail.tokens])


def _logos(connection: Connection, mail: InboundMail) -> frozenset[str]:
    """Digests of its pictures that are known from signatures; most mail has none that could be."""
    digests = [file.sha256 for file in mail.attachments if may_be_logo(file)]
    return pictures.sent_before(connection, mail.from_.addr_spec, digests) if digests and mail.from_ else frozenset()


def _carried_out(connection: Connection, context: Context, arrival: Arrival, decision: Any, now: datetime) -> Outcome:
    why = {
        "role": str(arrival.sender.role),
        "decision": type(decision).__name__,
        "found_by": str(arrival.thread.sign) if arrival.thread.sign else None,
        "found": arrival.thread.ticket.number if arrival.thread.ticket else None,
        "overruled": list(arrival.thread.overruled),
        "form": arrival.form or None,
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
            recorded, named = undelivered.record_bounce(connection, context, arrival, decision)
            return Outcome(receipt=recorded, ticket=named, **known)
        case RecordComplaint():
            recorded, named = undelivered.record_complaint(connection, context, arrival, decision)
            return Outcome(receipt=recorded, ticket=named, **known)
        case Hold():
            return Outcome(receipt=hold(connection, context, arrival, decision), ticket=decision.ticket, **known)
        case DecideHeld():
            decided, named = decide_held(connection, decision, now)
            return Outcome(receipt=decided, ticket=named, **known)
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


def _returned(connection: Connection, mail: InboundMail, thread: Thread, trail: Trail) -> SentMail | None:
    """The mail of ours that a report speaks of; where a relay has renamed it, its thread tells the ticket at least."""
    mails = (sent.find(connection, id_) for id_ in trail.returned)
    found = next((one for one in mails if one is not None), None)
    if found is None and mail.bounce is not None and thread.ticket is not None and thread.sign is Sign.TOKEN:
        return sent.newest_to(connection, thread.ticket.id, mail.bounce.recipients)
    return found
