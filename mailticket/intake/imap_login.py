"""How do we get into a mailbox without giving our secrets to somebody else? RFC 9051 §6.2, §11; RFC 7628, RFC 8314.

Credentials leave only after the certificate is verified, or towards this machine itself. There is no falling back.
"""

import binascii
import logging
import ssl
from typing import Any

import structlog
from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from mailticket import bearer
from mailticket.bearer import Token
from mailticket.cleartext import was_slipped_in
from mailticket.errors import MailticketError, said_by
from mailticket.intake.imap_throttle import is_put_off
from mailticket.settings.intake import ImapSettings
from mailticket.unsaid import unsaid

log = structlog.get_logger()

# at DEBUG these write the whole conversation, header fields of customers' mail included
logging.getLogger("imapclient").setLevel(logging.INFO)

#: What ends a connection, whatever was asked.
CONNECTION_LOST = (IMAPClientAbortError, OSError)


class MailboxFault(MailticketError):
    """The mailbox cannot be used just now; `event` says in the log what kind of fault it is."""

    def __init__(self, event: str, message: str) -> None:
        super().__init__(message)
        self.event = event


class Client(IMAPClient):  # type: ignore[misc]  # imapclient has no types
    """imapclient with an IDLE that misses nothing.

    A server announces new mail once, in the answer to whatever was asked, and then not in IDLE again; a line that came
    in one packet with "+ idling" lies in a buffer, where imapclient does not look; one before it is a fault to it.
    """

    def __init__(self, *where: Any, **how: Any) -> None:
        super().__init__(*where, **how)
        # at imapclient's 5 imaplib writes every mail out twice, escaped, for a log that nobody keeps
        self._imap.debug = 0

    def announced(self) -> bool:
        """True where new mail was announced since the last call; not while in IDLE."""
        return bool(self._imap.response("EXISTS")[1] != [None])

    def idle(self) -> None:
        """Begins IDLE; `announced` says whether mail came with it."""
        self._idle_tag = self._imap._command("IDLE")
        while self._imap._get_response() is not None:
            if answer := self._imap.tagged_commands.get(self._idle_tag):
                raise IMAPClientError(f"IDLE failed: {answer[1][0].decode(errors='replace')}")

    @property
    def reader(self) -> Any:
        """What imaplib reads the server's words from."""
        return self._imap.file

    def _poll_socket(self, sock: Any, timeout: float | None = None) -> Any:
        """With a timeout of 0 the buffer is looked into whatever the socket says."""
        return True if timeout == 0 else super()._poll_socket(sock, timeout)


def connect(settings: ImapSettings) -> Client:
    """A connection, its certificate verified where tls = "implicit"; nothing secret is sent. Raises MailboxFault."""
    implicit = settings.tls == "implicit"
    try:
        return Client(
            settings.host,
            settings.port,
            ssl=implicit,
            ssl_context=_context(settings) if implicit else None,
            timeout=SocketTimeout(connect=settings.timeout, read=settings.timeout),
        )
    except (IMAPClientError, OSError) as error:
        raise _unreachable(settings, error) from error


def log_in(client: Client, settings: ImapSettings, secret: str | Token) -> None:
    """Sends the password or access token, over verified TLS or to loopback only. Raises MailboxFault.

    A token that the server refuses is renewed, once.
    """
    if not settings.user:
        words = f"{place_of(settings)}: there is nobody to log in as; set user. Nothing was sent."
        raise MailboxFault("imap_login_refused", words)
    _secure(client, settings)
    try:
        if isinstance(secret, str):
            _by_password(client, settings, secret)
        else:
            _by_token(client, settings, secret)
    except binascii.Error as error:  # imaplib's, over a challenge that is none
        raise _unreachable(settings, error) from error


def _secure(client: Client, settings: ImapSettings) -> None:
    """Nothing secret may be said before this."""
    place = place_of(settings)
    if (client.welcome or b"").upper().startswith(b"* PREAUTH"):
        raise MailboxFault(
            "imap_preauth_refused",
            f"{place} says that we are logged in before we said who we are; somebody may sit in between. "
            "Nothing was sent to it.",
        )
    if settings.tls == "starttls":
        _start_tls(client, settings)


def _by_password(client: Client, settings: ImapSettings, password: str) -> None:
    place = place_of(settings)
    try:
        if client.has_capability("AUTH=PLAIN"):
            client.plain_login(settings.user, password)
        elif client.has_capability("LOGINDISABLED"):
            raise MailboxFault("imap_login_disabled", f"{place} allows no login by password on this connection.")
        else:
            client.login(_quoted(settings.user), password)
    except LoginError as error:
        said = unsaid(str(error), password)
        _raise_where_nothing_is_wrong_with_us(settings, error, said)
        raise MailboxFault(
            "imap_login_refused", f"{place} refused the login of {settings.user}: {said} Look at user and password."
        ) from error
    except UnicodeEncodeError:
        # not chained: that exception holds the password
        raise MailboxFault(
            "imap_login_refused", f"{place} takes letters outside ASCII neither in user nor in password."
        ) from None


def _by_token(client: Client, settings: ImapSettings, token: Token) -> None:
    place = place_of(settings)
    mechanism = bearer.mechanism_of(lambda name: bool(client.has_capability(f"AUTH={name}")))
    if mechanism is None:
        raise MailboxFault(
            "imap_login_disabled", f"{place} takes no access tokens on this connection; it may want a password."
        )
    first = _asked(token)
    refusal = _shown(client, settings, mechanism, first)
    if refusal:
        log.info("imap_token_renewed", mailbox=settings.name, said=refusal)
        refusal = _shown(client, settings, mechanism, _asked(token, first))
    if refusal:
        raise MailboxFault(
            "imap_login_refused",
            f"{place} refuses a new access token for {settings.user}: {refusal}. Whoever signed in, or the app, must "
            "be allowed to open this mailbox by IMAP: config/README.md says where that is switched on.",
        )


def _asked(token: Token, refused: str = "") -> str:
    try:
        return token(refused)
    except MailticketError as error:
        raise MailboxFault("imap_no_token", str(error)) from error


def _shown(client: Client, settings: ImapSettings, mechanism: bearer.Mechanism, token: str) -> str:
    """Why the server does not want this token; "" where we are in."""
    login = bearer.Login(mechanism, settings.user, token, settings.host, settings.port)
    try:
        client.sasl_login(mechanism, lambda challenge: login.answer(challenge).encode())
    except LoginError as error:
        said = unsaid(str(error), token)
        _raise_where_nothing_is_wrong_with_us(settings, error, said)
        return f"{said} ({login.refusal})" if login.refusal else said
    return ""


def _raise_where_nothing_is_wrong_with_us(settings: ImapSettings, error: LoginError, said: str) -> None:
    if isinstance(error.__context__, CONNECTION_LOST):
        raise _unreachable(settings, error) from error
    if is_put_off(error):
        raise MailboxFault(
            "imap_login_put_off",
            f"{place_of(settings)} takes no login just now: {said} It is asked again, ever more seldom.",
        ) from error


def place_of(settings: ImapSettings) -> str:
    """How messages for people name the server."""
    return f"{settings.host}:{settings.port}"


def _context(settings: ImapSettings) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=settings.ca_file)
    except OSError as error:
        raise MailboxFault(
            "imap_tls_refused", f"ca_file = {settings.ca_file} cannot be used: {said_by(error)}."
        ) from error


def _start_tls(client: Client, settings: ImapSettings) -> None:
    if not client.has_capability("STARTTLS"):
        raise MailboxFault(
            "imap_tls_refused",
            f'{place_of(settings)} offers no STARTTLS. Nothing was sent to it. Perhaps it wants tls = "implicit".',
        )
    in_clear = client.reader
    try:
        client.starttls(_context(settings))
    except (IMAPClientError, OSError) as error:
        raise _unreachable(settings, error) from error
    if was_slipped_in(in_clear):
        raise MailboxFault(
            "imap_tls_refused",
            f"{place_of(settings)} said more than its answer to STARTTLS before the encryption began; somebody may "
            "sit in between. No password was sent.",
        )


def _unreachable(settings: ImapSettings, error: Exception) -> MailboxFault:
    if isinstance(error, ssl.SSLCertVerificationError):
        return MailboxFault(
            "imap_tls_refused",
            f"{place_of(settings)}: its certificate is not trusted ({error.verify_message}). No password was sent. "
            "Set ca_file to the certificate of its CA, or host to the name in the certificate.",
        )
    return MailboxFault("imap_connection_failed", f"{place_of(settings)} cannot be reached: {said_by(error)}")


def _quoted(text: str) -> str:
    """imaplib quotes the password of LOGIN but not the user, and DOMAIN\\user needs it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
