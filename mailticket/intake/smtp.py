"""Where does SMTP or LMTP come in? One listener of the settings: its sockets, its sessions, its end."""

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeAlias

import structlog

from mailticket.errors import ConfigError
from mailticket.intake.limits import InFlight
from mailticket.intake.listener import Listener
from mailticket.intake.logins import Logins
from mailticket.intake.smtp_auth import SubmissionSession
from mailticket.intake.smtp_connection import Connection
from mailticket.intake.smtp_door import Door, Ledger, plain_peer
from mailticket.intake.smtp_path import Recipients
from mailticket.intake.smtp_session import LmtpSession, Session
from mailticket.settings.intake import SmtpSettings

log = structlog.get_logger()

#: Gives a client to another process, which calls the second when the client has gone; False: it could not be reached.
Give: TypeAlias = Callable[[socket.socket, Callable[[], None]], bool]

_SESSIONS: dict[str, type[Session]] = {"smtp": Session, "lmtp": LmtpSession, "submission": SubmissionSession}
#: Seconds for a client to agree on TLS where that comes first.
_HANDSHAKE = 30.0
#: Seconds for a 421 to leave before the connection is dropped.
_LAST_WORDS = 0.2


class SmtpIntake:
    """One `[[intake.smtp]]`: takes mail for the desk's addresses and answers 250 after the ledger's commit.

    Give every intake of a process the same `in_flight` and `logins`; each compares the sum of bytes with its own bound.
    `elsewhere` says who takes the next client, None for this process; connections are counted here wherever they are
    served.
    """

    def __init__(
        self,
        settings: SmtpSettings,
        ledger: Ledger,
        addresses: Callable[[], Recipients],
        *,
        trusted_authserv: tuple[str, ...] = (),
        in_flight: InFlight | None = None,
        logins: Logins | None = None,
        elsewhere: Callable[[], Give | None] = lambda: None,
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
            logins=logins or Logins(),
        )
        self._elsewhere = elsewhere
        self._listener = Listener(self._welcome)
        self._connections: set[Connection] = set()
        #: Clients that were let in and have no connection yet.
        self._coming: set[asyncio.Task[None]] = set()

    @property
    def ports(self) -> tuple[int, ...]:
        """The TCP ports that are listened on, in the order of the settings."""
        return self._listener.ports

    @property
    def connections(self) -> int:
        """Clients that this process serves now."""
        return len(self._connections) + len(self._coming)

    async def start(self, sockets: Mapping[str, list[socket.socket]]) -> None:
        """Listen; `sockets` are systemd's, by name. Raises ConfigError, and then listens nowhere."""
        await self.open()
        try:
            for place in self._door.settings.listen:
                await self._listener.open(place, sockets)
        except ConfigError:
            self._listener.close()
            raise
        log.info("smtp_listening", protocol=self._door.settings.protocol, listen=self._door.settings.listen)

    async def open(self) -> None:
        """Get ready to `take` clients whom somebody else has let in. Raises ConfigError."""
        # aiosmtpd logs commands at INFO and whole mails at DEBUG; what matters of both we log ourselves
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        self._door.tls = _tls_context(self._door.settings)
        self._door.hostname = self._door.hostname or await asyncio.to_thread(socket.getfqdn)

    def take(self, client: socket.socket, gone: Callable[[], None] = lambda: None) -> None:
        """Serve this client in this process; `gone` is called when it has left."""
        if len(self._coming) >= self._door.settings.max_connections:  # they are in no hurry to agree on TLS
            client.close()
            gone()
            return
        coming = asyncio.get_running_loop().create_task(self._connect(client, gone))
        self._coming.add(coming)
        coming.add_done_callback(self._coming.discard)

    async def stop(self, deadline: float) -> None:
        """Accept nobody and say 421 to those who wait; mail that has begun may come in for `deadline` seconds."""
        self._door.closing = True
        self._listener.close()
        for connection in tuple(self._connections):
            connection.stop()
        loop = asyncio.get_running_loop()
        end = loop.time() + deadline
        while (waiting := self._unfinished()) and (left := end - loop.time()) > 0:
            await asyncio.wait(waiting, timeout=left)
        for coming in self._coming:
            coming.cancel()
        if self._connections:
            log.warning("smtp_connections_cut", connections=len(self._connections))
            for connection in tuple(self._connections):
                connection.stop(at_once=True)
            await asyncio.wait([connection.gone for connection in self._connections], timeout=_LAST_WORDS)
        for connection in tuple(self._connections):
            connection.abort()

    def _unfinished(self) -> set[asyncio.Future[Any]]:
        return {connection.gone for connection in self._connections} | self._door.commits | self._coming

    def _welcome(self, client: socket.socket, address: object) -> None:
        """Let in by our own listener: serve it, or give it to a process that has less to do."""
        give, peer, counters = self._elsewhere(), plain_peer(address), self._door.connections
        # where a bound forbids it, the session here says so
        if give is None or counters.enter(peer):
            self.take(client)
        elif not give(client, partial(counters.leave, peer)):
            counters.leave(peer)
            self.take(client)

    async def _connect(self, client: socket.socket, gone: Callable[[], None]) -> None:
        if client.family in (socket.AF_INET, socket.AF_INET6):
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        tls = self._door.tls if self._door.settings.tls == "implicit" else None
        session = self._session()
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: session, client, ssl=tls, ssl_handshake_timeout=_HANDSHAKE if tls else None
            )
        except OSError:  # it has left already
            client.close()
            gone()
        else:
            session.gone.add_done_callback(lambda _: gone())

    def _session(self) -> Session:
        return _SESSIONS[self._door.settings.protocol](self._door, self._connections)


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
