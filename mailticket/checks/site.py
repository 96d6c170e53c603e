"""What is looked at? One installation: its settings, the file that they came from, its store, and the time of the look.

Nothing is made or changed on the way: a look as root, before the first start, would leave files of root's behind.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Self

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from mailticket import credentials
from mailticket.bearer import Token
from mailticket.config import Settings
from mailticket.dns import Resolver
from mailticket.errors import MailticketError
from mailticket.mail.compose import ascii_address
from mailticket.oauth.tokens import Tokens
from mailticket.store import schema
from mailticket.store.engine import Store


class NoStore(MailticketError):
    """There is no database in this version's shape to look into; the look at the database says why."""


class Reach:
    """Whether the store can be looked into. Found out once for all looks: a server that is gone is waited for once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: bool | None = None

    def of(self, store: Store) -> bool:
        """Whether it answers and has this version's schema."""
        with self._lock:
            if self._known is None:
                try:
                    self._known = schema.current(store) == schema.newest()
                except (MailticketError, SQLAlchemyError):
                    self._known = False
            return self._known


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One installation. Thread-safe."""

    settings: Settings
    #: The settings file, None for built-in defaults.
    origin: Path | None
    now: datetime
    #: Only for reading.
    store: Store
    reach: Reach
    resolver: Resolver
    #: OAuth2, for logging in as the service does; what a server gives in place of a refresh token is kept.
    tokens: Callable[[], Tokens]

    @classmethod
    def of(cls, settings: Settings, origin: Path | None, now: datetime, tokens: Callable[[], Tokens]) -> Self:
        """The installation that these settings make; opens nothing yet."""
        store = Store(settings.store.url, settings.desk.data_dir, settings.store.pool, only_reading=True)
        resolver = Resolver(settings.identity.dns)
        return cls(
            settings=settings, origin=origin, now=now, store=store, reach=Reach(), resolver=resolver, tokens=tokens
        )

    @staticmethod
    def addresses_of(settings: Settings) -> list[str]:
        """The addresses that the desk writes from, as the DNS and old relays have them."""
        return list(dict.fromkeys(map(ascii_address, settings.own_addresses)))

    @staticmethod
    def domains_of(settings: Settings) -> list[str]:
        """Their domains, each once."""
        return list(dict.fromkeys(address.rpartition("@")[2] for address in Site.addresses_of(settings)))

    def token(self, name: str) -> Token | None:
        """What the login of this name gets access tokens from, None where it has a password. Raises NoStore."""
        if not any(name in grant.names for grant in credentials.grants_of(self.settings)):
            return None
        if not self.has_store:
            raise NoStore
        return self.tokens().of(name)

    @property
    def has_store(self) -> bool:
        """Whether the service was ever here; only SQLite tells, and to those who may look."""
        try:
            return self.store.file is None or self.store.file.exists()
        except PermissionError:
            return True

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One state of the store. Raises NoStore, TemporaryError."""
        if not (self.has_store and self.reach.of(self.store)):
            raise NoStore
        with self.store.reading() as connection:
            yield connection
