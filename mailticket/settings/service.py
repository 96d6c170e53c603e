"""What does this installation run on? [store], [identity], [retention], [service], [metrics], [console], [canary]."""

from typing import Literal

from pydantic import Field, model_validator

from mailticket.settings.section import Section
from mailticket.settings.values import (
    Domain,
    HostPort,
    MailAddress,
    NameServer,
    OptionalFolder,
    OptionalPath,
    PublicUrl,
    StoreUrl,
)


class StoreSettings(Section):
    """[store]"""

    url: StoreUrl = ""
    blobs: OptionalFolder = None
    pool: int = Field(5, ge=1, le=100)


class IdentitySettings(Section):
    """[identity]"""

    trusted_authserv: tuple[str, ...] = ()
    arc_sealers: tuple[Domain, ...] = ()
    forms: tuple[MailAddress, ...] = ()
    dns: tuple[NameServer, ...] = ()
    token_key_file: OptionalPath = None
    oauth_key_file: OptionalPath = None
    oauth_key_credential: str = ""


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


class MetricsSettings(Section):
    """[metrics]"""

    listen: HostPort = ""


class ConsoleSettings(Section):
    """[console]"""

    listen: HostPort = ""
    public_url: PublicUrl = ""

    @model_validator(mode="after")
    def _links_lead_somewhere(self) -> "ConsoleSettings":
        if self.public_url and not self.listen:
            raise ValueError("public_url needs listen: else the links in agents' mail lead nowhere")
        return self


class CanarySettings(Section):
    """[canary]"""

    every_minutes: float = Field(0, ge=0, le=1440)
    late_after_minutes: float = Field(10, gt=0, le=1440)
