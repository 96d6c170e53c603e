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
    #: Reverse-path of automatic mail: auto | null | token | address.
    envelope: str = "auto"
    timezone: str = "UTC"
    default_language: str = "en"
    #: Holds `{number}` once.
    subject_tag: str = "[#{number}]"
    numbering: Numbering = field(default_factory=Numbering)
    agents: tuple[Agent, ...] = ()
    teams: tuple[str, ...] = ()
    attachments: AttachmentRules
    confirmations: Caps = field(default_factory=Caps)
    #: A status update waits this long, so that several changes make one mail.
    update_delay: timedelta = timedelta(minutes=1)
    close_resolved_after: timedelta = timedelta(days=14)
    raw_kept: timedelta = timedelta(days=90)
    max_hops: int = 50

    def agent(self, addr_spec: str) -> Agent | None:
        """The agent whose address or alias this is."""
        return next((a for a in self.agents if addr_spec == a.address or addr_spec in a.aliases), None)
