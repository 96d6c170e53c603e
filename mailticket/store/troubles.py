"""What is broken just now, and who was told? Kept, so that neither a restart nor another node tells it twice."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from mailticket.store.dialect import Insert
from mailticket.store.tables import troubles


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """Something that is broken."""

    headline: str
    since: datetime
    #: Addresses of those who were told.
    told: tuple[str, ...]


def remember(connection: Connection, name: str, headline: str, since: datetime, told: Collection[str]) -> bool:
    """False where it is known already, whichever node has seen it."""
    row = {"name": name, "headline": headline, "since": since, "told": list(told)}
    return _REMEMBER.run(connection, row).one_or_none() is not None


_REMEMBER = Insert(lambda insert: insert(troubles).on_conflict_do_nothing().returning(troubles.c.name))


def forget(connection: Connection, name: str) -> Remembered | None:
    """It is over; None where it was not there."""
    told = (troubles.c.headline, troubles.c.since, troubles.c.told)
    row = connection.execute(delete(troubles).where(troubles.c.name == name).returning(*told)).one_or_none()
    return Remembered(headline=row.headline, since=row.since, told=tuple(row.told)) if row else None


def known(connection: Connection) -> frozenset[str]:
    """Names of all that is broken."""
    return frozenset(connection.execute(select(troubles.c.name)).scalars())
