"""Who wrote the mail that somebody forwards to us? The header that mail programs put above it, or the attached mail.

Words and shapes are those of quoted_header.py; RFC 5322 §3.6.6 leaves forwarding by hand to the programs.
"""

import re
from collections.abc import Iterable, Sequence

from mailticket.mail import history_words
from mailticket.mail.addresses import read_names
from mailticket.mail.attribution import bare_lines
from mailticket.mail.clean import clean_line
from mailticket.mail.fields import Fields
from mailticket.mail.message import Address
from mailticket.mail.quoted_header import fields_from, forwarded_begins, history_begins
from mailticket.mail.walk import Part

#: Lines that are looked at, and empty ones between "Forwarded message" and its header.
_MOST_LINES = 3000
_MOST_EMPTY = 4
_MAX_HEADER = 1 << 16
_LONGEST_NAME = 200
_ADDRESS = re.compile(r"""[^\s<>()\[\]"',;:*|@]{1,64}@[^\s<>()\[\]"',;:*|@]{1,255}""")


def original_sender(words: str, files: Iterable[Part], *, forwarded: bool) -> Address | None:
    """Name and address of whoever wrote what is forwarded; None where the mail is no forward, or nobody is named.

    `words`: the new ones, with what is forwarded in them. `forwarded`: the subject says that it is.
    """
    lines = bare_lines(words.split("\n", _MOST_LINES)[:_MOST_LINES])
    begins = next((at + 1 for at, line in enumerate(lines) if line and forwarded_begins(line)), None)
    if begins is None and forwarded:
        begins = next((at for at, line in enumerate(lines) if ":" in line and history_begins(lines, at)), None)
    if begins is not None and (found := _named(lines, begins)):
        return found
    return _attached(files) if forwarded or not words.strip() else None


def _named(lines: Sequence[str], begins: int) -> Address | None:
    """The From of the header at `begins`, or a few empty lines further down."""
    for at in range(begins, min(begins + _MOST_EMPTY, len(lines))):
        if lines[at].strip("> "):
            return _mailbox(fields_from(lines, at).get(history_words.FROM, ""))
    return None


def _mailbox(value: str) -> Address | None:
    """The first address in `value`, and what stands before it; few programs write it as RFC 5322 does."""
    match = _ADDRESS.search(value)
    if match is None:
        return None
    addr_spec = match.group().rstrip(".").lower()
    name = value[: match.start()].replace("mailto:", " ").strip(" \t\"'<>()[]*|,;:").replace("*", "")
    return Address(name=clean_line(name)[:_LONGEST_NAME], addr_spec=addr_spec)


def _attached(files: Iterable[Part]) -> Address | None:
    mail = next((part for part in files if part.content_type == "message/rfc822"), None)
    return read_names(Fields(mail.decoded()[0][:_MAX_HEADER].lstrip())).from_ if mail else None
