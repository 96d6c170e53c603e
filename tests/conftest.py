"""What tests of all kinds share: one PostgreSQL a session, started when a test first needs it, and the log's form."""

import sys
from collections.abc import Iterator

import pytest

from mailticket import log
from tests.servers.postgres import Postgres


@pytest.fixture(autouse=True)
def _log() -> None:
    """As in service, whatever a command has set up before: structlog's own default draws all local variables."""
    log.configure("json", "info", sys.stderr)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running server; whoever stops it starts it again."""
    with Postgres() as server:
        yield server
