"""What has not left, as `outbox list` needs it: every waiting and failed mail, in the order of its rank."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from mailticket.store.tables import outbox, tickets


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """A mail that has not left."""

    id: int
    #: confirmation, reply, ...
    notice: str
    #: Everybody, whether in To or Cc.
    to: tuple[str, ...]
    #: Number of the ticket, None where it is about none.
    ticket: str | None
    priority: int
    recipients: int
    attempts: int
    next_attempt_at: datetime
    last_error: str
    #: queued | failed
    state: str


def unsent(connection: Connection) -> list[Unsent]:
    """All of them."""
    rows = connection.execute(
        select(outbox, tickets.c.number)
        .select_from(outbox.outerjoin(tickets, outbox.c.ticket_id == tickets.c.id))
        .where(outbox.c.state.in_(("queued", "failed")))
        .order_by(outbox.c.priority, outbox.c.next_attempt_at, outbox.c.id)
    )
    return [
        Unsent(
            id=row.id, notice=row.kind, ticket=row.number, priority=row.priority, recipients=row.recipients,
            to=tuple(address["address"] for address in row.notice["to"] + row.notice["cc"]),
            attempts=row.attempts, next_attempt_at=row.next_attempt_at, last_error=row.last_error, state=row.state,
        )
        for row in rows
    ]  # fmt: skip
