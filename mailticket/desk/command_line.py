"""Is this line a command? `#` and a letter at its start, however a phone or a mail program has dressed it up."""

import re
import unicodedata
from typing import NamedTuple

from mailticket.desk.likeness import fold

#: Wider, narrower and stranger spaces, and what has no width. Joiners spell words and emoji: they stay in the text.
_SPACES = dict.fromkeys((0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000, 0x0B, 0x0C), " ")
_NOTHING = dict.fromkeys((0xAD, 0x200B, 0x2060, 0xFEFF, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_PLAIN = {**_SPACES, **_NOTHING}
_DASHES = dict.fromkeys(range(0x2010, 0x2016), "-") | {0x2212: "-"}
_QUOTES = "\"'`´“”„‟‘’‚‛«»‹›"
_STRAIGHT = dict.fromkeys(map(ord, "‘’‚‛´`"), "'")
_HASH = re.compile("[#＃﹟]")
_MARKS = r"(?P<mark>[*_`~]{0,3})"
#: Part of a hash that was sent as an emoji.
_DRESS = "[\u200c\u200d\ufe0e\ufe0f\u20e3]*"
_COMMAND = re.compile(
    rf"[ \t]{{0,3}}{_MARKS}{_DRESS}[#＃﹟]{_DRESS}(?P<word>[^\W\d_][\w\u2010-\u2015-]*){_DRESS}(?P<rest>.*)", re.DOTALL
)
_SPACED = re.compile(rf"[ \t]{{0,3}}{_MARKS}[#＃﹟]+[ \t]+(?P<word>[^\W\d_]\w*)", re.DOTALL)

#: What mail programs write behind a link's own words.
_TARGET = re.compile(r"(?<=\S)[ \xa0]?<(?:mailto:|tel:|https?://)[^<>\s]{1,2000}>")
#: (what follows a letter or a slash is part of an address)
_ANYWHERE = re.compile(r"(?<![\w/&?=])[#＃﹟][^\w\s]{0,6}([^\W\d_]\w*)")


class Written(NamedTuple):
    """A command as it was written."""

    #: Lower case, without accents; - is _.
    word: str
    #: What follows, hardly touched: it may be the words of a note.
    value: str


def as_command(line: str) -> Written | None:
    """The command in `line`, None where it is text: `# Heading`, `#10023`, `#2 thing`."""
    found = _COMMAND.match(line.translate(_PLAIN)) if _HASH.search(line) else None
    if found is None:
        return None
    mark, word, rest = found["mark"], found["word"], found["rest"].strip()
    if mark:
        word = word.rstrip("_") if "_" in mark else word
        closing = mark[::-1]
        rest = rest.removeprefix(closing) if rest.startswith(closing) else rest.removesuffix(closing)
    word = _folded(word)
    return Written(word, rest.lstrip(":=.,;! \t").rstrip()) if word else None


def spaced_word(line: str) -> str:
    """The word of `# note`, which is a heading, or a command with which a phone has meddled; "" where there is none."""
    found = _SPACED.match(line.translate(_PLAIN))
    return _folded(found["word"]) if found else ""


def mentions(line: str, word: str) -> bool:
    """Whether #`word` stands anywhere in `line`, whatever is around it: in a list, in brackets, amid a sentence."""
    return any(_folded(found[1]) == word for found in _ANYWHERE.finditer(line.translate(_PLAIN)))


def tidy(value: str) -> str:
    """`value` as it was meant: without quotes around it, typographic dashes, the full stop that phones put, and the
    targets of links.
    """
    plain = unicodedata.normalize("NFKC", _TARGET.sub("", value).translate(_STRAIGHT)).translate(_DASHES)
    return " ".join(plain.split()).rstrip(".,;:! ").strip(_QUOTES + "*~ ").rstrip(".,;:! ")


def _folded(word: str) -> str:
    return fold(word.translate(_DASHES)).replace("-", "_").strip("_")
