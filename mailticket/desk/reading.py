"""What does an agent's mail say, and what should the agent know before it goes out? Found out before the decision."""

from dataclasses import dataclass, field
from datetime import datetime

from mailticket.desk.attachments import Judged
from mailticket.desk.orders import Orders
from mailticket.desk.own_signature import Ending
from mailticket.mail.message import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """A message that the agent had not seen when answering."""

    message: int
    at: datetime
    author: Address
    #: By a colleague; else by the customer, or somebody else of the ticket.
    answer: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An agent's mail, read."""

    orders: Orders = field(default_factory=Orders)
    #: For the customer, "" where there is nothing.
    text: str = ""
    #: The same with its form, None where it is text only.
    html: str | None = None
    #: What belongs to the text; where there is none, to the note.
    files: tuple[Judged, ...] = ()
    #: By this its writer's signature is known another time.
    ending: Ending = ()
    #: All that its writer wrote, to be shown to nobody else.
    written: str = ""
    #: The same with what was meant in the place of wrong commands, and without them; "" where that cannot be.
    corrected: str = ""
    without: str = ""
    #: Lines of the text that look as if they were for agents only.
    leaks: tuple[str, ...] = ()
    #: What has happened since its writer looked, oldest first.
    news: tuple[News, ...] = ()
    #: The newest message of its ticket.
    newest: int = 0

    @property
    def refused(self) -> tuple[Judged, ...]:
        """Files that the desk does not send."""
        return tuple(file for file in self.files if file.withheld)

    @property
    def as_note(self) -> str:
        """All words of its writer's, where none of them are for the customer."""
        return "\n\n".join(words for words in (self.text, self.orders.note) if words)

    @property
    def is_order(self) -> bool:
        """Whether there is anything to be done beside an answer."""
        return bool(self.orders.orders or self.orders.note)
