"""Writes winmail.dat files for tests, as Outlook does ([MS-OXTNEF]): a mail with a body and files."""

import struct
from collections.abc import Mapping

#: Property numbers ([MS-OXPROPS]).
BODY, HTML, RTF = 0x1000, 0x1013, 0x1009
LONG_FILENAME, MIME_TAG, CONTENT_ID, OBJECT = 0x3707, 0x370E, 0x3712, 0x3701
_CODEPAGE = 0x3FDE
_EMBEDDED = b"\x07\x03\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46"
_APPOINTMENT = bytes.fromhex("0220060000000000c000000000000046")
#: Hundreds of nanoseconds between 1601 and 1970.
_EPOCH = 116444736000000000


def winmail(
    *pieces: bytes,
    properties: Mapping[int, str | bytes | int] | None = None,
    message_class: str = "IPM.Microsoft Mail.Note",
) -> bytes:
    """A whole file: signature, version, code page, message class, `properties` of the mail, then `pieces`."""
    head = struct.pack("<IH", 0x223E9F78, 1)
    return b"".join(
        (
            head,
            _piece(1, 0x00089006, struct.pack("<I", 0x10000)),
            _piece(1, 0x00069007, struct.pack("<II", 1252, 0)),
            _piece(1, 0x00078008, message_class.encode() + b"\x00"),
            _piece(1, 0x00069003, _properties(properties or {})),
            *pieces,
        )
    )


def attached(name: str, data: bytes, properties: Mapping[int, str | bytes | int] | None = None) -> bytes:
    """The pieces of one file; `name` is the short one."""
    return b"".join(
        (
            _piece(2, 0x00069002, b"\x01\x00" + b"\x00" * 12),
            _piece(2, 0x00018010, name.encode("cp1252") + b"\x00"),
            *((_piece(2, 0x0006800F, data),) if data else ()),
            *((_piece(2, 0x00069005, _properties(properties)),) if properties else ()),
        )
    )


def embedded(name: str, inner: bytes) -> bytes:
    """The pieces of a mail within the mail."""
    return attached(name, b"", {OBJECT: _EMBEDDED + inner})


def filetime(seconds: float) -> bytes:
    """A time as properties hold it."""
    return struct.pack("<Q", int(seconds * 10_000_000) + _EPOCH)


def compressed(rtf: bytes) -> bytes:
    """Rich Text as Outlook wraps it, each byte by itself ([MS-OXRTFCP])."""
    body = b"".join(b"\x00" + rtf[at : at + 8] for at in range(0, len(rtf), 8))
    return struct.pack("<II", len(body) + 12, len(rtf)) + b"LZFu" + b"\x00" * 4 + body


def _piece(level: int, name: int, data: bytes) -> bytes:
    return struct.pack("<BII", level, name, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def _properties(values: Mapping[int, str | bytes | int]) -> bytes:
    return struct.pack("<I", len(values)) + b"".join(_property(*item) for item in values.items())


def _property(name: int, value: str | bytes | int) -> bytes:
    named = b""
    if name >= 0x8000:
        named = _APPOINTMENT + struct.pack("<II", 0, name)
    if isinstance(value, int):
        return struct.pack("<HH", 0x0003, name) + named + struct.pack("<i", value)
    if isinstance(value, str):
        return struct.pack("<HH", 0x001F, name) + named + _long(value.encode("utf-16-le") + b"\x00\x00")
    if name >= 0x8000:
        return struct.pack("<HH", 0x0040, name) + named + value
    return struct.pack("<HH", 0x0102, name) + named + _long(value)


def _long(data: bytes) -> bytes:
    return struct.pack("<II", 1, len(data)) + data + b"\x00" * (-len(data) % 4)
