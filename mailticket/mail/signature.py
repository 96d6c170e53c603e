"""Where do the lines begin below which nobody has written anything: signature, mobile program, lawyer, mailing list?

"-- " is RFC 3676 §4.3; all else is taken only from the end, and only where it is certain.
"""

import re
from collections.abc import Callable, Sequence

from mailticket.mail import signature_words
from mailticket.mail.attribution import bare_lines
from mailticket.mail.quoted_header import is_rule

#: Nobody's signature has more lines, nor longer ones.
_TAIL = 60
_LONGEST = 100
_SIGNED = 15
#: Signature, telephone, virus scanner, lawyer, mailing list: nobody has more below each other.
_MOST_LAYERS = 8

_ADDED = re.compile(
    rf"[\W_]{{0,4}}(?:(?:{signature_words.any_of(signature_words.ADDED_BEGINS)}).{{0,90}}"
    rf"|.{{1,50}}(?:{signature_words.any_of(signature_words.ADDED_ENDS)}))$",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[,;] ?(?:is|was|are|und|and|but|so|et|y) | (?:is|was|are|ist|war) ", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_][\w.'’-]{0,25}(?:,? [^\W\d_][\w.'’-]{0,25}){0,4},?$")
_CONTACT = re.compile(
    r"[^\s@]@[^\s@]|https?://|www\.|\d[\d ()./-]{6}|\b(?:skype|tel|phone|fax|mobile|mobil|cell)\b", re.IGNORECASE
)
_LOCAL_PART = re.compile(r"([^\s<>(\[:@]{2,80})@")
_DASHED_NAME = re.compile(r"[-–—~][^\W\d_][\w.'’-]{0,25}(?: [^\W\d_][\w.'’-]{0,25}){0,2}$")
_VALEDICTION_END = ",.!:;-– \t"
#: So much of a line is looked at for an address.
_ADDRESS_LINE = 400
#: What stands behind it was written last, and most of all to be read.
_POSTSCRIPT = re.compile(r"(?:(?:P[. -]{0,2}){1,3}S\b|P[. ]{0,2}D\.?:|Postscript|Pos(?:t)?data)", re.IGNORECASE)


def is_delimiter(line: str) -> bool:
    """Whether `line` is the "-- " above a signature, as programs write it and as people do."""
    return line.strip(" \xa0\t\u200b") in ("--", "—") and not line.startswith((" ", "\t"))


def end_of_words(lines: Sequence[str]) -> int:
    """How many of `lines` remain when what stands below the last words is taken away; a rule that leaves none is not
    followed.
    """
    lines = bare_lines(lines)
    end = _without_blank(lines, len(lines))
    for _ in range(_MOST_LAYERS):
        before = end
        for rule in _RULES:
            end = _without_blank(lines, rule(lines, end)) or end
        if end == before:
            break
    return end


def _without_blank(lines: Sequence[str], end: int) -> int:
    while end and not lines[end - 1]:
        end -= 1
    return end


def _last_paragraph(lines: Sequence[str], end: int) -> int:
    begins = end
    while begins and lines[begins - 1] and end - begins < _TAIL:
        begins -= 1
    return begins


def _added_by_program(lines: Sequence[str], end: int) -> int:
    """ "Sent from my iPhone", and the name above it where both are one paragraph."""
    if not end:
        return end
    line = lines[end - 1]
    if len(line) > 160 or not _ADDED.match(line) or not signature_words.DEVICES.search(line):
        return _sent_from_something(line, end)
    if len(line.split()) > 14 or _SENTENCE.search(line):
        return end
    begins = _last_paragraph(lines, end)
    if 0 < end - 1 - begins <= 2 and all(is_name(above) for above in lines[begins : end - 1]):
        return begins if _without_blank(lines, begins) else end - 1
    return end - 1


def _sent_from_something(line: str, end: int) -> int:
    """ "Sent from my …" whatever it is, if it is that short."""
    folded = line.casefold()
    return end - 1 if folded.startswith(("sent from my ", "sent from a ")) and len(folded.split()) <= 8 else end


def _small_print(lines: Sequence[str], end: int) -> int:
    """The paragraphs of lawyers and mailing lists, from the first such paragraph in the tail on."""
    found = end
    for at in range(end - 1, max(-1, end - _TAIL), -1):
        if lines[at] and (at == 0 or not lines[at - 1]) and signature_words.FOOTERS.match(lines[at][:400]):
            found = at
    if any(line.endswith("?") for line in lines[found:end]):
        return end
    return found - 1 if found and found < end and is_rule(lines[found - 1]) else found


def _below_rule(lines: Sequence[str], end: int) -> int:
    """A rule with nothing but contact data or the footer of a mailing list below it; or with nothing at all."""
    at = next((at for at in range(end - 1, max(-1, end - 20), -1) if is_rule(lines[at])), end)
    below = lines[at + 1 : end]
    if any(len(line) > 2 * _LONGEST or len(line.split()) > 16 for line in below):
        return end
    footer = any(map(signature_words.LIST_FOOTER.search, below))
    return at if footer or sum(map(bool, map(_CONTACT.search, below))) >= 2 or not below else end


def _below_valediction(lines: Sequence[str], end: int) -> int:
    """ "Best regards", a name, and what belongs to the name."""
    below: list[str] = []
    for at in range(end - 1, max(-1, end - 2 * _SIGNED), -1):
        line = lines[at]
        if not line:
            continue
        if below and is_valediction(line):
            named = is_name(below[-1]) and len(below[-1].split()) <= 5
            return at if named and all(map(is_signed_line, below)) else end
        if len(line) > _LONGEST or len(below) > _SIGNED:
            return end
        below.append(line)
    return end


def _contact_block(lines: Sequence[str], end: int) -> int:
    """A name at the head of the last lines, and below it an address that is made of the name."""
    below: list[str] = []
    for at in range(end - 1, max(-1, end - 2 * _SIGNED), -1):
        line = lines[at]
        if not line:
            continue
        if len(line) > _LONGEST or not is_signed_line(line) or len(below) > 8:
            return end
        if is_name(line) and (at == 0 or not lines[at - 1]) and _address_of(line, below):
            return at
        below.append(line)
    return end


def _address_of(name: str, lines: Sequence[str]) -> bool:
    words = [word for word in re.split(r"\W+", name.casefold()) if len(word) > 2]
    parts = [found.casefold() for line in lines for found in _LOCAL_PART.findall(line)]
    return any(word in part for word in words for part in parts)


def _dashed_name(lines: Sequence[str], end: int) -> int:
    """ "-Ann" as the last line, by itself."""
    alone = end >= 2 and not lines[end - 2] and _DASHED_NAME.match(lines[end - 1]) is not None
    return end - 1 if alone else end


def is_valediction(line: str) -> bool:
    """Whether `line` is "Best regards" or its like, and nothing else."""
    return line.strip(_VALEDICTION_END).casefold() in signature_words.VALEDICTIONS


def has_contact(line: str) -> bool:
    """Whether `line` names an address, a telephone or a page."""
    return _CONTACT.search(line[:_ADDRESS_LINE]) is not None


def is_name(line: str) -> bool:
    """Whether `line` may be somebody's name: a few words with a capital in front, or a single one without."""
    if len(line) > 45:
        return False
    return line.isalpha() or (_NAME.match(line) is not None and not line[0].islower())


def is_signed_line(line: str) -> bool:
    """Whether `line` may stand below a name."""
    if _POSTSCRIPT.match(line) or _is_sentence(line):
        return False
    if _CONTACT.search(line):
        return len(line.split()) <= 14
    return len(line.split()) <= 8 and line[-1:] not in "?!:"


def _is_sentence(line: str) -> bool:
    """Whether somebody has written `line` for this mail: four words or more, most of them small, and a full stop."""
    words = line.split()
    return line.endswith(".") and len(words) >= 4 and 2 * sum(word[0].islower() for word in words) >= len(words)


_RULES: tuple[Callable[[Sequence[str], int], int], ...] = (
    _added_by_program,
    _small_print,
    _below_rule,
    _below_valediction,
    _contact_block,
    _dashed_name,
)
