"""What do the settings say about mail? One frozen value that the rules read; a reload puts another in its place."""

from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """Somebody who answers."""

    name: str
    #: The registered address, lower case; every notification goes here.
    address: str
    aliases: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    lead: bool = False
    signature: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbering:
    """How ticket numbers look (`[desk.numbering]`)."""

    prefix: str = ""
    date: str = "%y%m"
    separator: str = "-"
    padding: int = 4
    suffix: str = ""
    reset: str = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentRules:
    """Which files are kept (`[attachments]`)."""

    #: Extensions without dot, lower case.
    allowed: frozenset[str]
    max_count: int = 20
    max_count_agent: int = 5
    #: Bytes.
    max_size: int = 10485760


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """How many confirmations go to senders without a verdict (`[confirmations]`)."""

    #: False: never one without a verdict.
    unverified: bool = True
    max_age: timedelta = timedelta(hours=24)
    per_address_per_hour: int = 3
    per_domain_per_hour: int = 60
    per_hour: int = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Everything that the rules need to know of the settings."""

    #: Marks what this installation sent (X-Mailticket-Loop).
    instance_id: str
    desk_name: str
    #: The desk's main address, lower case.
    desk_address: str
    #: All addresses of the desk, the main one included, lower case.
    desk_addresses: frozenset[str]
    plus_addressing: bool = False
    #: Who hears of a new ticket: all | team | assignee.
    notify: str = "team"
    #: Who answers our mail within this time, again and again, is a machine; 0: nobody is.
    quick_answer: timedelta = timedelta(seconds=15)
    #: Reverse-path of automatic mail: auto | null | token | address.
    envelope: str = "auto"
    timezone: str = "UTC"
    default_language: str = "en"
    #: Holds `{number}` once.
    subject_tag: str = "[#{number}]"
    numbering: Numbering = field(default_factory=Numbering)
    agents: tuple[Agent, ...] = ()
    teams: tuple[str, ...] = ()
    #: Senders whose Reply-To is the customer, lower case.
    forms: frozenset[str] = frozenset()
    attachments: AttachmentRules
    confirmations: Caps = field(default_factory=Caps)
    #: A status update waits this long, so that several changes make one mail.
    update_delay: timedelta = timedelta(minutes=1)
    close_resolved_after: timedelta = timedelta(days=14)
    #: Business hours after which a known person's held mail becomes a ticket of its own.
    held_decides_after_hours: float = 4
    raw_kept: timedelta = timedelta(days=90)
    max_hops: int = 50

    def agent(self, addr_spec: str) -> Agent | None:
        """The agent whose address or alias this is."""
        return next((a for a in self.agents if addr_spec == a.address or addr_spec in a.aliases), None)

    def language_for(self, language: str) -> str:
        """The language of a ticket whose mail is in `language`, "" for unknown: the desk's own, or its kind of it."""
        default = self.default_language
        return default if not language or default.partition("-")[0] == language else language
