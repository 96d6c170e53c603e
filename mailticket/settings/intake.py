"""By which doors does mail come in? [[intake.smtp]] and [[intake.imap]]."""

from typing import Any, Literal

from pydantic import Field, model_validator

from mailticket.settings.login import Login, filled_in
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
    team: str = ""
    host: str = Field(min_length=1)
    port: Port = 993
    ca_file: OptionalPath = None
    folder: str = Field("INBOX", min_length=1)
    start: Start = "now"
    max_age_days: int = Field(0, ge=0)
    mark_seen: bool = True
    done_folder: str = ""
    sent_folder: str = ""
    poll_interval: int = Field(60, ge=1)
    authserv_id: str = ""
    trust_spam_headers: bool = False
    max_message_size: int = Field(41943040, ge=65536)
    batch_bytes: int = Field(16777216, ge=65536)
    timeout: int = Field(60, ge=1)

    @model_validator(mode="after")
    def _what_was_taken_lies_apart(self) -> "ImapSettings":
        if self.done_folder.casefold() == self.folder.casefold():
            raise ValueError(
                f'done_folder = "{self.done_folder}" is folder itself, where what was taken would be new mail again; '
                'name another one ("": it stays where it is)'
            )
        return self

    @model_validator(mode="after")
    def _sent_mail_lies_apart(self) -> "ImapSettings":
        if self.sent_folder and self.sent_folder in (self.folder, self.done_folder):
            raise ValueError(
                f'sent_folder = "{self.sent_folder}" is folder or done_folder already; sent mail lies in a folder of '
                'its own ("auto": the server says in which)'
            )
        return self

    @model_validator(mode="before")
    @classmethod
    def _a_provider_names_the_server(cls, values: Any) -> Any:
        return filled_in(values, lambda preset: preset.imap())


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
