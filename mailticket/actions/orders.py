"""What do an agent's orders do? All of a mail's in the caller's transaction, each change an event.

What of the mail is for the customer has gone its way before: here nobody is answered.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailticket.actions import relating
from mailticket.actions.asking import send_help
from mailticket.actions.context import Context
from mailticket.actions.holding import decide_held
from mailticket.actions.notifying import hand_over, tell_again
from mailticket.actions.outgoing import take_back_update, tell_of_status
from mailticket.actions.tickets import note, set_values
from mailticket.desk.attachments import Judged
from mailticket.desk.buttons import Word
from mailticket.desk.command_words import Scene
from mailticket.desk.decision import DecideHeld
from mailticket.desk.notifications import leads, present, without
from mailticket.desk.orders import (
    Away,
    Change,
    Copy,
    Deed,
    Macro,
    Merge,
    Order,
    Orders,
    Parent,
    Release,
    Requester,
    Tag,
)
from mailticket.desk.policy import Agent
from mailticket.desk.ticket import Priority, Status, Ticket
from mailticket.mail.message import Address
from mailticket.store import absences, contacts, tickets, waiting
from mailticket.store import relating as store


def scene_of(
    connection: Connection,
    context: Context,
    ticket: Ticket | None,
    agent: Agent,
    now: datetime,
    macros: Mapping[str, Macro],
) -> Scene:
    """Where the commands of a mail are read: what they name is looked up in this transaction."""
    return Scene(
        policy=context.policy,
        agent=agent,
        now=now,
        ticket=ticket,
        macros=macros,
        find=lambda number: tickets.find_by_number(connection, number),
        lineage=lambda one: store.lineage(connection, one),
        can_split=lambda one: relating.can_split(connection, one),
        is_held=lambda one: waiting.find(connection, waiting.HELD, one) is not None,
    )


def carry_out(
    connection: Connection,
    context: Context,
    ticket: Ticket,
    orders: Orders,
    agent: Agent,
    now: datetime,
    answer: Callable[[Ticket], Ticket] | None = None,
    files: Sequence[Judged] = (),
) -> Ticket:
    """Does all that `orders` (read in this transaction, without problems) say about `ticket`, and keeps the note.

    `answer` sends the agent's words to the customer, whoever that is by then, and returns the ticket as it is after
    that; no other mail tells of the status. `files` belong to the note. Returns the ticket as it is then; a merged one
    is the one that it was merged into.
    """
    before = ticket
    for order in orders.orders:
        ticket = _carry_out_first(connection, context, ticket, order, agent, now)
    if orders.note:
        note(connection, context, ticket, orders.note, agent, agent.address, now, files)
    if answer is not None:
        ticket = answer(ticket)
    values = _values(ticket, orders)
    ticket = set_values(connection, context, ticket, values, agent.address, now, tell=answer is None)
    if Deed.SPLIT in orders.orders:
        # (whoever is given the ticket is shown what stays on it)
        relating.split(connection, context, ticket, agent.address, now)
    hand_over(connection, context, before, ticket, agent.address, now)
    if Deed.ESCALATE in orders.orders:
        _escalate(connection, context, ticket, agent, now)
    for order in orders.orders:
        ticket = _carry_out_last(connection, context, ticket, order, agent.address, now)
    return ticket


def _carry_out_first(
    connection: Connection, context: Context, ticket: Ticket, order: Order, agent: Agent, now: datetime
) -> Ticket:
    """Whose ticket it is decides who hears of the rest."""
    match order:
        case Requester(person=person):
            return set_requester(connection, context, ticket, person, agent.address, now)
        case Copy(person=person, off=off):
            return _copy(connection, ticket, person, off, agent.address, now)
    obey(connection, context, order, agent, now)
    return ticket


def obey(connection: Connection, context: Context, order: Order, agent: Agent, now: datetime) -> None:
    """Carries out an order that is about no ticket; of all others nothing."""
    match order:
        case Release(held=held):
            decide_held(connection, DecideHeld(word=Word.RELEASE, held=held, agent=agent.address), now)
        case Deed.HELP:
            send_help(connection, context, agent, now)
        case Away(until=until):
            _away(connection, agent, until, now)


def _carry_out_last(
    connection: Connection, context: Context, ticket: Ticket, order: Order, actor: str, now: datetime
) -> Ticket:
    """What moves messages comes when everything that is said of them is done."""
    match order:
        case Parent(ticket=id_):
            relating.hang(connection, ticket, tickets.snapshot(connection, id_), actor, now)
        case Merge(into=id_):
            return relating.merge(connection, context, ticket, tickets.current(connection, id_), actor, now)
    return ticket


def _values(ticket: Ticket, orders: Orders) -> dict[str, Any]:
    """What the columns of `ticket` shall hold."""
    values: dict[str, Any] = {}
    tags = dict.fromkeys(ticket.tags)
    for order in orders.orders:
        match order:
            case Change(field="fields", value=own):
                values["fields"] = values.get("fields", {}) | own
            case Change(field="tags", value=those):
                tags.update(dict.fromkeys(those))
            case Change(field=field, value=value):
                values[field] = value
            case Tag(tag=tag, off=True):
                tags.pop(tag, None)
            case Tag(tag=tag):
                tags[tag] = None
            case Deed.ASK:
                values["status"] = str(Status.PENDING_CUSTOMER)
            case Deed.ESCALATE:
                values.setdefault("priority", str(_next(ticket.priority)))
    return values | ({"tags": list(tags)} if tuple(tags) != ticket.tags else {})


def _next(priority: Priority) -> Priority:
    order = list(Priority)
    return order[min(order.index(priority) + 1, len(order) - 1)]


def set_requester(
    connection: Connection, context: Context, ticket: Ticket, person: Address, actor: str, now: datetime
) -> Ticket:
    """The ticket is this customer's from now on, and so is a status update that waits; whose it was until then has no
    part in it any more."""
    before = ticket.contact.addr_spec if ticket.contact else ""
    if before == person.addr_spec:
        return ticket
    met = contacts.meet(connection, person, now)
    store.remove_participant(connection, ticket.id, person.addr_spec)
    # (what was asked was asked of somebody else)
    tickets.set_fields(connection, ticket.id, {"contact_id": met.id, "asked_at": None}, now)
    detail = {"field": "requester", "from": before, "to": person.addr_spec}
    tickets.record(connection, ticket.id, now, actor, ("changed", detail))
    theirs = tickets.current(connection, ticket.id)
    if told := take_back_update(connection, ticket.id, now):
        tell_of_status(connection, context, theirs, told, now)
    return theirs


def _copy(connection: Connection, ticket: Ticket, person: Address, off: bool, actor: str, now: datetime) -> Ticket:
    if ticket.contact is not None and person.addr_spec == ticket.contact.addr_spec:
        return ticket
    if off:
        changed = store.remove_participant(connection, ticket.id, person.addr_spec)
    else:
        changed = person.addr_spec not in {one.addr_spec for one in ticket.copied}
        tickets.add_participants(connection, ticket.id, [person], confirmed=True)
    if changed:
        kind = "participant_removed" if off else "participant_added"
        tickets.set_fields(connection, ticket.id, {}, now)
        tickets.record(connection, ticket.id, now, actor, (kind, {"address": person.addr_spec}))
    return tickets.current(connection, ticket.id)


def _away(connection: Connection, agent: Agent, until: datetime | None, now: datetime) -> None:
    if until is not None:
        absences.leave(connection, agent.address, until)
        tickets.record(connection, None, now, agent.address, ("away", {"until": until.isoformat()}))
    elif absences.come_back(connection, agent.address):
        tickets.record(connection, None, now, agent.address, ("back", {}))


def _escalate(connection: Connection, context: Context, ticket: Ticket, agent: Agent, now: datetime) -> None:
    """Those in charge hear of it; the agent who asks for help does not need to."""
    policy = context.policy
    others = without([agent], leads(policy), policy)
    hearers = present(others, absences.away(connection, now), replace(ticket, team=""), policy)
    told = {"to": [one.address for one in hearers]}
    tickets.record(connection, ticket.id, now, agent.address, ("escalated", told))
    tell_again(connection, context, ticket, hearers, now)
