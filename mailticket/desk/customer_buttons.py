"""What can a customer say with one click? That it is solved, or is not, how the help was, and to hear no more of it.

As agents' buttons these are mailto links: the mail is ready to send, its subject carries a token of the customer's own.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from mailticket.desk.buttons import mail_link
from mailticket.desk.feedback_words import WORDS


class Press(StrEnum):
    """What a button says; the ratings are values of `satisfaction`."""

    SOLVED = "solved"
    BROKEN = "broken"
    GREAT = "great"
    OK = "ok"
    BAD = "bad"
    #: No more status updates.
    STOP = "stop"


RATINGS = frozenset({Press.GREAT, Press.OK, Press.BAD})
#: What a mail asks for that says that something is solved.
FEEDBACK = tuple(press for press in Press if press is not Press.STOP)

#: How long a customer's button works.
PRESS_LIFE = timedelta(days=60)

#: What the token in its subject says that it was minted for.
PRESS_KINDS: Mapping[Press, str] = {press: str(at) for at, press in enumerate(Press, 1)}
PRESSES: Mapping[str, Press] = {kind: press for press, kind in PRESS_KINDS.items()}


def link(press: Press, token: str, tag: str, language: str, desk_address: str) -> str:
    """The button; `tag` is that of the ticket, by which the mail finds its way when the token has expired."""
    label, body = _words(language)[press]
    return mail_link(desk_address, f"{tag} {label}", token, body)


def _words(language: str) -> Mapping[Press, tuple[str, str]]:
    known = WORDS.get(language) or WORDS.get(language.partition("-")[0]) or WORDS["en"]
    return dict(zip(Press, known, strict=True))


def words_beyond(text: str) -> str:
    """What somebody has written in the mail of a button beside what stood there, "" where that is nothing."""
    words = " ".join(text.split())
    for body in _BODIES:
        words = words.replace(body, " ", 1)
    return words.strip() if any(map(str.isalnum, words)) else ""


def words_of(title: str) -> str:
    """What stands in the mail of the button that `title` (a subject without its tags) names; "" where it names none."""
    pairs = (pair for words in WORDS.values() for pair in words)
    return next((body for label, body in pairs if title.endswith(label)), "")


_BODIES = tuple(" ".join(re.split(r"\s+", body)) for words in WORDS.values() for _, body in words)
