"""How fast is a relay sent to just now? One row a relay, shared by all nodes and read by every command."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from mailticket.store.dialect import Insert
from mailticket.store.tables import relay_pace


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayPace:
    """What was learned of one relay. As it stands here: nothing, so far."""

    #: The next mail does not leave before then, where the pace is limited at all.
    next_at: datetime | None = None
    #: When the relay asked us to slow down, None where it did not, or that is over.
    slowed_since: datetime | None = None
    #: Its words, the last ones.
    reply: str = ""
    #: Mails a minute of which `share` is left.
    full_rate: float = 0.0
    #: Part of the full pace, as of `rising_since`; since then it rises.
    share: float = 1.0
    rising_since: datetime | None = None
    #: Since when it cannot be reached, None where it can.
    away_since: datetime | None = None
    away_reason: str = ""


_NOTHING = asdict(RelayPace())
_COLUMNS = [relay_pace.c[field.name] for field in fields(RelayPace)]
_READ = select(*_COLUMNS).where(relay_pace.c.relay == bindparam("name"))
_ADD = Insert(lambda insert: insert(relay_pace).on_conflict_do_nothing())


def read(connection: Connection, relay: str) -> RelayPace:
    """What is known of `relay` (host:port)."""
    row = connection.execute(_READ, {"name": relay}).one_or_none()
    return RelayPace(**row._mapping) if row else RelayPace()


def read_to_change(connection: Connection, relay: str) -> RelayPace:
    """The same, and nobody else changes it before this transaction ends."""
    _ADD.run(connection, {"relay": relay, **_NOTHING})
    return RelayPace(**connection.execute(_READ.with_for_update(), {"name": relay}).one()._mapping)


def save(connection: Connection, relay: str, pace: RelayPace) -> None:
    """Puts `pace` in the place of what was read to change."""
    connection.execute(update(relay_pace).where(relay_pace.c.relay == relay).values(**asdict(pace)))
