"""By which doors does mail come in? [[intake.smtp]] and [[intake.imap]]."""

from typing import Literal

from pydantic import Field, model_validator

from mailticket.settings.login import Login
from mailticket.settings.section import Section
from mailticket.settings.values import Listen, MailboxName, Network, OptionalPath, Port, Start


class SmtpSettings(Section):
    """[[intake.smtp]]"""

    listen: tuple[Listen, ...] = ("127.0.0.1:2525",)
    protocol: Literal["smtp", "lmtp", "submission"] = "smtp"
    hostname: str = ""
    max_message_size: int = Field(41943040, ge=65536)
    max_connections: int = Field(200, ge=1)
    max_connections_per_peer: int = Field(50, ge=1)
    max_recipients: int = Field(100, ge=1)
    max_bytes_in_flight: int = Field(268435456, ge=65536)
    timeout: int = Field(300, ge=5)
    tls: Literal["starttls", "implicit"] = "starttls"
    tls_cert: OptionalPath = None
    tls_key: OptionalPath = None
    trusted_peers: tuple[Network, ...] = ("127.0.0.0/8", "::1")

    @model_validator(mode="after")
    def _certificate_and_key_belong_together(self) -> "SmtpSettings":
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("tls_cert and tls_key are set together or not at all")
        if self.tls == "implicit" and self.tls_cert is None:
            raise ValueError('tls = "implicit" needs tls_cert and tls_key')
        if self.max_bytes_in_flight < self.max_message_size:
            raise ValueError("max_bytes_in_flight must be at least max_message_size, or the largest mail never fits")
        return self


class ImapSettings(Login):
    """[[intake.imap]]"""

    name: MailboxName
    provider: Literal["", "google", "microsoft365"] = ""
    host: str = Field(min_length=1)
    port: Port = 993
    ca_file: OptionalPath = None
    folder: str = "INBOX"
    start: Start = "now"
    mark_seen: bool = True
    done_folder: str = ""
    poll_interval: int = Field(60, ge=1)
    authserv_id: str = ""
    trust_spam_headers: bool = False
    max_message_size: int = Field(41943040, ge=65536)
    batch_bytes: int = Field(16777216, ge=65536)
    timeout: int = Field(60, ge=1)


class IntakeSettings(Section):
    """[[intake.smtp]] and [[intake.imap]]"""

    smtp: tuple[SmtpSettings, ...] = ()
    imap: tuple[ImapSettings, ...] = ()

    @model_validator(mode="after")
    def _names_are_unique(self) -> "IntakeSettings":
        names = [mailbox.name for mailbox in self.imap]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f'two mailboxes have the name "{twice}"; give each its own, positions are kept by it')
        return self
