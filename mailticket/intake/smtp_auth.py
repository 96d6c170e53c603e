"""May this client hand in mail in an agent's name? Submission (RFC 6409) with AUTH PLAIN and LOGIN (RFC 4954).

Over TLS alone, and with the agent's own addresses as sender. It is no relay: mail goes to the desk and nowhere else.
"""
# ruff: noqa: N802 - aiosmtpd finds commands by these names

import base64
import binascii

import structlog

from mailticket.intake.logins import Account, Failed
from mailticket.intake.smtp_connection import Connection
from mailticket.intake.smtp_door import Door
from mailticket.intake.smtp_session import Session
from mailticket.mail.message import Envelope, Transport

log = structlog.get_logger()

_MALFORMED = "501 5.5.2 AUTH has an argument that cannot be read"
_CANCELLED = "501 5.7.0 Cancelled"
_REPLIES = {
    Failed.WRONG: "535 5.7.8 User or password is wrong",
    Failed.USER: "454 4.7.0 Too many failures for this user, please try again later",
    Failed.PEER: "421 4.7.0 Too many failures, please try again later",
}


class SubmissionSession(Session):
    """One agent's mail program."""

    _ignores_auth_parameter = True

    def __init__(self, door: Door, others: set[Connection]) -> None:
        super().__init__(door, others)
        self._account: Account | None = None

    def _extensions(self) -> list[str]:
        return ["AUTH PLAIN LOGIN"] if self._is_encrypted else []

    async def smtp_XFORWARD(self, arg: str | None) -> None:
        await self.push("502 5.5.1 Not implemented")

    async def smtp_AUTH(self, arg: str | None) -> None:
        assert self.session is not None
        mechanism, _, initial = (arg or "").partition(" ")
        if not self._is_encrypted:
            await self._refuse("538 5.7.11 Say STARTTLS first: no password goes over the line unprotected")
        elif not (self.session.host_name and self.session.extended_smtp):
            await self.push("503 5.5.1 Say EHLO first")
        elif self._account is not None or (self.envelope and self.envelope.mail_from is not None):
            await self.push("503 5.5.1 AUTH comes once, and before MAIL")
        elif mechanism.upper() == "PLAIN":
            await self._plain(initial)
        elif mechanism.upper() == "LOGIN":
            await self._login(initial)
        else:
            await self.push("504 5.5.4 PLAIN and LOGIN are known here")

    async def _plain(self, initial: str) -> None:
        answer = await self._answer("", initial)
        if answer is None:
            return
        behalf, *login = answer.split("\0")
        if len(login) != 2 or not all(login) or behalf.lower() not in ("", login[0].lower()):
            await self.push(_MALFORMED)
        else:
            await self._try(*login)

    async def _login(self, initial: str) -> None:
        user = await self._answer("VXNlcm5hbWU6", initial)
        password = await self._answer("UGFzc3dvcmQ6") if user is not None else None
        if user is not None and password is not None:
            await self._try(user, password)

    async def _answer(self, prompt: str, given: str = "") -> str | None:
        """What the client says to a prompt, or has said with the command; None where it was told what is wrong."""
        if not given:
            await self.push(f"334 {prompt}")
            line = await self._wire.readuntil()
            given = line.rstrip(b"\r\n").decode("ascii", "replace")
            self._reset_timeout()
        if given == "*":
            await self.push(_CANCELLED)
            return None
        try:
            return base64.b64decode("" if given == "=" else given, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError, ValueError):
            await self.push(_MALFORMED)
            return None

    async def _try(self, user: str, password: str) -> None:
        result = await self._door.logins.log_in(self._peer, user, password)
        self._reset_timeout()
        if isinstance(result, Account):
            self._account = result
            log.info("agent_logged_in", peer=self._peer, agent=result.address)
            await self.push("235 2.7.0 Welcome")
            return
        # the name alone of one who is known: people type passwords into the wrong field
        log.warning("agent_login_failed", peer=self._peer, agent=self._door.logins.agent(user), reason=result.value)
        if result is Failed.PEER:
            await self._hang_up(_REPLIES[result])
        else:
            await self.push(_REPLIES[result])

    def _may_not_send(self, mail_from: str) -> str:
        if self._account is None:
            return "530 5.7.0 Log in first" if self._is_encrypted else "530 5.7.0 Say STARTTLS first, and log in"
        return "" if mail_from.lower() in self._account.addresses else "553 5.7.1 The sender must be your own address"

    def _envelope(self, mail_from: str | None, rcpt_tos: tuple[str, ...]) -> Envelope:
        assert self._account is not None
        return Envelope(
            mail_from=mail_from, rcpt_tos=rcpt_tos, transport=Transport.SMTP, peer=self._peer, client=self._peer,
            received_at=self._door.now(), authenticated=self._account.address,
        )  # fmt: skip
