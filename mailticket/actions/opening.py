"""How does an agent open a ticket for somebody? By writing to a customer, or after a call; the words follow."""

from datetime import datetime

from sqlalchemy import Connection

from mailticket.actions.context import Context
from mailticket.desk.desks import WrittenTo
from mailticket.desk.orders import PhoneCall, WriteTo
from mailticket.desk.policy import Agent
from mailticket.desk.status import after_taking
from mailticket.desk.ticket import Source, Ticket
from mailticket.mail.message import Address
from mailticket.store import contacts, tickets
from mailticket.store import opening as store
from mailticket.store.opening import NewTicket

#: Stands where the notes of a call have no title.
_NO_TITLE = "Telephone call"


def open_for(
    connection: Connection,
    context: Context,
    order: WriteTo | PhoneCall,
    title: str,
    source: Source,
    agent: Agent | None,
    actor: str,
    now: datetime,
    written: WrittenTo | None = None,
    language: str = "",
) -> Ticket:
    """A ticket of the customer's that the order names; the agent has it, where there is one. `source`: the door by
    which the order came.

    `written`: the desk that speaks, None for the main one; `language`: what the agent writes in, "" where unknown.

    Nobody is written to. A caller without an address has a ticket without contact; name and number are fields of it.
    """
    policy = context.policy
    contact = _contact(order)
    if isinstance(order, PhoneCall):
        title, source = title or (f"{_NO_TITLE}: {order.name}" if order.name else _NO_TITLE), Source.PHONE
    new = NewTicket(
        at=now,
        title=title,
        contact=contact,
        source=source,
        desk_address=written.address if written else policy.desk_address,
        team=written.team if written else "",
        language=policy.language_for(language, written.desk if written else policy.desks[0]),
    )
    opened = store.open_ticket(connection, new, policy.numbering, context.day(now))
    values: dict[str, object] = {}
    if agent is not None:
        values = {"assignee": agent.address, "status": str(after_taking(opened.status))}
    if isinstance(order, PhoneCall):
        if contact is not None and order.number:
            contacts.set_phone(connection, contact.addr_spec, order.number)
        elif contact is None:
            values["fields"] = {name: text for name, text in (("caller", order.name), ("phone", order.number)) if text}
    tickets.set_fields(connection, opened.id, values, now)
    how = {**({"for": contact.addr_spec} if contact else {}), "by": str(source)}
    tickets.record(connection, opened.id, now, actor, ("opened", how))
    return tickets.current(connection, opened.id)


def _contact(order: WriteTo | PhoneCall) -> Address | None:
    if isinstance(order, WriteTo):
        return order.person
    return Address(name=order.name, addr_spec=order.address) if order.address else None
