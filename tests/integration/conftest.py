"""Stores to test with, and nodes on them: the same tests on SQLite and on PostgreSQL, each on an empty database."""

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, text

from mailticket.store import schema
from mailticket.store.engine import Store
from mailticket.store.tables import metadata
from tests.factories import ANN
from tests.integration.answering import BEN, Office
from tests.integration.nodes import Node, node
from tests.servers.postgres import Postgres

_NAMES = (f"store{number}" for number in itertools.count(1))


@pytest.fixture
def sqlite_url() -> str:
    """What `[store] url` says for SQLite in data_dir."""
    return ""


@pytest.fixture
def postgresql_url(postgres: Postgres) -> str:
    """A database without any table."""
    return postgres.create_database(next(_NAMES))


@pytest.fixture(scope="session")
def ready_postgresql_url(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with the newest schema, which tests share: they leave it empty."""
    url = postgres.create_database("ready")
    store = Store(url, tmp_path_factory.mktemp("ready"))
    schema.upgrade(store)
    store.close()
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store without any table."""
    store = Store(request.getfixturevalue(f"{request.param}_url"), tmp_path / "data")
    yield store
    store.close()


@pytest.fixture(scope="session")
def ready_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the newest schema, to be copied."""
    folder = tmp_path_factory.mktemp("ready_sqlite")
    store = Store("", folder)
    schema.upgrade(store)
    store.close()
    return folder / "mailticket.db"


@pytest.fixture
def sqlite(ready_sqlite: Path, tmp_path: Path) -> Iterator[Store]:
    """A SQLite store with the newest schema."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    shutil.copy(ready_sqlite, data)
    store = Store("", data)
    yield store
    store.close()


@pytest.fixture
def postgresql(ready_postgresql_url: str, tmp_path: Path) -> Iterator[Store]:
    """A PostgreSQL store with the newest schema."""
    store = Store(ready_postgresql_url, tmp_path / "data")
    yield store
    with store.writing() as connection:
        # (TRUNCATE makes new files of all tables and syncs them: twenty times as long)
        for table in reversed(metadata.sorted_tables):
            connection.execute(delete(table))
        connection.execute(text("SELECT setval(quote_ident(sequencename)::regclass, 1, false) FROM pg_sequences"))
    store.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Store:
    """A store of either kind with the newest schema."""
    found: Store = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Iterator[Node]:
    """A running node on a store of either kind."""
    with node(store, tmp_path / "blobs") as running:
        yield running


@pytest.fixture
def office(store: Store, tmp_path: Path) -> Iterator[Office]:
    """Two agents with a mail program at a node of either kind, who hear of every ticket."""
    with node(store, tmp_path / "blobs", agents=(ANN, BEN), notify="all") as desk:
        yield Office(desk)


@pytest.fixture
def number(office: Office) -> str:
    """A ticket of Carla's, of which both agents were told."""
    return office.open()
