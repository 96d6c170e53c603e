"""What tests of all kinds share: a PostgreSQL a session, started when a test first needs it; the log's form; chance."""

import sys
from collections.abc import Iterator

import hypothesis
import pytest

from mailticket import log
from tests.servers.postgres import Postgres

#: The same examples each time, on slow machines too: `make fuzz` is who searches. (--hypothesis-profile=default does.)
hypothesis.settings.register_profile("steady", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("steady")


@pytest.fixture(autouse=True)
def _log() -> None:
    """As in service, whatever a command has set up before: structlog's own default draws all local variables."""
    log.configure("json", "info", sys.stderr)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running server; whoever stops it starts it again."""
    with Postgres() as server:
        yield server
