"""What tests of all kinds share: one PostgreSQL a session, started when a test first needs it, and the log's form."""

import sys
from collections.abc import Iterator

import pytest

from mailticket import log
from tests.servers.postgres import Postgres


@pytest.fixture(scope="session", autouse=True)
def _log() -> None:
    """As in service: structlog's own default draws every local variable of every traceback, which takes a second."""
    log.configure("json", "info", sys.stderr)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running server; whoever stops it starts it again."""
    with Postgres() as server:
        yield server
