"""What stands in a TNEF file: which properties has the mail in it, and which files? ([MS-OXTNEF], [MS-OXCDATA] §2.11)

Written by hand: the library for it loops for ever on a few flipped bits, and takes zeros from the end of files.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from mailticket.mail.charset import decode

Value: TypeAlias = str | bytes | int | datetime | None

SIGNATURE = b"\x78\x9f\x3e\x22"

_SUBJECT, _MESSAGE_CLASS, _BODY = 0x8004, 0x8008, 0x800C
_FILE_DATA, _FILE_TITLE, _FILE_BEGINS, _FILE_PROPERTIES = 0x800F, 0x8010, 0x9002, 0x9005
_PROPERTIES, _CODEPAGE = 0x9003, 0x9007
_IN_FILE = 2

#: Type of a property -> its bytes; in a list they follow each other, filled up to four.
_SIZES = {0x02: 2, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 2, 0x14: 8, 0x40: 8, 0x48: 16}
_INTEGER, _TIME, _STRING, _UNICODE, _NOTHING = 0x03, 0x40, 0x1E, 0x1F, (0x00, 0x01)
_LONG = frozenset({0x0D, _STRING, _UNICODE, 0x0102})
_SEVERAL, _NAMED = 0x1000, 0x8000
_MOST_PROPERTIES = 5000

_PIECE, _HEAD, _NAME = struct.Struct("<BHHI"), struct.Struct("<HH"), struct.Struct("<II")
_NUMBER, _TICKS = struct.Struct("<I"), struct.Struct("<Q")
_BEGINNING = datetime(1601, 1, 1, tzinfo=UTC)

#: Numbers of Windows' code pages that are not their names.
_CODEPAGES = {65001: "utf-8", 20127: "us-ascii", 20866: "koi8-r", 21866: "koi8-u", 936: "gb18030", 51949: "euc-kr"}
_CODEPAGES |= {28590 + part: f"iso-8859-{part}" for part in range(1, 16)} | {50220: "iso-2022-jp", 50221: "iso-2022-jp"}


@dataclass(slots=True)
class File:
    """One file as it stands there."""

    title: str = ""
    data: bytes = b""
    properties: dict[int, Value] = field(default_factory=dict)


@dataclass(slots=True)
class Wrapped:
    """The mail in a TNEF file."""

    subject: str = ""
    message_class: str = ""
    body: str = ""
    properties: dict[int, Value] = field(default_factory=dict)
    files: list[File] = field(default_factory=list)


def read_pieces(data: bytes) -> Wrapped:
    """What is in `data`; of each property the first value. Raises ValueError where it is damaged or cut."""
    if not data.startswith(SIGNATURE):
        raise ValueError("no TNEF")
    wrapped = Wrapped()
    charset = "cp1252"
    try:
        for level, name, body in _pieces(memoryview(data)):
            if name == _CODEPAGE:
                charset = charset_of(_NUMBER.unpack_from(body)[0])
            elif level == _IN_FILE:
                _take_of_file(wrapped, name, body, charset)
            else:
                _take(wrapped, name, body, charset)
    except (struct.error, OverflowError) as error:
        raise ValueError(str(error)) from error
    return wrapped


def charset_of(codepage: int) -> str:
    """The charset of a Windows code page."""
    return _CODEPAGES.get(codepage, f"cp{codepage}")


def _pieces(data: memoryview) -> Iterator[tuple[int, int, memoryview]]:
    """Level, name and content of each; a checksum follows that many programs get wrong."""
    at = 6
    while at + _PIECE.size < len(data):
        level, name, _, length = _PIECE.unpack_from(data, at)
        at += _PIECE.size
        if at + length > len(data):
            raise ValueError("cut")
        yield level, name, data[at : at + length]
        at += length + 2


def _take(wrapped: Wrapped, name: int, body: memoryview, charset: str) -> None:
    if name == _PROPERTIES:
        wrapped.properties |= _properties(body, charset)
    elif name == _SUBJECT:
        wrapped.subject = _text(body, charset)
    elif name == _MESSAGE_CLASS:
        wrapped.message_class = _text(body, charset)
    elif name == _BODY:
        wrapped.body = _text(body, charset)


def _take_of_file(wrapped: Wrapped, name: int, body: memoryview, charset: str) -> None:
    if name == _FILE_BEGINS:
        wrapped.files.append(File())
    if not wrapped.files:
        raise ValueError("a piece of no file")
    file = wrapped.files[-1]
    if name == _FILE_DATA:
        file.data = bytes(body)
    elif name == _FILE_TITLE:
        file.title = _text(body, charset)
    elif name == _FILE_PROPERTIES:
        file.properties |= _properties(body, charset)


def _properties(data: memoryview, charset: str) -> dict[int, Value]:
    """The properties of a list by number, as far as it can be read; those that have only a name are passed over."""
    found: dict[int, Value] = {}
    (count,) = _NUMBER.unpack_from(data)
    at = 4
    try:
        for _ in range(min(count, _MOST_PROPERTIES)):
            type_, number = _HEAD.unpack_from(data, at)
            at += _HEAD.size
            if number >= _NAMED:
                is_text, number = _NAME.unpack_from(data, at + 16)
                at += 16 + _NAME.size
                if is_text:
                    at, number = at + _filled(number), 0
            at, value = _value(data, at, type_, charset)
            if number:
                found.setdefault(number, value)
    except (ValueError, OverflowError, struct.error):
        # a kind of property that is new to us should not cost the files their names
        return found
    return found


def _value(data: memoryview, at: int, type_: int, charset: str) -> tuple[int, Value]:
    """Where the next property begins, and the value of this one."""
    several, kind = type_ & _SEVERAL, type_ & ~_SEVERAL
    if kind in _SIZES:
        values = 1
        if several:
            (values,) = _NUMBER.unpack_from(data, at)
            at += 4
        return at + _filled(values * _SIZES[kind]), _decoded(data[at : at + _SIZES[kind]], kind, charset)
    if kind in _NOTHING:
        return at, None
    if kind not in _LONG:
        raise ValueError("unknown type")
    (values,) = _NUMBER.unpack_from(data, at)
    at += 4
    first: Value = None
    # each takes four bytes at least, and where they end unpack_from() raises
    for which in range(values):
        (length,) = _NUMBER.unpack_from(data, at)
        at += 4
        if at + length > len(data):
            raise ValueError("cut")
        if which == 0:
            first = _decoded(data[at : at + length], kind, charset)
        at += _filled(length)
    return at, first


def _decoded(raw: memoryview, kind: int, charset: str) -> Value:
    if kind == _INTEGER:
        return int(_NUMBER.unpack(raw)[0])
    if kind == _TIME:
        return _BEGINNING + timedelta(microseconds=_TICKS.unpack(raw)[0] // 10)
    if kind == _UNICODE:
        return bytes(raw).decode("utf-16-le", "replace").rstrip("\x00")
    return _text(raw, charset) if kind == _STRING else bytes(raw)


def _text(raw: memoryview, charset: str) -> str:
    return decode(bytes(raw).rstrip(b"\x00"), charset)[0]


def _filled(length: int) -> int:
    return length + -length % 4
