"""Has a command slipped into the text for the customer, and how does a reply read once its mistakes are mended?"""

import re
from collections.abc import Iterator, Sequence

from mailticket.desk.command_line import as_command, mentions, spaced_word
from mailticket.desk.command_words import NOTE, WORDS
from mailticket.desk.likeness import nearest
from mailticket.desk.orders import Problem

#: Where somebody begins to write: a word like a command is no hashtag there.
_FIRST_LINES = 5
_LONGEST_LINE = 200
#: A list's, which a mail program or a habit has put in front of a command.
_BULLET = re.compile(r"(?:[^\w\s#＃﹟]|\d{1,2}[.)])[ \t\xa0]*(?=[#＃﹟])")


def suspicious_words(text: str) -> tuple[str, ...]:
    """Lines of a text for a customer that look like commands; whoever wrote it should be asked before it goes out.

    In the first lines a word that is like a command's, further down only the very word; the word of a note, however
    it is mistyped, everywhere, and rightly typed within a line, too: what follows it may be meant for agents.
    """
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return tuple(line[:_LONGEST_LINE] for at, line in enumerate(lines) if _is_suspicious(line, at))


def _is_suspicious(line: str, at: int) -> bool:
    if mentions(line, NOTE):
        return True
    if bullet := _BULLET.match(line):
        line = line[bullet.end() :]
    command = as_command(line[:_LONGEST_LINE])
    if command is None:
        # "# note" may be a heading, or a phone's doing
        word = spaced_word(line[:_LONGEST_LINE])
        return word == NOTE or (at < _FIRST_LINES and word in WORDS)
    if command.word in WORDS or nearest(command.word, [NOTE]):
        return True
    return at < _FIRST_LINES and bool(nearest(command.word, WORDS))


def corrected(text: str, problems: Sequence[Problem]) -> str:
    """`text` with what was meant in the place of every wrong line, "" where that is not known of all of them."""
    if not all(problem.did_you_mean for problem in problems):
        return ""
    return "\n".join(_replaced(text, {problem.at: problem.did_you_mean for problem in problems}))


def without(text: str, problems: Sequence[Problem]) -> str:
    """`text` without the wrong lines, "" where one of them may have begun a note: the rest could go to the customer."""
    if any(problem.may_begin_note for problem in problems):
        return ""
    return "\n".join(_replaced(text, {problem.at: None for problem in problems}))


def _replaced(text: str, instead: dict[int, str | None]) -> Iterator[str]:
    for at, line in enumerate(text.split("\n")):
        new = instead.get(at, line)
        if new is not None:
            yield new
