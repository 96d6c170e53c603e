"""Which charset is it really? What the bytes themselves tell where a mail names none, or the wrong one.

Each function looks for one kind of mistake that mail programs make, in time linear in what it is given.
"""

import re

#: Bytes of a text that are looked at.
LOOKED_AT = 65536

#: Charset of ISO -> the one of Windows that is meant where bytes stand that ISO left to controls.
_OF_WINDOWS = {
    "iso8859_2": "cp1250",
    "iso8859_4": "cp1257",
    "iso8859_5": "cp1251",
    "iso8859_6": "cp1256",
    "iso8859_7": "cp1253",
    "iso8859_8": "cp1255",
    "iso8859_13": "cp1257",
}
_CONTROLS = re.compile(rb"[\x80-\x9f]")
_SEQUENCE = re.compile(rb"[\xc3-\xf4][\x80-\xbf]{1,3}")
#: No bad byte without so many good characters.
_GOOD_FOR_ONE_BAD = 10
#: Words of nothing but letters that ASCII lacks; the longest in a language of western charsets have three or four.
_FOREIGN_WORD = re.compile(rb"[\xa1-\xff]{5,}")
_ENOUGH_FOREIGN = 15
#: Rows of dots and the like are no words.
_DISTINCT = 3
_ESCAPES = ((b"\x1b$)C", "iso2022_kr"), (b"\x1b$B", "iso2022_jp_ext"), (b"\x1b$@", "iso2022_jp_ext"))
_META = re.compile(
    rb"<(?:meta|\?xml)\b[^>]{0,300}?(?:charset|encoding)\s{0,4}=\s{0,4}[\"']?([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE
)


def named_inside(markup: bytes) -> str:
    """The charset that HTML names in its head, "" where it names none."""
    found = _META.search(markup, 0, 4096)
    return found[1].decode("ascii") if found else ""


def meant_by(codec: str, data: bytes) -> str:
    """The codec that whoever named `codec` meant: Windows' one for ISO's, the order of bytes that UTF-16 has."""
    if codec in _OF_WINDOWS and _CONTROLS.search(data):
        return _OF_WINDOWS[codec]
    if codec == "utf-16" and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return _without_mark(data)
    return codec


def _without_mark(data: bytes) -> str:
    """UTF-16 without its mark by where the zeros of spaces and line ends stand; without any zero it is UTF-8."""
    even, odd = data[:LOOKED_AT:2].count(0), data[1:LOOKED_AT:2].count(0)
    if not even and not odd:
        return "utf-8"
    return "utf-16-be" if even > odd else "utf-16-le"


def by_escapes(data: bytes) -> str:
    """The seven-bit charset of Japan or Korea that text in seeming ASCII is switched to, "" for none."""
    return next((codec for escape, codec in _ESCAPES if escape in data), "") if b"\x1b$" in data else ""


def is_nearly_utf_8(data: bytes) -> bool:
    """Whether text that is no UTF-8 is but for a few bytes: a gateway cut a character, or added words of its own."""
    data = data[:LOOKED_AT]
    good = len(_SEQUENCE.findall(data))
    return good >= _GOOD_FOR_ONE_BAD and good >= _GOOD_FOR_ONE_BAD * data.decode("utf-8", "replace").count("\ufffd")


def has_foreign_words(data: bytes) -> bool:
    """Whether text under the name of a western charset has words that no western language has."""
    words = _FOREIGN_WORD.findall(data[:LOOKED_AT])
    return sum(len(word) for word in words if len(set(word)) > _DISTINCT) >= _ENOUGH_FOREIGN
