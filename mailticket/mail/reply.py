"""Which words of a text are new? Everything but quoted history and signature, by the habits of mail programs.

When in doubt, words stay. Answers between quoted lines stay together with the lines that they answer.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import dropwhile, groupby

from mailticket.mail import history_words
from mailticket.mail.quoting import Kind, Told, is_quoted, told_apart
from mailticket.mail.signature import end_of_words

#: Further down only quote marks are looked for: nobody writes so much above a quotation.
_MOST_LINES = 5000
_QUOTED_LINE = re.compile(r"^[ \t]{0,3}>[^\n]*\n?", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWords:
    """What somebody has written."""

    words: str
    #: What stood below them and is not counted among them: "Best regards", a name, a signature.
    ending: str = ""


def new_words(text: str, *, forwarded: bool = False) -> str:
    """What the sender has written in `text`; empty where all of it seems to be old."""
    return words_and_ending(text, forwarded=forwarded).words


def words_and_ending(text: str, *, forwarded: bool = False) -> NewWords:
    """The new words in `text`, none where all of it seems to be old, and what they end with.

    Quoted lines go, wherever they are; a history without marks goes down to the end; so does a signature. What is
    forwarded stays. `forwarded`: the subject says that it is.
    """
    lines = text.split("\n", _MOST_LINES)
    rest = _QUOTED_LINE.sub("", lines.pop()) if len(lines) > _MOST_LINES else ""
    told = told_apart(lines, forwarded=forwarded)
    if told.forwarded is not None:
        return NewWords(words="\n".join((*_kept(told), *told.lines[told.forwarded :], rest)).strip("\n"))
    if len(told.kinds) == len(told.lines) and rest.strip():
        return NewWords(words="\n".join((*_kept(told), rest)).strip("\n"))
    kept = list(_kept(told))
    if len(told.kinds) < len(lines) and any(history_words.ANSWERS_BELOW.search(line[:400]) for line in kept):
        return NewWords(words=text.strip("\n"))
    return _trimmed(kept)


def _kept(told: Told) -> Iterator[str]:
    """New lines, and with answers between quotations the lines that they answer."""
    runs = list(_runs(told))
    answers = {at for at in range(1, len(runs)) if _is_answer(runs, at)}
    last = ""
    for at, (kind, lines) in enumerate(runs):
        if kind is Kind.NEW or (len(answers) > 1 and kind is Kind.QUOTED and at + 1 in answers):
            for line in dropwhile(lambda line: not (last or line.strip()), lines):
                yield (last := line.rstrip())


def _is_answer(runs: Sequence[tuple[Kind, list[str]]], at: int) -> bool:
    (above, quoted), (kind, lines) = runs[at - 1], runs[at]
    return kind is Kind.NEW and above is Kind.QUOTED and any(map(str.strip, lines)) and bool(quoted)


def _runs(told: Told) -> Iterator[tuple[Kind, list[str]]]:
    """Lines of one kind that follow each other; empty lines between quoted ones are quoted."""
    kind, run = Kind.NEITHER, list[str]()
    blank: list[str] = []
    at = 0
    for next_, group in groupby(told.kinds):
        lines = told.lines[at : at + len(list(group))]
        at += len(lines)
        if next_ is Kind.NEW and kind is Kind.QUOTED and not any(map(str.strip, lines)):
            blank = lines
            continue
        if next_ is kind:
            run += blank + lines
        else:
            yield kind, run
            # (an empty line below a quotation belongs to the answer)
            kind, run = next_, blank + lines
        blank = []
    yield kind, run


def _trimmed(lines: list[str]) -> NewWords:
    """`lines` without what stands below the last words, and without a quotation that nobody has answered."""
    end = end_of_words(lines)
    kept = lines[:end]
    while kept and (is_quoted(kept[-1]) or not kept[-1].strip()):
        kept.pop()
    return NewWords(words="\n".join(kept).strip("\n"), ending="\n".join(lines[end:]).strip("\n"))
