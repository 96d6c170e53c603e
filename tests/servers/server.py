"""What do the servers of tests have in common? A folder and ports of their own, and nothing of them that stays."""

import contextlib
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
    """Ports of the loopback on which nobody listens."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def answers(port: int) -> bool:
    """Whether somebody listens there."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True
