"""Stores to test with: the same tests on SQLite and on PostgreSQL, each with a database of its own."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailticket.store import schema
from mailticket.store.engine import Store

_NAMES = (f"store{number}" for number in itertools.count(1))


@pytest.fixture
def sqlite_url() -> str:
    """What `[store] url` says for SQLite in data_dir."""
    return ""


@pytest.fixture
def postgresql_url(request: pytest.FixtureRequest) -> str:
    """An empty database."""
    return str(request.getfixturevalue("postgres").create_database(next(_NAMES)))


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    """An empty database of either kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def empty_store(store_url: str, tmp_path: Path) -> Iterator[Store]:
    """A store without any table."""
    store = Store(store_url, tmp_path / "data")
    yield store
    store.close()


@pytest.fixture
def store(empty_store: Store) -> Store:
    """A store with the newest schema."""
    schema.upgrade(empty_store)
    return empty_store
