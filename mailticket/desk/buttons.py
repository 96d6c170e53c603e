"""What can an agent do with one click? Buttons are mailto links whose subject carries a token of the agent's own.

Pressing one makes a mail that is ready to send. It counts only from the agent to whom it was sent, and once; the
token says what it does and to what, and expires. What a button does to a ticket is what its commands would do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from urllib.parse import quote

from mailticket.desk.status import DONE
from mailticket.desk.ticket import Status, Ticket

#: How long a button works.
BUTTON_LIFE = timedelta(days=30)
#: The tag of a ticket that was closed as spam.
SPAM = "spam"


class Word(StrEnum):
    """What a person says about held mail."""

    #: Go on as if its sender were known for certain.
    RELEASE = "release"
    #: A message on the ticket that it names, unverified.
    JOIN = "join"
    DISCARD = "discard"
    #: Nobody said anything in time: a ticket of its own, nothing sent outside.
    OWN = "own"
    #: Discard all held mail of failed verdicts up to this one.
    DISCARD_FAILED = "discard_failed"
    #: An agent's own mail shall go out as it is,
    SEND = "send"
    #: with what was meant in the place of its wrong commands,
    CORRECTED = "corrected"
    #: or without them.
    WITHOUT = "without"
    #: An answer that has not left shall not leave; here the id is the message's.
    UNDO = "undo"
    #: The address that it came from is the agent's, too: known from now on, and the mail goes on.
    ADD_ALIAS = "add_alias"


#: What an agent says about mail of the agent's own that was held with a question: all that was shown is wanted so.
SENDING = frozenset({Word.SEND, Word.CORRECTED, Word.WITHOUT})


#: What the token in a button's subject says that it was minted for; its ticket field is the id of the held mail.
BUTTON_KINDS: Mapping[Word, str] = {
    Word.RELEASE: "R",
    Word.JOIN: "J",
    Word.DISCARD: "D",
    Word.DISCARD_FAILED: "F",
    Word.SEND: "S",
    Word.CORRECTED: "M",
    Word.WITHOUT: "W",
    Word.UNDO: "U",
    Word.ADD_ALIAS: "A",
}
WORDS: Mapping[str, Word] = {kind: word for word, kind in BUTTON_KINDS.items()}


class Act(StrEnum):
    """What a button does to a ticket."""

    TAKE = "take"
    RESOLVE = "resolve"
    CLOSE = "close"
    SNOOZE = "snooze"
    #: Closed and tagged; its sender hears nothing of it.
    SPAM = "spam"
    #: All of it goes to the ticket whose number its mail names.
    JOIN = "join"


#: The same for buttons on tickets; the token's ticket field is the id of the ticket.
ACT_KINDS: Mapping[Act, str] = {
    Act.TAKE: "T",
    Act.RESOLVE: "V",
    Act.CLOSE: "C",
    Act.SNOOZE: "Z",
    Act.SPAM: "X",
    Act.JOIN: "O",
}
ACTS: Mapping[str, Act] = {kind: act for act, kind in ACT_KINDS.items()}


def offered(ticket: Ticket) -> tuple[Act, ...]:
    """What can be done to `ticket` with one click; it is not taken from whoever has it."""
    return tuple(
        act
        for act, is_of_use in (
            (Act.JOIN, bool(ticket.possible_reply_to) and ticket.merged_into is None),
            (Act.TAKE, not ticket.assignee),
            (Act.RESOLVE, ticket.status not in DONE),
            (Act.CLOSE, ticket.status is not Status.CLOSED),
            (Act.SNOOZE, ticket.status not in DONE),
            (Act.SPAM, SPAM not in ticket.tags),
        )
        if is_of_use
    )


def is_overtaken(act: Act, ticket: Ticket) -> bool:
    """Whether `ticket` was ended since the button was sent, further than whoever presses it knows."""
    return ticket.status in {Act.RESOLVE: (Status.CLOSED,), Act.SNOOZE: DONE}.get(act, ())


def commands(act: Act, ticket: Ticket) -> str:
    """What an agent would write to have the same done."""
    match act:
        case Act.TAKE:
            return "#claim"
        case Act.RESOLVE:
            return "#resolved"
        case Act.CLOSE:
            return "#close"
        case Act.SNOOZE:
            return "#snooze 2d"
        case Act.SPAM:
            return f"#tag {SPAM}\n#quiet" + ("" if ticket.status is Status.CLOSED else "\n#close")
        case Act.JOIN:
            return f"#merge {ticket.possible_reply_to}"


def mail_link(address: str, subject: str, token: str, body: str, mark: str = "mt") -> str:
    """A mailto link (RFC 6068): the mail that it opens is ready to be sent to `address`, its subject carries `token`.

    `mark` tells the mail of a button ("mt") from one with words of its own, whose token only proves who writes ("re").
    """
    lines = quote(body.replace("\n", "\r\n"))
    return f"mailto:{quote(address, safe='@')}?subject={quote(f'{subject} {{{mark}-{token}}}')}&body={lines}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """One of them, ready to be shown."""

    word: Word
    link: str


def button(word: Word, label: str, token: str, desk_address: str, body: str) -> Button:
    """`label` opens the subject of the mail that is sent by pressing it, `body` is what stands in it."""
    return Button(word=word, link=mail_link(desk_address, label, token, body))
