"""What has happened on a ticket? Questions to its events and messages that only a few mails make us ask."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from mailticket.desk.ticket import Direction
from mailticket.mail.identity import Verdict
from mailticket.mail.message import Address
from mailticket.store import together
from mailticket.store.tables import events, messages


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a customer wrote."""

    message: int
    author: Address
    verdict: Verdict


def assigned_at(connection: Connection, ticket: int, agent: str) -> datetime | None:
    """When this agent was given the ticket, or took it, for the last time; None where that was never."""
    together.write_now(connection)
    rows = connection.execute(
        select(events.c.at, events.c.detail)
        .where(events.c.ticket_id == ticket, events.c.kind == "changed")
        .order_by(events.c.id.desc())
    )
    gave = (row.at for row in rows if row.detail["field"] == "assignee" and row.detail["to"] == agent)
    return next(gave, None)


def worked_on_since(connection: Connection, ticket: int, moment: datetime) -> bool:
    """Whether anybody of the desk has written on the ticket after `moment`: an answer, or a note."""
    mine = (messages.c.ticket_id == ticket) & (messages.c.direction == Direction.OUTBOUND) & (messages.c.at > moment)
    return connection.execute(select(messages.c.id).where(mine).limit(1)).first() is not None


def last_said(connection: Connection, ticket: int) -> Said | None:
    """The newest message of a customer."""
    row = connection.execute(
        select(messages.c.id, messages.c.from_name, messages.c.from_address, messages.c.verdict)
        .where(messages.c.ticket_id == ticket, messages.c.from_customer.is_(True))
        .order_by(messages.c.at.desc(), messages.c.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    author = Address(name=row.from_name, addr_spec=row.from_address)
    return Said(message=row.id, author=author, verdict=Verdict(row.verdict))
