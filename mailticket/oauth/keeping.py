"""Where do grants live? In the store, sealed; every word of it is one short transaction, and nobody waits in one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic, sleep
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from mailticket.errors import TemporaryError
from mailticket.oauth.grant import Grant
from mailticket.oauth.sealing import Seal
from mailticket.oauth.server import Issued
from mailticket.store import grants
from mailticket.store.engine import Store
from mailticket.store.grants import Kept

Result = TypeVar("Result")

#: A claim is over by then, whatever became of who had it; longer than any server may keep us waiting.
LEASE = timedelta(seconds=90)
_LOOK_AGAIN = 0.1


class Write(Protocol):
    """Runs something in a transaction and returns after the commit."""

    def __call__(self, action: Callable[[Connection], Result]) -> Result:
        """Raises what `action` raises, and TemporaryError."""


def direct(store: Store) -> Write:
    """For a command: by a transaction of its own."""

    def write(action: Callable[[Connection], Result]) -> Result:
        with store.writing() as connection:
            return action(connection)

    return write


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What shall happen in the transaction that finds out."""

    #: A grant is refused for good; called by who finds out first.
    refused: Callable[[Connection, Grant, str], None]
    #: A grant gave a token.
    works: Callable[[Connection, Grant], None]


class Keeping:
    """The grants of one process. Every method from any thread. Raises TemporaryError where the store is away."""

    def __init__(
        self, store: Store, write: Write, seal: Seal, by: str, now: Callable[[], datetime], told: Told | None = None
    ) -> None:
        """`by` names this process among all that share the store; without `told` nothing is marked as refused."""
        self._store, self._write, self._seal, self._by, self._now = store, write, seal, by, now
        self._told = told

    def find(self, grant: Grant) -> Kept | None:
        """What is known of it."""
        with self._store.reading() as connection:
            return grants.find(connection, grant.key)

    def opened(self, grant: Grant, kept: Kept) -> str:
        """Its refresh token. Raises Unsealable."""
        assert kept.refresh_token is not None
        return self._seal.open(kept.refresh_token, grant.key)

    @contextmanager
    def turn(self, grant: Grant) -> Iterator[Kept | None]:
        """The grant for this process alone, as it is now; None where nobody has ever signed in.

        Many servers take the second use of a refresh token for a theft, and end all that came of it.
        """
        latest = monotonic() + LEASE.total_seconds() + 10
        while not self._write(lambda connection: grants.claim(connection, grant.key, self._by, self._now(), LEASE)):
            if self.find(grant) is None:
                yield None
                return
            if monotonic() > latest:
                raise TemporaryError("another process has had the OAuth2 grant for too long")
            sleep(_LOOK_AGAIN)
        try:
            yield self.find(grant)
        finally:
            self._write(lambda connection: grants.give_back(connection, grant.key, self._by))

    def sign_in(self, grant: Grant, issued: Issued) -> None:
        """Keeps what a person has granted."""
        sealed, now = self._seal.close(issued.refresh_token, grant.key), self._now()

        def keep(connection: Connection) -> None:
            grants.sign_in(connection, grant.key, sealed, issued.account, _end(issued, now), now)
            self._works(connection, grant)

        self._write(keep)

    def renewed(self, grant: Grant, kept: Kept, issued: Issued) -> None:
        """Keeps the newest refresh token: what was used before may be worth nothing now."""
        assert kept.refresh_token is not None
        used, now = kept.refresh_token, self._now()
        sealed = self._seal.close(issued.refresh_token, grant.key) if issued.refresh_token else used

        def keep(connection: Connection) -> None:
            if grants.renewed(connection, grant.key, used, sealed, _end(issued, now), now):
                self._works(connection, grant)

        self._write(keep)

    def worked(self, grant: Grant) -> None:
        """The desk's own right gave a token."""
        now = self._now()

        def keep(connection: Connection) -> None:
            grants.worked(connection, grant.key, now)
            self._works(connection, grant)

        self._write(keep)

    def failed(self, grant: Grant, kept: Kept | None, failure: str) -> bool:
        """It was refused for good. True for who finds out first."""
        used, now, told = kept.refresh_token if kept else None, self._now(), self._told
        if told is None:
            return False  # whoever tells others has to find it by itself

        def keep(connection: Connection) -> bool:
            first = grants.failed(connection, grant.key, used, failure, now)
            if first:
                told.refused(connection, grant, failure)
            return first

        return self._write(keep)

    def _works(self, connection: Connection, grant: Grant) -> None:
        if self._told is not None:
            self._told.works(connection, grant)


def _end(issued: Issued, now: datetime) -> datetime | None:
    return now + timedelta(seconds=issued.refresh_expires_in) if issued.refresh_expires_in else None
