"""What tests of all kinds share: a place in memory, a PostgreSQL a session, the log's form, and chance."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from mailticket import log
from tests.servers.postgres import Postgres

#: The same examples each time, on slow machines too: `make fuzz` is who searches. (--hypothesis-profile=default does.)
hypothesis.settings.register_profile("steady", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("steady")

_MEMORY = Path("/dev/shm")
#: Bytes that a run needs there at the most.
_ROOM = 6 << 30


def pytest_configure() -> None:
    """Puts everything temporary into memory where there is room, unless TMPDIR says where.

    Whether a disk keeps what was synced is the disk's promise, and waiting for it was a third of the time.
    """
    if "TMPDIR" not in os.environ and _is_roomy(_MEMORY):
        os.environ["TMPDIR"] = tempfile.tempdir = str(_MEMORY)


def _is_roomy(folder: Path) -> bool:
    if not os.access(folder, os.W_OK):
        return False
    # (containers have a small one in which no program can be started)
    return shutil.disk_usage(folder).free > _ROOM and not os.statvfs(folder).f_flag & os.ST_NOEXEC


@pytest.fixture(autouse=True)
def _log() -> None:
    """As in service, whatever a command has set up before: structlog's own default draws all local variables."""
    log.configure("json", "info", sys.stderr)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running server; whoever stops it starts it again."""
    with Postgres() as server:
        yield server
