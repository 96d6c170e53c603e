"""What do the servers of tests have in common? A folder and ports of their own, and nothing of them that stays."""

import contextlib
import random
import shutil
import socket
import tempfile
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self


class Server(ABC):
    """Runs between `with` and its end, or not at all."""

    #: Name of its log within its folder.
    _LOG: ClassVar[str]

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix=f"mailticket-{type(self).__name__.lower()}-"))

    def __enter__(self) -> Self:
        try:
            self._prepare()
            self.start()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._remove()

    @property
    def log(self) -> str:
        """All that it has logged so far."""
        path = self._folder / self._LOG
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    @abstractmethod
    def start(self) -> None:
        """Starts it, with whatever it kept, and waits until it answers."""

    @abstractmethod
    def stop(self) -> None:
        """Stops it and waits until it is gone; what it keeps stays in its folder."""

    @abstractmethod
    def _prepare(self) -> None:
        """All that the first start needs."""

    def _end(self) -> None:
        """Ends it in whatever way is quickest: its data are thrown away."""
        self.stop()

    def _remove(self) -> None:
        with contextlib.suppress(RuntimeError):  # it may be on its way out already
            self._end()
        shutil.rmtree(self._folder, ignore_errors=True)


def free_ports(count: int) -> list[int]:
    """Ports of the loopback that nobody has, neither by TCP nor by UDP.

    They lie below those that the system gives to clients: another test's client would take one before we listen.
    """
    found: list[int] = []
    while len(found) < count:
        port = random.randrange(20_000, 32_000)
        if port not in found and _is_free(port):
            found.append(port)
    return found


def _is_free(port: int) -> bool:
    with socket.socket(type=socket.SOCK_STREAM) as streams, socket.socket(type=socket.SOCK_DGRAM) as datagrams:
        try:
            streams.bind(("127.0.0.1", port))
            datagrams.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def answers(port: int) -> bool:
    """Whether somebody listens there."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True
