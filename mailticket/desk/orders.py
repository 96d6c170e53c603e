"""What did an agent order by mail? One small value a kind of order, and what was wrong with those that are none."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias

from mailticket.desk.status import DONE
from mailticket.desk.ticket import Status
from mailticket.mail.message import Address

#: (thing, how it shall be): two orders that settle one thing differently contradict each other.
Settled: TypeAlias = tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A field of the ticket gets a value, checked by the one validator (validation.py)."""

    field: str
    value: Any

    @property
    def settles(self) -> Settled:
        """What it decides."""
        match self.field:
            case "fields":
                return tuple((f"field {name}", value) for name, value in self.value.items())
            case "status":
                return ("status", self.value), ("over", Status(self.value) in DONE)
            case "snoozed_until" if self.value:
                return ("snooze", self.value), ("over", False)
        return ((self.field, self.value),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A tag is put on the ticket, or taken `off`."""

    tag: str
    off: bool = False

    @property
    def settles(self) -> Settled:
        """What it decides."""
        return ((f"tag {self.tag}", self.off),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """Somebody gets the answers from now on, or (`off`) has no part in the ticket any more."""

    person: Address
    off: bool = False

    @property
    def settles(self) -> Settled:
        """What it decides."""
        return ((f"copy {self.person.addr_spec}", self.off),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Requester:
    """The ticket is this customer's."""

    person: Address

    @property
    def settles(self) -> Settled:
        """What it decides."""
        return (("customer", self.person.addr_spec),)


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteTo:
    """A new ticket of this customer's, who is written to."""

    person: Address

    @property
    def settles(self) -> Settled:
        """What it decides."""
        return (("customer", self.person.addr_spec),)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneCall:
    """A new ticket about a call; the words of the mail are the notes."""

    name: str
    #: Lower case, "" where none was given; then there is a name or a number.
    address: str = ""
    number: str = ""

    @property
    def settles(self) -> Settled:
        """What it decides."""
        return (("customer", self),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """All of this ticket goes to another one."""

    into: int

    @property
    def settles(self) -> Settled:
        """What it decides."""
        # what is left of the ticket is over, and nothing can be ordered of it any more
        return ("fate", self.into), ("status", "merged"), ("over", True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """The ticket becomes a part of another one."""

    ticket: int

    @property
    def settles(self) -> Settled:
        """What it decides."""
        return ("parent", self.ticket), ("fate", "a part")


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Held mail goes on as if its sender were known for certain."""

    held: int

    @property
    def settles(self) -> Settled:
        """What it decides."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """The agent is away until then; None: is back."""

    until: datetime | None

    @property
    def settles(self) -> Settled:
        """What it decides."""
        return (("away", self.until),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Macro:
    """A prepared answer, ready for this ticket."""

    name: str
    text: str = ""
    #: Fields that it sets, as a person writes them.
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def settles(self) -> Settled:
        """What it decides."""
        return (("macro", self.name),)


class Deed(StrEnum):
    """An order that needs no value."""

    #: The answer is a question: the ticket waits for the customer, who is reminded.
    ASK = "ask"
    ESCALATE = "escalate"
    #: The customer's last message becomes a ticket of its own.
    SPLIT = "split"
    #: The agent wants to know which commands there are.
    HELP = "help"

    @property
    def settles(self) -> Settled:
        """What it decides."""
        if self is Deed.ASK:
            return ("status", str(Status.PENDING_CUSTOMER)), ("over", False)
        return (("fate", "split"),) if self is Deed.SPLIT else ()


Order: TypeAlias = (
    Change | Tag | Copy | Requester | WriteTo | PhoneCall | Merge | Parent | Release | Away | Macro | Deed
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A command that cannot be carried out."""

    #: As it was written.
    line: str
    #: Where it stands: 0 is the text's first line.
    at: int
    #: What is wrong, a sentence or its end.
    message: str
    #: The line, or lines, that were meant; "" where nobody knows.
    did_you_mean: str = ""
    #: What follows may be meant for agents only: without this line it must not go out.
    may_begin_note: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """An agent's reply, read. Where there are problems nothing of it is carried out, and nothing is sent."""

    #: In the order in which they were written; none where there are problems.
    orders: tuple[Order, ...] = ()
    #: For the customer: the macro's text, and the agent's own words.
    text: str = ""
    #: For agents only; "" where there is no #note.
    note: str = ""
    problems: tuple[Problem, ...] = ()
    #: The command lines as they were written.
    lines: tuple[str, ...] = ()

    @property
    def status(self) -> Status | None:
        """Which status the ticket shall have, None where nothing is said of it."""
        if Deed.ASK in self.orders:
            return Status.PENDING_CUSTOMER
        return next((Status(order.value) for order in self._changes("status")), None)

    @property
    def assigns(self) -> bool:
        """Whether it is said whose ticket it is."""
        return any(True for field in ("assignee", "team") for _ in self._changes(field))

    @property
    def for_the_desk(self) -> bool:
        """Whether they are about no ticket, whatever mail they stand in."""
        return bool(self.orders) and all(isinstance(one, Release | Away) or one is Deed.HELP for one in self.orders)

    def _changes(self, field: str) -> Iterator[Change]:
        return (order for order in self.orders if isinstance(order, Change) and order.field == field)


def contradictions(orders: Sequence[Order]) -> Iterator[tuple[int, int]]:
    """Places of two orders that contradict each other, the later one first; the same said twice is no contradiction."""
    settled: dict[str, tuple[Any, int]] = {}
    for at, order in enumerate(orders):
        for thing, how in order.settles:
            before, earlier = settled.setdefault(thing, (how, at))
            if before != how:
                yield at, earlier
                break
