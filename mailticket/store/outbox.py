"""Which mail of ours has to leave? Rows are written with the ticket, may change while they wait, and are a record."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select, update

from mailticket.desk.notice import STATUS_UPDATES, Notice, NoticeKind
from mailticket.desk.urgency import RANKS
from mailticket.mail.message import Attachment
from mailticket.store import answered, conversation, together
from mailticket.store.blobs import BlobFolder
from mailticket.store.dialect import Insert
from mailticket.store.notice_json import as_json, from_json
from mailticket.store.tables import attachments, outbox
from mailticket.store.tickets import record


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


_INSERT_SENT = Insert(lambda insert: insert(outbox).on_conflict_do_nothing())


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


def pending_update(connection: Connection, ticket: int) -> tuple[int, Notice] | None:
    """A status update on this ticket that nobody has begun to send, nor will before this transaction ends: several
    changes make one mail."""
    return next(iter(_pending(connection, ticket, STATUS_UPDATES)), None)


def pending_answers(connection: Connection, ticket: int) -> list[tuple[int, Notice]]:
    """Answers on this ticket of which the same is true."""
    return _pending(connection, ticket, [NoticeKind.REPLY])


def _pending(connection: Connection, ticket: int, kinds: Collection[NoticeKind]) -> list[tuple[int, Notice]]:
    together.write_now(connection)
    rows = connection.execute(
        select(outbox.c.id, outbox.c.notice)
        .where(
            outbox.c.ticket_id == ticket,
            outbox.c.state == "queued",
            outbox.c.kind.in_(kinds),
            outbox.c.attempts == 0,
            outbox.c.rendered.is_(None),
            outbox.c.claimed_until.is_(None),
        )
        .with_for_update(skip_locked=True)
    )
    return [(int(row.id), from_json(row.notice)) for row in rows]


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
    return row_of(connection.execute(select(outbox).where(outbox.c.message_id == message_id)).one())


def newest_of(connection: Connection, ticket: int, kind: NoticeKind) -> OutboxRow | None:
    """The newest mail of this kind about a ticket, left or not."""
    about = select(outbox).where(outbox.c.ticket_id == ticket, outbox.c.kind == kind)
    row = connection.execute(about.order_by(outbox.c.id.desc()).limit(1)).one_or_none()
    return row_of(row) if row else None


def find(connection: Connection, id_: int) -> OutboxRow | None:
    """One row, left or not."""
    row = connection.execute(select(outbox).where(outbox.c.id == id_)).one_or_none()
    return row_of(row) if row else None


def row_of(row: Row[Any]) -> OutboxRow:
    """A row with all columns of the outbox."""
    return OutboxRow(
        id=row.id, notice=from_json(row.notice), message_id=row.message_id, ticket=row.ticket_id,
        attempts=row.attempts, created_at=row.created_at, rendered=row.rendered, mail_from=row.mail_from,
        domain=row.domain, recipients=row.recipients,
    )  # fmt: skip
