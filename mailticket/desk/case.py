"""What do triage's rules look at, and what do they make of it? A mail with all that is known about it: a Case."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from mailticket.desk.buttons import Word
from mailticket.desk.customer_buttons import words_of
from mailticket.desk.decision import AddMessage, Decision, OpenTicket
from mailticket.desk.policy import Policy
from mailticket.desk.reading import Reading
from mailticket.desk.sender import Sender
from mailticket.desk.senders import ListedSender
from mailticket.desk.status import after_customer_mail
from mailticket.desk.threading import Thread, Trail
from mailticket.desk.undelivered import SentMail
from mailticket.mail.identity import Verdict
from mailticket.mail.message import Address, InboundMail
from mailticket.mail.passed_on import PassedOn
from mailticket.mail.subject import without_tags
from mailticket.mail.tokens import without_button

#: Longer titles are cut; the whole subject stays in the raw mail.
TITLE_LENGTH = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One mail and all that is known about it."""

    mail: InboundMail
    sender: Sender
    thread: Thread
    trail: Trail
    policy: Policy
    #: The mail of ours that a delivery report or a complaint came for.
    sent: SentMail | None = None
    #: How often within the hour its sender has answered our mail faster than a person can, this mail included.
    quick: int = 0
    #: What a person said about this mail when it was held, None where nobody did.
    word: Word | None = None
    #: What people of the desk have said about its sender, None where they have said nothing.
    listed: ListedSender | None = None
    #: Tokens in it that others than their agent know: they prove nothing.
    exposed: frozenset[str] = frozenset()
    #: A filter of ours has looked at it: what it says of spam counts.
    filtered: bool = False
    #: The customer has written since this mail of the desk's was sent.
    overtaken: bool = False
    #: What it forwards, taken apart; None where it forwards nothing, or its sender is no agent.
    passed: PassedOn | None = None
    #: Who wrote that, by an agent's word.
    written_by: Address | None = None
    #: Reads it as an agent's: only rules about those ask.
    read: Callable[[], Reading] = Reading

    @property
    def ticket_id(self) -> int | None:
        """The ticket that it names, None where it names none."""
        return self.thread.ticket.id if self.thread.ticket else None


Rule: TypeAlias = Callable[[Case], Decision | None]


def title_of(mail: InboundMail, subject_tag: str) -> str:
    """The subject without any tag of our form, whether or not such a ticket exists."""
    # (tags within tags take a round each)
    title = without_tags(without_button(mail.subject[: 4 * TITLE_LENGTH]), subject_tag)
    return title[: TITLE_LENGTH - 1] + "…" if len(title) > TITLE_LENGTH else title


def with_words(mail: InboundMail, trail: Trail, subject_tag: str) -> InboundMail:
    """A customer's mail with the words of the button that was clicked: short links have none, and some programs drop
    them."""
    if mail.reply.strip() or not (trail.press or trail.dead_button):
        return mail
    words = words_of(title_of(mail, subject_tag))
    return replace(mail, text=mail.text.strip() or words, reply=words)


def opened(case: Case, possible_reply_to: str = "", follows: int | None = None) -> OpenTicket:
    """The mail opens a ticket of its sender's own."""
    title = title_of(case.mail, case.policy.subject_tag)
    return OpenTicket(title=title, possible_reply_to=possible_reply_to, follows=follows)


def appended(case: Case, automatic: bool = False, absent: str = "") -> AddMessage:
    """The mail is one more message on its ticket."""
    assert case.thread.ticket is not None
    return AddMessage(
        ticket=case.thread.ticket.id,
        status=None if automatic else after_customer_mail(case.thread.ticket.status),
        verified=case.sender.verdict is Verdict.PASS,
        automatic=automatic,
        absent=absent,
    )
