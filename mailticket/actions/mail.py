"""What does a decision on a mail do? One function a decision: ticket, message, events and outbox in one transaction."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from mailticket.actions.absence import hand_back
from mailticket.actions.arrival import Arrival
from mailticket.actions.confirming import confirm
from mailticket.actions.context import Context
from mailticket.actions.notifying import tell_agents
from mailticket.actions.outgoing import take_back_update
from mailticket.actions.tickets import confirm_participants, send_answer
from mailticket.desk.confirmation import is_own
from mailticket.desk.decision import AddMessage, OpenTicket
from mailticket.desk.receipt import Added, Opened
from mailticket.desk.sender import Role
from mailticket.desk.status import DONE
from mailticket.desk.threading import belongs
from mailticket.desk.ticket import Direction, Source, Ticket
from mailticket.mail.identity import Verdict
from mailticket.mail.message import Address
from mailticket.store import contacts, exposed, tickets
from mailticket.store.references import take_over, tie_references
from mailticket.store.tickets import NewMessage


def open_ticket(
    connection: Connection, context: Context, arrival: Arrival, decision: OpenTicket
) -> tuple[Opened, int, int]:
    """A new ticket with its first message and, where nothing speaks against it, a confirmation. Returns ids of both."""
    policy = context.policy
    ticket = tickets.open_ticket(
        connection,
        title=decision.title,
        contact=arrival.sender.address,
        source=Source.CONTACT_FORM if arrival.form else Source(str(arrival.envelope.transport)),
        desk_address=_written_to(arrival, context),
        language=policy.language_for(arrival.mail.language),
        numbering=policy.numbering,
        day=context.day(arrival.now),
        now=arrival.now,
        possible_reply_to=decision.possible_reply_to,
        follows=decision.follows,
        tags=decision.tags,
    )
    ticket = _welcome(connection, arrival, ticket)
    message = _store_message(connection, ticket.id, arrival)
    _tie(connection, ticket.id, arrival)
    others = _others(arrival, context)
    tickets.add_participants(connection, ticket.id, others, confirmed=False)
    ticket = replace(ticket, participants=frozenset(person.addr_spec for person in others))
    before = tickets.snapshot(connection, decision.follows) if decision.follows else None
    happened: list[tuple[str, Mapping[str, Any]]] = [("opened", _how(arrival, message))]
    if before is not None:
        happened.append(("follows", {"ticket": before.number}))
    if decision.possible_reply_to:
        happened.append(("possible_reply", {"ticket": decision.possible_reply_to}))
    tickets.record(connection, ticket.id, arrival.now, arrival.actor, *happened)
    confirmed = confirm(connection, context, arrival, ticket, decision.silent, before.number if before else "")
    tagged = [("tagged", {"tags": list(decision.tags)})] if decision.tags else []
    tickets.record(connection, ticket.id, arrival.now, "mailticket", *tagged, confirmed)
    tell_agents(connection, context, arrival, ticket, message, decision.possible_reply_to)
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
        contact = ticket.contact.addr_spec if ticket.contact else ""
        others = _others(arrival, context)
        if others:
            # they hold this mail, and with it the token of the notification that it answers
            exposed.expose(connection, [token.text for token in arrival.trail.tokens])
        if arrival.sender.verdict is Verdict.PASS:
            # who has nothing but a token answers the customer; whoever stole it must not reach anybody else by us
            copied = [person for person in others if person.addr_spec != contact]
            ticket = confirm_participants(connection, ticket, copied)
        send_answer(connection, context, ticket, message, agent, arrival.actor, arrival.now, reached)
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
    tickets.record(connection, ticket.id, arrival.now, arrival.actor, *happened)
    if decision.automatic:
        hand_back(connection, context, arrival, ticket, decision.absent)
    else:
        _welcome(connection, arrival, ticket)
        now_so = replace(ticket, status=decision.status or ticket.status)
        tell_agents(connection, context, arrival, now_so, message)
    return Added(ticket=ticket.number), ticket.id, message


def _welcome(connection: Connection, arrival: Arrival, ticket: Ticket) -> Ticket:
    """Whoever writes from an address to which mail could not be delivered reads mail again."""
    contact, author = ticket.contact, arrival.sender.address
    if not ticket.standing.bounced or arrival.mail.auto_submitted or contact is None or author is None:
        return ticket
    if contact.addr_spec != author.addr_spec:
        return ticket
    contacts.mark_reachable(connection, contact.addr_spec)
    return replace(ticket, standing=replace(ticket.standing, bounced=False))


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
    id_ = tickets.add_message(connection, ticket, message, arrival.files)
    unclean = [
        ("attachment_unclean", {"message": str(id_), "filename": file.filename, "reason": file.withheld})
        for file in arrival.files
        if file.unclean
    ]
    tickets.record(connection, ticket, arrival.now, "mailticket", *unclean)
    return id_


def _tie(connection: Connection, ticket: int, arrival: Arrival) -> None:
    new = [id_ for id_ in arrival.trail.message_ids if id_ not in arrival.led_to]
    tie_references(connection, ticket, new, expected_new=True)
    own = arrival.trail.own
    if arrival.led_to.get(own, ticket) != ticket:
        # somebody has referred to this mail before it came; whoever claims a mail in advance must not get its answers
        take_over(connection, ticket, own)


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
