"""The end of a mail's way in tests: an SMTP server that takes what it is told to take, and remembers it."""

import asyncio
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass(frozen=True, slots=True)
class Received:
    """One mail as it arrived."""

    mail_from: str
    rcpt_tos: tuple[str, ...]
    raw: bytes


class Sink:
    """Runs between `with` and its end. `login` (user, password) demands a login, in clear only without `tls`.

    `replies` maps a recipient to what RCPT is answered instead of 250, and "<sender>" to what MAIL is answered; its key
    "DATA" is for the mail itself. A 421 ends the connection.
    """

    def __init__(
        self,
        *,
        login: tuple[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
        replies: Mapping[str, str] | None = None,
        smtputf8: bool = False,
    ) -> None:
        self.received: list[Received] = []
        #: Every reverse-path that was tried, taken or not.
        self.senders: list[str] = []
        self.connections = 0
        self.port = 0
        self.replies = dict(replies or {})
        self._login = login
        self._options: dict[str, Any] = {"tls_context": tls, "hostname": "sink.example", "enable_SMTPUTF8": smtputf8}
        if login:
            self._options |= {"authenticator": self._authenticate, "auth_required": True}
            self._options |= {"auth_require_tls": tls is not None}
        self._changed = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        starting = self._loop.create_server(self._connected, "127.0.0.1", self.port)
        self._server = asyncio.run_coroutine_threadsafe(starting, self._loop).result(20)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._hang_up(), self._loop).result(20)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(20)
        self._loop.close()

    def wait_for(self, count: int, seconds: float = 30) -> list[Received]:
        """All mails, as soon as there are `count`."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.received) >= count, seconds), f"only {len(self.received)}"
            return list(self.received)

    async def handle_MAIL(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.senders.append(address.removeprefix("<>"))
        if reply := self.replies.get(f"<{self.senders[-1]}>"):
            if reply.startswith("421") and server.transport is not None:
                self._loop.call_soon(server.transport.close)
            return reply
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 Ok"

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if reply := self.replies.get(address):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  likewise
        if reply := self.replies.get("DATA"):
            return reply
        assert isinstance(envelope.content, bytes)
        mail_from = (envelope.mail_from or "").removeprefix("<>")  # aiosmtpd's word for the null one
        with self._changed:
            self.received.append(Received(mail_from, tuple(envelope.rcpt_tos), envelope.content))
            self._changed.notify_all()
        return "250 2.0.0 Ok"

    async def _hang_up(self) -> None:
        self._server.close()
        sessions = asyncio.all_tasks() - {asyncio.current_task()}
        for session in sessions:
            session.cancel()
        await asyncio.gather(*sessions, return_exceptions=True)

    def _connected(self) -> SMTP:
        self.connections += 1
        return SMTP(self, loop=self._loop, **self._options)

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        assert self._login is not None
        return AuthResult(success=(data.login.decode(), data.password.decode()) == self._login, handled=False)
