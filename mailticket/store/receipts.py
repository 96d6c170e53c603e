"""Which mail have we had, and what became of it? One row a mail: repeats are known by it, `explain` reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from mailticket.desk.receipt import Ignored, Receipt
from mailticket.mail.message import Envelope
from mailticket.store.tables import messages, receipts, tickets


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A mail that we have had."""

    kind: str
    #: Number of its ticket, "" where it has none.
    ticket: str


_BY_DIGEST = (
    select(receipts.c.kind, tickets.c.number)
    .select_from(receipts.outerjoin(tickets, receipts.c.ticket_id == tickets.c.id))
    .where(receipts.c.digest == bindparam("mail_digest"))
)


def known(connection: Connection, digest: str) -> Known | None:
    """What became of the mail with this digest, None where we have not had it."""
    row = connection.execute(_BY_DIGEST, {"mail_digest": digest}).one_or_none()
    return Known(kind=row.kind, ticket=row.number or "") if row else None


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
) -> None:
    """Records what became of a mail. `instead_of`: the digest of an earlier word on the same mail (it was released,
    or tried again), whose place this one takes."""
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
    if instead_of:
        connection.execute(update(receipts).where(receipts.c.digest == instead_of).values(**values))
    else:
        connection.execute(_INSERT, values)


_INSERT = insert(receipts)


def find(connection: Connection, name: str) -> dict[str, Any] | None:
    """The newest receipt of a Message-ID, or of a stored message's id: what `explain` prints."""
    bare = name if name.startswith("<") else f"<{name}>"
    wanted = or_(receipts.c.message_id == bare, receipts.c.digest == name)
    if name.isdigit():
        wanted = receipts.c.stored_message_id == int(name)
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


def mark_discarded(connection: Connection, digest: str) -> None:
    """A person has dropped it: the receipt is `ignored` from now on, and the same mail again a duplicate."""
    values = {"kind": Ignored.kind, "reason": "discarded"}
    connection.execute(update(receipts).where(receipts.c.digest == digest).values(**values))


def forget_raw(connection: Connection, before: datetime, limit: int) -> list[str]:
    """Lets go of the raw mail received before `before`; returns the hashes that were named."""
    rows = connection.execute(
        select(receipts.c.id, receipts.c.raw_sha256)
        .where(receipts.c.received_at < before, receipts.c.raw_sha256.is_not(None))
        .limit(limit)
    ).all()
    connection.execute(update(receipts).where(receipts.c.id.in_([row.id for row in rows])).values(raw_sha256=None))
    return [row.raw_sha256 for row in rows]
