"""Where do clients knock? The sockets of one listener: opened or taken over from systemd, accepting until closed.

We accept ourselves: an event loop's server keeps what it accepts, and a client may be meant for another process.
"""

import asyncio
import errno
import socket
from collections.abc import Callable, Mapping

import structlog

from mailticket.errors import ConfigError

log = structlog.get_logger()

#: Connections that may wait for us to accept them.
_BACKLOG = 512
#: Clients that are let in at one go; then whoever is in already has a turn.
_AT_ONCE = 32
#: Seconds to wait where this machine has no descriptor or memory left for a client.
_PAUSE = 1.0
#: The client was gone before we came to it, or somebody else has taken it.
_NOBODY = (BlockingIOError, InterruptedError, ConnectionError)


class Listener:
    """Gives every client that comes to `welcome`: its socket, which does not block, and its address."""

    def __init__(self, welcome: Callable[[socket.socket, object], None]) -> None:
        self._welcome = welcome
        self._sockets: list[socket.socket] = []

    @property
    def ports(self) -> tuple[int, ...]:
        """The TCP ports that are listened on."""
        names = (sock.getsockname() for sock in self._sockets)
        return tuple(name[1] for name in names if isinstance(name, tuple))

    async def open(self, place: str, handed_over: Mapping[str, list[socket.socket]]) -> None:
        """Listens at `place` of the settings, too; `handed_over` are systemd's sockets. Raises ConfigError."""
        host, _, port = place.rpartition(":")
        if host != "systemd":
            try:
                sockets = await _sockets_at(host.strip("[]"), int(port))
            except OSError as error:
                raise ConfigError(f"intake.smtp: cannot listen on {place}: {error.strerror or error}.") from error
        elif not (sockets := handed_over.get(port, [])):
            raise ConfigError(
                f"intake.smtp: systemd handed over no socket named {port}.\n"
                "  Start the socket unit first (systemctl start mailticket.socket), then mailticket by systemd, "
                f"not by hand; the unit needs FileDescriptorName={port}."
            )
        for sock in sockets:
            sock.setblocking(False)
            sock.listen(_BACKLOG)
            self._sockets.append(sock)
            self._listen(sock)

    def close(self) -> None:
        """Accepts nobody from now on."""
        loop = asyncio.get_running_loop()
        for sock in self._sockets:
            loop.remove_reader(sock)
            sock.close()
        self._sockets.clear()

    def _listen(self, sock: socket.socket) -> None:
        if sock.fileno() >= 0:
            asyncio.get_running_loop().add_reader(sock, self._accept, sock)

    def _accept(self, sock: socket.socket) -> None:
        for _ in range(_AT_ONCE):
            try:
                client, address = sock.accept()
            except _NOBODY:
                return
            except OSError as error:
                log.error("smtp_cannot_accept", reason=error.strerror)
                loop = asyncio.get_running_loop()
                loop.remove_reader(sock)
                loop.call_later(_PAUSE, self._listen, sock)
                return
            client.setblocking(False)
            self._welcome(client, address)


async def _sockets_at(host: str, port: int) -> list[socket.socket]:
    """A socket for each address of `host`. Raises OSError, and then none is open."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    sockets: list[socket.socket] = []
    try:
        for family, address in dict.fromkeys((one[0], one[4]) for one in found):
            try:
                sockets.append(socket.create_server(address, family=family, backlog=_BACKLOG))
            except OSError as error:
                if error.errno != errno.EAFNOSUPPORT:  # a machine without IPv6 still has localhost
                    raise
    except OSError:
        for sock in sockets:
            sock.close()
        raise
    return sockets
