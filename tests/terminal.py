"""A person at a terminal: a command on a pseudo terminal of its own, what it shows, and what is typed."""

import contextlib
import os
import pty
import select
import signal
import sys
import time
from types import TracebackType
from typing import Self

from tests.acceptance.commands import environment

_PATIENCE = 60.0


class Terminal:
    """`mailticket ARGUMENTS...` between `with` and its end."""

    def __init__(self, *arguments: str) -> None:
        self.shown = ""
        self._seen = 0
        self._arguments = arguments
        self._process = self._screen = 0

    def __enter__(self) -> Self:
        words = [sys.executable, "-m", "mailticket", *self._arguments]
        self._process, self._screen = pty.fork()
        if self._process == 0:
            os.execve(sys.executable, words, {**environment(), "COLUMNS": "120", "TERM": "dumb"})  # noqa: S606
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._screen)
        if self._process:
            os.kill(self._process, signal.SIGKILL)
            os.waitpid(self._process, 0)

    def await_(self, words: str) -> None:
        """Returns when these words have come since the last ones that were awaited."""
        until = time.monotonic() + _PATIENCE
        while (at := self.shown.find(words, self._seen)) < 0:
            if not self._read(until):
                raise AssertionError(f"{words!r} was never shown; this was:\n{self.shown[self._seen :]}")
        self._seen = at + len(words)

    def type(self, words: str) -> None:
        """Words, and Enter."""
        os.write(self._screen, words.encode() + b"\n")

    def end(self) -> int:
        """Waits until the command ends, and says how it did."""
        until = time.monotonic() + _PATIENCE
        while self._read(until):
            pass
        _, status = os.waitpid(self._process, 0)
        self._process = 0
        return os.waitstatus_to_exitcode(status)

    def _read(self, until: float) -> bool:
        """False where nothing more will come."""
        ready, _, _ = select.select([self._screen], [], [], max(0.0, until - time.monotonic()))
        data = b""
        if ready:
            with contextlib.suppress(OSError):  # EIO: the other end is closed
                data = os.read(self._screen, 65536)
        self.shown += data.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(data)
