"""How much may clients ask of us at once? Counters for connections and for bytes that are not committed yet."""

from collections import Counter
from types import TracebackType


class Connections:
    """Open connections of one listener, in total and by peer."""

    def __init__(self, total: int, per_peer: int) -> None:
        self._total = total
        self._per_peer = per_peer
        self._open: Counter[str | None] = Counter()

    def enter(self, peer: str | None) -> str:
        """Count a connection of `peer`; returns "" or the name of the bound that forbids it, and then counts nothing.

        None is a client without an address (a unix socket); only the total bounds it.
        """
        if self._open.total() >= self._total:
            return "max_connections"
        if peer is not None and self._open[peer] >= self._per_peer:
            return "max_connections_per_peer"
        self._open[peer] += 1
        return ""

    def leave(self, peer: str | None) -> None:
        """The counterpart of an `enter` that returned ""."""
        self._open[peer] -= 1
        if not self._open[peer]:
            del self._open[peer]  # or every address that ever called would stay in memory


class InFlight:
    """Bytes that were received and are not committed yet, over all sessions that share this counter."""

    def __init__(self) -> None:
        self.held = 0

    def share(self) -> "Share":
        """A part of the sum, for one mail; given back at the end of its `with`."""
        return Share(self)


class Share:
    """The bytes of one mail within an InFlight."""

    def __init__(self, whole: InFlight) -> None:
        self._whole = whole
        self._held = 0

    def set(self, size: int) -> int:
        """This mail holds `size` bytes now; returns the sum over all mails."""
        self._whole.held += size - self._held
        self._held = size
        return self._whole.held

    def __enter__(self) -> "Share":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.set(0)
