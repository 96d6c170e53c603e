"""What does an agent ask the desk? A mail with one of these subjects becomes no ticket; it is answered with a list.

queue · mine · search WORDS · show 2611-0042 · stats week · help
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from mailticket.mail.subject import without_prefixes
from mailticket.mail.tokens import without_button


class Topic(StrEnum):
    """What about."""

    #: Everything that is not resolved or closed;
    QUEUE = "queue"
    #: of this what the agent has.
    MINE = "mine"
    SEARCH = "search"
    SHOW = "show"
    STATS = "stats"
    HELP = "help"


#: Of what time `stats` may speak.
PERIODS = ("day", "week", "month", "year")
#: More of a search is not looked at.
_LONGEST = 200
_ASKED = re.compile(r"(queue|mine|help|\?)|(search|show|stats)(?:\s+(.*))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What an agent wants to know."""

    topic: Topic
    #: What is searched, the number to be shown, or the period; "" elsewhere.
    words: str = ""


def read_question(subject: str) -> Question | None:
    """The question that `subject` is, None where it is anything else."""
    found = _ASKED.fullmatch(without_prefixes(without_button(subject)).strip(" .!"))
    if found is None:
        return None
    alone, word, rest = found.groups()
    if alone:
        return Question(topic=Topic.HELP if alone == "?" else Topic(alone.lower()))
    words = " ".join((rest or "").split())[:_LONGEST]
    topic = Topic(word.lower())
    if topic is Topic.SHOW:
        # "show [#2611-0042]" is as good; more than a number is a sentence of somebody's
        words = words.strip("[]# ")
        return Question(topic=topic, words=words) if words and " " not in words else None
    if topic is Topic.STATS:
        words = words.lower() or "week"
        return Question(topic=topic, words=words) if words in PERIODS else None
    return Question(topic=topic, words=words) if words else None
