"""What do we answer to each SMTP command? RFC 5321; LMTP (RFC 2033) where it differs.

The commands that carry mail are ours: aiosmtpd's own read mail line by line, bound nothing, and answer trouble
with a permanent 500 that quotes the exception.
"""
# ruff: noqa: N802 - aiosmtpd finds commands by these names

import structlog
from aiosmtpd.smtp import Envelope as SmtpEnvelope

from mailticket.intake.data_reader import Content
from mailticket.intake.limits import Share
from mailticket.intake.smtp_connection import Connection
from mailticket.intake.smtp_door import Door
from mailticket.intake.smtp_path import own_recipient, read_path
from mailticket.intake.xforward import ATTRIBUTES, Forwarded, forwarded, read_xforward
from mailticket.mail.message import Envelope, Transport

log = structlog.get_logger()

_TOO_LARGE = "552 5.3.4 Message exceeds the maximum size of {} bytes"
_BUSY = "452 4.3.1 Too much mail at once, please try again later"


class Session(Connection):
    """One client's conversation in SMTP."""

    #: Whether MAIL may say on whose behalf, which means nothing to us (RFC 4954 §5).
    _ignores_auth_parameter = False

    def __init__(self, door: Door, others: set[Connection]) -> None:
        super().__init__(door, others)
        #: What a relay said of the client behind it: holds for the next mail only.
        self._attributes: dict[str, str] = {}

    async def smtp_HELO(self, hostname: str) -> None:
        await self._greet(hostname, extended=False)

    async def smtp_EHLO(self, hostname: str) -> None:
        await self._greet(hostname, extended=True)

    async def _greet(self, hostname: str, *, extended: bool) -> None:
        if not hostname:
            await self.push(f"501 5.5.4 Syntax: {self.greeting_command} hostname")
            return
        assert self.session is not None
        self.envelope = self._create_envelope()
        self.session.extended_smtp = extended
        self.session.host_name = hostname
        lines = [self.hostname]
        if extended:
            lines += [f"SIZE {self.data_size_limit}", "8BITMIME", "SMTPUTF8", "PIPELINING", "ENHANCEDSTATUSCODES"]
            if self.tls_context and not self._is_encrypted:
                lines.append("STARTTLS")
            lines += self._extensions()
        await self.push("\r\n".join([*(f"250-{line}" for line in lines[:-1]), f"250 {lines[-1]}"]))

    def _extensions(self) -> list[str]:
        """Lines of EHLO's reply that this kind of session has beyond the usual."""
        return [f"XFORWARD {' '.join(ATTRIBUTES)}"] if self._door.trusts(self._peer) else []

    async def smtp_STARTTLS(self, arg: str) -> None:
        if self._is_encrypted:
            await self.push("503 5.5.1 TLS is active already")
            return
        await super().smtp_STARTTLS(arg)

    async def smtp_VRFY(self, arg: str) -> None:
        await self.push("252 2.1.5 Send some mail, we will try our best")

    async def smtp_HELP(self, arg: str) -> None:
        await self.push("214 2.0.0 See RFC 5321")

    async def smtp_AUTH(self, arg: str) -> None:
        await self.push("502 5.5.1 Not implemented")

    async def smtp_XFORWARD(self, arg: str | None) -> None:
        assert self.envelope is not None
        if not self._door.trusts(self._peer):
            await self._refuse("550 5.7.0 XFORWARD is for our own relays")
        elif self.envelope.mail_from is not None:
            await self.push("503 5.5.1 Say XFORWARD before MAIL")
        elif (attributes := read_xforward(arg, self._attributes)) is None:
            await self.push(f"501 5.5.4 Syntax: XFORWARD attribute=value, of {' '.join(ATTRIBUTES)}")
        else:
            self._attributes = attributes
            await self.push("250 2.0.0 Ok")

    def _create_envelope(self) -> SmtpEnvelope:
        self._attributes = {}
        return super()._create_envelope()

    def _client(self) -> Forwarded:
        """Who brought the mail to the first server of ours."""
        assert self.session is not None
        if self._door.trusts(self._peer):
            return forwarded(self._attributes)
        return Forwarded(client=self._peer, helo=self.session.host_name or "")

    async def smtp_EXPN(self, arg: str) -> None:
        await self.push("502 5.5.1 Not implemented")

    async def smtp_MAIL(self, arg: str | None) -> None:
        assert self.session is not None
        assert self.envelope is not None
        if not self.session.host_name:
            await self.push(f"503 5.5.1 Say {self.greeting_command} first")
            return
        if self.envelope.mail_from is not None:
            await self.push("503 5.5.1 Nested MAIL command")
            return
        path = read_path("FROM", arg)
        if path is None:
            await self.push("501 5.1.7 Syntax: MAIL FROM:<address>")
            return
        parameters = dict(path.parameters)
        size = parameters.pop("SIZE", "0")
        body = parameters.pop("BODY", "7BIT").upper()
        utf8 = parameters.pop("SMTPUTF8", "")
        if self._ignores_auth_parameter:
            parameters.pop("AUTH", "")
        if body not in ("7BIT", "8BITMIME") or not (size.isascii() and size.isdigit()) or utf8:
            await self.push("501 5.5.4 A parameter of MAIL has a value that cannot be")
        elif parameters:
            await self.push("555 5.5.4 MAIL has a parameter that we do not know")
        elif refusal := self._may_not_send(path.address) or self._too_much(int(size)):
            await self._refuse(refusal, mail_from=path.address, bytes=int(size))
        else:
            self.envelope.mail_from = path.address
            await self.push("250 2.1.0 Sender ok")

    def _may_not_send(self, mail_from: str) -> str:
        """The reply where this client may not send in that name, "" where it may: here anybody may."""
        return ""

    def _too_much(self, size: int) -> str:
        settings = self._door.settings
        if size > settings.max_message_size:
            return _TOO_LARGE.format(settings.max_message_size)
        return _BUSY if self._door.in_flight.held + size > settings.max_bytes_in_flight else ""

    async def smtp_RCPT(self, arg: str | None) -> None:
        assert self.envelope is not None
        if self.envelope.mail_from is None:
            await self.push("503 5.5.1 Say MAIL first")
            return
        path = read_path("TO", arg)
        if path is None or not path.address:
            await self.push("501 5.1.3 Syntax: RCPT TO:<address>")
        elif path.parameters:
            await self.push("555 5.5.4 RCPT has a parameter that we do not know")
        elif not (recipient := own_recipient(path.address, self._door.addresses())):
            await self._refuse("550 5.1.1 No such recipient here", recipient=path.address)
        elif len(self.envelope.rcpt_tos) >= self._door.settings.max_recipients:
            await self._refuse("452 4.5.3 Too many recipients")
        else:
            self.envelope.rcpt_tos.append(recipient)
            await self.push("250 2.1.5 Recipient ok")

    async def smtp_DATA(self, arg: str | None) -> None:
        assert self.envelope is not None
        if arg:
            await self.push("501 5.5.4 Syntax: DATA")
            return
        if not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 Say RCPT first")
            return
        self._has_mail = True
        try:
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            reply = await self._receive(self.envelope.mail_from, self.envelope.rcpt_tos)
            await self.push("\r\n".join([reply] * self._replies(self.envelope.rcpt_tos)))
        finally:
            self._has_mail = False
            self.envelope = self._create_envelope()
        await self._stop_if_asked()

    def _replies(self, rcpt_tos: list[str]) -> int:
        return 1

    async def _receive(self, mail_from: str | None, rcpt_tos: list[str]) -> str:
        """The reply to one mail, once it is read to its end and refused or committed."""
        content = Content()
        with self._door.in_flight.share() as share:
            if refusal := await self._read(content, share):
                log.info("smtp_refused", peer=self._peer, reply=refusal, mail_from=mail_from)
                return refusal
        envelope = self._envelope(mail_from, tuple(dict.fromkeys(rcpt_tos)))
        self._committing = True
        try:
            reply = await self._door.hand_over(content.take(), envelope)
        finally:
            self._committing = False
        self._reset_timeout()
        return reply

    def _envelope(self, mail_from: str | None, rcpt_tos: tuple[str, ...]) -> Envelope:
        client, is_ours = self._client(), self._door.trusts(self._peer)
        return Envelope(
            mail_from=mail_from,
            rcpt_tos=rcpt_tos,
            transport=Transport.SMTP,
            peer=self._peer,
            client=client.client,
            helo=client.helo,
            received_at=self._door.now(),
            authserv_ids=self._door.authserv_ids(self._peer),
            filtered=is_ours,
            trusted=is_ours,
        )

    async def _read(self, content: Content, share: Share) -> str:
        """Read one mail to its end; returns "" or why it is refused. What is refused is read on, but not kept."""
        refusal = ""
        behind = None
        while behind is None:
            behind = content.feed(await self._wire.chunk())
            self._reset_timeout()
            held = share.set(content.size)
            if content.size > self._door.settings.max_message_size:
                refusal = _TOO_LARGE.format(self._door.settings.max_message_size)
            elif held > self._door.settings.max_bytes_in_flight:
                refusal = _BUSY
            if refusal:
                content.discard()
                share.set(0)
        self._wire.give_back(behind)
        return refusal


class LmtpSession(Session):
    """The same for LMTP: LHLO instead of EHLO, and after the mail one reply for each accepted recipient."""

    protocol_name = "LMTP"
    greeting_command = "LHLO"

    async def smtp_LHLO(self, hostname: str) -> None:
        await self._greet(hostname, extended=True)

    async def smtp_HELO(self, hostname: str) -> None:
        await self.push("500 5.5.1 This is LMTP: say LHLO")

    async def smtp_EHLO(self, hostname: str) -> None:
        await self.smtp_HELO(hostname)

    def _replies(self, rcpt_tos: list[str]) -> int:
        return len(rcpt_tos)
