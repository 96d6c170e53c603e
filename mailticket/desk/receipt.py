"""What became of a mail? One Receipt a mail, the same from every door; it is given only after a durable commit."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A new ticket."""

    kind: ClassVar[str] = "opened"
    ticket: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A message, or an event such as a bounce, on an existing ticket."""

    kind: ClassVar[str] = "added"
    ticket: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """A mail that we have already; nothing was changed."""

    kind: ClassVar[str] = "duplicate"
    #: Number of the ticket that has it, "" where the first one became none.
    ticket: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Kept until a person decides (`mailticket held`)."""

    kind: ClassVar[str] = "held"
    id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """Recorded, and nothing else done with it."""

    kind: ClassVar[str] = "ignored"
    reason: str
    #: It was a mail of ours that has done its work: where it lies in a mailbox it may go.
    spent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """Kept raw because it could not be processed (`mailticket quarantine`)."""

    kind: ClassVar[str] = "quarantined"
    id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Not taken. `reply` is the complete SMTP reply; it says nothing internal."""

    kind: ClassVar[str] = "refused"
    reply: str
    reason: str


Receipt = Opened | Added | Duplicate | Held | Ignored | Quarantined | Refused

#: Every kind, in the order in which people read them.
KINDS = ("opened", "added", "duplicate", "held", "ignored", "quarantined", "refused")
