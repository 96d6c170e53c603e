"""Where does SMTP or LMTP come in? One listener of the settings: its sockets, its sessions, its end."""

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import structlog

from mailticket.errors import ConfigError
from mailticket.intake.limits import InFlight
from mailticket.intake.smtp_connection import Connection
from mailticket.intake.smtp_door import Door, Ledger
from mailticket.intake.smtp_path import Recipients
from mailticket.intake.smtp_session import LmtpSession, Session
from mailticket.settings import SmtpSettings

log = structlog.get_logger()

#: Connections that may wait for us to accept them.
_BACKLOG = 512
#: Seconds for a 421 to leave before the connection is dropped.
_LAST_WORDS = 0.2


class SmtpIntake:
    """One `[[intake.smtp]]`: takes mail for the desk's addresses and answers 250 after the ledger's commit.

    Give every intake of a process the same `in_flight`; each compares the sum with its own bound.
    """

    def __init__(
        self,
        settings: SmtpSettings,
        ledger: Ledger,
        addresses: Callable[[], Recipients],
        *,
        trusted_authserv: tuple[str, ...] = (),
        in_flight: InFlight | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._door = Door(
            settings=settings,
            ledger=ledger,
            addresses=addresses,
            now=now,
            trusted_authserv=trusted_authserv,
            hostname=settings.hostname,
            tls=None,
            in_flight=in_flight or InFlight(),
        )
        self._connections: set[Connection] = set()
        self._servers: list[asyncio.Server] = []

    @property
    def ports(self) -> tuple[int, ...]:
        """The TCP ports that are listened on, in the order of the settings."""
        names = (sock.getsockname() for server in self._servers for sock in server.sockets)
        return tuple(name[1] for name in names if isinstance(name, tuple))

    @property
    def connections(self) -> int:
        """Clients that are connected now."""
        return len(self._connections)

    async def start(self, sockets: Mapping[str, list[socket.socket]]) -> None:
        """Listen; `sockets` are systemd's, by name. Raises ConfigError, and then listens nowhere."""
        # aiosmtpd logs commands at INFO and whole mails at DEBUG; what matters of both we log ourselves
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        self._door.tls = _tls_context(self._door.settings)
        self._door.hostname = self._door.hostname or await asyncio.to_thread(socket.getfqdn)
        try:
            for place in self._door.settings.listen:
                await self._listen(place, sockets)
        except ConfigError:
            self._stop_listening()
            raise
        log.info("smtp_listening", protocol=self._door.settings.protocol, listen=self._door.settings.listen)

    async def stop(self, deadline: float) -> None:
        """Accept nobody and say 421 to those who wait; mail that has begun may come in for `deadline` seconds."""
        self._door.closing = True
        self._stop_listening()
        for connection in tuple(self._connections):
            connection.stop()
        loop = asyncio.get_running_loop()
        end = loop.time() + deadline
        while (waiting := self._unfinished()) and (left := end - loop.time()) > 0:
            await asyncio.wait(waiting, timeout=left)
        if self._connections:
            log.warning("smtp_connections_cut", connections=len(self._connections))
            for connection in tuple(self._connections):
                connection.stop(at_once=True)
            await asyncio.wait([connection.gone for connection in self._connections], timeout=_LAST_WORDS)
        for connection in tuple(self._connections):
            connection.abort()

    def _unfinished(self) -> set[asyncio.Future[Any]]:
        return {connection.gone for connection in self._connections} | self._door.commits

    async def _listen(self, place: str, sockets: Mapping[str, list[socket.socket]]) -> None:
        loop = asyncio.get_running_loop()
        host, _, port = place.rpartition(":")
        if host != "systemd":
            try:
                server = await loop.create_server(self._session, host.strip("[]"), int(port), backlog=_BACKLOG)
            except OSError as error:
                raise ConfigError(f"intake.smtp: cannot listen on {place}: {error.strerror or error}.") from error
            self._servers.append(server)
            return
        if not sockets.get(port):
            raise ConfigError(
                f"intake.smtp: systemd handed over no socket named {port}.\n"
                "  Start the socket unit first (systemctl start mailticket.socket), then mailticket by systemd, "
                f"not by hand; the unit needs FileDescriptorName={port}."
            )
        for sock in sockets[port]:
            self._servers.append(await loop.create_server(self._session, sock=sock, backlog=_BACKLOG))

    def _session(self) -> Session:
        kind = LmtpSession if self._door.settings.protocol == "lmtp" else Session
        return kind(self._door, self._connections)

    def _stop_listening(self) -> None:
        for server in self._servers:
            server.close()
        self._servers.clear()


def _tls_context(settings: SmtpSettings) -> ssl.SSLContext | None:
    if settings.tls_cert is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(settings.tls_cert, settings.tls_key)
    except OSError as error:  # ssl.SSLError is one
        raise ConfigError(
            f"intake.smtp: the certificate {settings.tls_cert} with the key {settings.tls_key} cannot be used: {error}."
        ) from error
    return context
