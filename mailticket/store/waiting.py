"""Which mail waits for something? Held mail for a person's word, quarantined mail for a mend; both raw and complete."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from mailticket.mail.message import Envelope, Position, Transport
from mailticket.store.tables import tickets, waiting

QUARANTINE = "quarantine"
HELD = "held"

#: How the reason begins where only the header block of a mail was kept: it cannot be run again.
TOO_LARGE = "too_large: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One mail that waits."""

    id: int
    state: str
    digest: str
    received_at: datetime
    from_address: str
    subject: str
    reason: str
    ticket: str
    tries: int
    envelope: Envelope
    raw_sha256: str


def keep(
    connection: Connection,
    state: str,
    *,
    digest: str,
    from_address: str,
    subject: str,
    reason: str,
    ticket: int | None,
    envelope: Envelope,
    raw_sha256: str,
) -> int:
    """Keeps a mail, or counts one more try for one that waits already. Returns its id."""
    row = connection.execute(select(waiting.c.id).where(waiting.c.digest == digest)).one_or_none()
    if row is not None:
        again = {"state": state, "reason": reason, "ticket_id": ticket, "tries": waiting.c.tries + 1}
        connection.execute(update(waiting).where(waiting.c.id == row.id).values(**again))
        return int(row.id)
    values = {
        "state": state,
        "digest": digest,
        "received_at": envelope.received_at,
        "from_address": from_address,
        "subject": subject,
        "reason": reason,
        "ticket_id": ticket,
        "tries": 1,
        "envelope": _as_json(envelope),
        "raw_sha256": raw_sha256,
    }
    return int(connection.execute(insert(waiting).returning(waiting.c.id), values).scalar_one())


_ROWS = select(waiting, tickets.c.number).select_from(waiting.outerjoin(tickets, waiting.c.ticket_id == tickets.c.id))


def listing(connection: Connection, state: str) -> list[Waiting]:
    """Everything that waits in `state`, oldest first."""
    rows = connection.execute(_ROWS.where(waiting.c.state == state).order_by(waiting.c.received_at, waiting.c.id))
    return [_waiting(row) for row in rows]


def find(connection: Connection, state: str, id_: int) -> Waiting | None:
    """One of them."""
    row = connection.execute(_ROWS.where(waiting.c.state == state, waiting.c.id == id_)).one_or_none()
    return _waiting(row) if row else None


def is_there(connection: Connection, digest: str) -> bool:
    """Whether it still waits; it is the caller's until the transaction ends."""
    row = connection.execute(select(waiting.c.id).where(waiting.c.digest == digest).with_for_update())
    return row.one_or_none() is not None


def remove(connection: Connection, digest: str) -> None:
    """It waits no longer."""
    connection.execute(delete(waiting).where(waiting.c.digest == digest))


def _waiting(row: Any) -> Waiting:
    return Waiting(
        id=row.id, state=row.state, digest=row.digest, received_at=row.received_at, from_address=row.from_address,
        subject=row.subject, reason=row.reason, ticket=row.number or "", tries=row.tries,
        envelope=_from_json(row.envelope), raw_sha256=row.raw_sha256,
    )  # fmt: skip


def _as_json(envelope: Envelope) -> dict[str, Any]:
    position = envelope.position
    return {
        "mail_from": envelope.mail_from,
        "rcpt_tos": list(envelope.rcpt_tos),
        "transport": envelope.transport,
        "peer": envelope.peer,
        "received_at": envelope.received_at.isoformat(),
        "authserv_ids": list(envelope.authserv_ids),
        "position": position and [position.account, position.folder, position.uidvalidity, position.uid],
        "confirm": envelope.confirm,
    }


def _from_json(plain: Mapping[str, Any]) -> Envelope:
    position = None
    if plain["position"]:
        account, folder, uidvalidity, uid = plain["position"]
        position = Position(account=account, folder=folder, uidvalidity=uidvalidity, uid=uid)
    return Envelope(
        mail_from=plain["mail_from"],
        rcpt_tos=tuple(plain["rcpt_tos"]),
        transport=Transport(plain["transport"]),
        peer=plain["peer"],
        received_at=datetime.fromisoformat(plain["received_at"]),
        authserv_ids=tuple(plain["authserv_ids"]),
        position=position,
        confirm=plain["confirm"],
    )
