"""Which settings exist? One frozen model a section, each key with its default and bounds; config.py loads them.

What each key means to an operator stands in config/mailticket.toml; a test holds the two together.
"""

import re
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from mailticket.setting_values import (
    DatePattern,
    DnsLabels,
    Domain,
    Extension,
    Language,
    Listen,
    MailAddress,
    MailboxName,
    NameServer,
    Network,
    NumberText,
    OptionalPath,
    PasswordHash,
    Port,
    SocketPlace,
    Start,
    StoreUrl,
    SubjectTag,
    TimeZone,
    Tls,
)

_LOOPBACK = re.compile(r"localhost|127\.\d+\.\d+\.\d+|::1|\[::1\]")


class Section(BaseModel):
    """One table of the settings file: frozen, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=False)


class Login(Section):
    """A user name with a password from the file itself, from another file, or from systemd (LoadCredential)."""

    user: str = ""
    password: SecretStr = SecretStr("")
    password_file: OptionalPath = None
    credential: str = ""
    tls: Tls = "implicit"
    host: str = ""

    @model_validator(mode="after")
    def _plain_text_stays_on_this_machine(self) -> "Login":
        if self.tls == "none" and self.host and not _LOOPBACK.fullmatch(self.host):
            raise ValueError('tls = "none" is allowed to this machine only (127.0.0.1, ::1, localhost)')
        if sum(map(bool, (self.password.get_secret_value(), self.password_file, self.credential))) > 1:
            raise ValueError("takes one of password, password_file and credential, not several")
        return self


class NumberingSettings(Section):
    """[desk.numbering]"""

    prefix: NumberText = ""
    date: DatePattern = "%y%m"
    separator: NumberText = "-"
    padding: int = Field(4, ge=1, le=12)
    suffix: NumberText = ""
    reset: Literal["never", "year", "month", "day"] = "month"

    @model_validator(mode="after")
    def _a_reset_needs_its_date(self) -> "NumberingSettings":
        needed = {"never": "", "year": "y", "month": "ym", "day": "ymd"}[self.reset]
        alike = {"y": "yYG", "m": "mbB", "d": "d"}
        whole = "%j" in self.date
        if not all(any(f"%{code}" in self.date for code in alike[unit]) or (whole and unit in "md") for unit in needed):
            raise ValueError(
                f'reset = "{self.reset}" needs a date with the {self.reset} in it (now "{self.date}"), '
                "or numbers would come twice"
            )
        return self


class DeskSettings(Section):
    """[desk]"""

    name: str = "Support"
    address: MailAddress = "support@localhost"
    aliases: tuple[MailAddress, ...] = ()
    data_dir: Path = Path("data")
    default_language: Language = "en"
    timezone: TimeZone = "UTC"
    subject_tag: SubjectTag = "[#{number}]"
    plus_addressing: bool = False
    notify: Literal["all", "team", "assignee"] = "team"
    quick_answer_seconds: int = Field(15, ge=0, le=300)
    numbering: NumberingSettings = NumberingSettings()


class StoreSettings(Section):
    """[store]"""

    url: StoreUrl = ""
    blobs: OptionalPath = None
    pool: int = Field(5, ge=1, le=100)


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


class DkimSettings(Section):
    """[outbound.dkim]"""

    domain: DnsLabels = ""
    selector: DnsLabels = ""
    key_file: OptionalPath = None
    credential: str = ""

    @model_validator(mode="after")
    def _a_selector_has_one_key(self) -> "DkimSettings":
        keys = sum(map(bool, (self.key_file, self.credential)))
        if keys > 1:
            raise ValueError("takes one of key_file and credential, not both")
        if bool(self.selector) != bool(keys):
            raise ValueError("selector, and one of key_file and credential, are set together or not at all")
        return self


class OutboundSettings(Login):
    """[outbound]"""

    transport: Literal["smtp", "maildir"] = "smtp"
    host: str = "127.0.0.1"
    port: Port = 25
    tls: Tls = "starttls"
    ca_file: OptionalPath = None
    maildir: OptionalPath = None
    envelope: Literal["auto", "null", "token", "address"] = "auto"
    connections: int = Field(4, ge=1, le=50)
    timeout: int = Field(60, ge=1)
    give_up_after_days: int = Field(5, ge=1, le=30)
    dkim: DkimSettings = DkimSettings()

    @model_validator(mode="after")
    def _a_maildir_has_a_place(self) -> "OutboundSettings":
        if self.transport == "maildir" and self.maildir is None:
            raise ValueError('transport = "maildir" needs maildir = "FOLDER"')
        return self


class IdentitySettings(Section):
    """[identity]"""

    trusted_authserv: tuple[str, ...] = ()
    arc_sealers: tuple[Domain, ...] = ()
    forms: tuple[MailAddress, ...] = ()
    dns: tuple[NameServer, ...] = ()
    token_key_file: OptionalPath = None


class AttachmentSettings(Section):
    """[attachments]"""

    allowed: tuple[Extension, ...] = (
        "jpg", "jpeg", "png", "webp", "pdf", "doc", "docx", "xls", "xlsx", "csv", "txt", "zip",
    )  # fmt: skip
    max_count: int = Field(20, ge=0)
    max_count_agent: int = Field(5, ge=0)
    max_size: int = Field(10485760, ge=1)
    antivirus: SocketPlace = ""


class ConfirmationSettings(Section):
    """[confirmations]"""

    unverified: Literal["never", "capped"] = "capped"
    max_age_hours: int = Field(24, ge=1)
    per_address_per_hour: int = Field(3, ge=0)
    per_domain_per_hour: int = Field(60, ge=0)
    per_hour: int = Field(600, ge=0)


class LifecycleSettings(Section):
    """[lifecycle]"""

    close_resolved_after_days: int = Field(14, ge=0)
    held_decides_after_hours: float = Field(4, gt=0, le=1000)


class RetentionSettings(Section):
    """[retention]"""

    raw_days: int = Field(90, ge=0)


class ServiceSettings(Section):
    """[service]"""

    acceptors: int = Field(0, ge=0, le=64)
    prepare_threads: int = Field(2, ge=1, le=64)
    sandboxes: int = Field(2, ge=1, le=16)
    batch_mails: int = Field(64, ge=1, le=1000)
    batch_bytes: int = Field(67108864, ge=65536)
    log: Literal["auto", "console", "json"] = "auto"
    log_level: Literal["debug", "info", "warning", "error"] = "info"


class AgentSettings(Section):
    """[[agent]]"""

    name: str = Field(min_length=1)
    address: MailAddress
    aliases: tuple[MailAddress, ...] = ()
    teams: tuple[str, ...] = ()
    role: Literal["agent", "lead"] = "agent"
    password_hash: PasswordHash = SecretStr("")
    signature: str = ""


class TeamSettings(Section):
    """[[team]]"""

    name: str = Field(min_length=1)
