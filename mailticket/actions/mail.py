"""What does a decision on a mail do? One function a decision: ticket, message, events and outbox in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailticket.actions.context import Context
from mailticket.actions.outgoing import send, take_back_update
from mailticket.actions.tickets import send_answer
from mailticket.desk import notices
from mailticket.desk.attachments import Judged
from mailticket.desk.confirmation import capped, is_own, scopes, why_silent
from mailticket.desk.decision import AddMessage, Hold, OpenTicket, RecordBounce
from mailticket.desk.notice import Notice
from mailticket.desk.receipt import Added, Held, Opened
from mailticket.desk.sender import Role, Sender
from mailticket.desk.status import DONE
from mailticket.desk.threading import Thread, Trail, belongs
from mailticket.desk.ticket import Direction, Source, Ticket
from mailticket.mail.identity import Verdict
from mailticket.mail.message import Address, Envelope, InboundMail
from mailticket.store import caps, outbox, tickets, waiting
from mailticket.store.references import tie_references
from mailticket.store.tickets import NewMessage

#: Notices about held mail to one agent in an hour; more would be a way to flood an agent.
_HELD_NOTICES_PER_HOUR = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A mail with all that was found out about it."""

    mail: InboundMail
    envelope: Envelope
    sender: Sender
    thread: Thread
    trail: Trail
    #: Message-IDs of the trail that lead to a ticket already.
    led_to: Mapping[str, int]
    files: tuple[Judged, ...]
    raw_sha256: str
    now: datetime


def open_ticket(
    connection: Connection, context: Context, arrival: Arrival, decision: OpenTicket
) -> tuple[Opened, int, int]:
    """A new ticket with its first message and, where nothing speaks against it, a confirmation. Returns ids of both."""
    policy = context.policy
    ticket = tickets.open_ticket(
        connection,
        title=decision.title,
        contact=arrival.sender.address,
        source=Source(str(arrival.envelope.transport)),
        desk_address=_written_to(arrival, context),
        language=policy.default_language,
        numbering=policy.numbering,
        day=context.day(arrival.now),
        now=arrival.now,
        possible_reply_to=decision.possible_reply_to,
        follows=decision.follows,
    )
    message = _store_message(connection, ticket.id, arrival)
    _tie(connection, ticket.id, arrival)
    tickets.add_participants(connection, ticket.id, _others(arrival, context), confirmed=False)
    before = tickets.snapshot(connection, decision.follows) if decision.follows else None
    happened: list[tuple[str, Mapping[str, Any]]] = [("opened", _how(arrival, message))]
    if before is not None:
        happened.append(("follows", {"ticket": before.number}))
    if decision.possible_reply_to:
        happened.append(("possible_reply", {"ticket": decision.possible_reply_to}))
    tickets.record(connection, ticket.id, arrival.now, _actor(arrival), *happened)
    confirmed = _confirm(connection, context, arrival, ticket, follows=before.number if before else "")
    tickets.record(connection, ticket.id, arrival.now, "mailticket", confirmed)
    return Opened(ticket=ticket.number), ticket.id, message


def add_message(
    connection: Connection, context: Context, arrival: Arrival, decision: AddMessage
) -> tuple[Added, int, int]:
    """One more message on a ticket; an agent's answer goes on to the customer. Returns ids of ticket and message."""
    ticket = arrival.thread.ticket
    assert ticket is not None and ticket.id == decision.ticket
    message = _store_message(connection, ticket.id, arrival, answer=decision.answer)
    _tie(connection, ticket.id, arrival)
    if decision.answer:
        assert arrival.sender.address is not None
        agent = context.policy.agent(arrival.sender.address.addr_spec)
        reached = {address.addr_spec for address in (*arrival.mail.to, *arrival.mail.cc)}
        send_answer(connection, context, ticket, message, agent, _actor(arrival), arrival.now, reached)
        return Added(ticket=ticket.number), ticket.id, message
    if arrival.sender.verdict is Verdict.PASS:
        newcomers = [one for one in _others(arrival, context) if not belongs(one.addr_spec, ticket)]
        tickets.add_participants(connection, ticket.id, newcomers, confirmed=False)
    happened: list[tuple[str, Mapping[str, Any]]] = [("message_added", _how(arrival, message, decision))]
    changes: dict[str, str] = {}
    if decision.status is not None and decision.status is not ticket.status:
        changes["status"] = str(decision.status)
        if ticket.status in DONE:
            happened.append(("reopened", {"from": str(ticket.status)}))
        happened.append(("changed", {"field": "status", "from": str(ticket.status), "to": str(decision.status)}))
        take_back_update(connection, ticket.id, arrival.now)
    tickets.set_fields(connection, ticket.id, changes, arrival.now)
    tickets.record(connection, ticket.id, arrival.now, _actor(arrival), *happened)
    return Added(ticket=ticket.number), ticket.id, message


def record_bounce(
    connection: Connection, context: Context, arrival: Arrival, decision: RecordBounce
) -> tuple[Added, int]:
    """A delivery report: an event on the ticket, and the mail that came back is marked."""
    bounce = arrival.mail.bounce
    ticket = arrival.thread.ticket
    assert bounce is not None and ticket is not None
    if decision.outbox is not None:
        outbox.bounced(connection, decision.outbox)
    detail = {"recipients": list(bounce.recipients), "status": bounce.status, "permanent": bounce.permanent}
    tickets.record(connection, ticket.id, arrival.now, "mailticket", ("bounced", detail))
    return Added(ticket=ticket.number), ticket.id


def hold(connection: Connection, context: Context, arrival: Arrival, decision: Hold) -> Held:
    """Kept for a person's word; an agent under whose address it came is told at the registered address."""
    id_ = waiting.keep(
        connection,
        waiting.HELD,
        digest=arrival.mail.digest,
        from_address=arrival.sender.address.addr_spec if arrival.sender.address else "",
        subject=arrival.mail.subject,
        reason=decision.reason,
        ticket=decision.ticket,
        envelope=arrival.envelope,
        raw_sha256=arrival.raw_sha256,
    )
    agent = context.policy.agent(decision.tell) if decision.tell and _is_news(arrival, context) else None
    scope = f"held:{decision.tell}"
    if agent is not None and caps.counts(connection, [scope], arrival.now)[0] < _HELD_NOTICES_PER_HOUR:
        caps.count(connection, [scope], arrival.now)
        received = arrival.envelope.received_at
        notice = notices.held(agent, arrival.mail, decision.reason, str(id_), received, context.policy)
        send(connection, context, notice, None, arrival.now)
    if decision.ticket is not None:
        detail = {"held": str(id_), "reason": decision.reason}
        tickets.record(connection, decision.ticket, arrival.now, "mailticket", ("mail_held", detail))
    return Held(id=str(id_), reason=decision.reason)


def _is_news(arrival: Arrival, context: Context) -> bool:
    """Nobody is told of what lies in an archive that is imported, or in a mailbox that is read once more."""
    age = arrival.now - arrival.envelope.received_at
    return arrival.envelope.confirm and age <= context.policy.confirmations.max_age


def _confirm(
    connection: Connection, context: Context, arrival: Arrival, ticket: Ticket, follows: str
) -> tuple[str, Mapping[str, Any]]:
    """Queues the confirmation, or says why there is none: the event either way."""
    policy = context.policy
    silent = why_silent(arrival.mail, arrival.envelope, arrival.sender, policy, arrival.now)
    address = arrival.sender.address
    if not silent and address is not None:
        scoped = scopes(address.addr_spec, arrival.sender.verdict)
        silent = capped(caps.counts(connection, scoped, arrival.now), policy)
        if not silent:
            caps.count(connection, scoped, arrival.now)
    if silent or address is None:
        return "confirmation_suppressed", {"reason": silent}
    notice: Notice = notices.confirmation(ticket, arrival.mail, arrival.sender, arrival.files, policy, follows)
    send(connection, context, notice, ticket.id, arrival.now)
    return "confirmation_queued", {"to": address.addr_spec}


def _store_message(connection: Connection, ticket: int, arrival: Arrival, answer: bool = False) -> int:
    mail = arrival.mail
    message = NewMessage(
        at=arrival.now,
        direction=Direction.OUTBOUND if answer else Direction.INBOUND,
        from_=arrival.sender.address,
        to=mail.to,
        cc=mail.cc,
        from_customer=not answer and arrival.sender.role is not Role.AGENT,
        # an answer goes out under a Message-ID of ours; the agent's own would tell the customer where it came from
        message_id="" if answer else mail.message_id,
        text=mail.text,
        reply=mail.reply,
        html=mail.html,
        verdict=arrival.sender.verdict,
    )
    return tickets.add_message(connection, ticket, message, arrival.files)


def _tie(connection: Connection, ticket: int, arrival: Arrival) -> None:
    new = [id_ for id_ in arrival.trail.message_ids if id_ not in arrival.led_to]
    tie_references(connection, ticket, new, expected_new=True)


def _how(arrival: Arrival, message: int, decision: AddMessage | None = None) -> dict[str, Any]:
    """What the event says of the way in which the mail came to its ticket."""
    how: dict[str, Any] = {"message": str(message), "verdict": str(arrival.sender.verdict)}
    if decision is not None and arrival.thread.sign is not None:
        how["found_by"] = str(arrival.thread.sign)
        if not decision.verified:
            how["unverified"] = True
        if decision.automatic:
            how["automatic"] = True
    if arrival.thread.overruled:
        how["overruled"] = list(arrival.thread.overruled)
    return how


def _actor(arrival: Arrival) -> str:
    return arrival.sender.address.addr_spec if arrival.sender.address else "unknown"


def _written_to(arrival: Arrival, context: Context) -> str:
    """The desk's address that this mail was written to: answers go out from it."""
    named = (*arrival.envelope.rcpt_tos, *(address.addr_spec for address in (*arrival.mail.to, *arrival.mail.cc)))
    return next(
        (one for name in named if (one := _without_plus(name)) in context.policy.desk_addresses),
        context.policy.desk_address,
    )


def _without_plus(addr_spec: str) -> str:
    local, _, domain = addr_spec.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _others(arrival: Arrival, context: Context) -> list[Address]:
    """Everybody else whom the mail names in To and Cc: neither its sender, nor the desk, nor agents."""
    sender = arrival.sender.address.addr_spec if arrival.sender.address else ""
    return [
        address
        for address in (*arrival.mail.to, *arrival.mail.cc)
        if address.addr_spec != sender
        and not is_own(address.addr_spec, context.policy)
        and context.policy.agent(address.addr_spec) is None
    ][:_MOST_PARTICIPANTS]


#: A mail to hundreds of people puts no more of them than this on a ticket.
_MOST_PARTICIPANTS = 50
