"""What had an agent seen of a ticket when writing, and what came after it? By the order in which messages were stored.

No clock is asked where it can be helped: those of two nodes differ by more than colleagues who answer at once.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from mailticket.desk.notice import TO_CUSTOMERS
from mailticket.desk.reading import News
from mailticket.desk.ticket import Direction, Visibility
from mailticket.mail.message import Address
from mailticket.store import together
from mailticket.store.tables import events, messages, outbox, receipts
from mailticket.store.tickets import LOCK

#: So many of the newest messages are looked at, and so many mails to agents.
_MOST_NEWS, _MOST_MAILS = 20, 50

_NEWEST = select(func.coalesce(func.max(messages.c.id), 0)).where(messages.c.ticket_id == bindparam("ticket"))
#: What stood on the ticket when a mail of ours was made; what it carries was there for certain.
_BEFORE = (
    select(func.max(messages.c.id))
    .where(messages.c.ticket_id == bindparam("ticket"), messages.c.at < outbox.c.created_at)
    .scalar_subquery()
)
_OURS = select(outbox.c.stored_message_id, _BEFORE).where(outbox.c.message_id.in_(bindparam("ids", expanding=True)))
_THEIRS = select(receipts.c.stored_message_id).where(receipts.c.message_id.in_(bindparam("ids", expanding=True)))
_MAILS = (
    select(outbox.c.message_id, outbox.c.notice)
    .where(outbox.c.ticket_id == bindparam("ticket"), outbox.c.kind.not_in(sorted(TO_CUSTOMERS)))
    .order_by(outbox.c.id.desc())
    .limit(_MOST_MAILS)
)
_SINCE = (
    select(messages)
    .where(
        messages.c.ticket_id == bindparam("ticket"),
        messages.c.id > bindparam("seen"),
        messages.c.visibility == Visibility.PUBLIC,
    )
    .order_by(messages.c.id)
    .limit(_MOST_NEWS)
)
#: A machine's message, thanks, and what else agents were not told of: nobody has to look at it.
_CALM = ("automatic", "thanks", "untold")
_HOW_ADDED = select(events.c.detail).where(
    events.c.ticket_id == bindparam("ticket"), events.c.kind == "message_added", events.c.at >= bindparam("since")
)


def lock(connection: Connection, ticket: int) -> None:
    """Whoever else asks for the ticket waits until the transaction ends; what is read from now on stays so."""
    together.write_now(connection)
    connection.execute(LOCK, {"ticket": ticket})


def newest(connection: Connection, ticket: int) -> int:
    """Id of the ticket's newest message; nobody adds one before the transaction ends: the ticket is ours so long."""
    lock(connection, ticket)
    return int(connection.execute(_NEWEST, {"ticket": ticket}).scalar_one())


def seen(connection: Connection, ticket: int, answers: Sequence[str], agent: Collection[str]) -> int | None:
    """Id of the newest message that somebody knows who answers the mails `answers` (Message-IDs); where none of them
    is known, whom our last mail about the ticket reached: one of `agent`, the addresses of one agent. None where
    nothing tells.
    """
    known = _carried(connection, ticket, answers)
    if not known and (last := _last_mail(connection, ticket, agent)):
        known = _carried(connection, ticket, [last])
    return max(known, default=None)


def _carried(connection: Connection, ticket: int, ids: Sequence[str]) -> list[int]:
    if not ids:
        return []
    ours = connection.execute(_OURS, {"ids": list(ids), "ticket": ticket}).all()
    theirs = connection.execute(_THEIRS, {"ids": list(ids)}).scalars()
    found = [max(row[0] or 0, row[1] or 0) for row in ours]
    return [*found, *(message for message in theirs if message is not None)]


def _last_mail(connection: Connection, ticket: int, agent: Collection[str]) -> str:
    rows = connection.execute(_MAILS, {"ticket": ticket})
    return next((row.message_id for row in rows if any(one["address"] in agent for one in row.notice["to"])), "")


def since(connection: Connection, ticket: int, seen: int, agent: Collection[str]) -> tuple[News, ...]:
    """Public messages of others than this agent that came after the message `seen`, and that are to be looked at."""
    rows = [
        row for row in connection.execute(_SINCE, {"ticket": ticket, "seen": seen}) if row.from_address not in agent
    ]
    if not rows:
        return ()
    details = connection.execute(_HOW_ADDED, {"ticket": ticket, "since": rows[0].at}).scalars()
    calm = {detail["message"] for detail in details if any(map(detail.get, _CALM))}
    return tuple(_news(row) for row in rows if str(row.id) not in calm)


def _news(row: Any) -> News:
    return News(
        message=row.id,
        at=row.at,
        author=Address(name=row.from_name, addr_spec=row.from_address),
        answer=row.direction == Direction.OUTBOUND,
        text=row.reply,
    )
