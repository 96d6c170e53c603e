"""How much waits? Figures for whoever watches the service: each by an index, and counted no further than is telling."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, func, select

from mailticket.desk.canary import Probe
from mailticket.store import probes, troubles
from mailticket.store.tables import outbox, waiting

#: More than this is too much, whatever it is exactly.
COUNTED_AT_MOST = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The store at one moment."""

    #: Mails of ours that have not left.
    outbox_waiting: int
    #: When the one that is due for longest was to leave, None where nothing is due.
    oldest_due: datetime | None
    quarantined: int
    held: int
    #: Names of what is broken.
    troubles: frozenset[str]
    #: The last probe that arrived, by address.
    probes: Mapping[str, Probe]


def figures(connection: Connection, now: datetime, probed: Iterable[str]) -> Figures:
    """All of them, of one state of the store where the caller's transaction sees one. `probed`: addresses."""
    queued = outbox.c.state == "queued"
    first_due = select(func.min(outbox.c.next_attempt_at)).where(queued, outbox.c.next_attempt_at <= now)
    return Figures(
        outbox_waiting=_count(connection, select(outbox.c.next_attempt_at).where(queued)),
        oldest_due=connection.execute(first_due).scalar(),
        quarantined=_count(connection, select(waiting.c.state).where(waiting.c.state == "quarantine")),
        held=_count(connection, select(waiting.c.state).where(waiting.c.state == "held")),
        troubles=troubles.known(connection),
        probes={address: probe for address in probed if (probe := probes.last_arrived(connection, address))},
    )


def _count(connection: Connection, rows: Select[tuple[object]]) -> int:
    return int(
        connection.execute(select(func.count()).select_from(rows.limit(COUNTED_AT_MOST).subquery())).scalar_one()
    )
