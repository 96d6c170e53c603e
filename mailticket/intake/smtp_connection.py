"""How does a connection begin, wait and end? aiosmtpd's command loop and STARTTLS, with bounds and a quiet end.

Greeting, timeouts and shutting down: RFC 5321 §3.1, §4.5.3.2, §3.8.
"""

import asyncio
import contextlib
from typing import cast

import structlog
from aiosmtpd.smtp import SMTP, TLSSetupException

from mailticket.intake.data_reader import WireReader
from mailticket.intake.smtp_door import TRY_AGAIN, Door, plain_peer

log = structlog.get_logger()

#: For the replies that aiosmtpd writes itself (RFC 2034).
_ENHANCED = {"221": "2.0.0", "454": "4.7.0", "500": "5.5.2", "501": "5.5.4", "502": "5.5.1", "554": "5.7.0"}

_CLOSING = "421 4.3.2 Service shutting down, please try again later"


class Connection(SMTP):
    """One client's connection; the commands are Session's."""

    protocol_name = "ESMTP"
    greeting_command = "EHLO"

    def __init__(self, door: Door, others: set["Connection"]) -> None:
        super().__init__(
            None,
            data_size_limit=door.settings.max_message_size,
            enable_SMTPUTF8=True,
            hostname=door.hostname,
            ident=self.protocol_name,
            tls_context=door.tls,
            timeout=door.settings.timeout,
            loop=asyncio.get_running_loop(),
        )
        self._door = door
        self._others = others
        self._peer: str | None = None
        self._entered = False
        #: By STARTTLS, or from the first byte on.
        self._is_encrypted = False
        #: Between DATA and its reply: a stop waits for it.
        self._has_mail = False
        #: The ledger has the mail: silence is ours, not the client's.
        self._committing = False
        #: Done when the connection is over.
        self.gone: asyncio.Future[None] = self.loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self._original_transport is None:  # STARTTLS calls this a second time
            self._peer = plain_peer(transport.get_extra_info("peername"))
            self._others.add(self)
        self._is_encrypted = transport.get_extra_info("ssl_object") is not None
        super().connection_made(transport)

    def _cb_client_connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        super()._cb_client_connected(reader, writer)
        self._wire = WireReader(cast("asyncio.Transport", writer.transport))  # uvloop's are no subclasses of it
        self._reader = self._wire  # type: ignore[assignment]  # has what aiosmtpd uses of a StreamReader

    def data_received(self, data: bytes) -> None:
        self._wire.feed(data)

    def eof_received(self) -> bool:
        """A client that has said all may still read: what it sent is answered, then the reader ends the session."""
        self._wire.feed_eof()
        return not self._is_encrypted

    def connection_lost(self, error: Exception | None) -> None:
        self._others.discard(self)
        if self._entered:
            self._door.connections.leave(self._peer)
            self._entered = False
        if not self.gone.done():  # a failed STARTTLS calls this twice
            self.gone.set_result(None)
        super().connection_lost(error)

    async def _handle_client(self) -> None:
        with contextlib.suppress(ConnectionError):  # the client is gone; whatever it had handed over is being kept
            if refusal := self._refusal():
                await self._hang_up(refusal)
            else:
                await super()._handle_client()

    def _refusal(self) -> str:
        if self._door.closing:
            return _CLOSING
        if bound := self._door.connections.enter(self._peer):
            log.warning("smtp_connection_refused", peer=self._peer, bound=bound)
            return "421 4.7.0 Too many connections, please try again later"
        self._entered = True
        return ""

    def _timeout_cb(self) -> None:
        if self._committing:
            self._reset_timeout()
            return
        log.info("smtp_timed_out", peer=self._peer)
        deaf = self._writer.transport.get_write_buffer_size() > 0
        self._writer.write(b"421 4.4.2 Timeout, closing the connection\r\n")
        if deaf:  # it has not read the last reply either: close() would wait for it for ever
            self._writer.transport.abort()
        else:
            self._writer.transport.close()

    def stop(self, *, at_once: bool = False) -> None:
        """Say 421 and hang up; where a mail is on its way after its reply, unless `at_once`."""
        if self.transport is None or self.transport.is_closing() or (self._has_mail and not at_once):
            return
        self._writer.write(f"{_CLOSING}\r\n".encode())
        self.transport.close()

    def abort(self) -> None:
        """Drop the connection without waiting for the client to take what was written."""
        self._writer.transport.abort()

    async def _hang_up(self, reply: str) -> None:
        await self.push(reply)
        if self.transport is not None:
            self.transport.close()

    async def push(self, status: str) -> None:  # type: ignore[override]  # nobody here pushes bytes
        code, _, text = status.partition(" ")
        if status == "250 OK":
            status = "250 2.0.0 OK"
        elif code in _ENHANCED and text[:2] not in ("2.", "4.", "5."):
            status = f"{code} {_ENHANCED[code]} {text}"
        await super().push(status)

    async def handle_exception(self, error: Exception) -> str:
        if isinstance(error, TLSSetupException):
            log.info("smtp_tls_failed", peer=self._peer, reason=str(error.__cause__))
        else:
            log.error("smtp_session_failed", peer=self._peer, exc_info=error)
        return TRY_AGAIN

    async def _stop_if_asked(self) -> None:
        if self._door.closing:
            await self._hang_up(_CLOSING)

    async def _refuse(self, reply: str, **details: object) -> None:
        log.info("smtp_refused", peer=self._peer, reply=reply, **details)
        await self.push(reply)
