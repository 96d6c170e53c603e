"""What do the fields of a header block say?

Header fields (RFC 5322 §2.2) with raw 8-bit text, encoded words (RFC 2047) and parameters (RFC 2231).
Every function is linear in its input and returns something for any bytes.
"""

import binascii
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from urllib.parse import unquote_to_bytes

import pybase64

from mailticket.mail.charset import decode
from mailticket.mail.clean import clean_line

#: Bytes of a header block, and characters of one field in it, that are read; no honest mail comes near.
MAX_HEADER_BYTES = 1 << 20
MAX_FIELD_LENGTH = 1 << 16
#: Characters of an unstructured field such as Subject that are read; a line is 998 by RFC 5322 §2.1.1.
MAX_TEXT_LENGTH = 8000
#: Repeated fields, and parameters of one field, that are read.
_MAX_REPEATED = 100
_MAX_PARAMETERS = 200

#: Some write question marks as they are, and no word of theirs is long.
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?(?:([bB])\?([^?]*)|([qQ])\?([^?]*(?:\?(?!=)[^?]{0,200}){0,20}))\?=")
#: White space before the colon (RFC 5322 §4.5.3).
_SPACED = re.compile(rb"(?m)^([!-9;-~]++)([ \t]++):")
_BARE_CR = re.compile(rb"\r(?!\n)")
_GAP = re.compile(r"[\s;]*+")
_PARAMETER = re.compile(r'([^\s=;"]++)\s*+=\s*+("(?:[^"\\]|\\.)*+"|[^;]*+)', re.DOTALL)
_QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)
_SECTION = re.compile(r"([^*]+)(?:\*(\d{1,4}))?(\*)?")
_LINE = r"[^\n]*+(?:\n[ \t][^\n]*+)*+"
_FIELD = re.compile(rf"([!-9;-~]++):[ \t]*+({_LINE})\n?")
#: Has no name, is folded but has no beginning, or is mbox's line amid the fields; behind them that is text.
_NO_FIELD = re.compile(rf"[ \t:]{_LINE}\n?|From {_LINE}\n(?=[!-9;-~]*+:|[ \t]|From )")
_FROM_LINE = re.compile(r"(?:From [^\n]*\n?)?")


class Fields:
    """The fields of one header block by lower-case name: raw values, 8-bit text decoded, still folded."""

    __slots__ = ("_values", "leftover")

    def __init__(self, block: bytes) -> None:
        block = block[:MAX_HEADER_BYTES]
        if block.count(b"\r") > block.count(b"\r\n"):
            # no line end to the relay that judged the sender: what follows is not a field that it has seen
            block = _BARE_CR.sub(b" ", block)
        if b" :" in block or b"\t:" in block:
            block = _SPACED.sub(rb"\1:\2", block)
        text = block.decode("ascii", "surrogateescape")
        self._values: dict[str, list[str]] = {}
        match = _FROM_LINE.match(text)
        at = 0
        while match:
            at = match.end()
            if match := _FIELD.match(text, at):
                self._values.setdefault(match[1].lower(), []).append(match[2].rstrip("\r"))
            else:
                match = _NO_FIELD.match(text, at)
        #: Bytes from the first line on that is no header field; they belong to the body.
        self.leftover = len(text) - at

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def count(self, name: str) -> int:
        """How often a field is there."""
        return len(self._values.get(name, ()))

    def differ(self, name: str) -> bool:
        """Whether a field is there more than once, with different words."""
        return len({" ".join(value.split()) for value in self._values.get(name, ())}) > 1

    def all(self, name: str) -> list[str]:
        """The values of a field, topmost first; of very many the first hundred."""
        return [_readable(value[:MAX_FIELD_LENGTH]) for value in self._values.get(name, ())[:_MAX_REPEATED]]

    def raw(self, name: str) -> str:
        """The first value of a field as it stands there, "" where there is none."""
        values = self._values.get(name)
        return _readable(values[0][:MAX_FIELD_LENGTH]) if values else ""

    def text(self, name: str) -> str:
        """The first value of an unstructured field: encoded words decoded, on one line, clean."""
        return clean_line(decode_words(self.raw(name)[:MAX_TEXT_LENGTH]))

    def token(self, name: str) -> str:
        """The first word of a structured field in lower case, without comments and parameters."""
        words = self.raw(name).partition(";")[0].partition("(")[0].split()
        return words[0].lower() if words else ""


def decode_words(value: str) -> str:
    """`value` with its encoded words decoded, also those that some gateway encoded once more."""
    decoded = _decode_words(value) if "=?" in value else value
    return _decode_words(decoded) if "=?" in decoded and decoded != value else decoded


def _decode_words(value: str) -> str:
    """Neighbours of one charset are joined first: many split a character, some even the four letters of base64."""
    out: list[str] = []
    pending, charset, end = b"", "", 0
    torn = ""
    for match in _ENCODED_WORD.finditer(value):
        # RFC 2231 §5 appends a language to the charset
        declared = match[1].partition("*")[0].lower()
        between = value[end : match.start()]
        adjacent = end > 0 and not between.strip()
        if not adjacent or declared != charset:
            out.append(_word(pending + _word_bytes("b", torn), charset))
            out.append("" if adjacent else between)
            pending, torn, charset = b"", "", declared
        if match[2] and len(match[3]) % 4:
            letters = torn + match[3]
            whole = len(letters) // 4 * 4
            pending, torn = pending + _word_bytes("b", letters[:whole]), letters[whole:].rstrip("=")
        else:
            # (a word that is whole by itself begins anew, and the one before it only lacked its padding)
            pending += decode_base64(torn.encode("utf-8", "replace")) + _word_bytes(
                match[2] or match[4], match[3] or match[5] or ""
            )
            torn = ""
        end = match.end()
    out.append(_word(pending + _word_bytes("b", torn), charset))
    out.append(value[end:])
    return "".join(out)


@lru_cache(maxsize=128)
def parameters(value: str) -> tuple[str, Mapping[str, str]]:
    """The main value of a structured field in lower case, and its parameters by lower-case name, decoded.

    Continuations (`name*0*=`), extended values (`name*=utf-8''…`) and encoded words in quotes are all read.
    """
    main = clean_line(value.partition(";")[0].partition("(")[0]).lower()
    plain: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    for name, text in _assignments(value):
        section = _SECTION.fullmatch(name)
        if section is None:
            continue
        if section[2] is None and section[3] is None:
            plain.setdefault(name, clean_line(decode_words(text)))
        else:
            sections.setdefault(section[1], {}).setdefault(int(section[2] or 0), (text, section[3] is not None))
    return main, plain | {name: _joined(parts) for name, parts in sections.items()}


def _assignments(value: str) -> Iterator[tuple[str, str]]:
    """Each `name=value` behind a semicolon, the name in lower case, the value unquoted."""
    at = value.find(";")
    for _ in range(_MAX_PARAMETERS):
        if at < 0:
            return
        gap = _GAP.match(value, at)
        at = gap.end() if gap else at + 1
        if match := _PARAMETER.match(value, at):
            at = match.end()
            text = match[2].strip()
            if text.startswith('"'):
                text = _QUOTED_PAIR.sub(r"\1", text[1:-1] if len(text) > 1 and text.endswith('"') else text[1:])
            yield match[1].lower(), text
        at = value.find(";", at)


def _joined(parts: Mapping[int, tuple[str, bool]]) -> str:
    """RFC 2231 §4.1: the first section names the charset, each section tells whether it is percent-encoded."""
    charset = ""
    data = b""
    for number, (text, extended) in sorted(parts.items()):
        if extended and number == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        encoded = text.encode("utf-8", "replace")
        data += unquote_to_bytes(encoded) if extended else encoded
    return clean_line(_word(data, charset))


def _word(data: bytes, charset: str) -> str:
    return decode(data, charset, detect=False)[0] if data else ""


def _word_bytes(encoding: str, text: str) -> bytes:
    raw = text.encode("utf-8", "replace")
    if encoding in "qQ":
        return binascii.a2b_qp(raw, header=True)
    return decode_base64(raw)


def decode_base64(data: bytes) -> bytes:
    """Base64 with everything that is not of its alphabet passed over and missing padding made up (RFC 2045 §6.8)."""
    padding = data.find(b"=")
    whole = padding < 0 or not data[padding:].strip(b"=\r\n")
    try:
        # pybase64 is eight times as fast, but reads on where a gateway has put lines of its own below the padding
        return pybase64.b64decode(data) if whole else binascii.a2b_base64(data)
    except binascii.Error:
        letters = data.translate(None, _NOT_BASE64).partition(b"=")[0]
        letters = letters[: -1 if len(letters) % 4 == 1 else None]
        return pybase64.b64decode(letters + b"=" * (-len(letters) % 4))


_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_NOT_BASE64 = bytes(byte for byte in range(256) if byte not in _BASE64)


def _readable(value: str) -> str:
    """Raw 8-bit bytes, which the standard library keeps as surrogates, as the letters that they probably mean."""
    return value if value.isascii() else decode(value.encode("ascii", "surrogateescape"))[0]
