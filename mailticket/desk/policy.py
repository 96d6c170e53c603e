"""What do the settings say about mail? One frozen value that the rules read; a reload puts another in its place."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import timedelta

from mailticket.desk.hours import USUAL, Hours
from mailticket.desk.prepared import PreparedAnswer
from mailticket.desk.ticket import GENERAL


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
    #: "": the desk's.
    timezone: str = ""
    #: Aliases that were added by a click, and stand in no settings.
    added: tuple[str, ...] = ()

    @property
    def addresses(self) -> tuple[str, ...]:
        """All that the agent writes from, the registered one first."""
        return (self.address, *self.aliases, *self.added)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """An address of ours with a name and words of its own (`[desk]`, and every `[[team]]` that has an address)."""

    #: Stands in From of all that leaves from there.
    name: str
    #: Lower case, as all aliases.
    address: str
    aliases: tuple[str, ...] = ()
    #: Whose the tickets are that are opened there, "" for everybody's.
    team: str = ""
    #: Language of its mails, "" for `Policy.default_language`.
    language: str = ""
    #: Folder of its mail templates among the operator's, "" where it has none of its own.
    templates: str = ""

    @property
    def addresses(self) -> tuple[str, ...]:
        """All of them, the main one first."""
        return (self.address, *self.aliases)


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
class Sla:
    """How fast customers get an answer (`[[sla]]`); the first one that is for a ticket counts."""

    name: str
    #: Which tickets it is for; empty: all.
    priorities: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    #: Business hours until the first answer.
    answer_hours: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """When the desk writes to itself, to see how long that takes (`[canary]`)."""

    #: 0: never.
    every: timedelta = timedelta()
    late_after: timedelta = timedelta(minutes=10)
    #: What mail comes in by, in words for people.
    doors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Everything that the rules need to know of the settings."""

    #: Marks what this installation sent (X-Mailticket-Loop).
    instance_id: str
    #: The main desk first; no address is in two of them.
    desks: tuple[Desk, ...]
    plus_addressing: bool = False
    #: Agents' plain text is taken for Markdown.
    markdown: bool = False
    #: Who hears of a new ticket: all | team | assignee.
    notify: str = "team"
    #: Who answers our mail within this time, again and again, is a machine; 0: nobody is.
    quick_answer: timedelta = timedelta(seconds=15)
    #: Reverse-path of automatic mail: auto | null | token | address.
    envelope: str = "auto"
    timezone: str = "UTC"
    #: In that time zone.
    hours: Hours = USUAL
    slas: tuple[Sla, ...] = ()
    default_language: str = "en"
    #: Where agents' buttons are on the web, without a slash at its end; "" where they are not.
    public_url: str = ""
    #: Holds `{number}` once.
    subject_tag: str = "[#{number}]"
    numbering: Numbering = field(default_factory=Numbering)
    agents: tuple[Agent, ...] = ()
    teams: tuple[str, ...] = ()
    #: What a ticket can be about; the first one is what every mail is until somebody says otherwise.
    types: tuple[str, ...] = (GENERAL,)
    #: By name.
    macros: tuple[PreparedAnswer, ...] = ()
    #: People answer from the desk's mailbox itself, and we look into its Sent folder.
    reads_sent: bool = False
    #: Senders whose Reply-To is the customer, lower case.
    forms: frozenset[str] = frozenset()
    attachments: AttachmentRules
    confirmations: Caps = field(default_factory=Caps)
    canary: Canary = field(default_factory=Canary)
    #: What agents hear of their own mails: all | problems | none.
    receipts: str = "problems"
    #: An agent's answer waits this long, and can be taken back; 0: it leaves at once.
    undo: timedelta = timedelta()
    #: A status update waits this long, so that several changes make one mail.
    update_delay: timedelta = timedelta(minutes=1)
    close_resolved_after: timedelta = timedelta(days=14)
    #: A customer who was asked and does not answer is reminded after this time; 0: never.
    remind_after: timedelta = timedelta(days=3)
    #: Customers hear that somebody has taken their ticket.
    tell_when_taken: bool = False
    #: Business hours after which a known person's held mail becomes a ticket of its own.
    held_decides_after_hours: float = 4
    raw_kept: timedelta = timedelta(days=90)
    max_hops: int = 50
    _desk_by_address: Mapping[str, Desk] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_address = {address: desk for desk in self.desks for address in desk.addresses}
        object.__setattr__(self, "_desk_by_address", by_address)

    @property
    def desk_name(self) -> str:
        """The main desk's name."""
        return self.desks[0].name

    @property
    def desk_address(self) -> str:
        """The main desk's address: what is about no ticket comes from there."""
        return self.desks[0].address

    @property
    def desk_addresses(self) -> AbstractSet[str]:
        """All addresses of all desks."""
        return self._desk_by_address.keys()

    def own_address(self, addr_spec: str) -> str:
        """The address of a desk that this is, or is a plus-form of; "" where it is somebody else's."""
        local, _, domain = addr_spec.rpartition("@")
        plus = "+"
        while plus:
            if f"{local}@{domain}" in self._desk_by_address:
                return f"{local}@{domain}"
            local, plus, _ = local.rpartition("+")
        return ""

    def desk_at(self, addr_spec: str) -> Desk | None:
        """The desk whose address this is, or is a plus-form of."""
        return self._desk_by_address.get(self.own_address(addr_spec))

    def agent(self, addr_spec: str) -> Agent | None:
        """The agent whose address or alias this is."""
        return next((a for a in self.agents if addr_spec in a.addresses), None)

    def with_added(self, aliases: Mapping[str, str]) -> "Policy":
        """The same with these aliases (alias: registered address) instead of those added before.

        What the settings say of an address counts more.
        """
        taken = {address for agent in self.agents for address in (agent.address, *agent.aliases)}
        theirs: dict[str, list[str]] = {}
        for alias, registered in aliases.items():
            if alias not in taken and not self.own_address(alias):
                theirs.setdefault(registered, []).append(alias)
        agents = tuple(replace(agent, added=tuple(theirs.get(agent.address, ()))) for agent in self.agents)
        return self if agents == self.agents else replace(self, agents=agents)

    def language_for(self, language: str, desk: Desk) -> str:
        """The language of a ticket whose mail to `desk` is in `language`, "" for unknown: the desk's, or its kind."""
        default = desk.language or self.default_language
        return default if not language or default.partition("-")[0] == language else language
