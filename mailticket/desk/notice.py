"""What do we tell whom? A Notice is everything that a mail of ours says, decided; outbound renders and sends it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    #: Tells an agent of a new ticket, or of what its customer writes.
    AGENT_NOTIFICATION = "agent_notification"
    #: Tells an agent that a mail under the agent's address waits for a person's word.
    HELD = "held"
    #: Tells an agent in the morning what waits.
    DIGEST = "digest"
    #: Tells an agent that a mail of ours did not arrive, or was not wanted.
    BOUNCED = "bounced"

    #: Tells those who look after the desk that something is wrong.
    ALERT = "alert"


#: Kinds that answer one mail (Auto-Submitted: auto-replied, RFC 3834 §5); REPLY is a person's, the rest auto-generated.
ANSWERS = frozenset({NoticeKind.CONFIRMATION})

#: Kinds that go to customers.
TO_CUSTOMERS = frozenset(
    {NoticeKind.CONFIRMATION, NoticeKind.REPLY, NoticeKind.STATUS_CHANGED, NoticeKind.RESOLVED, NoticeKind.CLOSED}
)

#: What the token in a notice's Message-ID says that it was minted for.
TOKEN_KINDS = {
    NoticeKind.AGENT_NOTIFICATION: "n",
    NoticeKind.CONFIRMATION: "c",
    NoticeKind.REPLY: "r",
    NoticeKind.STATUS_CHANGED: "s",
    NoticeKind.RESOLVED: "s",
    NoticeKind.CLOSED: "s",
    NoticeKind.HELD: "h",
    NoticeKind.DIGEST: "d",
    NoticeKind.ALERT: "a",
    # it is about a ticket and sent to an agent, who may act by answering it
    NoticeKind.BOUNCED: "n",
}


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
