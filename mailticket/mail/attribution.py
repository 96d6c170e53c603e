"""Is this the line that a mail program puts over a quotation: "On Sunday at ten Ann <ann@…> wrote:"?

No RFC has it. Told by its parts (a date, a clock time, an address, a verb, the colon), in the order of any language.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from mailticket.mail import history_words

#: Nobody's attribution is longer, or wrapped over more lines.
_LONGEST = 320
#: By which it ends where no sign does.
LAST_WORDS = ("wrote", "schrieb")
_MOST_LINES = 5


class _Part:
    """What a line has of an attribution; bits, since enum.Flag takes ten times as long."""

    VERB = 1
    DATE = 2
    CLOCK = 4
    ADDRESS = 8
    #: An address between angle brackets or parentheses.
    ANGLED = 16


_VERBS = frozenset(history_words.WROTE)
_MONTHS = frozenset(history_words.MONTHS)
_BEGINNINGS = frozenset((*history_words.DATED, *history_words.WEEKDAYS))

_WORD = re.compile(r"[^\W\d_]+")
_ADDRESS = re.compile(r"[^\s<>@:\"']@[^\s<>@\"']")
_ANGLED = re.compile(r"@[^\s<>@\"']{1,200} ?[>\])]|[<(\[] ?(?:mailto:)?[^\s<>@\"']{1,80}@")
_CLOCK = re.compile(
    r"(?<![\d.])\d{1,2} ?[:.hｈ٫] ?\d\d(?!\d{0,2}[./-]\d)|\d ?[時时点點시]|\d ?[ap]\.?m\b", re.IGNORECASE
)
_DATE = re.compile(r"\b(?:19|20|25)\d\d\b|\d ?[./-] ?\d{1,2} ?[./-]|\d ?[月월]|[٠-٩]{4}|[๐-๙]{4}")
_FIRST = re.compile(r"[\W_]{0,8}(?:(\d{1,4} ?[-./年년,: ])|([^\W\d_]+(?: (?:dia|dniu|data|von))?))")
_NAMED = re.compile(r"[^.:;!?\n]{0,80}[<(\[] ?(?:mailto:)?[^\s<>@]{1,80}@")
#: Somewhere in a line of its own words: the capital tells it from prose.
_AMID = re.compile(r"(?:-{2,9} ?)?\b(?:On|Am|Le|El|Il|Em|Op|Den|Dne) (?=(?:[^\W\d_]{2,10}[.,]{0,2} ){0,3}\d)")
#: Somebody's sentence ends, and another begins.
_SENTENCES = re.compile(r"[^\W\d_]{4}[.!?] +[^\W\d_]")
_DASHES = "-_*= "
_UNSEEN = "\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
#: (the other way of writing "one or more" takes three times as long)
_INVISIBLE = re.compile(f"[{_UNSEEN}][{_UNSEEN}]*+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Lines that say who wrote what follows."""

    #: The index of its first line.
    begins: int
    #: What stands in that line before it: new words.
    prefix: str = ""
    #: Whether it can be nothing else, so that even unmarked lines below it are history.
    sure: bool


def bare_lines(lines: Iterable[str]) -> list[str]:
    """Each of `lines` without indentation and invisible characters."""
    text = "\n".join(lines)
    if not text.isascii():
        text = _INVISIBLE.sub("", text).replace("\xa0", " ")
    return [line.strip() for line in text.split("\n")]


def may_end(line: str) -> bool:
    """A cheap look at a bare line: whether attribution_ending_at() may find anything."""
    return 0 < len(line) <= _LONGEST and (line[-1] in ":：>-*_])" or line.endswith(LAST_WORDS))


def attribution_ending_at(lines: Sequence[str], index: int) -> Attribution | None:
    """The attribution whose last line is `index`, if there is one; `lines` are bare."""
    last = lines[index]
    if not _begins_by_word(last) and (shared := _amid(last, index)):
        return shared
    parts = _parts(last)
    best = Attribution(begins=index, sure=True) if _is_sure(last, last, parts) else None
    if best and ((_begins(last) and parts & _Part.DATE) or last.startswith("--")):
        above = lines[index - 1] if index and (index == 1 or not lines[index - 2]) else ""
        # "Ann <ann@…> hat am" is the beginning of it, where it is a paragraph's
        named = not parts & _Part.ADDRESS and last[:1].isdigit() and _NAMED.match(above)
        return Attribution(begins=index - 1, sure=True) if named else best
    length, blanks = len(last), 0
    for at in range(index - 1, max(-1, index - 1 - _MOST_LINES), -1):
        line = lines[at]
        blanks += not line
        length += len(line) + 1
        if line.startswith(">") or length > _LONGEST or blanks > 1 or (best and not line):
            break
        parts |= _parts(line)
        if (_begins(line) or line.startswith("--")) and _is_sure(line, last, parts):
            return Attribution(begins=at, sure=True)
        if not blanks and not best and _is_sure(line, last, parts):
            best = Attribution(begins=at, sure=True)
    return best or _doubtful(last, index)


def is_torn_end(line: str) -> bool:
    """Whether a line that looks quoted is but the "> wrote:" of an attribution above it."""
    return len(line) < 40 and line.endswith(":") and line.strip("> :").casefold() in _VERBS


@lru_cache(maxsize=16)
def _parts(line: str) -> int:
    if len(line) > _LONGEST:
        return 0
    words = _WORD.findall(line.casefold())
    parts = 0
    if not _VERBS.isdisjoint(words) or any(verb in line for verb in history_words.WROTE_UNSPACED):
        parts |= _Part.VERB
    if "@" in line and _ADDRESS.search(line):
        parts |= _Part.ADDRESS | (_Part.ANGLED if _ANGLED.search(line) else 0)
    if any(map(str.isdigit, line)):
        if _DATE.search(line) or any(word[:3] in _MONTHS or word[:4] in _MONTHS for word in words):
            parts |= _Part.DATE
        if _CLOCK.search(line):
            parts |= _Part.CLOCK
    return parts


def _begins(line: str) -> bool:
    """Whether an attribution may begin so: by a word for "on", a weekday, or a date in a language unknown to us."""
    return _begins_by_word(line) or _DATE.search(line[:28]) is not None


def _begins_by_word(line: str) -> bool:
    if not (first := _FIRST.match(line)):
        return False
    word = (first[2] or "").casefold()
    return bool(first[1]) or word in _BEGINNINGS or word.partition(" ")[0] in _BEGINNINGS


def _is_sure(first: str, last: str, parts: int) -> bool:
    """Whether lines from `first` to `last`, which have `parts`, can be nothing but an attribution."""
    if first.startswith("---") and last.endswith("---"):
        return _has(parts, _Part.VERB) and len(first.strip(_DASHES)) > 2
    if not last.rstrip("*_ ").endswith((":", "：")) or not (_begins(first) or _NAMED.match(first)):
        return False
    if _has(parts, _Part.DATE | _Part.CLOCK | _Part.ANGLED):
        return True
    when_or_who = (_Part.DATE | _Part.CLOCK, _Part.DATE | _Part.ADDRESS, _Part.ANGLED)
    return _has(parts, _Part.VERB) and any(_has(parts, some) for some in when_or_who)


def _has(parts: int, wanted: int) -> bool:
    return parts & wanted == wanted


def _amid(text: str, index: int) -> Attribution | None:
    """An attribution that shares its line with new words before it."""
    for match in islice(_AMID.finditer(text), 3):
        rest = text[match.start() :].lstrip("- ")
        parts = _parts(rest)
        if match.start() and parts & _Part.CLOCK and _is_sure(rest, rest, parts):
            return Attribution(begins=index, prefix=text[: match.start()].rstrip("- "), sure=True)
    return None


def _doubtful(text: str, index: int) -> Attribution | None:
    """What is one only if quoted lines follow: too few parts, or no colon."""
    parts, text = _parts(text), text.rstrip("*_ ")
    if not parts or _SENTENCES.search(text):
        return None
    several = (parts & ~_Part.ANGLED).bit_count() >= 2
    if text.endswith((":", "：")):
        found = several or (_has(parts, _Part.VERB) and len(text) <= 80)
    else:
        found = text.endswith((">", "]")) and several and _has(parts, _Part.ADDRESS) and _begins(text)
    return Attribution(begins=index, sure=False) if found else None
