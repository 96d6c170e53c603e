"""How do we log in at a relay by an access token? SASL OAUTHBEARER or XOAUTH2 with an initial response (RFC 4954)."""

import smtplib

import structlog

from mailticket import bearer
from mailticket.bearer import Token
from mailticket.errors import MailticketError
from mailticket.settings.outbound import OutboundSettings
from mailticket.unsaid import unsaid

log = structlog.get_logger()

#: The relay does not want what it was shown; any other refusal is not the token's fault.
_WRONG_SECRET = 535


class NotLetIn(MailticketError):
    """The relay takes no access token of ours."""


def log_in_by_token(smtp: smtplib.SMTP, settings: OutboundSettings, token: Token) -> None:
    """Logs in, with a new token where the first is refused. Raises NotLetIn and what `token` and smtplib raise."""
    offered = smtp.esmtp_features.get("auth", "").upper().split()
    mechanism = bearer.mechanism_of(offered.__contains__)
    if mechanism is None:
        raise NotLetIn("it takes no access tokens; it may want a password")
    first = token()
    refusal = _shown(smtp, settings, mechanism, first)
    if refusal:
        log.info("relay_token_renewed", relay=f"{settings.host}:{settings.port}", said=refusal)
        refusal = _shown(smtp, settings, mechanism, token(first))
    if refusal:
        raise NotLetIn(
            f"it refuses a new access token for {settings.user}: {refusal}. Whoever signed in, or the app, must be "
            "allowed to send as this mailbox by SMTP: config/README.md says where that is switched on"
        )


def _shown(smtp: smtplib.SMTP, settings: OutboundSettings, mechanism: bearer.Mechanism, token: str) -> str:
    """Why the relay does not want this token; "" where we are in."""
    login = bearer.Login(mechanism, settings.user, token, settings.host, settings.port)
    try:
        smtp.auth(mechanism, login.answer)
    except smtplib.SMTPAuthenticationError as error:
        said = error.smtp_error.decode("utf-8", "replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        said = unsaid(said, token)
        if error.smtp_code != _WRONG_SECRET:
            raise smtplib.SMTPAuthenticationError(error.smtp_code, said) from None
        words = " ".join(f"{error.smtp_code} {said}".split())
        return f"{words} ({login.refusal})" if login.refusal else words
    return ""
