"""How does mail leave? [outbound] and [outbound.dkim]."""

from typing import Any, Literal

from pydantic import Field, model_validator

from mailticket.settings.login import Login, filled_in
from mailticket.settings.section import Section
from mailticket.settings.values import DnsLabels, OptionalPath, Port, Tls


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
    host: str = Field("127.0.0.1", min_length=1)
    port: Port = 25
    tls: Tls = "starttls"
    ca_file: OptionalPath = None
    maildir: OptionalPath = None
    envelope: Literal["auto", "null", "token", "address"] = "auto"
    connections: int = Field(4, ge=1, le=50)
    connections_per_domain: int = Field(2, ge=1, le=50)
    rate_per_minute: int = Field(0, ge=0)
    per_day: int = Field(0, ge=0)
    timeout: int = Field(60, ge=1)
    give_up_after_days: int = Field(5, ge=1, le=30)
    dkim: DkimSettings = DkimSettings()

    @model_validator(mode="before")
    @classmethod
    def _a_provider_names_relay_and_limits(cls, values: Any) -> Any:
        return filled_in(values, lambda preset: {k: v for k, v in preset.outbound().items() if k in cls.model_fields})

    @model_validator(mode="after")
    def _a_password_is_somebodys(self) -> "OutboundSettings":
        if not self.user and (self.password.get_secret_value() or self.password_file or self.credential):
            raise ValueError("user is missing: whose password it is; without it nobody logs in at the relay")
        return self

    @model_validator(mode="after")
    def _a_maildir_has_a_place(self) -> "OutboundSettings":
        if self.transport == "maildir" and self.maildir is None:
            raise ValueError('transport = "maildir" needs maildir = "FOLDER"')
        return self
