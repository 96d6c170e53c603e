"""Which lines of a text are new, which are quoted, and which belong to neither?

Line by line and linear: a pattern sees one line of bounded length, or a few joined ones.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from mailticket.mail.attribution import LAST_WORDS, attribution_ending_at, bare_lines, is_torn_end, may_end
from mailticket.mail.quoted_header import forwarded_begins, has_reply_above, history_begins, is_rule
from mailticket.mail.signature import is_delimiter

#: A line by itself in a text made of HTML: the mail program has marked all below it as history.
HISTORY_BELOW = "\ufdd2"
#: A longer line is prose: no pattern looks at it.
_LONGEST_LINE = 400
#: So many characters of lines that may be attributions are looked at, and so many delimiters of signatures.
_ATTRIBUTION_BUDGET = 20_000
_DELIMITER_BUDGET = 20
#: A line of dashes that has so much below it is not the "-- " above a signature.
_LONGEST_SIGNATURE = 25

#: A bare line that neither begins nor ends so, and has no colon, is new.
_FIRST_SIGNS = frozenset(f">＞-—{HISTORY_BELOW}")
_LAST_SIGNS = frozenset(":：>-*_])=–—,")

_DECORATED = re.compile(r">.{0,300}<<\s*$")
_OPEN_LINK = re.compile(r"[(<\[]\s?https?://[^\s)>\]]{0,2000}\s*$")
_LINK_REST = re.compile(r"\s?(?:[(<\[]\s?https?://\S{1,2000}|\S{1,2000})[)>\]]\s?>?\s*$")


class Kind(Enum):
    NEW = "new"
    QUOTED = "quoted"
    #: Attributions and signatures above quotations.
    NEITHER = "neither"


@dataclass(slots=True)
class Told:
    """What told_apart() knows of the lines it was given."""

    #: As given; only a line that it shared with an attribution is shorter.
    lines: list[str]
    #: The same as bare_lines() has them.
    bare: list[str]
    kinds: list[Kind] = field(default_factory=list)
    #: From here on stands a mail that the sender forwards; None: nowhere.
    forwarded: int | None = None
    #: What is left of the budgets.
    attribution_budget: int = _ATTRIBUTION_BUDGET
    delimiter_budget: int = _DELIMITER_BUDGET


def is_quoted(line: str) -> bool:
    """Whether `line` is marked as quoted, by `>` and not for decoration."""
    return line.lstrip(" \t\xa0").startswith((">", "＞")) and not ("<<" in line and _DECORATED.match(line))


def told_apart(lines: Sequence[str], *, forwarded: bool = False) -> Told:
    """The kind of each line down to where history or a forwarded mail begins, if it does.

    `forwarded`: the mail says that it forwards another; so header fields in it are no history.
    """
    told = Told(list(lines), bare_lines(lines))
    for index in _worth_a_look(told.bare):
        if index < len(told.kinds):
            continue
        told.kinds += [Kind.NEW] * (index - len(told.kinds))
        line = told.lines[index]
        short = told.bare[index] if len(line) <= _LONGEST_LINE else ""
        if forwarded and short.startswith(">") and forwarded_begins(short.lstrip("> ")):
            # (Apple's programs quote the whole of what they forward)
            told.forwarded = index
            return told
        if is_quoted(line) and not is_torn_end(short):
            told.kinds.append(Kind.QUOTED)
        elif is_delimiter(line) and (length := _signature(told, index)):
            told.kinds += [Kind.NEITHER] * length
        elif short and (forwarded_begins(short) or (forwarded and history_begins(told.bare, index))):
            told.forwarded = index
            return told
        elif short and (short == HISTORY_BELOW or history_begins(told.bare, index)):
            _drop_rule(told)
            return told
        elif short and _ends_by_attribution(told, index, short):
            return told
        elif len(told.kinds) == index:
            told.kinds.append(Kind.NEW)
    told.kinds += [Kind.NEW] * (len(told.lines) - len(told.kinds))
    _join_torn_links(told)
    return told


def _worth_a_look(lines: Sequence[str]) -> Iterable[int]:
    """The indices of those bare lines that may be anything but new; of most text hardly any."""
    if has_reply_above("\n".join(lines)):
        return range(len(lines))
    return [
        at
        for at, line in enumerate(lines)
        if line
        and (
            line[0] in _FIRST_SIGNS
            or line[-1] in _LAST_SIGNS
            or ":" in line
            or "：" in line
            or line.endswith(LAST_WORDS)
        )
    ]


def _ends_by_attribution(told: Told, index: int, short: str) -> bool:
    """Marks an attribution that ends at `index`, if there is one; True where unmarked history stands below it."""
    if not may_end(short) or told.attribution_budget <= 0:
        return False
    told.attribution_budget -= 40 + len(short)
    if (found := attribution_ending_at(told.bare, index)) is None:
        return False
    quoted = _quoted_follows(told.lines, index + 1)
    if not quoted and not found.sure:
        return False
    for at in range(found.begins, len(told.kinds)):
        told.kinds[at] = Kind.NEITHER
    if found.prefix:
        told.lines[index] = told.bare[index] = found.prefix
    told.kinds.append(Kind.NEW if found.prefix else Kind.NEITHER)
    _drop_rule(told, found.begins)
    return not quoted


def _quoted_follows(lines: Sequence[str], index: int) -> bool:
    following = [line for line in lines[index : index + 10] if line.strip()][:3]
    return any(map(is_quoted, following))


def _signature(told: Told, index: int) -> int:
    """How many lines the signature has that begins at `index`; it ends where history or a forwarded mail begins."""
    if told.delimiter_budget <= 0:
        return 0
    told.delimiter_budget -= 1
    lines, words = told.lines, 0
    for at in range(index + 1, len(lines)):
        if is_quoted(lines[at]) or forwarded_begins(told.bare[at]):
            return at - index
        words += bool(lines[at].strip())
        if words > _LONGEST_SIGNATURE and lines[index] != "-- ":
            return 0
    return len(lines) - index


def _drop_rule(told: Told, index: int | None = None) -> None:
    """The rule that a mail program draws above history goes with it."""
    at = (len(told.kinds) if index is None else index) - 1
    while at >= 0 and not told.lines[at].strip():
        at -= 1
    if at >= 0 and is_rule(told.lines[at]):
        told.kinds[at] = Kind.NEITHER


def _join_torn_links(told: Told) -> None:
    """The rest of a quoted link that was wrapped without a mark is quoted too."""
    kinds = told.kinds
    if Kind.QUOTED not in kinds:
        return
    for at in range(1, len(kinds) - 1):
        if kinds[at] is not Kind.NEW or kinds[at - 1] is not Kind.QUOTED or kinds[at + 1] is not Kind.QUOTED:
            continue
        line, above = told.lines[at], told.lines[at - 1]
        if _LINK_REST.match(line) and (_OPEN_LINK.search(above[-2100:]) or "://" in line):
            kinds[at] = Kind.QUOTED
