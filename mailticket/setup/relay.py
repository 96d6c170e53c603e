"""From whom does the relay take mail? Asked up to RCPT; nothing is sent. RFC 5321 §4.5.5."""

import smtplib
from dataclasses import dataclass
from typing import Literal

from mailticket.bearer import Token
from mailticket.config import secret_of
from mailticket.errors import MailticketError
from mailticket.mail.compose import ascii_address
from mailticket.mail.tokens import bounce_address
from mailticket.outbound.relay import Relay, name_of
from mailticket.settings.outbound import OutboundSettings

#: As long as a real one, and nobody's.
_TOKEN = "a" * 48


class RelayFault(MailticketError):
    """The relay takes no mail from us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Which reverse-paths the relay takes besides the desk's address."""

    null: bool
    token: bool
    #: What it said to the null one, "" where it took it.
    reply: str = ""

    def envelope(self, *, plus_addressing: bool) -> Literal["auto", "token", "address"]:
        """The best `[outbound] envelope` for this relay."""
        if self.null:
            return "auto"
        return "token" if self.token and plus_addressing else "address"


def ask(outbound: OutboundSettings, desk: str, token: Token | None = None) -> Taken:
    """Logs in as the service does and asks. Raises RelayFault where it takes no mail of the desk at all."""
    own = ascii_address(desk)
    relay = Relay(outbound, lambda: secret_of(outbound), token)
    if problem := relay.open():
        raise RelayFault(problem)
    try:
        if refusal := relay.ask(own, own):
            raise RelayFault(f"{name_of(outbound)} takes no mail from {own} to itself: {refusal}")
        null, plus = relay.ask("", own), relay.ask(bounce_address(_TOKEN, own), own)
    except (OSError, smtplib.SMTPException) as error:
        raise RelayFault(f"{name_of(outbound)} does not go along: {error}") from error
    finally:
        relay.close()
    return Taken(null=not null, token=not plus, reply=null)
