"""Which addresses have agents added to their own? Each process knows them, and looks again when it has to be sure."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from time import monotonic

from sqlalchemy import Connection

from mailticket.actions.context import Context
from mailticket.desk.policy import Policy
from mailticket.errors import NotValid
from mailticket.store import aliases, contacts, tickets

#: What another process has added is known here after so many seconds.
_LOOKED_AGAIN_AFTER = 20.0


class Aliases:
    """A process's view of them, for the thread that writes."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        """`clock` counts seconds."""
        self._clock = clock
        self._owners: Mapping[str, str] = {}
        self._looked_at: float | None = None
        self._made: tuple[Context, Mapping[str, str], Context] | None = None

    def known_to(self, connection: Connection, context: Context, *, certain: bool) -> Context:
        """`context` with the added aliases; `certain`: as they are in this very transaction."""
        now = self._clock()
        if certain or self._looked_at is None or now - self._looked_at >= _LOOKED_AGAIN_AFTER:
            self._owners, self._looked_at = aliases.owners(connection), now
        if self._made is None or self._made[0] is not context or self._made[1] != self._owners:
            policy = context.policy.with_added(self._owners)
            made = context if policy is context.policy else replace(context, policy=policy)
            self._made = (context, self._owners, made)
        return self._made[2]


def add(connection: Connection, policy: Policy, address: str, agent: str, actor: str, now: datetime) -> bool:
    """From now on mail from `address` is this agent's; an event says so. False where it was already.

    Raises NotValid where it cannot be.
    """
    refuse(policy, address, agent)
    if not aliases.add(connection, address, agent, now):
        owner = aliases.owners(connection)[address]
        if owner == agent:
            return False
        raise NotValid("alias", f"{address} is {owner}'s already")
    detail = {"agent": agent, "address": address, "customer": contacts.knows(connection, address)}
    tickets.record(connection, None, now, actor, ("alias_added", detail))
    return True


def refuse(policy: Policy, address: str, agent: str) -> None:
    """Raises NotValid where `address` cannot be an alias of the agent with this registered address."""
    if policy.own_address(address):
        raise NotValid("alias", f"{address} is an address of the desk")
    owner = policy.agent(address)
    if owner is not None and owner.address != agent:
        raise NotValid("alias", f"{address} is {owner.name}'s")
    if owner is not None and address not in owner.added:
        raise NotValid("alias", f"{address} is {owner.name}'s by the settings")


def remove(connection: Connection, address: str, actor: str, now: datetime) -> str:
    """It is the agent's no longer. Returns the registered address of whose it was, "" where it was nobody's."""
    owner = aliases.remove(connection, address)
    if owner:
        tickets.record(connection, None, now, actor, ("alias_removed", {"agent": owner, "address": address}))
    return owner
