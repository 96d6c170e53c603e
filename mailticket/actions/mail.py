"""What does a decision on a mail do? One function a decision: ticket, message, events and outbox in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailticket.actions.absence import hand_back
from mailticket.actions.arrival import Arrival
from mailticket.actions.confirming import confirm
from mailticket.actions.context import Context
from mailticket.actions.due import due_of_new, settled_due
from mailticket.actions.notifying import tell_agents
from mailticket.actions.outgoing import take_back_end, take_back_update
from mailticket.actions.tickets import confirm_participants, move_on
from mailticket.desk import notices
from mailticket.desk.attachments import Judged
from mailticket.desk.confirmation import is_own
from mailticket.desk.decision import AddMessage, OpenTicket, RecordSent
from mailticket.desk.desks import written_to
from mailticket.desk.receipt import Added, Opened
from mailticket.desk.sender import Role
from mailticket.desk.status import DONE
from mailticket.desk.threading import belongs
from mailticket.desk.ticket import Direction, Source, Ticket, Visibility
from mailticket.mail.identity import Verdict
from mailticket.mail.message import Address
from mailticket.store import contacts, opening, outbox, tickets
from mailticket.store.opening import NewTicket
from mailticket.store.references import take_over, tie_references
from mailticket.store.tickets import NewMessage


def open_ticket(
    connection: Connection, context: Context, arrival: Arrival, decision: OpenTicket
) -> tuple[Opened, int, int]:
    """A new ticket with its first message and, where nothing speaks against it, a confirmation. Returns ids of both."""
    policy = context.policy
    written = written_to(arrival.mail, arrival.envelope, policy)
    new = NewTicket(
        at=arrival.now,
        title=decision.title,
        contact=arrival.sender.address,
        source=Source.CONTACT_FORM if arrival.form else Source(str(arrival.envelope.transport)),
        desk_address=written.address,
        team=written.team,
        language=policy.language_for(_language(connection, arrival), written.desk),
        possible_reply_to=decision.possible_reply_to,
        follows=decision.follows,
        tags=decision.tags,
        order_number=next(iter(arrival.mail.order_numbers), ""),
        due_at=due_of_new(context, written.team, arrival.now) if arrival.is_news else None,
        spoken=arrival.mail.language,
        proved=arrival.sender.verdict is Verdict.PASS,
    )
    ticket = _welcome(connection, arrival, opening.open_ticket(connection, new, policy.numbering, context.day(new.at)))
    message = _store_message(connection, ticket.id, arrival)
    tie(connection, ticket.id, arrival)
    people = others(arrival, context)
    tickets.add_participants(connection, ticket.id, people, confirmed=False)
    ticket = replace(ticket, participants=frozenset(person.addr_spec for person in people))
    before = tickets.snapshot(connection, decision.follows) if decision.follows else None
    team = {"team": written.team} if written.team else {}
    happened: list[tuple[str, Mapping[str, Any]]] = [("opened", {**_how(arrival, message), **team})]
    if before is not None:
        happened.append(("follows", {"ticket": before.number}))
    if decision.possible_reply_to:
        happened.append(("possible_reply", {"ticket": decision.possible_reply_to}))
    tickets.record(connection, ticket.id, arrival.now, arrival.actor, *happened)
    confirmed = confirm(connection, context, arrival, ticket, decision.silent, before.number if before else "")
    tagged = [("tagged", {"tags": list(decision.tags)})] if decision.tags else []
    tickets.record(connection, ticket.id, arrival.now, "mailticket", *tagged, confirmed)
    tell_agents(connection, context, arrival, ticket, message)
    return Opened(ticket=ticket.number), ticket.id, message


def add_message(
    connection: Connection, context: Context, arrival: Arrival, decision: AddMessage
) -> tuple[Added, int, int]:
    """One more message on a ticket. Returns ids of ticket and message."""
    ticket = arrival.thread.ticket
    assert ticket is not None and ticket.id == decision.ticket
    # where an agent is, and who is there instead, is for colleagues
    is_absence = decision.automatic and arrival.sender.role is Role.AGENT
    visibility = Visibility.INTERNAL if is_absence else Visibility.PUBLIC
    message = _store_message(connection, ticket.id, arrival, visibility=visibility)
    tie(connection, ticket.id, arrival)
    if arrival.sender.verdict is Verdict.PASS:
        newcomers = [one for one in others(arrival, context) if not belongs(one.addr_spec, ticket)]
        room = max(0, _MOST_PARTICIPANTS - len(ticket.participants))
        tickets.add_participants(connection, ticket.id, newcomers[:room], confirmed=False)
    happened: list[tuple[str, Mapping[str, Any]]] = [("message_added", _how(arrival, message, decision))]
    # the customer has spoken: it sleeps no longer, and nobody waits for an answer
    changes: dict[str, Any] = {} if decision.automatic or decision.thanks else {"snoozed_until": None, "asked_at": None}
    if arrival.mail.order_numbers and not ticket.order_number and not decision.automatic:
        changes["order_number"] = arrival.mail.order_numbers[0]
        happened.append(("changed", {"field": "order_number", "from": "", "to": changes["order_number"]}))
    if decision.status is not None and decision.status is not ticket.status:
        changes["status"] = str(decision.status)
        if ticket.status in DONE:
            happened.append(("reopened", {"from": str(ticket.status)}))
            take_back_end(connection, ticket.id)
        happened.append(("changed", {"field": "status", "from": str(ticket.status), "to": str(decision.status)}))
        take_back_update(connection, ticket.id, arrival.now)
    tickets.set_fields(connection, ticket.id, changes, arrival.now)
    tickets.record(connection, ticket.id, arrival.now, arrival.actor, *happened)
    if decision.automatic:
        hand_back(connection, context, arrival, ticket, decision.absent)
    else:
        _welcome(connection, arrival, ticket)
        _note_language(connection, arrival, ticket)
        if decision.thanks:
            return Added(ticket=ticket.number), ticket.id, message
        order_number = changes.get("order_number", ticket.order_number)
        now_so = replace(ticket, status=decision.status or ticket.status, order_number=order_number)
        tell_agents(connection, context, arrival, now_so, message)
    return Added(ticket=ticket.number), ticket.id, message


def keep_words(connection: Connection, arrival: Arrival, ticket: Ticket, told: bool) -> int:
    """A customer's message that leaves the ticket where it stands. `told`: agents hear of it. Returns its id."""
    message = _store_message(connection, ticket.id, arrival)
    tie(connection, ticket.id, arrival)
    tickets.set_fields(connection, ticket.id, {}, arrival.now)
    how = _how(arrival, message) | ({} if told else {"untold": True})
    tickets.record(connection, ticket.id, arrival.now, arrival.actor, ("message_added", how))
    return message


def record_sent(
    connection: Connection, context: Context, arrival: Arrival, decision: RecordSent
) -> tuple[Added, int, int]:
    """What has left from the desk's mailbox already; nobody is sent anything. Returns ids of ticket and message.

    People to whom it was written besides are on the ticket from now on: what they answer comes to it.
    """
    ticket, mail, now = arrival.thread.ticket, arrival.mail, arrival.now
    assert ticket is not None and ticket.id == decision.ticket and mail.from_ is not None
    visibility = Visibility.PUBLIC if decision.public else Visibility.INTERNAL
    message = _store_message(connection, ticket.id, arrival, visibility=visibility)
    tie(connection, ticket.id, arrival)
    contact = ticket.contact.addr_spec if ticket.contact else ""
    besides = [person for person in others(arrival, context) if person.addr_spec != contact]
    if not decision.public:
        tickets.add_participants(connection, ticket.id, besides, confirmed=False)
        tickets.set_fields(connection, ticket.id, {}, now)
        told = {"message": str(message), "to": [person.addr_spec for person in besides]}
        tickets.record(connection, ticket.id, now, arrival.actor, ("written_to_others", told))
        return Added(ticket=ticket.number), ticket.id, message
    confirm_participants(connection, ticket, besides)
    notice = notices.sent_by_hand(ticket, message, mail, context.policy)
    outbox.record_sent(connection, notice, mail.message_id, ticket.id, min(arrival.envelope.received_at, now))
    settled_due(connection, context, ticket, now)
    move_on(connection, ticket, message, None, arrival.actor, now, decision.status)
    return Added(ticket=ticket.number), ticket.id, message


def _language(connection: Connection, arrival: Arrival) -> str:
    """Of the mail; where that is too short to tell, the one that its sender wrote last."""
    if arrival.mail.language or arrival.sender.address is None:
        return arrival.mail.language
    return contacts.language_of(connection, arrival.sender.address.addr_spec)


def _note_language(connection: Connection, arrival: Arrival, ticket: Ticket) -> None:
    """Of who writes on a ticket; most go on in the one in which they began."""
    if arrival.mail.language not in ("", ticket.language) and arrival.sender.address is not None:
        contacts.set_language(connection, arrival.sender.address.addr_spec, arrival.mail.language)


def _welcome(connection: Connection, arrival: Arrival, ticket: Ticket) -> Ticket:
    """Whoever writes from an address to which mail could not be delivered reads mail again."""
    contact, author = ticket.contact, arrival.sender.address
    if not ticket.standing.bounced or arrival.mail.auto_submitted or contact is None or author is None:
        return ticket
    if contact.addr_spec != author.addr_spec:
        return ticket
    contacts.mark_reachable(connection, contact.addr_spec)
    return replace(ticket, standing=replace(ticket.standing, bounced=False))


def _store_message(
    connection: Connection,
    ticket: int,
    arrival: Arrival,
    visibility: Visibility = Visibility.PUBLIC,
) -> int:
    mail, role = arrival.mail, arrival.sender.role
    message = NewMessage(
        at=arrival.now,
        direction=Direction.OUTBOUND if role is Role.DESK else Direction.INBOUND,
        visibility=visibility,
        from_=arrival.sender.address,
        to=mail.to,
        cc=mail.cc,
        from_customer=role not in (Role.AGENT, Role.DESK),
        message_id=mail.message_id,
        text=mail.text,
        reply=mail.reply,
        html=mail.html,
        verdict=arrival.sender.verdict,
    )
    id_ = tickets.add_message(connection, ticket, message, arrival.files)
    note_unclean(connection, ticket, id_, arrival.files, arrival.now)
    return id_


def note_unclean(connection: Connection, ticket: int, message: int, files: Sequence[Judged], now: datetime) -> None:
    """An event for every file of a message that a virus scanner does not let through."""
    unclean = [
        ("attachment_unclean", {"message": str(message), "filename": file.filename, "reason": file.withheld})
        for file in files
        if file.unclean
    ]
    tickets.record(connection, ticket, now, "mailticket", *unclean)


def tie(connection: Connection, ticket: int, arrival: Arrival) -> None:
    """Answers to this mail, and to those that it names, belong to its ticket."""
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
        if decision.thanks:
            how["thanks"] = True
    if arrival.thread.overruled:
        how["overruled"] = list(arrival.thread.overruled)
    return how


def others(arrival: Arrival, context: Context) -> list[Address]:
    """Everybody else whom the mail names in To and Cc: neither its sender, nor the desk, nor agents."""
    return [
        address
        for address in (*arrival.mail.to, *arrival.mail.cc)
        if address.addr_spec != arrival.address
        and not is_own(address.addr_spec, context.policy)
        and context.policy.agent(address.addr_spec) is None
    ][:_MOST_PARTICIPANTS]


#: Mail to hundreds of people puts no more of them than this on a ticket: every look at it reads all of them.
_MOST_PARTICIPANTS = 50
