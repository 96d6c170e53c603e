"""What is a ticket? Its words (status, priority, source) and the snapshot that rules look at."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailticket.mail.message import Address


class Status(StrEnum):
    """Where a ticket stands (contract.md, states)."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    PENDING_CUSTOMER = "pending_customer"
    PENDING_AGENT = "pending_agent"
    RESOLVED = "resolved"
    CLOSED = "closed"


class Priority(StrEnum):
    """How urgent a ticket is, the least urgent first."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class Source(StrEnum):
    """By which door a ticket came."""

    SMTP = "smtp"
    IMAP = "imap"
    IMPORT = "import"
    CONTACT_FORM = "contact_form"
    CONSOLE = "console"
    API = "api"
    CLI = "cli"
    PHONE = "phone"


#: What a ticket is about until somebody says otherwise.
GENERAL = "general"


class Direction(StrEnum):
    """Whether a message came in or went out."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class Visibility(StrEnum):
    """Who may read a message: everybody on the ticket, or agents only."""

    PUBLIC = "public"
    INTERNAL = "internal"


#: On tickets whose mail holds another service's code for signing up: nothing of them goes outside.
SIGN_UP_CODE = "sign-up-code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the desk knows of its contact's address."""

    #: There was no mail from it before the one that opens this ticket.
    new: bool = False
    #: When its first mail came, None where that is this one.
    since: datetime | None = None
    #: Mail to it came back for good, and nobody has written from there since.
    bounced: bool = False
    #: Its owner has called a mail of ours spam.
    complained: bool = False

    @property
    def silent(self) -> str:
        """Why it gets no automatic mail, "" where it may."""
        return "complained" if self.complained else "address_bounced" if self.bounced else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A ticket as the rules see it."""

    id: int
    number: str
    title: str
    status: Status
    priority: Priority = Priority.NORMAL
    type: str = GENERAL
    #: An agent has answered, or has said which type it is: it does not change any more.
    type_final: bool = False
    team: str = ""
    #: Address of the agent who has it, "" where nobody does.
    assignee: str = ""
    #: None where the opening mail named no readable sender.
    contact: Address | None = None
    standing: Standing = Standing()
    #: addr_specs of everybody else on the ticket.
    participants: frozenset[str] = frozenset()
    #: Those of them to whom agents' answers go, too: an agent has written to all of them once.
    copied: tuple[Address, ...] = ()
    #: The desk's address that the customer wrote to; answers go out from it.
    desk_address: str = ""
    language: str = ""
    tags: tuple[str, ...] = ()
    #: The customer does not want to hear of its status, or shall not.
    quiet: bool = False
    order_number: str = ""
    #: Number that its first mail names without its sender having a part in that ticket, "" where it names none.
    possible_reply_to: str = ""
    #: Id of the ticket that has all of this one's messages now, None where it has its own.
    merged_into: int | None = None
    updated_at: datetime | None = None
