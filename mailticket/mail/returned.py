"""What did a report bring back of our mail? The header of the part that holds it (RFC 6522 §3), and its Message-ID."""

import re
from collections.abc import Iterable

from mailticket.mail.clean import clean_line
from mailticket.mail.fields import Fields
from mailticket.mail.walk import Part

_TYPES = (
    "message/rfc822",
    "text/rfc822-headers",
    "message/rfc822-headers",
    "message/partial",
    "message/global",
    "message/global-headers",
)

#: Bytes of a header that are read.
_MAX_HEADER = 1 << 16
#: Message-IDs of its thread that are kept.
_MAX_THREAD = 50
_ID = re.compile(r"<[^<>\s]{1,996}>")
_EMPTY_LINE = re.compile(rb"\n\r?\n")
_MESSAGE_ID = re.compile(r"(?mi)^[> \t]*+message-id[ \t]*:\s{0,4}(<[^<>\s]{1,996}>)")


def is_returned(parts: Iterable[Part]) -> bool:
    """Whether some part holds a mail, or the header of one."""
    return any(part.content_type in _TYPES for part in parts)


def returned_header(parts: Iterable[Part]) -> bytes:
    """The header block of the first such part, empty where there is none."""
    part = next((part for part in parts if part.content_type in _TYPES), None)
    return _EMPTY_LINE.split(part.decoded()[0][:_MAX_HEADER].lstrip(), maxsplit=1)[0] if part else b""


def message_id_in(returned: str) -> str:
    """The first Message-ID in a header block, quoted or not; "" where there is none."""
    found = _MESSAGE_ID.search(returned)
    return clean_line(found[1]) if found else ""


def returned_thread(parts: Iterable[Part]) -> tuple[str, ...]:
    """Message-IDs that the mail which came back in one of `parts` answered, the nearest first."""
    fields = Fields(returned_header(parts))
    found = [*_ID.findall(fields.raw("in-reply-to")), *reversed(_ID.findall(fields.raw("references")))]
    return tuple(dict.fromkeys(map(clean_line, found[:_MAX_THREAD])))


def returned_id(parts: Iterable[Part]) -> str:
    """Message-ID of the mail that came back in one of `parts`."""
    return message_id_in(returned_header(parts).decode("utf-8", "replace"))
