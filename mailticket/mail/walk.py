"""Which parts does a mail have? Cuts the raw bytes at their boundaries (RFC 2046 §5.1) and decodes the leaves.

Slicing by bytes.find is several times faster than feeding a parser line by line; only header blocks are parsed.
Attached messages are leaves: nothing is looked for in them. Nothing here raises on any bytes.
"""

import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from mailticket.mail.fields import MAX_HEADER_BYTES, Fields, decode_base64, parameters

MAX_DEPTH = 20
#: Parts that are looked at, multiparts counted too; a mail with more is not taken apart at all.
MAX_PARTS = 10_000

#: What looks like a boundary; many of them that are none hide something.
_MAX_DELIMITERS = 100_000
_EMPTY_LINE = re.compile(rb"\n\r*+\n")
#: Bytes before the header that are passed over, and what it begins with then.
_MAX_JUNK = 1000
_BOM = b"\xef\xbb\xbf"
_FIELD = re.compile(rb"[!-9;-~]{1,76}+[ \t]*+:|From ")
_FAMILIAR_FIELD = re.compile(
    rb"(?mi)^(?:received|return-path|delivered-to|from|to|subject|date|message-id|mime-version|content-type|x-[\w-]{1,60}):"
)
#: A line that can only be a boundary: a part's header follows.
_BOUNDARY = re.compile(rb"(?mi)^--([^\r\n]{1,200}+)\r?\n(?=content-[a-z-]{1,40}+:)")
#: Header blocks of parts are short; what is longer hides something.
_MAX_PART_HEADER = 1 << 16
#: Decoding goes by pieces, so that other threads get their turn beside a large attachment.
_PIECE = 1 << 20
#: Uuencoded lines have 61 letters; where they have fewer than these on average they are none.
_SHORT_LINE = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A leaf of the MIME tree."""

    #: `type/subtype` in lower case.
    content_type: str
    #: Declared charset, "" where there is none.
    charset: str
    #: `inline`, `attachment` or something else in lower case, "" where there is none.
    disposition: str
    #: Decoded and clean, "" where unnamed.
    filename: str
    #: Without angle brackets, "" where there is none.
    content_id: str
    #: Transfer encoding in lower case.
    encoding: str
    body: memoryview = field(repr=False)
    #: Number of the innermost multipart/alternative that it is in, 0 for none.
    alternative: int
    #: Parameters of its Content-Type by lower-case name.
    parameters: Mapping[str, str] = field(default_factory=dict)

    def decoded(self) -> tuple[bytes, str]:
        """The bytes behind the transfer encoding, and what was wrong with it ("" for nothing)."""
        match self.encoding:
            case "base64":
                return decode_base64(bytes(self.body)), ""
            case "quoted-printable":
                return b"".join(map(binascii.a2b_qp, _lines(self.body))), ""
            case "x-uuencode" | "uuencode" | "x-uue" | "uue":
                return _uuencoded(self.body), ""
            case "" | "7bit" | "8bit" | "binary":
                return bytes(self.body), ""
            case _:
                return bytes(self.body), f"The transfer encoding {self.encoding[:40]!r} is unknown"


@dataclass(slots=True, kw_only=True)
class Tree:
    """What walk() found."""

    #: Fields of the mail itself.
    fields: Fields
    #: Of the whole mail, such as multipart/mixed.
    content_type: str
    body: memoryview = field(repr=False)
    parts: list[Part] = field(default_factory=list)
    #: What was wrong, a sentence each, each once.
    errors: list[str] = field(default_factory=list)


def walk(raw: bytes, *, parts: bool = True) -> Tree:
    """The tree of a mail; with `parts` false its header fields alone."""
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    fields, start = _header(raw, _beginning(raw), len(raw), MAX_HEADER_BYTES)
    media_type, _ = _media_type(fields)
    tree = Tree(fields=fields, content_type=media_type, body=memoryview(raw)[start:])
    if fields.leftover:
        tree.errors.append("The header ends with a line that is no header field.")
    if parts:
        walker = _Walk(raw, tree)
        walker.descend(fields, start, len(raw), depth=0, alternative=0)
        if walker.looked_at > MAX_PARTS:
            tree.parts.clear()
            tree.errors.append(f"It has more than {MAX_PARTS} parts; only its header was read.")
    return tree


def _beginning(raw: bytes) -> int:
    """Where the header begins: some gateways leave empty lines and a line of their own before it."""
    if _FIELD.match(raw):
        return 0
    if raw.startswith(_BOM):
        return len(_BOM)
    first = _FAMILIAR_FIELD.search(raw, 0, _MAX_JUNK)
    # text, an empty line and what looks like a field is a mail without a header
    return first.start() if first and not _EMPTY_LINE.search(raw[: first.start()].lstrip()) else 0


def _header(raw: bytes, start: int, end: int, longest: int) -> tuple[Fields, int]:
    """The header block at `start`, and where the body behind it begins."""
    if raw[start : start + 1] == b"\n" or raw[start : start + 2] == b"\r\n":
        return Fields(b""), raw.find(b"\n", start) + 1
    empty = _EMPTY_LINE.search(raw, start, end)
    stop, body = (empty.start() + 1, empty.end()) if empty else (end, end)
    fields = Fields(raw[start : min(stop, start + longest)])
    return fields, stop - fields.leftover if fields.leftover else body


def _media_type(fields: Fields) -> tuple[str, Mapping[str, str]]:
    """RFC 2045 §5.2: what names no readable type is plain text."""
    media_type, found = parameters(fields.raw("content-type"))
    kind, _, subtype = media_type.partition("/")
    return (media_type if kind and subtype and len(media_type.split()) == 1 else "text/plain"), found


class _Walk:
    """One walk over one mail."""

    def __init__(self, raw: bytes, tree: Tree) -> None:
        self._raw = raw
        self._view = memoryview(raw)
        self._tree = tree
        self._alternatives = 0
        self.looked_at = 0

    def descend(self, fields: Fields, start: int, end: int, *, depth: int, alternative: int) -> None:
        """Appends the leaves between `start` and `end`, the body that `fields` describe, to the tree."""
        media_type, found = _media_type(fields)
        if not media_type.startswith("multipart/"):
            self._leaf(fields, start, end, media_type, found, alternative)
            return
        if depth >= MAX_DEPTH:
            self._error(f"Its parts are nested deeper than {MAX_DEPTH}; what lies deeper is kept as a file.")
            self._leaf(fields, start, end, "application/octet-stream", {}, alternative)
            return
        pieces = _pieces(self._raw, found.get("boundary", ""), start, end)
        first = next(pieces, None)
        if first is None and (guessed := _BOUNDARY.search(self._raw, start, end)):
            self._error("A multipart does not name its boundary; the one that is there was taken.")
            pieces = _pieces(self._raw, guessed[1].decode("utf-8", "replace"), start, end)
            first = next(pieces, None)
        if first is None:
            self._error("A multipart has no parts; it was read as text.")
            self._leaf(fields, start, end, "text/plain", {}, alternative)
            return
        if media_type == "multipart/alternative":
            self._alternatives += 1
            alternative = self._alternatives
        default = "message/rfc822" if media_type == "multipart/digest" else ""
        for piece in chain((first,), pieces):
            self.looked_at += 1
            if self.looked_at > MAX_PARTS:
                return
            self._piece(*piece, default, depth=depth, alternative=alternative)

    def _piece(self, start: int, end: int, default: str, *, depth: int, alternative: int) -> None:
        fields, body = _header(self._raw, start, end, _MAX_PART_HEADER)
        body = min(body, end)
        if fields.leftover:
            self._error("The header of a part ends with a line that is no header field.")
        if default and "content-type" not in fields:
            self._leaf(fields, body, end, default, {}, alternative)
        else:
            self.descend(fields, body, end, depth=depth + 1, alternative=alternative)

    def _leaf(
        self, fields: Fields, start: int, end: int, media_type: str, found: Mapping[str, str], alternative: int
    ) -> None:
        disposition, named = parameters(fields.raw("content-disposition"))
        self._tree.parts.append(
            Part(
                content_type=media_type,
                charset=found.get("charset", ""),
                disposition=disposition,
                filename=named.get("filename") or found.get("name", ""),
                content_id=fields.text("content-id").strip("<> "),
                encoding=fields.token("content-transfer-encoding"),
                body=self._view[start:end],
                alternative=alternative,
                parameters=found,
            )
        )

    def _error(self, sentence: str) -> None:
        if sentence not in self._tree.errors:
            self._tree.errors.append(sentence)


def _pieces(raw: bytes, boundary: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the parts between the boundary lines are. A missing closing line ends the last part at `end`."""
    delimiter = b"--" + boundary.rstrip().encode("utf-8", "replace")
    if delimiter == b"--":
        return
    begun = -1
    at = raw.find(delimiter, start, end)
    for _ in range(_MAX_DELIMITERS):
        if at < 0:
            break
        behind = at + len(delimiter)
        if at == start or raw[at - 1] in b"\r\n":
            newline = raw.find(b"\n", behind, end)
            line_end = newline + 1 if newline >= 0 else end
            # white space behind a boundary is padding, anything else makes it a longer boundary of another multipart
            rest = raw[behind : min(line_end, behind + 1000)].strip()
            if rest in (b"", b"--"):
                if begun >= 0:
                    yield begun, max(begun, at - (2 if raw[at - 2 : at] == b"\r\n" else 1))
                if rest:
                    return
                begun = behind = line_end
        at = raw.find(delimiter, behind, end)
    if begun >= 0:
        yield begun, end


def _lines(body: memoryview) -> Iterator[bytes]:
    """`body` in pieces that end where a line does."""
    at = 0
    while at < len(body):
        piece = bytes(body[at : at + _PIECE])
        if len(piece) == _PIECE:
            piece = piece[: piece.rfind(b"\n") + 1] or piece
        yield piece
        at += len(piece)


def _uuencoded(body: memoryview) -> bytes:
    """The lines between `begin` and `end`, each as far as it can be read; all as it is where there are none."""
    out = bytearray()
    begun = False
    room = 1000 + len(body) // _SHORT_LINE
    for piece in _lines(body):
        lines = piece.splitlines()
        room -= len(lines)
        if room < 0:
            return bytes(body)
        for line in lines:
            if not begun:
                begun = line.startswith(b"begin ")
            elif line.rstrip() == b"end":
                return bytes(out)
            elif line:
                # some encoders write more letters than the length at the line's beginning says
                letters = (((line[0] - 32) & 63) * 4 + 2) // 3
                try:
                    out += binascii.a2b_uu(line[: 1 + letters])
                except binascii.Error:
                    pass
    return bytes(out) if begun else bytes(body)
