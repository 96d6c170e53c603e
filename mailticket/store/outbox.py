"""Which mail of ours has to leave? Rows are written with the ticket, claimed by delivery, and kept as a record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select, update

from mailticket.desk.notice import Notice, NoticeKind
from mailticket.desk.urgency import RANKS
from mailticket.mail.message import Attachment
from mailticket.store import answered, conversation, together
from mailticket.store.blobs import BlobFolder
from mailticket.store.dialect import Insert
from mailticket.store.notice_json import as_json, from_json
from mailticket.store.room import ANY, Room
from mailticket.store.tables import attachments, outbox
from mailticket.store.tickets import record

#: A row that nobody is sending.
_FREE: Mapping[str, Any] = {"claimed_by": "", "claimed_until": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """A mail that has not left yet."""

    id: int
    notice: Notice
    message_id: str
    ticket: int | None
    attempts: int
    created_at: datetime
    #: The bytes to send, None before the first attempt.
    rendered: bytes | None = field(repr=False)
    #: Reverse-path, "" for the null one.
    mail_from: str
    #: Of its first recipient.
    domain: str = ""
    recipients: int = 1


def queue(
    connection: Connection,
    notice: Notice,
    message_id: str,
    mail_from: str,
    ticket: int | None,
    now: datetime,
    due: datetime,
) -> None:
    """Puts a mail into the outbox; it leaves after the caller's commit, not before `due`."""
    people = {address.addr_spec: address for address in (*notice.to, *notice.cc)}
    values = {
        "kind": notice.kind,
        "notice": as_json(notice),
        "message_id": message_id,
        "mail_from": mail_from,
        "ticket_id": ticket,
        "stored_message_id": notice.message,
        "state": "queued",
        "priority": RANKS[notice.kind],
        "domain": next((address.domain for address in people.values()), ""),
        "recipients": len(people),
        "attempts": 0,
        "next_attempt_at": due,
        "claimed_by": "",
        "last_error": "",
        "created_at": now,
    }
    together.add(connection, _INSERT, [values])


_INSERT = Insert(lambda insert: insert(outbox))


def record_sent(connection: Connection, notice: Notice, message_id: str, ticket: int, sent_at: datetime) -> None:
    """Remembers a mail that left without us, so that a report about it finds it; one without Message-ID, or with one
    that another mail had, is found by nothing."""
    values = {
        "kind": notice.kind,
        "notice": as_json(notice),
        "message_id": message_id or f"without-id:{notice.message}",
        "mail_from": notice.from_.addr_spec,
        "ticket_id": ticket,
        "stored_message_id": notice.message,
        "state": "sent",
        "priority": RANKS[notice.kind],
        "attempts": 0,
        "claimed_by": "",
        "last_error": "",
        "created_at": sent_at,
        "sent_at": sent_at,
    }
    together.write_now(connection)
    _INSERT_SENT.run(connection, values)


def newest(connection: Connection) -> int:
    """Id of the newest row, 0 where there is none."""
    return connection.execute(select(func.max(outbox.c.id))).scalar() or 0


def queued_since(connection: Connection, row: int) -> list[tuple[str, str]]:
    """Kind and each recipient of what was queued after `row`, oldest first."""
    rows = connection.execute(
        select(outbox.c.kind, outbox.c.notice)
        .where(outbox.c.id > row, outbox.c.state == "queued")
        .order_by(outbox.c.id)
    )
    return [(row.kind, person["address"]) for row in rows for person in row.notice["to"] + row.notice["cc"]]


_INSERT_SENT = Insert(lambda insert: insert(outbox).on_conflict_do_nothing())


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
    return sorted((_row(row) for row in rows), key=lambda row: ids.index(row.id))


def release(connection: Connection, ids: Sequence[int], error: str = "") -> None:
    """Gives claims back; no attempt is counted. `error` is why there was none, "" leaves what was said before."""
    values = {"last_error": error, **_FREE} if error else _FREE
    connection.execute(update(outbox).where(outbox.c.id.in_(ids)).values(**values))


def release_all(connection: Connection, node: str) -> None:
    """Gives back every claim of a node that begins anew: its crash left them."""
    connection.execute(update(outbox).where(outbox.c.claimed_by == node).values(**_FREE))


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


def cancel(connection: Connection, id_: int, now: datetime, actor: str) -> bool:
    """Takes back a mail that has not left; False where it has."""
    free = or_(outbox.c.claimed_until.is_(None), outbox.c.claimed_until < now)
    statement = update(outbox).where(outbox.c.id == id_, outbox.c.state.in_(("queued", "failed")), free)
    row = connection.execute(
        statement.values(state="cancelled").returning(outbox.c.ticket_id, outbox.c.kind)
    ).one_or_none()
    if row is not None:
        record(connection, row.ticket_id, now, actor, ("delivery_cancelled", {"notice": row.kind}))
    return row is not None


def retry(connection: Connection, id_: int, now: datetime) -> bool:
    """Makes a failed or waiting mail due at once; False where it has left or was cancelled."""
    statement = update(outbox).where(outbox.c.id == id_, outbox.c.state.in_(("queued", "failed")))
    return bool(connection.execute(statement.values(state="queued", next_attempt_at=now)).rowcount)


def next_due(connection: Connection, room: Room = ANY) -> datetime | None:
    """When the next unclaimed row that there is room for is due, None where none waits."""
    waiting = (outbox.c.state == "queued") & outbox.c.claimed_until.is_(None)
    return connection.execute(select(func.min(outbox.c.next_attempt_at)).where(waiting, room.has())).scalar()


def recipients_in_hand(connection: Connection, now: datetime) -> int:
    """Recipients of all that somebody is sending just now."""
    claimed = (outbox.c.state == "queued") & (outbox.c.claimed_until >= now)
    return int(connection.execute(select(func.coalesce(func.sum(outbox.c.recipients), 0)).where(claimed)).scalar_one())


def pending_update(connection: Connection, ticket: int) -> tuple[int, Notice] | None:
    """A status update on this ticket that nobody has begun to send: several changes make one mail."""
    together.write_now(connection)
    kinds = (NoticeKind.STATUS_CHANGED, NoticeKind.RESOLVED, NoticeKind.CLOSED)
    row = connection.execute(
        select(outbox.c.id, outbox.c.notice).where(
            outbox.c.ticket_id == ticket,
            outbox.c.state == "queued",
            outbox.c.kind.in_(kinds),
            outbox.c.attempts == 0,
            outbox.c.rendered.is_(None),
            outbox.c.claimed_until.is_(None),
        )
    ).first()
    return (int(row.id), from_json(row.notice)) if row else None


def queued_of(connection: Connection, ticket: int, kind: NoticeKind) -> list[int]:
    """Ids of mails of this kind about the ticket that have not left."""
    together.write_now(connection)
    those = (outbox.c.ticket_id == ticket, outbox.c.kind == kind, outbox.c.state == "queued")
    return list(connection.execute(select(outbox.c.id).where(*those)).scalars())


def rewrite(connection: Connection, id_: int, notice: Notice) -> None:
    """Puts another notice in the place of one that has not been rendered."""
    connection.execute(update(outbox).where(outbox.c.id == id_).values(kind=notice.kind, notice=as_json(notice)))


def facts(connection: Connection, blobs: BlobFolder, row: OutboxRow) -> dict[str, Any]:
    """Text and files of the stored message that this mail carries; empty for templated mail."""
    if row.notice.message is None:
        return {}
    if row.notice.kind is NoticeKind.REPLY:
        return answered.facts(connection, blobs, row.notice)
    files = connection.execute(
        select(attachments)
        .where(attachments.c.message_id == row.notice.message, attachments.c.state == "kept")
        .order_by(attachments.c.id)
    ).all()
    return {
        **conversation.as_told(connection, row.notice.kind, row.ticket, row.notice.message),
        "attachments": [
            Attachment(
                filename=file.filename, content_type=file.content_type, data=blobs.read(connection, file.sha256),
                sha256=file.sha256, inline=False, content_id="",
            )
            for file in files
            if not file.inline
        ],
    }  # fmt: skip


def of_message_id(connection: Connection, message_id: str) -> OutboxRow:
    """The row of this Message-ID, which is there."""
    return _row(connection.execute(select(outbox).where(outbox.c.message_id == message_id)).one())


def newest_of(connection: Connection, ticket: int, kind: NoticeKind) -> OutboxRow | None:
    """The newest mail of this kind about a ticket, left or not."""
    about = select(outbox).where(outbox.c.ticket_id == ticket, outbox.c.kind == kind)
    row = connection.execute(about.order_by(outbox.c.id.desc()).limit(1)).one_or_none()
    return _row(row) if row else None


def find(connection: Connection, id_: int) -> OutboxRow | None:
    """One row, left or not."""
    row = connection.execute(select(outbox).where(outbox.c.id == id_)).one_or_none()
    return _row(row) if row else None


def _row(row: Row[Any]) -> OutboxRow:
    return OutboxRow(
        id=row.id, notice=from_json(row.notice), message_id=row.message_id, ticket=row.ticket_id,
        attempts=row.attempts, created_at=row.created_at, rendered=row.rendered, mail_from=row.mail_from,
        domain=row.domain, recipients=row.recipients,
    )  # fmt: skip
