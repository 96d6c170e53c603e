"""Which probes were sent, and how far did they come? One a schedule's moment and address, whichever node sends it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from mailticket.desk.canary import Probe
from mailticket.store.dialect import Insert
from mailticket.store.tables import outbox, probes, receipts

#: So many tell whether a side is broken.
_LOOKED_AT = 100
#: States of the outbox in which the relay has had it.
_LEFT = ("sent", "bounced")


def is_sent(connection: Connection, address: str, slot: datetime) -> bool:
    """Whether some node has sent the probe of this moment."""
    this = select(probes.c.id).where(probes.c.address == address, probes.c.slot == slot)
    return connection.execute(this).first() is not None


def add(connection: Connection, address: str, slot: datetime, message_id: str, now: datetime) -> bool:
    """Remembers that it is sent; False where another node was quicker."""
    row = {"address": address, "slot": slot, "message_id": message_id, "sent_at": now}
    return _ADD.run(connection, row).one_or_none() is not None


_ADD = Insert(
    lambda insert: (
        insert(probes).on_conflict_do_nothing(index_elements=[probes.c.address, probes.c.slot]).returning(probes.c.id)
    )
)


def arrive(connection: Connection, message_id: str, now: datetime) -> bool:
    """It came back; False where there is none, or it had come already."""
    this = (probes.c.message_id == message_id) & probes.c.arrived_at.is_(None)
    return connection.execute(update(probes).where(this).values(arrived_at=now)).rowcount > 0


def withdraw(connection: Connection, address: str, now: datetime) -> bool:
    """Takes back what waits for this address in the outbox: the next one says more. False where it is being sent."""
    waiting = select(outbox.c.id, outbox.c.claimed_until).where(
        outbox.c.message_id.in_(select(probes.c.message_id).where(probes.c.address == address)),
        outbox.c.state.in_(("queued", "failed")),
    )
    rows = connection.execute(waiting).all()
    if any(row.claimed_until is not None and row.claimed_until >= now for row in rows):
        return False
    these = outbox.c.id.in_([row.id for row in rows])
    connection.execute(update(outbox).where(these).values(state="cancelled", claimed_by="", claimed_until=None))
    return True


def newest(connection: Connection, address: str, limit: int = _LOOKED_AT) -> list[Probe]:
    """The last ones to this address, newest first."""
    rows = connection.execute(
        select(probes, outbox.c.state, outbox.c.sent_at.label("left_at"), outbox.c.last_error)
        .select_from(probes.outerjoin(outbox, probes.c.message_id == outbox.c.message_id))
        .where(probes.c.address == address)
        .order_by(probes.c.slot.desc())
        .limit(limit)
    )
    return [
        Probe(
            message_id=row.message_id, sent_at=row.sent_at,
            left_at=row.left_at if row.state in _LEFT else None, arrived_at=row.arrived_at,
            error="it came back as undeliverable" if row.state == "bounced" else row.last_error or "",
        )
        for row in rows
    ]  # fmt: skip


def last_arrived(connection: Connection, address: str) -> Probe | None:
    """The newest one to this address that came back, among the last ones."""
    return next((one for one in newest(connection, address) if one.arrived_at), None)


def find(connection: Connection, address: str, message_id: str) -> Probe | None:
    """One of the last ones."""
    return next((one for one in newest(connection, address) if one.message_id == message_id), None)


def drop(connection: Connection, message_id: str) -> None:
    """It was never sent."""
    for table in (outbox, probes):
        connection.execute(delete(table).where(table.c.message_id == message_id))


def forget(connection: Connection, before: datetime, limit: int) -> Sequence[str]:
    """Drops what is left of old ones in the outbox and among the receipts, too; returns hashes of their raw mail."""
    old = list(connection.execute(select(probes.c.message_id).where(probes.c.sent_at < before).limit(limit)).scalars())
    if not old:
        return ()
    gone = delete(receipts).where(receipts.c.message_id.in_(old)).returning(receipts.c.raw_sha256)
    hashes = [sha256 for sha256 in connection.execute(gone).scalars() if sha256]
    connection.execute(delete(outbox).where(outbox.c.message_id.in_(old)))
    connection.execute(delete(probes).where(probes.c.message_id.in_(old)))
    return hashes
