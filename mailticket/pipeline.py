"""THE path of a mail, on one page: prepare() reads it, check() asks the DNS who wrote it, decide() carries it into the
store.

prepare() and check() run for many mails at once, outside any transaction: one is busy, the other one waits. decide()
runs in the ledger's transaction and holds nothing but SQL and pure decisions.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, partial
from typing import Any, TypeAlias

from sqlalchemy import Connection

from mailticket.actions.acts import KEEPS_FILES, act
from mailticket.actions.agents_reading import read
from mailticket.actions.arrival import Arrival
from mailticket.actions.context import Context
from mailticket.actions.exposing import note_exposed
from mailticket.actions.finding import continued, exposed_tokens, found, is_overtaken, logos, returned
from mailticket.actions.loops import count_quick
from mailticket.desk import canary, forms
from mailticket.desk.attachments import Judged, judge
from mailticket.desk.buttons import SENDING, Word
from mailticket.desk.case import Case, with_words
from mailticket.desk.decision import Decision, Ignore, Refuse
from mailticket.desk.reading import Reading
from mailticket.desk.receipt import Duplicate, Held, Ignored, Quarantined, Receipt, Refused
from mailticket.desk.roles import sender_of
from mailticket.desk.screening import screen
from mailticket.desk.sender import Role
from mailticket.desk.senders import Listing
from mailticket.desk.threading import Trail, choose, trail_of
from mailticket.desk.triage import triage
from mailticket.errors import MailticketError
from mailticket.mail.identity import Identity, Verdict, at_sight, identify
from mailticket.mail.message import Attachment, Envelope, InboundMail, Transport
from mailticket.mail.passed_on import PassedOn, attached_mail, passed_on
from mailticket.store import blobs, mailboxes, probes, receipts, references, senders, waiting
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
    #: Message-ID of the probe that this is, "" for all other mail.
    probe: str
    raw: Blob
    parts: tuple[Blob, ...]
    #: Digests of files that the virus scanner does not let through, each with the reason.
    unclean: Mapping[str, str]
    #: What it forwards, taken apart; None where it forwards nothing, or its sender is no agent.
    passed: PassedOn | None = None
    #: What a person said about this mail while it was held, None where nobody was asked.
    word: Word | None = None
    #: Digest under which it was kept, held or in quarantine, where it is run once more; else "".
    again: str = ""
    #: How often it had been tried when it was read from there.
    tries: int = 0
    #: The newest message of its ticket that was shown to whoever said that.
    shown_until: int = 0


def prepare(raw: bytes, envelope: Envelope, context: Context, parse: Parse) -> Prepared:
    """Reads a mail and looks into its files (both are `parse`'s), looks who wrote it, makes its large bytes durable.

    Raises Unreadable, or what `parse` raises, where it cannot be read; OSError where the disk is full; TemporaryError
    where the virus scanner does not answer.
    """
    mail = parse(raw)
    if not mail.readable:
        raise Unreadable(mail.errors[0])
    if envelope.sent:
        # what was sent to the desk as well lies in INBOX, too, and neither is the other one's repeat
        mail = replace(mail, digest=f"sent:{mail.digest}")
    trail = trail_of(mail, envelope, context.key, context.policy.subject_tag)
    # (the copy of a probe in Sent has gone no way)
    probe = "" if envelope.sent else canary.probe_of(mail, envelope, trail, context.policy, context.key)
    answer = screen(mail, envelope, context.policy) or (Ignore(reason="own_loop") if probe else None)
    passed = _passed_on(mail, context, parse) if answer is None and not envelope.sent else None
    files = (*mail.attachments, *(passed.mail.attachments if passed and passed.attached else ()))
    return Prepared(
        mail=mail,
        envelope=envelope,
        identity=at_sight(mail, envelope, raw),
        trail=trail,
        answer=answer,
        probe=probe,
        raw=context.blobs.prepare(raw, compress=True),
        unclean=_scanned(files, context) if answer is None else {},
        parts=tuple(context.blobs.prepare(data, sha256) for sha256, data in {f.sha256: f.data for f in files}.items()),
        passed=passed,
    )


def _passed_on(mail: InboundMail, context: Context, parse: Parse) -> PassedOn | None:
    """What an agent forwards; a mail that hangs on it is read as carefully as any other."""
    if mail.from_ is None or mail.auto_submitted or context.policy.agent(mail.from_.addr_spec) is None:
        return None
    raw = attached_mail(mail)
    inner = parse(raw) if raw is not None else None
    return passed_on(mail, inner if inner is not None and inner.readable else None)


def _scanned(files: Iterable[Attachment], context: Context) -> dict[str, str]:
    if context.scan is None:
        return {}
    data = {file.sha256: file.data for file in files if file.data}
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
    if isinstance(prepared.answer, Ignore) and prepared.probe and probes.arrive(connection, prepared.probe, now):
        outcome = Outcome(receipt=Ignored(reason=canary.PROBE, spent=True))
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
    verdict = _verdict(prepared)
    is_sent = prepared.envelope.sent
    form, customer = "", None if is_sent else forms.customer_of(mail, prepared.envelope, verdict, policy)
    if customer is not None and mail.from_ is not None:
        form, mail = mail.from_.addr_spec, forms.as_written_by(customer, mail)
    people = (*mail.to, *mail.cc) if is_sent else (mail.from_,)
    thread = choose(found(connection, trail, led_to), *people)
    if customer is None and not is_sent:
        thread = continued(connection, thread, trail, mail.from_, policy)
    sender = forms.writer(customer) if customer else sender_of(mail, verdict, thread.ticket, policy, is_sent=is_sent)
    if sender.role not in (Role.AGENT, Role.DESK):
        mail = with_words(mail, trail, policy.subject_tag)
    address = mail.from_.addr_spec if mail.from_ else ""
    listed = senders.listing_of(connection, address, now) if address else None
    is_fewer = bool(form) or policy.agent(address) is not None
    most = policy.attachments.max_count_agent if is_fewer else policy.attachments.max_count
    arrival = Arrival(
        mail=mail, envelope=prepared.envelope, sender=sender, thread=thread, trail=trail, led_to=led_to,
        files=judge(mail.attachments, policy.attachments, most, logos(connection, mail), prepared.unclean),
        raw_sha256=prepared.raw.sha256, now=now, form=form, word=prepared.word,
        shown_until=prepared.shown_until, unclean=prepared.unclean, passed=prepared.passed,
        allowed=listed is not None and listed.listing is Listing.ALLOW,
    )  # fmt: skip
    case = Case(
        mail=mail, sender=sender, thread=thread, trail=trail, policy=policy, word=prepared.word,
        sent=returned(connection, mail, thread, trail), listed=listed, filtered=prepared.envelope.filtered,
        exposed=exposed_tokens(connection, sender, trail),
        overtaken=is_sent and is_overtaken(connection, thread, trail, prepared.envelope),
        quick=0 if prepared.word or is_sent or trail.is_pressed else count_quick(connection, context, arrival),
        passed=prepared.passed, written_by=prepared.envelope.written_by,
        read=_reader(connection, context, arrival),
    )  # fmt: skip
    decision = triage(case)
    # (what has been found out about its tokens is about those that others knew before)
    note_exposed(connection, context, arrival)
    if isinstance(decision, KEEPS_FILES):
        blobs.insert(connection, prepared.parts)
    return _carried_out(connection, context, arrival, decision)


def _verdict(prepared: Prepared) -> Verdict:
    """Who says that held mail shall go on knows who wrote it; a signature may have run out while it waited."""
    if prepared.word is Word.RELEASE:
        return Verdict.PASS
    found = prepared.identity.verdict
    return Verdict.NONE if found is Verdict.FAIL and prepared.word in SENDING else found


def _reader(connection: Connection, context: Context, arrival: Arrival) -> Callable[[], Reading]:
    """Reads an agent's mail when a rule asks for it, once."""
    address = arrival.sender.address
    agent = context.policy.agent(address.addr_spec) if address and arrival.sender.role is Role.AGENT else None
    return cache(partial(read, connection, context, arrival, agent)) if agent else Reading


def _carried_out(connection: Connection, context: Context, arrival: Arrival, decision: Decision) -> Outcome:
    why = {
        "role": str(arrival.sender.role),
        "decision": type(decision).__name__,
        "found_by": str(arrival.thread.sign) if arrival.thread.sign else None,
        "found": arrival.thread.ticket.number if arrival.thread.ticket else None,
        "overruled": list(arrival.thread.overruled),
        "form": arrival.form or None,
    }
    done = act(connection, context, arrival, decision)
    files = arrival.files if done.message is not None else ()
    return Outcome(
        receipt=done.receipt,
        ticket=done.ticket,
        message=done.message,
        files=files,
        verdict=str(arrival.sender.verdict),
        why=why,
    )


def _answered(answer: Ignore | Refuse) -> Outcome:
    """What a screen has answered."""
    if isinstance(answer, Refuse):
        return Outcome(receipt=Refused(reply=answer.reply, reason=answer.reason))
    return Outcome(receipt=Ignored(reason=answer.reason))
