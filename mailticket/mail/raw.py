"""What can be said of a mail that no parser may touch? A few header fields and a digest, by plain byte searches.

For quarantine and imports: it must hold on bytes that broke everything else, so it decodes nothing and cannot fail.
"""

import hashlib
import re
from dataclasses import dataclass

from mailticket.mail.clean import clean_line

#: Fields are looked for in this much of a mail.
_LOOKED_AT = 64 * 1024
_FIELD_LENGTH = 500
_ADDRESS = re.compile(r"[^\s<>\"(),:;@]{1,64}@[^\s<>\"(),:;@]{1,255}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Glimpse:
    """The little that a person needs to recognise a mail."""

    from_address: str
    subject: str
    message_id: str
    date: str


def glimpse(raw: bytes) -> Glimpse:
    """Sender, subject, Message-ID and Date as they stand in the header block, "" where they do not."""
    head = re.split(rb"\r?\n\r?\n", raw[:_LOOKED_AT], maxsplit=1)[0]
    address = _ADDRESS.search(_field(head, b"from"))
    return Glimpse(
        from_address=address.group().lower() if address else "",
        subject=_field(head, b"subject"),
        message_id=_field(head, b"message-id"),
        date=_field(head, b"date"),
    )


def raw_digest(raw: bytes) -> str:
    """SHA-256 (hex) of the mail without its trace fields and line-end differences: a repeat has the same."""
    lines = raw.replace(b"\r\n", b"\n").rstrip(b"\n")
    head, _, body = lines.partition(b"\n\n")
    kept = re.sub(rb"(?im)^(?:received|return-path|delivered-to|x-original-to)[ \t]*:.*(?:\n[ \t].*)*\n?", b"", head)
    return hashlib.sha256(b"raw\0" + kept + b"\n\n" + body).hexdigest()


def _field(head: bytes, name: bytes) -> str:
    match = re.search(rb"(?im)^" + name + rb"[ \t]*:((?:.*)(?:\r?\n[ \t].*)*)", head)
    return clean_line(match.group(1).decode("utf-8", "replace")).strip()[:_FIELD_LENGTH] if match else ""
