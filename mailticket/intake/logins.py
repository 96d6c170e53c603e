"""Is this an agent's password, and how often may somebody guess? argon2id (RFC 9106) in a thread, failures in memory.

Whether a user exists shows neither in the answer nor in the time that it takes.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TypeAlias

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHash

#: Failures are remembered for so many seconds after the first one.
_WINDOW = 900.0
#: From so many failures of one peer on each further answer takes its time,
_PATIENT = 3
#: and so many are all that it has.
_PEER_FAILURES = 10
#: So many failures keep everybody from a user's door but those who have come in by it.
_USER_FAILURES = 30
_LONGEST_WAIT = 8.0
#: Counters of each sort; peers or users that share one are counted together, so no crowd of them fills the memory.
_COUNTERS = 16384
#: Peers that are remembered for having known a password.
_KNOWN_PEERS = 1000
#: Passwords looked at at once: each takes 64 MB for a moment.
_AT_ONCE = 2

#: Of no password that anybody knows.
_NOBODYS = "$argon2id$v=19$m=65536,t=3,p=4$UOTjaPG2yGefdxSVpjMA2Q$2aCWALrIGjkhCUJjUyMMJivGEgX7u1Dyx3iLAuISIqA"
_hasher = PasswordHasher()


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An agent who may hand in mail."""

    #: The registered one.
    address: str
    #: What the agent may write from, lower case: the registered address and the aliases.
    addresses: frozenset[str]
    password_hash: str = field(repr=False)


#: Accounts by each address that may log in, lower case.
Accounts: TypeAlias = Mapping[str, Account]


class Failed(Enum):
    """Why nobody is logged in."""

    WRONG = "wrong"
    #: Too many failures of this peer: it should go.
    PEER = "peer"
    #: Too many failures for this user.
    USER = "user"


class Logins:
    """Who may come in, and who has failed of late. For one event loop."""

    def __init__(
        self,
        accounts: Callable[[], Accounts] = dict,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._accounts, self._clock, self._sleep = accounts, clock, sleep
        #: Failures by counter, and when they are forgotten.
        self._failures: dict[tuple[str, int], tuple[int, float]] = {}
        self._known: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._hashing = asyncio.Semaphore(_AT_ONCE)

    async def log_in(self, peer: str | None, user: str, password: str) -> Account | Failed:
        """The account of `user`, an address, where this is its password. An attempt counts until it has succeeded."""
        user, where = user.strip().lower(), _network(peer)
        by_peer, by_user = _counter("peer", where), _counter("user", user)
        if self._count(by_peer) >= _PEER_FAILURES:
            return Failed.PEER
        if self._count(by_user) >= _USER_FAILURES and (user, where) not in self._known:
            return Failed.USER
        failures = self._add(by_peer, 1)
        self._add(by_user, 1)
        account = self._accounts().get(user)
        async with self._hashing:
            fits = await asyncio.to_thread(_fits, account.password_hash if account else "", password)
        if account is None or not fits:
            if failures > _PATIENT:
                await self._sleep(min(_LONGEST_WAIT, 2.0 ** (failures - _PATIENT - 1)))
            return Failed.WRONG
        self._add(by_peer, -1)
        self._add(by_user, -1)
        self._remember((user, where))
        return account

    def agent(self, user: str) -> str | None:
        """Whose login `user` is: a registered address, None for nobody's."""
        account = self._accounts().get(user.strip().lower())
        return account.address if account else None

    def _remember(self, known: tuple[str, str]) -> None:
        self._known[known] = None
        self._known.move_to_end(known)
        if len(self._known) > _KNOWN_PEERS:
            self._known.popitem(last=False)

    def _count(self, counter: tuple[str, int]) -> int:
        count, until = self._failures.get(counter, (0, 0.0))
        return count if until > self._clock() else 0

    def _add(self, counter: tuple[str, int], step: int) -> int:
        """The count with this one."""
        count = max(0, self._count(counter) + step)
        until = self._failures[counter][1] if count > 1 else self._clock() + _WINDOW
        self._failures[counter] = (count, until)
        return count


def hashed(password: str) -> str:
    """What stands in the settings for `password`."""
    return _hasher.hash(password)


def _fits(password_hash: str, password: str) -> bool:
    """Takes as long for a user who does not exist, or has no password."""
    try:
        _hasher.verify(password_hash or _NOBODYS, password)
    except (Argon2Error, InvalidHash):
        return False
    return bool(password_hash)


def _network(peer: str | None) -> str:
    """One household: whoever has one IPv6 address has 2^64 of them. None is a unix socket's other end."""
    address = ip_address(peer) if peer else None
    return str(ip_network((address, 64), strict=False)) if isinstance(address, IPv6Address) else str(address)


def _counter(sort: str, whose: str) -> tuple[str, int]:
    # Python's hash of a text differs in every process: nobody can choose whose counter to share
    return sort, hash(whose) % _COUNTERS
