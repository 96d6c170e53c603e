"""Has somebody asked too often? Requests of one client within a minute; the clients remembered are bounded."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from ipaddress import ip_address
from time import monotonic

_MINUTE = 60.0
_MOST_CLIENTS = 10_000


class Rate:
    """Counts in the memory of one process."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = monotonic) -> None:
        """`clock` counts seconds."""
        self._per_minute = per_minute
        self._clock = clock
        #: When its minute began, and requests since; the longest silent client first.
        self._clients: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def is_over(self, client: str) -> bool:
        """Whether this request of `client`, which counts, is one too many."""
        now = self._clock()
        began, count = self._clients.pop(client, (now, 0))
        if now - began >= _MINUTE:
            began, count = now, 0
        self._clients[client] = (began, count + 1)
        if len(self._clients) > _MOST_CLIENTS:
            self._clients.popitem(last=False)
        return count >= self._per_minute


def client_of(peer: str, forwarded: Iterable[str]) -> str:
    """Whose request it is: the peer's or, where that is a proxy beside us, of whom the proxy says last that it is.

    `forwarded`: its fields X-Forwarded-For; some proxies put a field of their own below the client's.
    """
    nearest = ",".join(forwarded).rpartition(",")[2].strip()
    try:
        return str(ip_address(nearest)) if nearest and ip_address(peer).is_loopback else peer
    except ValueError:
        return peer
