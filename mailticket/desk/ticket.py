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
    """How urgent a ticket is."""

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


class Direction(StrEnum):
    """Whether a message came in or went out."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class Visibility(StrEnum):
    """Who may read a message: everybody on the ticket, or agents only."""

    PUBLIC = "public"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A ticket as the rules see it."""

    id: int
    number: str
    title: str
    status: Status
    priority: Priority = Priority.NORMAL
    type: str = "general"
    team: str = ""
    #: Address of the agent who has it, "" where nobody does.
    assignee: str = ""
    #: None where the opening mail named no readable sender.
    contact: Address | None = None
    #: addr_specs of everybody else on the ticket.
    participants: frozenset[str] = frozenset()
    #: The desk's address that the customer wrote to; answers go out from it.
    desk_address: str = ""
    language: str = ""
    tags: tuple[str, ...] = ()
    updated_at: datetime | None = None
