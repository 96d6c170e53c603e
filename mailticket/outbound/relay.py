"""How does a mail reach the relay? One lasting SMTP connection (RFC 5321), its TLS (RFC 3207) and login (RFC 4954).

What the settings demand is what happens: no certificate is waved through, and nothing is sent in clear instead.
"""

import binascii
import smtplib
import ssl
from collections.abc import Callable, Sequence
from ipaddress import ip_address

from mailticket.bearer import Token
from mailticket.cleartext import was_slipped_in
from mailticket.errors import MailticketError, said_by
from mailticket.outbound.outcome import Deferred, Outcome, Rejected, Sent, Throttled, Unreachable
from mailticket.outbound.relay_token import log_in_by_token
from mailticket.outbound.throttle import throttle_of
from mailticket.settings.outbound import OutboundSettings
from mailticket.unsaid import unsaid

#: A relay may take this long to say that it has the mail (RFC 5321 §4.5.3.2.6); giving up earlier sends it twice.
FINAL_REPLY_SECONDS = 600

_CLOSING = 421
#: Replies that speak of us and not of the mail: the relay wants TLS or a login first (RFC 4954 §6).
_ABOUT_US = frozenset({530, 534, 535, 538})


class _NoRelay(Exception):
    """There is no usable connection; `str()` tells the operator why."""


def name_of(settings: OutboundSettings) -> str:
    """What tells this relay from others: host:port."""
    return f"{settings.host}:{settings.port}"


class Relay:
    """The way to the relay that the settings name. Belongs to one thread; connects when it is first needed."""

    def __init__(self, settings: OutboundSettings, password: Callable[[], str], token: Token | None = None) -> None:
        """`password` is asked at every login, so a changed one is taken up; `token` takes its place with OAuth2."""
        self._settings = settings
        self._password, self._token = password, token
        self._where = name_of(settings)
        self._smtp: smtplib.SMTP | None = None
        #: The password of the last login.
        self._shown = ""

    def send(self, mail_from: str, rcpt_tos: Sequence[str], raw: bytes, *, settle: bool = False) -> Outcome:
        """Hands one mail over. After Sent the relay is answerable for it; after anything else it is not.

        Recipients refused for good do not keep the mail from the others. One refused for now does, so that nobody
        gets it twice, unless `settle`: then those who are taken get it, and the rest count as refused. Where the relay
        has too much mail of ours nobody is refused: the mail is whole again when its turn comes.
        """
        outcome = self._try(mail_from, rcpt_tos, raw, settle)
        if isinstance(outcome, Sent | Throttled):
            return outcome
        reply = outcome.reason if isinstance(outcome, Unreachable) else outcome.reply
        throttle = throttle_of(reply, len(rcpt_tos))
        return Throttled(reply=reply, throttle=throttle) if throttle else outcome

    def _try(self, mail_from: str, rcpt_tos: Sequence[str], raw: bytes, settle: bool) -> Outcome:
        reused = self._smtp is not None
        try:
            smtp = self._smtp or self._connect()
            if not raw.isascii() and not smtp.has_extn("smtputf8"):
                return Rejected(reply=f"{self._where} offers no SMTPUTF8, and an address in it cannot go without")
            code, reply = _mail(smtp, mail_from, raw)
            if reused and code in (None, _CLOSING):  # it hung up while we had nothing to say
                self._drop()
                smtp = self._connect()
                code, reply = _mail(smtp, mail_from, raw)
        except _NoRelay as error:
            return Unreachable(reason=str(error))
        if code in _ABOUT_US:
            self._drop()
            return Unreachable(reason=f"{self._where} takes no mail from us: {reply}")
        if code is None or code == _CLOSING:
            self._drop()
            return Deferred(reply=f"{self._where} hung up: {reply}", hung_up=True)
        try:
            taken = code == 250
            outcome = _hand_over(smtp, rcpt_tos, raw, settle) if taken else _refusal(code, reply, before_data=True)
        except (OSError, smtplib.SMTPException) as error:
            # Whether the relay has it is not known: a second copy is better than none.
            self._drop()
            return Deferred(reply=f"the connection to {self._where} broke: {_words(error)}", hung_up=True)
        if not isinstance(outcome, Sent):
            self._reset()
        return outcome

    def probe(self) -> str:
        """Connects and logs in as for a mail, and sends none. "" where that works, else why it does not."""
        problem = self.open()
        self.close()
        return problem

    def open(self) -> str:
        """The same, and the connection stays for `ask` and `certificate`."""
        try:
            self._connect()
        except _NoRelay as error:
            return str(error)
        return ""

    def ask(self, mail_from: str, rcpt_to: str) -> str:
        """What the relay has against such a mail, "" where it would take it; after `open`. Nothing is sent.

        Raises OSError, smtplib.SMTPException where the relay hangs up.
        """
        assert self._smtp is not None
        code, reply = self._smtp.mail(mail_from)
        if code == 250:
            code, reply = self._smtp.docmd("RCPT", f"TO:<{rcpt_to}>")
        self._smtp.rset()
        return "" if code in (250, 251) else _text(code, reply)

    def certificate(self) -> bytes | None:
        """What the relay has shown (DER), None without TLS; after `open`."""
        socket = self._smtp.sock if self._smtp is not None else None
        return socket.getpeercert(binary_form=True) if isinstance(socket, ssl.SSLSocket) else None

    def close(self) -> None:
        """Says good-bye; the next mail connects again."""
        if self._smtp is not None:
            try:
                self._smtp.quit()
            except (OSError, smtplib.SMTPException):
                pass  # it was gone already
            self._drop()

    def _connect(self) -> smtplib.SMTP:
        """A new connection with all that the settings demand, kept for the next mail. Raises _NoRelay."""
        settings = self._settings
        try:
            smtp = self._greet()
        except ssl.SSLCertVerificationError as error:
            raise _NoRelay(self._bad_certificate(error)) from error
        except smtplib.SMTPAuthenticationError as error:
            said = unsaid(_words(error), self._shown)
            raise _NoRelay(f"{self._where} refused the login of {settings.user}: {said}") from error
        except UnicodeError as error:  # its text would quote a piece of the password
            raise _NoRelay(f"{self._where}: user and password must be ASCII") from error
        except ssl.SSLError as error:
            raise _NoRelay(f'{self._where} has no TLS of the kind tls = "{settings.tls}": {error.reason}') from error
        except (OSError, smtplib.SMTPException, MailticketError, binascii.Error) as error:
            raise _NoRelay(f"{self._where} cannot be used: {_words(error)}") from error
        self._smtp = smtp
        return smtp

    def _greet(self) -> smtplib.SMTP:
        settings = self._settings
        # reading all authorities takes tens of milliseconds in which nothing else runs
        context = ssl.create_default_context(cafile=settings.ca_file) if settings.tls != "none" else None
        smtp: smtplib.SMTP = (
            smtplib.SMTP_SSL(settings.host, settings.port, timeout=settings.timeout, context=context)
            if settings.tls == "implicit"
            else smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout)
        )
        try:
            smtp.ehlo_or_helo_if_needed()
            if settings.tls == "starttls" and context is not None:
                self._start_tls(smtp, context)
            if settings.user:
                self._log_in(smtp)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _start_tls(self, smtp: smtplib.SMTP, context: ssl.SSLContext) -> None:
        if not smtp.has_extn("starttls"):
            raise _NoRelay(
                f"{self._where} does not offer STARTTLS, and nothing is sent in clear. "
                'Set tls = "implicit" for a port such as 465; tls = "none" is for this machine only.'
            )
        in_clear = smtp.file
        smtp.starttls(context=context)
        if was_slipped_in(in_clear):
            raise _NoRelay(
                f"{self._where} said more than its answer to STARTTLS before the encryption began; somebody may sit "
                "in between. Nothing was sent."
            )
        smtp.ehlo_or_helo_if_needed()

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        assert smtp.sock is not None
        if not isinstance(smtp.sock, ssl.SSLSocket) and not ip_address(smtp.sock.getpeername()[0]).is_loopback:
            raise _NoRelay(f"{self._where} is another machine, and a password goes there by TLS only")
        if self._token is None:
            self._shown = self._password()
            smtp.login(self._settings.user, self._shown)
        else:
            log_in_by_token(smtp, self._settings, self._token)

    def _bad_certificate(self, error: ssl.SSLCertVerificationError) -> str:
        return (
            f"{self._where} has a certificate that we cannot trust: {error.verify_message}. Nothing was sent. "
            "Set ca_file to the authority that signed it, and host to the name that it is made out to."
        )

    def _reset(self) -> None:
        """Ends a refused mail's transaction; a relay that does not answer to this is left."""
        try:
            if self._smtp is not None and self._smtp.rset()[0] == 250:
                return
        except (OSError, smtplib.SMTPException):
            pass  # it hung up after its refusal, which is all that we needed
        self._drop()

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


def _mail(smtp: smtplib.SMTP, mail_from: str, raw: bytes) -> tuple[int | None, str]:
    """The reply to MAIL FROM; None for its code where the connection was dead."""
    options = [f"SIZE={len(raw)}"] if smtp.has_extn("size") else []
    try:
        code, reply = smtp.mail(mail_from, options if raw.isascii() else [*options, "SMTPUTF8"])
    except (OSError, smtplib.SMTPException) as error:
        return None, _words(error)
    return code, _text(code, reply)


def _hand_over(smtp: smtplib.SMTP, rcpt_tos: Sequence[str], raw: bytes, settle: bool) -> Outcome:
    """RCPT for everybody, then DATA for those who were taken."""
    refused: list[tuple[str, str]] = []
    temporary = ""
    for rcpt in rcpt_tos:
        # as it is: smtplib's own way reads an address anew, and has read some as another one
        code, reply = smtp.docmd("RCPT", f"TO:<{rcpt}>")
        if code not in (250, 251):
            refused.append((rcpt, _text(code, reply)))
            if throttle := throttle_of(refused[-1][1], len(rcpt_tos)):
                return Throttled(reply=refused[-1][1], throttle=throttle)
            if code == _CLOSING:
                return _refusal(code, refused[-1][1], before_data=True)
            temporary = temporary or ("" if 500 <= code < 600 else f"{rcpt}: {_text(code, reply)}")
    nobody = len(refused) == len(rcpt_tos)
    if temporary and (nobody or not settle):
        return Deferred(reply=temporary)
    if nobody:
        return Rejected(reply="; ".join(f"{rcpt}: {reply}" for rcpt, reply in refused), before_data=True)
    return _data(smtp, raw, tuple(refused))


def _data(smtp: smtplib.SMTP, raw: bytes, refused: tuple[tuple[str, str], ...]) -> Outcome:
    assert smtp.sock is not None
    smtp.sock.settimeout(FINAL_REPLY_SECONDS)
    try:
        code, words = smtp.data(raw)
        reply = _text(code, words)
    except smtplib.SMTPDataError as error:  # it did not want to hear it
        code, reply = error.smtp_code, _words(error)
    finally:
        if smtp.sock is not None:
            smtp.sock.settimeout(smtp.timeout)
    return Sent(reply=reply, refused=refused) if code == 250 else _refusal(code, reply, before_data=False)


def _refusal(code: int, reply: str, *, before_data: bool) -> Outcome:
    """By the first digit of the reply (RFC 5321 §4.2.1); what is no SMTP reply is not held against the mail."""
    if 500 <= code < 600:
        return Rejected(reply=reply, before_data=before_data)
    return Deferred(reply=reply, hung_up=code == _CLOSING)


def _words(error: Exception) -> str:
    """An error as one line for people."""
    if isinstance(error, smtplib.SMTPResponseException):
        return _text(error.smtp_code, error.smtp_error)
    return said_by(error)


def _text(code: int, reply: bytes | str) -> str:
    words = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return " ".join(f"{code} {words}".split())[:1000]
