"""What shall happen with a mail? The values that triage returns and that one place, the ledger, carries out."""

from dataclasses import dataclass

from mailticket.desk.buttons import Word
from mailticket.desk.ticket import Status
from mailticket.desk.undelivered import SentMail


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
class AddMessage:
    """A message on an existing ticket."""

    ticket: int
    #: New status, None where it stays.
    status: Status | None
    #: The writer is known for certain; False marks the message unverified.
    verified: bool
    #: An agent's answer: goes to the customer.
    answer: bool = False
    #: Sent by a machine: opens nothing again, counts as nobody's answer.
    automatic: bool = False
    #: Registered address of the agent whose machine says that nobody is there, "" for all other mail.
    absent: str = ""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideHeld:
    """An agent's word on held mail, by a button."""

    word: Word
    #: Id of the held mail; with DISCARD_FAILED the last one of those meant.
    held: int
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


Decision = OpenTicket | AddMessage | RecordBounce | RecordComplaint | Hold | DecideHeld | Ignore | Refuse
