"""Which tickets is it time for? Each is locked: a node that asks at the same time passes over it."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select

from mailticket.desk.ticket import Status
from mailticket.store.tables import tickets


def asleep_until(connection: Connection, moment: datetime, limit: int) -> list[int]:
    """Ids of tickets that were put off until `moment` or earlier, the longest waiting first."""
    return _due(connection, tickets.c.snoozed_until, limit, tickets.c.snoozed_until <= moment)


def asked_before(connection: Connection, moment: datetime, limit: int) -> list[int]:
    """Ids of tickets whose customer was asked at `moment` or before, the longest waiting first."""
    return _due(connection, tickets.c.asked_at, limit, tickets.c.asked_at <= moment)


def resolved_before(connection: Connection, moment: datetime, limit: int) -> list[int]:
    """Ids of tickets that have been resolved since before `moment`, and on which nothing has happened since."""
    resolved = (tickets.c.status == Status.RESOLVED) & (tickets.c.resolved_at < moment)
    return _due(connection, tickets.c.updated_at, limit, resolved & (tickets.c.updated_at < moment))


def _due(
    connection: Connection, since: ColumnElement[datetime | None], limit: int, is_due: ColumnElement[bool]
) -> list[int]:
    rows = select(tickets.c.id).where(is_due).order_by(since).limit(limit).with_for_update(skip_locked=True)
    return list(connection.execute(rows).scalars())
