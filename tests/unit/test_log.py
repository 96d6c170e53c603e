"""What stands in the log, and what becomes of mail when the log cannot be written."""

import errno
import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from mailticket import log


@pytest.fixture(autouse=True)
def _configured_anew() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level


def test_our_events_and_those_of_libraries_are_lines_of_one_log() -> None:
    stream = io.StringIO()
    log.configure("json", "info", stream)

    structlog.get_logger().info("mail_received", ticket="2611-0001", reason=None)
    structlog.get_logger().debug("not_wanted")
    logging.getLogger("some.library").warning("took %s s", 3)

    ours, library = map(json.loads, stream.getvalue().splitlines())
    assert list(ours) == ["event", "level", "timestamp", "ticket"]
    assert (ours["event"], ours["level"], ours["ticket"]) == ("mail_received", "info", "2611-0001")
    assert (library["event"], library["level"]) == ("took 3 s", "warning")


@pytest.mark.parametrize("style", ["json", "console"])
def test_traceback_is_in_the_log_without_values(style: str) -> None:
    stream = io.StringIO()
    log.configure(style, "info", stream)

    secret = "hunter" + "2"
    try:
        raise ValueError(f"no word but {len(secret)}")
    except ValueError:
        structlog.get_logger().exception("mail_not_processed")

    assert "mail_not_processed" in stream.getvalue()
    assert "no word but 7" in stream.getvalue()
    assert "hunter2" not in stream.getvalue()


class FullDisk(io.StringIO):
    """A log on a disk without room."""

    def write(self, _text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def gone() -> io.StringIO:
    """A log whose other end was closed."""
    stream = io.StringIO()
    stream.close()
    return stream


@pytest.mark.parametrize("stream", [FullDisk(), gone()], ids=["full", "gone"])
def test_log_that_cannot_be_written_stops_nobody(stream: io.StringIO) -> None:
    log.configure("json", "info", stream)

    structlog.get_logger().info("mail_received")
