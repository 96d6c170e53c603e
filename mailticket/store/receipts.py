"""Which mail have we had, and what became of it? One row a mail: repeats are known by it, `explain` reads it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, or_, select, update

from mailticket.desk.receipt import Ignored, Quarantined, Receipt
from mailticket.mail.message import Envelope
from mailticket.store import together
from mailticket.store.column_types import id_of
from mailticket.store.dialect import Insert
from mailticket.store.tables import blobs, messages, receipts, tickets

#: Reason of what a person has thrown away.
DISCARDED = "discarded"

#: Digests that one statement names.
_MARKED_AT_ONCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A mail that we have had."""

    kind: str
    #: Number of its ticket, "" where it has none.
    ticket: str
    #: Why nothing was made of it, "" where something was.
    reason: str
    #: What was found out about its sender.
    verdict: str


_BY_DIGEST = (
    select(receipts.c.kind, receipts.c.reason, receipts.c.why, tickets.c.number)
    .select_from(receipts.outerjoin(tickets, receipts.c.ticket_id == tickets.c.id))
    .where(receipts.c.digest == bindparam("mail_digest"))
)


def known(connection: Connection, digest: str) -> Known | None:
    """What became of the mail with this digest, None where we have not had it."""
    if any(row["digest"] == digest for row in together.waiting(connection, _INSERT)):
        together.write_now(connection)
    row = connection.execute(_BY_DIGEST, {"mail_digest": digest}).one_or_none()
    if row is None:
        return None
    return Known(kind=row.kind, ticket=row.number or "", reason=row.reason, verdict=row.why.get("verdict", ""))


def write(
    connection: Connection,
    *,
    digest: str,
    message_id: str,
    envelope: Envelope,
    receipt: Receipt,
    ticket: int | None,
    message: int | None,
    why: Mapping[str, Any],
    raw_sha256: str | None,
    instead_of: str = "",
) -> list[str]:
    """Records what became of a mail. `instead_of`: the digest of an earlier word on the same mail (it was released,
    or tried again), whose place this one takes.

    Returns hashes of raw mail that is named no more: of another copy, which this one replaces.
    """
    values = {
        "digest": digest,
        "message_id": message_id,
        "received_at": envelope.received_at,
        "transport": envelope.transport,
        "kind": receipt.kind,
        "ticket_id": ticket,
        "stored_message_id": message,
        "reason": getattr(receipt, "reason", ""),
        "why": dict(why),
        "raw_sha256": raw_sha256,
    }
    if not instead_of:
        together.add(connection, _INSERT, [values])
        return []
    together.write_now(connection)  # its bytes: the row refers to them
    earlier = receipts.c.digest == instead_of
    replaced = connection.execute(select(receipts.c.raw_sha256).where(earlier)).scalar_one_or_none()
    connection.execute(update(receipts).where(earlier).values(**values))
    return [replaced] if replaced and replaced != raw_sha256 else []


_INSERT = Insert(lambda insert: insert(receipts))


def find(connection: Connection, name: str) -> dict[str, Any] | None:
    """The newest receipt of a Message-ID, or of a stored message's id: what `explain` prints."""
    bare = name if name.startswith("<") else f"<{name}>"
    wanted = or_(receipts.c.message_id == bare, receipts.c.digest == name)
    if id_ := id_of(name):
        wanted = receipts.c.stored_message_id == id_
    row = connection.execute(
        select(receipts, tickets.c.number, messages.c.verdict)
        .select_from(
            receipts.outerjoin(tickets, receipts.c.ticket_id == tickets.c.id).outerjoin(
                messages, receipts.c.stored_message_id == messages.c.id
            )
        )
        .where(wanted)
        .order_by(receipts.c.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return {
        "message_id": row.message_id,
        "received_at": row.received_at,
        "transport": row.transport,
        "receipt": row.kind,
        "ticket": row.number,
        "reason": row.reason or None,
        "why": row.why,
    }


def last_heard(connection: Connection, ticket: int) -> tuple[str, datetime] | None:
    """Message-ID of the newest mail of its customers on this ticket, and when it reached us by the door's clock."""
    together.write_now(connection)
    row = connection.execute(_LAST_HEARD, {"ticket": ticket}).one_or_none()
    return (row.message_id, row.received_at) if row else None


_LAST_HEARD = (
    select(receipts.c.message_id, receipts.c.received_at)
    .join(messages, receipts.c.stored_message_id == messages.c.id)
    .where(messages.c.ticket_id == bindparam("ticket"), messages.c.from_customer)
    .order_by(receipts.c.received_at.desc())
    .limit(1)
)


def mark_discarded(connection: Connection, digests: Sequence[str]) -> None:
    """A person has dropped them: receipts are `ignored` from now on, and the same mails again duplicates."""
    _mark(connection, digests, Ignored.kind, DISCARDED)


def mark_quarantined(connection: Connection, digest: str, reason: str) -> None:
    """It was held, and cannot be run."""
    _mark(connection, [digest], Quarantined.kind, reason)


def _mark(connection: Connection, digests: Sequence[str], kind: str, reason: str) -> None:
    together.write_now(connection)
    for at in range(0, len(digests), _MARKED_AT_ONCE):
        these = receipts.c.digest.in_(digests[at : at + _MARKED_AT_ONCE])
        connection.execute(update(receipts).where(these).values(kind=kind, reason=reason))


def forget_raw(connection: Connection, before: datetime, limit: int) -> list[str]:
    """Lets go of the raw mail received before `before`; returns the hashes that were named."""
    rows = connection.execute(
        select(receipts.c.id, receipts.c.raw_sha256)
        .where(receipts.c.received_at < before, receipts.c.raw_sha256.is_not(None))
        .limit(limit)
    ).all()
    connection.execute(update(receipts).where(receipts.c.id.in_([row.id for row in rows])).values(raw_sha256=None))
    return [row.raw_sha256 for row in rows]


def newest_at(connection: Connection) -> datetime | None:
    """When the newest mail came by SMTP: by our own clock then; other doors tell other clocks' times."""
    by_smtp = select(receipts.c.received_at).where(receipts.c.transport == "smtp")
    moment: datetime | None = connection.execute(by_smtp.order_by(receipts.c.received_at.desc()).limit(1)).scalar()
    return moment


def bytes_since(connection: Connection, since: datetime) -> int:
    """Bytes of the mail that came since then, before compression. Looks at every mail since: for `check`."""
    raw = receipts.join(blobs, receipts.c.raw_sha256 == blobs.c.sha256)
    total = select(func.sum(blobs.c.size)).select_from(raw).where(receipts.c.received_at > since)
    return int(connection.execute(total).scalar() or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One of the last mails that came."""

    transport: str
    received_at: datetime
    #: "" where nobody looked (a repeat).
    verdict: str
    #: None where the raw mail is not kept any more.
    raw_sha256: str | None


def last(connection: Connection, limit: int) -> list[Seen]:
    """The last mails that came by a door, newest first."""
    rows = connection.execute(
        select(receipts.c.transport, receipts.c.received_at, receipts.c.why, receipts.c.raw_sha256)
        .order_by(receipts.c.id.desc())
        .limit(limit)
    )
    return [
        Seen(
            transport=row.transport,
            received_at=row.received_at,
            verdict=row.why.get("verdict", ""),
            raw_sha256=row.raw_sha256,
        )
        for row in rows
    ]
