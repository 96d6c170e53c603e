"""Which mail of ours was that, whom did it go to, and when did it leave? For reports, and for who answers too fast."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from mailticket.desk.notice import TO_CUSTOMERS, NoticeKind
from mailticket.desk.undelivered import SentMail
from mailticket.store import together
from mailticket.store.tables import contacts, outbox, tickets

_SENT = select(outbox.c.id, outbox.c.kind, outbox.c.notice, outbox.c.ticket_id)
_BY_MESSAGE_ID = _SENT.where(outbox.c.message_id == bindparam("message_id"))
_NEWEST = _SENT.where(outbox.c.ticket_id == bindparam("ticket")).order_by(outbox.c.id.desc()).limit(10)
_BY_ROW = _SENT.where(outbox.c.id == bindparam("row"))


def find(connection: Connection, message_id: str) -> SentMail | None:
    """A mail of ours by its Message-ID."""
    together.write_now(connection)
    return _sent_mail(connection.execute(_BY_MESSAGE_ID, {"message_id": message_id}).one_or_none())


def of_row(connection: Connection, row: int) -> SentMail | None:
    """A mail of ours by its row in the outbox."""
    return _sent_mail(connection.execute(_BY_ROW, {"row": row}).one_or_none())


def newest_to(connection: Connection, ticket: int, people: Sequence[str]) -> SentMail | None:
    """The newest of our mails about this ticket to one of these people."""
    mails = map(_sent_mail, connection.execute(_NEWEST, {"ticket": ticket}))
    return next((mail for mail in mails if mail and any(one in mail.recipients for one in people)), None)


def _sent_mail(row: Any) -> SentMail | None:
    if row is None:
        return None
    return SentMail(id=row.id, kind=NoticeKind(row.kind), recipients=_recipients(row.notice), ticket=row.ticket_id)


def _recipients(notice: Any) -> tuple[str, ...]:
    return tuple(address["address"] for address in notice["to"] + notice["cc"])


def mark_bounced(connection: Connection, row: int) -> None:
    """A report says that this mail did not arrive."""
    connection.execute(update(outbox).where(outbox.c.id == row).values(state="bounced"))


def unreached_agents(connection: Connection, since: datetime) -> dict[str, datetime]:
    """Agents of whom a report or the relay says that mail does not reach them, each with the newest such mail's time.

    Looks at every mail since then: for `check`, and not for the path of a mail.
    """
    rows = connection.execute(
        select(outbox.c.notice, outbox.c.created_at)
        .where(
            outbox.c.created_at > since,
            outbox.c.state.in_(("bounced", "failed")),
            outbox.c.kind.not_in(sorted(TO_CUSTOMERS)),
        )
        .order_by(outbox.c.id)
    )
    return {address: row.created_at for row in rows for address in _recipients(row.notice)}


#: (where it has left and that is not written down yet, it was made a moment ago)
_LEFT = func.coalesce(outbox.c.sent_at, outbox.c.created_at).label("left_at")
_NAMED = select(outbox.c.message_id, _LEFT).where(outbox.c.message_id.in_(bindparam("ids", expanding=True)))
_OF_TICKET = (
    select(outbox.c.notice, _LEFT)
    .where(outbox.c.ticket_id == bindparam("ticket"))
    .order_by(outbox.c.id.desc())
    .limit(10)
)
#: The newest tickets only: it costs the same for a customer of ten years.
_TICKETS_OF = (
    select(tickets.c.id)
    .join(contacts, tickets.c.contact_id == contacts.c.id)
    .where(contacts.c.address == bindparam("addr_spec"))
    .order_by(tickets.c.id.desc())
    .limit(5)
)
_CONFIRMED = (
    select(_LEFT)
    .where(outbox.c.ticket_id.in_(_TICKETS_OF.scalar_subquery()), outbox.c.kind == NoticeKind.CONFIRMATION)
    .order_by(outbox.c.id.desc())
    .limit(1)
)


def left_at(connection: Connection, message_ids: Sequence[str]) -> datetime | None:
    """When the first of these mails that is ours left."""
    moments = {row.message_id: row.left_at for row in connection.execute(_NAMED, {"ids": list(message_ids)})}
    return next((moments[id_] for id_ in message_ids if id_ in moments), None)


def last_left(connection: Connection, ticket: int, addr_spec: str) -> datetime | None:
    """When the newest of our mails about this ticket to this person left."""
    rows = connection.execute(_OF_TICKET, {"ticket": ticket})
    return next((row.left_at for row in rows if addr_spec in _recipients(row.notice)), None)


def last_confirmed(connection: Connection, addr_spec: str) -> datetime | None:
    """When the newest confirmation to this contact left."""
    moment: datetime | None = connection.execute(_CONFIRMED, {"addr_spec": addr_spec}).scalar()
    return moment
