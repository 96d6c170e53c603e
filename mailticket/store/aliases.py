"""Which addresses are agents' beside those in the settings? Added by a click of theirs, one row an address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from mailticket.store.dialect import Insert
from mailticket.store.tables import agent_aliases


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """One of them."""

    address: str
    #: The agent's registered address.
    agent: str
    added_at: datetime


def add(connection: Connection, address: str, agent: str, now: datetime) -> bool:
    """From now on `address` is the agent's, too; False where it is somebody's already."""
    return bool(_ADD.run(connection, {"address": address, "agent": agent, "added_at": now}).rowcount)


_ADD = Insert(lambda insert: insert(agent_aliases).on_conflict_do_nothing())


def remove(connection: Connection, address: str) -> str:
    """It is nobody's any more. Returns whose it was, "" where it was nobody's."""
    gone = delete(agent_aliases).where(agent_aliases.c.address == address).returning(agent_aliases.c.agent)
    return connection.execute(gone).scalar() or ""


def listing(connection: Connection) -> list[Alias]:
    """All of them by agent."""
    rows = connection.execute(select(agent_aliases).order_by(agent_aliases.c.agent, agent_aliases.c.address))
    return [Alias(address=row.address, agent=row.agent, added_at=row.added_at) for row in rows]


def owners(connection: Connection) -> Mapping[str, str]:
    """Registered address by alias; there are as many as people have telephones."""
    return {row.address: row.agent for row in connection.execute(_OWNERS)}


_OWNERS = select(agent_aliases.c.address, agent_aliases.c.agent).order_by(agent_aliases.c.address)
