"""What do actions on a mail know of it? An Arrival: the mail with all that was found out before the decision."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailticket.desk.attachments import Judged
from mailticket.desk.buttons import Word
from mailticket.desk.sender import Sender
from mailticket.desk.threading import Thread, Trail
from mailticket.mail.message import Envelope, InboundMail
from mailticket.mail.passed_on import PassedOn

#: Older mail is an archive that is imported or a mailbox that is read once more; an outage may last this long.
_NEWS = timedelta(days=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A mail with all that was found out about it."""

    mail: InboundMail
    envelope: Envelope
    sender: Sender
    thread: Thread
    trail: Trail
    #: Message-IDs of the trail that lead to a ticket already.
    led_to: Mapping[str, int]
    files: tuple[Judged, ...]
    raw_sha256: str
    #: Digests of its files that the virus scanner does not let through, each with the reason.
    unclean: Mapping[str, str] = field(default_factory=dict)
    #: What it forwards, taken apart; None where it forwards nothing, or its sender is no agent.
    passed: PassedOn | None = None
    #: Address of the contact form that the sender has filled in, "" for all other mail.
    form: str = ""
    #: The desk has said that this sender is welcome.
    allowed: bool = False
    #: What a person said about it while it was held, None where it was not.
    word: Word | None = None
    #: The newest message of its ticket that was shown to whoever said that.
    shown_until: int = 0
    now: datetime

    @property
    def is_news(self) -> bool:
        """Whether agents want to hear of it. What was held is news when it is decided, however long that took."""
        is_young = self.now - self.envelope.received_at <= _NEWS
        return self.envelope.confirm and (is_young or self.word is not None)

    @property
    def address(self) -> str:
        """The sender's, "" where there is none to be believed."""
        return self.sender.address.addr_spec if self.sender.address else ""

    @property
    def actor(self) -> str:
        """Who did it, for events."""
        if self.envelope.sent and self.envelope.position is not None:
            return f"mailbox:{self.envelope.position.account}"
        return self.address or "unknown"
