"""What does the desk know of a ticket's customer? Since when, and which tickets came before this one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from mailticket.store import together
from mailticket.store.tables import contacts, tickets

#: Earlier tickets are counted so far.
MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A ticket that came before."""

    number: str
    title: str
    status: str
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquaintance:
    """What is known."""

    #: When the first mail of theirs came, None where nobody is known.
    since: datetime | None
    tags: tuple[str, ...]
    #: Who has called, where that is no contact, and the telephone number; "" where neither is known.
    caller: str
    #: How many came before, at most MOST.
    earlier: int
    last: Earlier | None
    #: When the ticket itself is due.
    due_at: datetime | None


def of(connection: Connection, ticket: int) -> Acquaintance:
    """The customer of this ticket."""
    together.write_now(connection)
    about = connection.execute(
        select(tickets.c.contact_id, tickets.c.due_at, tickets.c.fields)
        .add_columns(contacts.c.created_at, contacts.c.tags, contacts.c.phone)
        .select_from(tickets.outerjoin(contacts, tickets.c.contact_id == contacts.c.id))
        .where(tickets.c.id == ticket)
    ).one()
    before: Sequence[Any] = ()
    if about.contact_id is not None:
        before = connection.execute(
            select(tickets.c.number, tickets.c.title, tickets.c.status, tickets.c.updated_at)
            .where(tickets.c.contact_id == about.contact_id, tickets.c.id < ticket)
            .order_by(tickets.c.id.desc())
            .limit(MOST)
        ).all()
    told = about.fields or {}
    return Acquaintance(
        since=about.created_at,
        tags=tuple(about.tags or ()),
        caller=", ".join(filter(None, (told.get("caller"), about.phone or told.get("phone")))),
        earlier=len(before),
        last=Earlier(**before[0]._mapping) if before else None,
        due_at=about.due_at,
    )
