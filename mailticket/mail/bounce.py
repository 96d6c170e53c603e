"""Which mail of ours came back, and for whom? Delivery status notifications (RFC 3464 in RFC 6522 reports).

Only what failed is a bounce: delayed, relayed, delivered and expanded are not.
"""

import re
from collections.abc import Iterable, Sequence

from mailticket.mail.clean import clean_line
from mailticket.mail.fields import Fields
from mailticket.mail.message import Bounce
from mailticket.mail.walk import Part

#: Bytes of a report, and recipients in it, that are read.
_MAX_REPORT = 1 << 18
_MAX_RECIPIENTS = 200

_STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status")
_RETURNED_TYPES = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers")
_EMPTY_LINE = re.compile(rb"\r?\n\r?\n[\r\n]*+")
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY_CODE = re.compile(r"(?<![\d.])([45])\d\d(?!\d)")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,996}>")


def read_bounce(parts: Sequence[Part]) -> Bounce | None:
    """What the delivery report among `parts` says has failed; None where there is none or nothing failed."""
    report = next((part for part in parts if part.content_type in _STATUS_TYPES), None)
    if report is None:
        return None
    blocks = _EMPTY_LINE.split(report.decoded()[0][:_MAX_REPORT].strip(b"\r\n"), maxsplit=_MAX_RECIPIENTS)
    failed = [fields for fields in map(Fields, blocks) if _has_failed(fields)]
    if not failed:
        return None
    recipients = tuple(dict.fromkeys(filter(None, map(_recipient, failed))))
    status = next(filter(None, map(_status, failed)), "")
    return Bounce(
        recipient=recipients[0] if recipients else "",
        recipients=recipients,
        status=status,
        permanent=status.startswith("5"),
        original_message_id=_returned_id(parts),
    )


def _has_failed(fields: Fields) -> bool:
    """Reports without Action are judged by their status, as long as they name a recipient."""
    if "final-recipient" not in fields and "original-recipient" not in fields:
        return False
    action = fields.token("action")
    return action == "failed" or (not action and _status(fields).startswith("5"))


def _recipient(fields: Fields) -> str:
    """`rfc822; <carla@shop.example>` as the bare address."""
    for name in ("final-recipient", "original-recipient"):
        kind, semicolon, address = fields.text(name).rpartition(";")
        address = (address if semicolon else kind or address).strip().strip("<>").strip().lower()
        if "@" in address and " " not in address:
            return address
    return ""


def _status(fields: Fields) -> str:
    """The enhanced status; where the field is missing, the one in the remote server's words, or its class at least."""
    words = fields.text("diagnostic-code")
    if found := _STATUS.search(fields.text("status")) or _STATUS.search(words):
        return found[1]
    reply = _REPLY_CODE.search(words)
    return f"{reply[1]}.0.0" if reply else ""


def _returned_id(parts: Iterable[Part]) -> str:
    for part in parts:
        if part.content_type in _RETURNED_TYPES:
            header = _EMPTY_LINE.split(part.decoded()[0][:_MAX_REPORT].lstrip(b"\r\n"), maxsplit=1)[0]
            found = _MESSAGE_ID.search(Fields(header).raw("message-id"))
            return clean_line(found[0]) if found else ""
    return ""
