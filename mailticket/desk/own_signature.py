"""Where does the agent's own signature begin below these words? At lines that end the agent's earlier replies, too.

"Best regards" and the name below it are words for the customer: they stay. Nothing that was written is kept for this,
only short digests of the last lines.
"""

import hashlib
import re
from collections.abc import Sequence
from typing import TypeAlias

from mailticket.mail.quoted_header import is_rule
from mailticket.mail.signature import has_contact, is_delimiter, is_name, is_signed_line, is_valediction

#: How a reply ended: digests of its last lines that are not empty, the last one first.
Ending: TypeAlias = tuple[str, ...]

#: Of an agent so many replies are remembered, and so many lines of each: no signature is longer.
MOST_ENDINGS = 10
_MOST_LINES = 30
#: What ends so many earlier replies is nobody's news.
_SHARED_BY = 2
#: Of a line that says so much, its end does not matter.
_LONGEST = 400
_WORDS = re.compile(r"[^\W_]+")
_SENTENCE_ENDS = (".", "?", "!", ":", ",", "…", "。", "？", "！")


def ending_of(lines: Sequence[str]) -> Ending:
    """What is remembered of the lines of a reply."""
    told = [line for line in lines if line.strip()][: -_MOST_LINES - 1 : -1]
    return tuple(_digest(line) for line in told)


def signature_begins(lines: Sequence[str], earlier: Sequence[Ending], name: str) -> int:
    """The index in `lines` at which the signature begins of the agent who is called `name`; len(lines): there is none.

    It ends two `earlier` replies as well, has no sentence of the agent's in it, and never is all that was written.
    """
    filled = [at for at, line in enumerate(lines) if line.strip()]
    own = ending_of(lines)
    shared = sorted((_common(own, other) for other in earlier), reverse=True)
    proper = [length for length in shared if length < len(filled)]
    if len(proper) < _SHARED_BY or not (length := proper[_SHARED_BY - 1]):
        return len(lines)
    block = filled[-length:]
    sign = next((at for at in block if _is_sign(lines[at], name)), None)
    if sign is not None:
        return sign
    first = next((at for at in block if at and not lines[at - 1].strip()), None)
    if first is None or any(_may_be_a_sentence(lines[at]) for at in block if at >= first):
        return len(lines)
    return first


def is_signature(lines: Sequence[str], name: str) -> bool:
    """Whether `lines` are the signature of the agent who is called `name`, and no word more: the name, "LG" and the
    name, and right below it what belongs to a name.
    """
    block = "\n".join(line.strip() for line in lines).strip().split("\n")
    filled = [line for line in block if line]
    if not filled or not _is_own_name(filled[0], name) or not all(map(is_signed_line, filled)):
        return False
    return len(filled) == len(block) or any(map(has_contact, filled))


def closing(lines: Sequence[str]) -> int:
    """How many of the `lines` of a signature are for the customer: "Best regards", and the name below it."""
    filled = [at for at, line in enumerate(lines) if line.strip()]
    if not filled or not is_valediction(lines[filled[0]]):
        return 0
    named = len(filled) > 1 and is_name(lines[filled[1]].strip())
    return filled[1 if named else 0] + 1


def _digest(line: str) -> str:
    words = " ".join(line[:_LONGEST].casefold().split())
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:12]


def _common(one: Ending, other: Ending) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (mine, theirs) in pairs if mine != theirs), min(len(one), len(other)))


def _is_sign(line: str, name: str) -> bool:
    """Whether a signature may begin here: "Best regards", the agent's name, an address, a rule."""
    line = line.strip()
    names = [word for word in name.casefold().split() if len(word) > 1]
    named = bool(names) and line.casefold().startswith(names[0]) and (is_name(line) or names[-1] in line.casefold())
    return named or is_valediction(line) or has_contact(line) or is_rule(line) or is_delimiter(line)


def _is_own_name(line: str, name: str) -> bool:
    own, said = set(_WORDS.findall(name.casefold())), _WORDS.findall(line[:_LONGEST].casefold())
    before = list(said)
    while before and before[-1] in own:
        before.pop()
    return len(before) < len(said) and (not before or is_valediction(" ".join(before)))


def _may_be_a_sentence(line: str) -> bool:
    words = line.split()
    return line.rstrip().endswith(_SENTENCE_ENDS) or not 2 < len(words) <= 12
