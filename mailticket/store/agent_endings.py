"""How did an agent's last replies end? Digests of last lines, by which a signature is known as the agent's own."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from mailticket.store.dialect import Insert
from mailticket.store.tables import agent_endings


def of(connection: Connection, agent: str) -> tuple[tuple[str, ...], ...]:
    """The endings of the replies of this agent (registered address), the newest first."""
    found = connection.execute(select(agent_endings.c.endings).where(agent_endings.c.agent == agent)).scalar()
    return tuple(tuple(ending) for ending in found or ())


def keep(connection: Connection, agent: str, ending: Sequence[str], most: int) -> None:
    """Remembers one more, and forgets all but the newest `most`."""
    if not ending:
        return
    endings = [list(ending), *map(list, of(connection, agent))][:most]
    _KEEP.run(connection, {"agent": agent, "endings": endings})


_KEEP = Insert(
    lambda insert: (found := insert(agent_endings)).on_conflict_do_update(
        index_elements=[agent_endings.c.agent], set_={"endings": found.excluded.endings}
    )
)
