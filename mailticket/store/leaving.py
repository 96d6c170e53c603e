"""Which mail leaves next, and how did it go? Delivery claims rows of the outbox, and says of each what came of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, or_, select, update

from mailticket.store.outbox import OutboxRow, row_of
from mailticket.store.room import ANY, Room
from mailticket.store.tables import outbox
from mailticket.store.tickets import record

#: A row that nobody is sending.
_FREE: Mapping[str, Any] = {"claimed_by": "", "claimed_until": None}


def claim(
    connection: Connection, now: datetime, limit: int, lease: timedelta, node: str, room: Room = ANY
) -> list[OutboxRow]:
    """Due rows for `node` alone until `now + lease`, the most urgent ones; after a crash its next start frees them."""
    due = (
        select(outbox.c.id)
        .where(
            outbox.c.state == "queued",
            outbox.c.next_attempt_at <= now,
            or_(outbox.c.claimed_until.is_(None), outbox.c.claimed_until < now),
            room.has(),
        )
        .order_by(outbox.c.priority, outbox.c.next_attempt_at, outbox.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = list(connection.execute(due).scalars())
    if not ids:
        return []
    connection.execute(update(outbox).where(outbox.c.id.in_(ids)).values(claimed_by=node, claimed_until=now + lease))
    rows = connection.execute(select(outbox).where(outbox.c.id.in_(ids))).all()
    return sorted((row_of(row) for row in rows), key=lambda row: ids.index(row.id))


def release(connection: Connection, ids: Sequence[int], error: str = "") -> None:
    """Gives claims back; no attempt is counted. `error` is why there was none, "" leaves what was said before."""
    values = {"last_error": error, **_FREE} if error else _FREE
    connection.execute(update(outbox).where(outbox.c.id.in_(ids)).values(**values))


def release_all(connection: Connection, node: str) -> None:
    """Gives back every claim of a node that begins anew: its crash left them."""
    # (only what is queued has an index, and millions may have left)
    theirs = (outbox.c.state == "queued") & (outbox.c.claimed_by == node)
    connection.execute(update(outbox).where(theirs).values(**_FREE))


def store_rendered(connection: Connection, id_: int, raw: bytes) -> None:
    """Keeps the bytes, so that every attempt sends the same mail."""
    connection.execute(update(outbox).where(outbox.c.id == id_).values(rendered=raw))


def sent(connection: Connection, id_: int, now: datetime) -> None:
    """The relay has it; only what `explain` and bounces need is kept."""
    values = {"state": "sent", "sent_at": now, "last_error": "", "rendered": None, **_FREE}
    connection.execute(update(outbox).where(outbox.c.id == id_).values(attempts=outbox.c.attempts + 1, **values))


def deferred(connection: Connection, id_: int, error: str, next_attempt_at: datetime) -> None:
    """Not now; again at `next_attempt_at`."""
    values = {"last_error": error, "next_attempt_at": next_attempt_at, **_FREE}
    connection.execute(update(outbox).where(outbox.c.id == id_).values(attempts=outbox.c.attempts + 1, **values))


def postponed(connection: Connection, id_: int, reply: str, next_attempt_at: datetime | None) -> None:
    """Not now, through no fault of the mail: no attempt is counted. It keeps its place where no time is given."""
    values = {"last_error": reply, **_FREE} | ({"next_attempt_at": next_attempt_at} if next_attempt_at else {})
    connection.execute(update(outbox).where(outbox.c.id == id_).values(**values))


def failed(connection: Connection, id_: int, error: str, now: datetime) -> None:
    """Never; an event on the ticket says so."""
    values = {"state": "failed", "last_error": error, **_FREE}
    statement = update(outbox).where(outbox.c.id == id_).values(attempts=outbox.c.attempts + 1, **values)
    row = connection.execute(statement.returning(outbox.c.ticket_id, outbox.c.kind, outbox.c.notice)).one()
    to = [address["address"] for address in row.notice["to"]]
    record(
        connection,
        row.ticket_id,
        now,
        "mailticket",
        ("delivery_failed", {"notice": row.kind, "to": to, "error": error}),
    )


def refused(connection: Connection, id_: int, recipients: Sequence[tuple[str, str]], now: datetime) -> None:
    """It was sent, but the relay did not take these recipients: an event on the ticket, with the relay's words."""
    row = connection.execute(select(outbox.c.ticket_id, outbox.c.kind).where(outbox.c.id == id_)).one()
    detail = {"notice": row.kind, "recipients": [{"address": who, "error": reply} for who, reply in recipients]}
    record(connection, row.ticket_id, now, "mailticket", ("delivery_failed", detail))


def next_due(connection: Connection, room: Room = ANY) -> datetime | None:
    """When the next unclaimed row that there is room for is due, None where none waits."""
    waiting = (outbox.c.state == "queued") & outbox.c.claimed_until.is_(None)
    return connection.execute(select(func.min(outbox.c.next_attempt_at)).where(waiting, room.has())).scalar()


def recipients_in_hand(connection: Connection, now: datetime) -> int:
    """Recipients of all that somebody is sending just now."""
    claimed = (outbox.c.state == "queued") & (outbox.c.claimed_until >= now)
    return int(connection.execute(select(func.coalesce(func.sum(outbox.c.recipients), 0)).where(claimed)).scalar_one())
