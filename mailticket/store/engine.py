"""How do we talk to the database? One Store over SQLite or PostgreSQL: durable write transactions, consistent reads."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from mailticket.errors import Conflict, MailticketError, TemporaryError
from mailticket.store.lock import WriteLock

#: Nothing waits for ever: neither on a server that went away in mid-sentence nor on another session's lock.
_POSTGRESQL = {
    "connect_timeout": 5,
    "application_name": "mailticket",
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
    "options": "-c statement_timeout=60s -c lock_timeout=15s -c idle_in_transaction_session_timeout=60s",
}


class NotDurable(MailticketError):
    """The database does not run with the settings that our promises need."""


class Store:
    """The database. Thread-safe; a connection belongs to the thread that asked for it."""

    def __init__(self, url: str, data_dir: Path, pool: int = 5, *, only_reading: bool = False) -> None:
        """Opens nothing yet but the lock file; `url` "" means SQLite in `data_dir`.

        `only_reading`: not even that, and no file is made by it; of SQLite every write is refused.
        """
        if not only_reading:
            data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.url = url or f"sqlite:///{data_dir / 'mailticket.db'}"
        self._lock: WriteLock | None = None
        if self.file is not None:
            self._lock = None if only_reading else WriteLock(self.file.parent / "write.lock")
            self.engine = self._reader = _sqlite_engine(self.url, pool, only_reading=only_reading)
        else:
            self.engine = create_engine(
                self.url.replace("postgresql://", "postgresql+psycopg://", 1),
                pool_size=pool,
                max_overflow=2,
                pool_timeout=10,
                pool_pre_ping=True,
                hide_parameters=True,
                connect_args=_POSTGRESQL,
            )
            # without it every statement of a transaction would see a state of its own
            self._reader = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.url.startswith("sqlite:")

    @property
    def file(self) -> Path | None:
        """The embedded database, None where it is another one."""
        return Path(self.url.removeprefix("sqlite:///")) if self.is_sqlite else None

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A write transaction: committed and durable when the block ends, rolled back when it raises.

        Raises TemporaryError where the database cannot be reached or is full, Conflict where another node was in
        the way; nothing was written then.
        """
        with _faults_named():
            if self._lock is None:
                with self.engine.begin() as connection:
                    yield connection
            else:
                with self._lock.held(), self.engine.connect() as connection, connection.begin():
                    connection.exec_driver_sql("BEGIN IMMEDIATE")
                    yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the store. Raises TemporaryError as `writing` does."""
        with _faults_named(), self._reader.connect() as connection, connection.begin():
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN")
            yield connection

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """A write transaction for changes of the schema.

        On SQLite foreign keys are off in it: Alembic's copying of a parent table would delete every child row.
        """
        if self._lock is None:
            with self.writing() as connection:
                # a large table may take its time
                connection.execute(text("SET LOCAL statement_timeout = 0"))
                yield connection
            return
        with _faults_named(), self._lock.held(), self.engine.connect() as connection:
            # by the driver's own cursor: SQLAlchemy would begin a transaction first, and in one the pragma is void
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
            try:
                with connection.begin():
                    connection.exec_driver_sql("BEGIN IMMEDIATE")
                    yield connection
            finally:
                connection.invalidate()  # the pragma must not come back with the connection

    def assert_durable(self) -> None:
        """Raises NotDurable where a power cut could lose a commit, or foreign keys are not enforced."""
        with self.reading() as connection:
            if self.is_sqlite:
                found = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in _ASSERTED}
                wrong = {name: value for name, value in found.items() if value != _ASSERTED[name]}
            else:
                found = {
                    name: connection.execute(text(f"SHOW {name}")).scalar() for name in ("fsync", "synchronous_commit")
                }
                wrong = {name: value for name, value in found.items() if value == "off"}
        if wrong:
            raise NotDurable(f"{self.url.partition(':')[0]} runs with {wrong}; a power cut could lose accepted mail")

    def close(self) -> None:
        """Closes every connection."""
        self.engine.dispose()
        if self._lock is not None:
            self._lock.close()


#: WAL, synchronous FULL (2), foreign keys on.
_ASSERTED: dict[str, Any] = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def _sqlite_engine(url: str, pool: int, *, only_reading: bool) -> Engine:
    # hidden: the words of a mail are parameters, and errors end in the log
    engine = create_engine(url, pool_size=pool, max_overflow=4, pool_timeout=30, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _connected(connection: sqlite3.Connection, _record: object) -> None:
        # isolation_level None: we say BEGIN ourselves, above; the module's own guess comes too late
        connection.isolation_level = None
        mode = "query_only=ON" if only_reading else "journal_mode=WAL"
        for pragma in (mode, "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
            connection.execute(f"PRAGMA {pragma}")
        # its own `lower` knows A to Z only, and stands in an index
        connection.create_function("lower_of_all", 1, lambda text: text and text.lower(), deterministic=True)
        # a page cache and a WAL large enough for a batch with attachments in it
        connection.execute("PRAGMA cache_size=-16000")
        connection.execute("PRAGMA wal_autocheckpoint=4000")

    return engine


#: Rows that clash were new to both sessions when they looked: the second one has to look again. So has who has drawn
#: the same random token once more.
_UNIQUE_VIOLATION = {"23505", sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}

_AWAY = "the database does not answer; `mailticket check` says where it is looked for, and how to mend it"


@contextmanager
def _faults_named() -> Iterator[None]:
    """Turns "the database does not answer" into TemporaryError; every other fault goes through as it is."""
    try:
        yield
    except (PoolTimeout, DisconnectionError) as error:
        raise TemporaryError(_AWAY) from error
    except DBAPIError as error:
        state = str(getattr(error.orig, "sqlstate", None) or "")
        if state.startswith("40") or _UNIQUE_VIOLATION & {state, getattr(error.orig, "sqlite_errorcode", None)}:
            raise Conflict from error
        if _is_disk_full(error.orig, state):
            raise TemporaryError("the disk of the database is full; make room on it") from error
        if error.connection_invalidated or _is_temporary(error.orig, state):
            raise TemporaryError(_AWAY) from error
        raise


def _is_disk_full(error: BaseException | None, state: str) -> bool:
    return state == "53100" or (isinstance(error, sqlite3.OperationalError) and "disk is full" in str(error))


def _is_temporary(error: BaseException | None, state: str) -> bool:
    """SQLite busy or unreadable; PostgreSQL's classes 08 (connection), 53 (resources), 55 (locks),
    57 (shut down, cancelled), and no class at all where it could not be reached."""
    if isinstance(error, sqlite3.OperationalError):
        return any(words in str(error) for words in ("locked", "busy", "disk I/O", "unable to open"))
    kinds = {kind.__name__ for kind in type(error).__mro__}  # a time-out while connecting is one of them
    return state[:2] in ("08", "53", "55", "57") or (not state and "OperationalError" in kinds)
