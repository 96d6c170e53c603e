"""What do we tell whom? A Notice is everything that a mail of ours says, decided; outbound renders and sends it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from mailticket.mail.message import Address


class NoticeKind(StrEnum):
    """The value of X-Mailticket-Notice."""

    CONFIRMATION = "confirmation"
    #: An agent's answer to the customer.
    REPLY = "reply"
    STATUS_CHANGED = "status_changed"
    RESOLVED = "resolved"
    CLOSED = "closed"
    #: Asks the customer once more what an agent has asked.
    REMINDER = "reminder"
    #: Tells an agent of a new ticket, or of what its customer writes.
    AGENT_NOTIFICATION = "agent_notification"
    #: Tells an agent that a mail under the agent's address waits for a person's word.
    HELD = "held"
    #: Tells an agent in the morning what waits.
    DIGEST = "digest"
    #: Answers what an agent has asked the desk: tickets, figures, or what can be asked.
    LIST = "list"
    STATS = "stats"
    HELP = "help"
    #: Tells an agent that a mail of ours did not arrive, or was not wanted.
    BOUNCED = "bounced"
    #: Tells an agent what became of an own mail: not carried out, and why; or what was done.
    RECEIPT = "receipt"
    #: Tells those who look after the desk that confirmations have stopped.
    ALERT = "alert"
    #: Tells them that something is broken, and later that it is over.
    TROUBLE = "trouble"
    #: Goes to the desk's own address, to see how long that takes.
    PROBE = "probe"


#: Kinds that answer one mail (Auto-Submitted: auto-replied, RFC 3834 §5); REPLY is a person's, the rest auto-generated.
ANSWERS = frozenset({NoticeKind.CONFIRMATION, NoticeKind.RECEIPT, NoticeKind.LIST, NoticeKind.STATS, NoticeKind.HELP})

#: Kinds that go to customers.
TO_CUSTOMERS = frozenset(
    {
        NoticeKind.CONFIRMATION,
        NoticeKind.REPLY,
        NoticeKind.STATUS_CHANGED,
        NoticeKind.RESOLVED,
        NoticeKind.CLOSED,
        NoticeKind.REMINDER,
    }
)

#: Those of them that say how the ticket stands.
STATUS_UPDATES = frozenset({NoticeKind.STATUS_CHANGED, NoticeKind.RESOLVED, NoticeKind.CLOSED})

#: Those that a customer can do without, and says so with one click.
UPDATES = STATUS_UPDATES | {NoticeKind.REMINDER}

#: What the token in a notice's Message-ID says that it was minted for.
TOKEN_KINDS = {
    NoticeKind.AGENT_NOTIFICATION: "n",
    NoticeKind.CONFIRMATION: "c",
    NoticeKind.REPLY: "r",
    NoticeKind.STATUS_CHANGED: "s",
    NoticeKind.RESOLVED: "s",
    NoticeKind.CLOSED: "s",
    NoticeKind.REMINDER: "s",
    NoticeKind.HELD: "h",
    NoticeKind.DIGEST: "d",
    NoticeKind.LIST: "l",
    NoticeKind.STATS: "l",
    NoticeKind.HELP: "l",
    NoticeKind.ALERT: "a",
    NoticeKind.TROUBLE: "a",
    NoticeKind.PROBE: "p",
    # it is about a ticket and sent to an agent, who may act by answering it
    NoticeKind.BOUNCED: "n",
    NoticeKind.RECEIPT: "n",
}


def rfc3339(moment: datetime) -> str:
    """A moment as details hold it; templates say it in the mail's language and time zone."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One mail to be sent, before it has words. Plain values only: it is stored as JSON in the outbox row."""

    kind: NoticeKind
    to: tuple[Address, ...]
    cc: tuple[Address, ...] = ()
    #: The desk's address that it comes from, and the display name before it.
    from_: Address
    #: Title behind the subject tag; "" where the subject is the template's own.
    title: str
    #: Ticket number, "" where the notice is about none.
    number: str = ""
    #: Language of the template, such as "en".
    language: str
    #: Message-IDs of the thread, in angle brackets; "" and () where it starts one.
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    #: Id of the stored message whose text and files this mail carries (REPLY), else None.
    message: int | None = None
    #: What the template says beyond that, by name: JSON values.
    details: Mapping[str, Any] = field(default_factory=dict)
