"""Does an answer hold what was for agents only? The words of a note, the card of a notification, a command."""

import re
from collections.abc import Iterable, Iterator

from mailticket.desk.slips import suspicious_words

#: So many characters of a note, and no words that the customer knows already, are no accident.
_PASSAGE = 40
#: A whole note that is shorter counts from so many words on.
_FEW_WORDS = 3
_WORD = re.compile(r"[^\W_]+")
#: What stands in notifications only: a button with its token, or the card's line of signs.
_BUTTON = re.compile(r"(?:\{|%7B)(?:mt|re)-[a-z2-7]{48}(?:\}|%7D)", re.IGNORECASE)
#: Passages that are shown.
_MOST = 5
_LONGEST = 200


def leaks(text: str, internal: Iterable[str], public: Iterable[str], number: str) -> tuple[str, ...]:
    """Lines of `text`, an agent's answer, that look as if they were for agents only; () where none do.

    `internal`: texts of the ticket's notes; `public`: what its customer has read or written, which is no secret any
    more; `number`: the ticket's, "" where there is none yet. Its cost grows with the sum of all texts.
    """
    found = (*_card(text, number), *suspicious_words(text), *_quoted(text, internal, public))
    return tuple(dict.fromkeys(line[:_LONGEST] for line in found))[:_MOST]


def _card(text: str, number: str) -> Iterator[str]:
    card = re.compile(rf"[ >\t]*{re.escape(number)} · ")
    lines = text.split("\n")
    return (line.strip() for line in lines if _BUTTON.search(line[:2000]) or (number and card.match(line)))


def _quoted(text: str, internal: Iterable[str], public: Iterable[str]) -> Iterator[str]:
    notes = [words for note in internal if (words := _words(note))]
    if not notes:
        return
    secret = {window for note in notes for window in _windows(note)}
    secret -= {window for one in public if secret for window in _windows(_words(one)) if window in secret}
    said = _words(text)
    passage = ""
    for start in _starts(said):
        if said[start : start + _PASSAGE] in secret:
            passage = passage or said[start:]
            end = start + _PASSAGE
        elif passage:
            break
    if passage:
        # whole words: the last one that is alike may go on
        found = passage[: end - (len(said) - len(passage))]
        yield f"… {found.rpartition(' ')[0] if len(found) < len(passage) else found} …"
    for note in notes:
        if len(note) < _PASSAGE and note.count(" ") >= _FEW_WORDS - 1 and f" {note} " in f" {said} ":
            yield note


def _words(text: str) -> str:
    """The words alone, so that line ends, quote marks and stops make no difference."""
    return " ".join(_WORD.findall(text.casefold()))


def _windows(words: str) -> Iterator[str]:
    """All passages that begin with a word."""
    return (words[start : start + _PASSAGE] for start in _starts(words))


def _starts(words: str) -> Iterator[int]:
    """Where a passage may begin."""
    starts = (0, *(match.end() for match in re.finditer(" ", words)))
    return (start for start in starts if start + _PASSAGE <= len(words))
