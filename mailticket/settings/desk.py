"""Who answers whom, and by which rules? [desk], [[agent]], [[team]], [[type]], [[sla]] and what mail may bring.

[attachments], [confirmations] and [lifecycle] are the latter.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, model_validator

from mailticket.desk.ticket import GENERAL
from mailticket.settings.section import Section
from mailticket.settings.values import (
    BusinessHours,
    DatePattern,
    Extension,
    Holidays,
    Language,
    MailAddress,
    NumberText,
    OptionalAddress,
    OptionalLanguage,
    OptionalTimeZone,
    PasswordHash,
    SocketPlace,
    SubjectTag,
    TemplateFolder,
    TimeZone,
    TypeName,
)


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
    team: str = ""
    data_dir: Path = Path("data")
    macros: Path = Path("macros")
    default_language: Language = "en"
    timezone: TimeZone = "UTC"
    business_hours: BusinessHours = "Mon-Fri 09:00-17:00"
    holidays: Holidays = ""
    subject_tag: SubjectTag = "[#{number}]"
    plus_addressing: bool = False
    markdown: bool = False
    notify: Literal["all", "team", "assignee"] = "team"
    receipts: Literal["all", "problems", "none"] = "problems"
    undo_seconds: int = Field(0, ge=0, le=3600)
    quick_answer_seconds: int = Field(15, ge=0, le=300)
    numbering: NumberingSettings = NumberingSettings()


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
    remind_customer_after_days: int = Field(3, ge=0)
    tell_when_taken: bool = False


class TypeSettings(Section):
    """[[type]]: what a ticket can be about, beside "general"."""

    name: TypeName


def types_of(settings: Iterable[TypeSettings]) -> tuple[str, ...]:
    """What tickets can be about."""
    return (GENERAL, *(one.name for one in settings))


class SlaSettings(Section):
    """[[sla]]: how fast customers get an answer; the first one that is for a ticket counts."""

    name: str = Field(min_length=1)
    priorities: tuple[Literal["low", "normal", "high", "urgent"], ...] = ()
    types: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    answer_hours: float = Field(gt=0, le=1000)


class AgentSettings(Section):
    """[[agent]]"""

    name: str = Field(min_length=1)
    address: MailAddress
    aliases: tuple[MailAddress, ...] = ()
    teams: tuple[str, ...] = ()
    role: Literal["agent", "lead"] = "agent"
    password_hash: PasswordHash = SecretStr("")
    signature: str = ""
    timezone: OptionalTimeZone = ""


class TeamSettings(Section):
    """[[team]]: who belongs together, and where it has an address, a desk of its own."""

    name: str = Field(min_length=1)
    address: OptionalAddress = ""
    aliases: tuple[MailAddress, ...] = ()
    display_name: str = ""
    language: OptionalLanguage = ""
    templates: TemplateFolder = ""

    @model_validator(mode="after")
    def _what_a_desk_says_needs_its_address(self) -> "TeamSettings":
        of_a_desk = ("aliases", "display_name", "language", "templates")
        if not self.address and (idle := next((key for key in of_a_desk if getattr(self, key)), None)):
            raise ValueError(f"team {self.name}: {idle} is for mail that comes from its own address; set address, too")
        return self
