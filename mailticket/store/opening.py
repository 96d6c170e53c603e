"""How does a ticket begin? With the next number, in the transaction of whoever opens it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from mailticket.desk.numbering import period, write
from mailticket.desk.policy import Numbering
from mailticket.desk.ticket import GENERAL, Priority, Source, Standing, Status, Ticket
from mailticket.mail.message import Address
from mailticket.store import contacts
from mailticket.store.dialect import Insert
from mailticket.store.tables import counters, tickets


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTicket:
    """A ticket to be opened."""

    at: datetime
    title: str
    contact: Address | None
    source: Source
    desk_address: str
    team: str = ""
    language: str
    possible_reply_to: str = ""
    follows: int | None = None
    tags: Sequence[str] = ()
    order_number: str = ""
    due_at: datetime | None = None
    #: The language that its contact has just written, "" for unknown.
    spoken: str = ""
    #: It is certain that this was the contact.
    proved: bool = False


def open_ticket(connection: Connection, new: NewTicket, numbering: Numbering, day: date) -> Ticket:
    """A new ticket with the next number of `day`."""
    contact = new.contact
    met = contacts.meet(connection, contact, new.at, new.spoken, proved=new.proved) if contact else None
    values = {
        "title": new.title,
        "status": Status.OPEN,
        "priority": Priority.NORMAL,
        "type": GENERAL,
        "type_final": False,
        "team": new.team,
        "source": new.source,
        "contact_id": met.id if met else None,
        "assignee": "",
        "tags": list(new.tags),
        "fields": {},
        "order_number": new.order_number,
        "language": new.language,
        "outcome": "",
        "resolution": "",
        "desk_address": new.desk_address,
        "possible_reply_to": new.possible_reply_to,
        "follows_id": new.follows,
        "due_at": new.due_at,
        "created_at": new.at,
        "updated_at": new.at,
    }
    id_ = None
    while id_ is None:  # after a change of the format a number may be taken already
        number = next_number(connection, numbering, day)
        id_ = _INSERT_TICKET.run(connection, {"number": number, **values}).scalar()
    return Ticket(
        id=id_, number=number, title=new.title, status=Status.OPEN, contact=contact, team=new.team,
        desk_address=new.desk_address, language=new.language, updated_at=new.at,
        standing=met.standing if met else Standing(), tags=tuple(new.tags), possible_reply_to=new.possible_reply_to,
        order_number=new.order_number,
    )  # fmt: skip


def next_number(connection: Connection, numbering: Numbering, day: date) -> str:
    """The next number; the counter is part of this transaction, so a rollback leaves no gap."""
    first = {"scope": period(numbering, day), "value": 1}
    return write(numbering, day, _COUNT.run(connection, first).scalar_one())


_COUNT = Insert(
    lambda insert: (
        insert(counters)
        .on_conflict_do_update(index_elements=[counters.c.scope], set_={"value": counters.c.value + 1})
        .returning(counters.c.value)
    )
)
_INSERT_TICKET = Insert(lambda insert: insert(tickets).on_conflict_do_nothing().returning(tickets.c.id))
