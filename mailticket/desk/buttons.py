"""What can an agent do with one click? Buttons are mailto links whose subject carries a token of the agent's own.

Pressing one makes a mail that is ready to send. It counts only from the agent to whom it was sent; the token says
what it does and to what, and expires.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from urllib.parse import quote

#: How long a button works.
BUTTON_LIFE = timedelta(days=30)


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


#: What the token in a button's subject says that it was minted for; its ticket field is the id of the held mail.
BUTTON_KINDS: Mapping[Word, str] = {
    Word.RELEASE: "R",
    Word.JOIN: "J",
    Word.DISCARD: "D",
    Word.DISCARD_FAILED: "F",
}
WORDS: Mapping[str, Word] = {kind: word for word, kind in BUTTON_KINDS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """One of them, ready to be shown."""

    word: Word
    link: str


def button(word: Word, label: str, token: str, desk_address: str) -> Button:
    """`label` opens the subject of the mail that is sent by pressing it."""
    subject, body = f"{label} {{mt-{token}}}", "Just send this mail; nothing needs to be written."
    return Button(word=word, link=f"mailto:{quote(desk_address)}?subject={quote(subject)}&body={quote(body)}")
