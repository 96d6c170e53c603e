"""Who is away? One row an agent, by what agents have said."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from mailticket.store.dialect import Insert
from mailticket.store.tables import absences


def leave(connection: Connection, agent: str, until: datetime) -> None:
    """The agent with this registered address is away; what was said before does not count any more."""
    _LEAVE.run(connection, {"agent": agent, "until": until})


def come_back(connection: Connection, agent: str) -> bool:
    """The agent is there; False where nobody has said otherwise."""
    return bool(connection.execute(delete(absences).where(absences.c.agent == agent)).rowcount)


def away(connection: Connection, now: datetime) -> frozenset[str]:
    """Registered addresses of all who are away."""
    return frozenset(connection.execute(_AWAY, {"now": now}).scalars())


_LEAVE = Insert(
    lambda insert: (new := insert(absences)).on_conflict_do_update(
        index_elements=[absences.c.agent], set_={"until": new.excluded.until}
    )
)
_AWAY = select(absences.c.agent).where(absences.c.until > bindparam("now"))
