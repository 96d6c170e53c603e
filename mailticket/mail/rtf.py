"""What does Rich Text say? Outlook's compressed RTF, and the text or HTML in it ([MS-OXRTFCP], [MS-OXRTFEX]).

Exchange wraps the HTML of a mail into RTF; it is taken out again as it was. Everything is linear and bounded.
"""

import re
from dataclasses import dataclass, replace
from html import escape

from mailticket.mail.charset import decode

#: Bytes that are unpacked and read.
MAX_RTF = 1_000_000

_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS "
    b"Sans SerifSymbolArialTimes New "
    b"RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u"
    b"\\tab\\tx"
)
_WINDOW = 4096
_HEADER = 16

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,9})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.DOTALL
)
#: Groups of these hold no words of the letter.
_SILENT = frozenset(
    b"colortbl datastore fldinst fonttbl footer header info listtable listoverridetable mhtmltag object pict pntext"
    b" revtbl rsidtbl stylesheet themedata xmlnstbl".split()
)
_SIGNS = {
    b"par": "\n", b"line": "\n", b"sect": "\n", b"row": "\n", b"cell": "\t", b"tab": "\t", b"emdash": "—",
    b"endash": "–", b"bullet": "•", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”",
    b"~": "\xa0", b"_": "-", b"{": "{", b"}": "}", b"\\": "\\", b"\n": "\n", b"\r": "\n",
}  # fmt: skip
#: \\fcharset -> code page.
_CHARSETS = {
    77: "macroman", 128: "cp932", 129: "cp949", 134: "gbk", 136: "big5", 161: "cp1253", 162: "cp1254", 163: "cp1258",
    177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What is in a piece of RTF: one of the two, or neither."""

    text: str = ""
    html: str = ""


def decompressed(data: bytes) -> bytes:
    """The RTF in `data` as far as it can be unpacked; empty where it is no compressed RTF."""
    kind = data[8:12]
    if kind == b"MELA":
        return data[_HEADER : _HEADER + MAX_RTF]
    if kind != b"LZFu":
        return b""
    out = bytearray(_DICTIONARY)
    at = _HEADER
    while at < len(data) and len(out) < MAX_RTF:
        flags = data[at]
        at += 1
        for bit in range(8):
            if not flags >> bit & 1:
                out += data[at : at + 1]
                at += 1
                continue
            token = int.from_bytes(data[at : at + 2], "big")
            at += 2
            # offsets count from the beginning of a ring; one that points at where the next byte goes is the end
            back = (len(out) - (token >> 4)) % _WINDOW
            if back == 0 or back > len(out) or at > len(data):
                return bytes(out[len(_DICTIONARY) :])
            for _ in range((token & 15) + 2):
                out.append(out[-back])
    return bytes(out[len(_DICTIONARY) :])


def words(rtf: bytes) -> Words:
    """The letter in `rtf`."""
    reader = _Reader(is_html=b"\\fromhtml" in rtf[:1000])
    for token in _TOKEN.finditer(rtf, 0, MAX_RTF):
        reader.take(token)
    found = reader.finished()
    return Words(html=found) if reader.is_html else Words(text=found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """What holds until the next closing brace."""

    silent: bool = False
    #: Between \\htmlrtf and \\htmlrtf0: for programs that do not know of the HTML.
    instead: bool = False
    #: Markup of the wrapped HTML.
    markup: bool = False
    in_fonts: bool = False
    font: int = -1
    #: So many letters stand in for one that is written as its number.
    stand_ins: int = 1


class _Reader:
    def __init__(self, *, is_html: bool) -> None:
        self.is_html = is_html
        self._group = _Group()
        self._outer: list[_Group] = []
        self._fonts: dict[int, str] = {}
        self._codepage = "cp1252"
        self._out: list[str] = []
        self._pending = bytearray()
        self._starred = False
        self._to_skip = 0

    def take(self, token: re.Match[bytes]) -> None:
        word, number, hexed, sign, brace, text = token.groups()
        if brace:
            self._brace(brace)
        elif word:
            self._word(word.lower(), int(number) if number else None)
        elif hexed:
            self._letters(bytes.fromhex(hexed.decode()))
        elif sign == b"*":
            self._starred = True
        elif sign:
            self._say(_SIGNS.get(sign, ""))
        elif text:
            self._letters(text)

    def finished(self) -> str:
        self._flush()
        # letters beyond the first plane come as two numbers
        return "".join(self._out).strip().encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def _brace(self, brace: bytes) -> None:
        self._flush()
        self._to_skip = 0
        if brace == b"{":
            self._outer.append(self._group)
        elif self._outer:
            self._group = self._outer.pop()
        self._starred = False

    def _word(self, word: bytes, number: int | None) -> None:
        self._flush()
        starred, self._starred = self._starred, False
        self._to_skip = 0
        if word in _SILENT or (starred and word != b"htmltag"):
            self._group = replace(self._group, silent=True, in_fonts=word == b"fonttbl")
        elif word == b"htmltag":
            self._group = replace(self._group, markup=True)
        elif word == b"htmlrtf":
            self._group = replace(self._group, instead=number != 0)
        elif word == b"u" and number is not None:
            self._say(chr(number % 0x10000))
            self._to_skip = self._group.stand_ins
        elif word in _SIGNS:
            self._say(_SIGNS[word])
        elif number is not None:
            self._setting(word, number)

    def _setting(self, word: bytes, number: int) -> None:
        if word == b"uc":
            self._group = replace(self._group, stand_ins=max(0, number))
        elif word == b"ansicpg":
            self._codepage = {65001: "utf-8", 10000: "macroman"}.get(number, f"cp{number}")
        elif word == b"f":
            self._group = replace(self._group, font=number)
        elif word == b"fcharset" and self._group.in_fonts and number in _CHARSETS:
            self._fonts[self._group.font] = _CHARSETS[number]

    def _letters(self, data: bytes) -> None:
        skipped = min(self._to_skip, len(data))
        self._to_skip -= skipped
        if self._is_heard():
            self._pending += data[skipped:]

    def _say(self, text: str) -> None:
        self._flush()
        if self._is_heard() and text:
            self._add(text)

    def _is_heard(self) -> bool:
        return not (self._group.silent or (self.is_html and self._group.instead))

    def _flush(self) -> None:
        if self._pending:
            codec = self._fonts.get(self._group.font, self._codepage)
            self._add(decode(bytes(self._pending), codec, detect=False)[0])
            self._pending.clear()

    def _add(self, text: str) -> None:
        self._out.append(escape(text, quote=False) if self.is_html and not self._group.markup else text)
