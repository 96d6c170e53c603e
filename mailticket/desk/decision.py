"""What shall happen with a mail? The values that triage returns and that one place, the ledger, carries out."""

from dataclasses import dataclass

from mailticket.desk.buttons import Act, Word
from mailticket.desk.customer_buttons import Press
from mailticket.desk.orders import PhoneCall, WriteTo
from mailticket.desk.questions import Question
from mailticket.desk.reading import Reading
from mailticket.desk.ticket import Status
from mailticket.desk.undelivered import SentMail
from mailticket.mail.message import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTicket:
    """A new ticket of this sender's own."""

    title: str
    #: Number that the mail names without its sender having a part in it, "" where it names none.
    possible_reply_to: str = ""
    #: Id of the closed ticket that this one follows, None where it follows none.
    follows: int | None = None
    #: Why no confirmation is sent, "" where one may be.
    silent: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOwn:
    """A new ticket of an agent's own, and the commands that stand in its mail."""

    opens: OpenTicket
    #: The agent's registered address.
    agent: str
    reading: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class AddMessage:
    """A message on an existing ticket."""

    ticket: int
    #: New status, None where it stays.
    status: Status | None
    #: The writer is known for certain; False marks the message unverified.
    verified: bool
    #: Sent by a machine: opens nothing again, counts as nobody's answer.
    automatic: bool = False
    #: Nothing but thanks for what is done: nobody needs to look.
    thanks: bool = False
    #: Registered address of the agent whose machine says that nobody is there, "" for all other mail.
    absent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeFeedback:
    """What a customer says by a button, or that no more updates shall come; the ticket stays where it stands."""

    ticket: int
    press: Press
    #: The button's token, which works once; "" where it was said in words.
    token: str
    #: There are words in it: a message of the ticket.
    kept: bool
    #: Agents hear of it.
    told: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyCommands:
    """An agent's mail is carried out: words to the customer, a note, orders, all of it or nothing."""

    ticket: int
    #: The agent's registered address.
    agent: str
    reading: Reading
    #: The agent is the ticket's customer: the words are a message on it, and nobody is sent them.
    own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDesk:
    """An agent's orders that are about no ticket: none is made of them, and nobody else hears of them."""

    #: The agent's registered address.
    agent: str
    reading: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class OnBehalf:
    """An agent forwards somebody's mail: it is that person's, and the agent's own words are a note."""

    writer: Address
    #: The agent's registered address.
    agent: str
    #: What stands above the forwarded mail.
    reading: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class NameWriter:
    """An agent says whose mail it is that was held because it names nobody; it goes on as that person's."""

    writer: Address
    #: The agent's registered address.
    agent: str
    #: Message-IDs that the agent's mail answers: our question is among them.
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFor:
    """An agent writes to a customer first, or tells of a call: a ticket that the agent has."""

    order: WriteTo | PhoneCall
    #: The agent's registered address.
    agent: str
    reading: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSent:
    """What somebody wrote from the desk's mailbox itself: it has left, and nobody is sent anything."""

    ticket: int
    #: New status, None where it stays.
    status: Status | None
    #: Somebody of the ticket has it; else it went to others (a supplier), and is for agents only.
    public: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordBounce:
    """A delivery report on a mail of ours: an event on its ticket, never a message or a ticket."""

    #: None where the mail was about none (a digest).
    ticket: int | None
    #: The mail that came back, None where only the ticket is known.
    sent: SentMail | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordComplaint:
    """Somebody called a mail of ours spam: an event, and no automatic mail to this person from now on."""

    ticket: int | None
    sent: SentMail


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Kept for a person's word."""

    reason: str
    ticket: int | None = None
    #: Registered address of the agent who is told about it, "" for nobody.
    tell: str = ""
    #: An agent's mail that was read, and is not carried out before the agent has said so; else None.
    reading: Reading | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideHeld:
    """An agent's word on held mail, by a button."""

    word: Word
    #: Id of the held mail; with DISCARD_FAILED the last one of those meant.
    held: int
    #: The agent's registered address.
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PressButton:
    """What an agent does to a ticket by a button."""

    act: Act
    #: Id of the ticket.
    ticket: int
    #: It works once.
    token: str
    #: The agent's registered address.
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerQuestion:
    """An agent asks the desk something; only the registered address hears the answer."""

    question: Question
    #: The agent's registered address.
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignore:
    """Recorded, nothing else."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse:
    """Not taken. `reply` is the complete SMTP reply, generic; `reason` goes to the log."""

    reply: str
    reason: str


Decision = (
    OpenTicket
    | AddMessage
    | ApplyCommands
    | OnBehalf
    | NameWriter
    | OpenFor
    | OpenOwn
    | TakeFeedback
    | RecordSent
    | RecordBounce
    | RecordComplaint
    | Hold
    | DecideHeld
    | PressButton
    | AnswerQuestion
    | OrderDesk
    | Ignore
    | Refuse
)
