"""Daemons that the tests of a module share: one for each store and set of settings, started when first asked for.

Every test sees the mail of its own time only, and nothing that is due is left behind. Other modules' stories never
come into it: what a desk keeps (counts within the hour, lists with so many lines) is the same in whatever order.
"""

import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.acceptance.world import World
from tests.servers.postgres import Postgres

#: `pytestmark = BOTH_STORES`: the stories of a module are told on SQLite and on PostgreSQL.
BOTH_STORES = pytest.mark.parametrize("world", ["sqlite", "postgresql"], indirect=True)

_NAMES = (f"world{number}" for number in itertools.count(1))


class Worlds:
    """Those that run."""

    def __init__(self, postgres: Callable[[], Postgres]) -> None:
        self._ends = ExitStack()
        self._running: dict[str, World] = {}
        self._postgres = postgres

    def get(self, store: str = "sqlite", **settings: Any) -> World:
        """A running world with these settings, see World."""
        key = json.dumps([store, settings])
        if key not in self._running:
            url = self.database() if store == "postgresql" else ""
            self._running[key] = self._ends.enter_context(World(settings, store_url=url))
        return self._running[key]

    def database(self) -> str:
        """The URL of an empty database."""
        return self._postgres().create_database(next(_NAMES))

    def end(self) -> None:
        self._ends.close()


@pytest.fixture(scope="module")
def worlds(request: pytest.FixtureRequest) -> Iterator[Worlds]:
    """See Worlds."""
    running = Worlds(lambda: request.getfixturevalue("postgres"))
    yield running
    running.end()


@pytest.fixture
def world(worlds: Worlds, request: pytest.FixtureRequest) -> Iterator[World]:
    """A desk with ordinary settings, on SQLite unless the module says BOTH_STORES."""
    shared = worlds.get(getattr(request, "param", "sqlite"))
    yield shared
    shared.settle()


@pytest.fixture
def world_with(worlds: Worlds) -> Callable[..., World]:
    """`world_with(confirmations={"unverified": "never"})`: a desk with these settings laid over the ordinary ones."""
    return worlds.get
