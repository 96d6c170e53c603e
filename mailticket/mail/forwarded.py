"""Who wrote the mail that somebody forwards to us? The header that mail programs put above it, or the attached mail.

Words and shapes are those of quoted_header.py; RFC 5322 §3.6.6 leaves forwarding by hand to the programs.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mailticket.mail import history_words
from mailticket.mail.addresses import read_names
from mailticket.mail.attribution import bare_lines
from mailticket.mail.clean import clean_line
from mailticket.mail.fields import Fields
from mailticket.mail.message import Address
from mailticket.mail.quoted_header import fields_from, forwarded_begins, header_ends, history_begins, is_rule
from mailticket.mail.walk import Part

#: Lines that are looked at, and empty ones between "Forwarded message" and its header.
_MOST_LINES = 3000
_MOST_EMPTY = 4
_MAX_HEADER = 1 << 16
_LONGEST_NAME = 200
_ADDRESS = re.compile(r"""[^\s<>()\[\]"',;:*|@]{1,64}@[^\s<>()\[\]"',;:*|@]{1,255}""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A text in which somebody forwards a mail."""

    #: What stands above the forwarded mail.
    above: str
    #: Who wrote it, None where its header names nobody.
    sender: Address | None
    #: "" where its header has none.
    subject: str
    #: What that person wrote.
    text: str
    #: It has a header, whomever that names: what hangs on the mail is the writer's.
    headed: bool


def original_sender(words: str, files: Iterable[Part], *, forwarded: bool) -> Address | None:
    """Name and address of whoever wrote what is forwarded; None where the mail is no forward, or nobody is named.

    `words`: the new ones, with what is forwarded in them. `forwarded`: the subject says that it is.
    """
    lines = bare_lines(words.split("\n", _MOST_LINES)[:_MOST_LINES])
    place = _place(lines, forwarded=forwarded)
    if place and (at := _first_of_header(lines, place[1])) is not None and (found := _mailbox(_from(lines, at))):
        return found
    return _attached(files) if forwarded or not words.strip() else None


def taken_apart(words: str, *, forwarded: bool) -> Parts | None:
    """What stands above and in a forwarded mail, as `original_sender` finds it; None where there is none in `words`."""
    whole = words.split("\n")
    lines = bare_lines(whole[:_MOST_LINES])
    place = _place(lines, forwarded=forwarded)
    if place is None:
        return None
    divider, begins = place
    at = _first_of_header(lines, begins)
    fields: dict[str, str] = {}
    if at is not None and (ends := header_ends(lines, at)) > at:
        fields, begins = fields_from(lines[:ends], at), ends
    above = whole[:divider]
    while above and (not above[-1].strip() or is_rule(above[-1]) or history_begins(lines, len(above) - 1)):
        above.pop()
    return Parts(
        above="\n".join(above),
        sender=_mailbox(fields.get(history_words.FROM, "")),
        subject=fields.get(history_words.SUBJECT, ""),
        text="\n".join(_unmarked(whole[begins:])).strip("\n"),
        headed=bool(fields),
    )


def _place(lines: Sequence[str], *, forwarded: bool) -> tuple[int, int] | None:
    """Where the words above end, and where the forwarded mail's header begins."""
    shown = [line.lstrip("> ") for line in lines] if forwarded else lines
    # (whatever comes first: all below it is its writer's, and may look like anybody's mail)
    for at, line in enumerate(shown):
        if line and forwarded_begins(line):
            return at, at + 1
        if forwarded and ":" in line and history_begins(lines, at):
            return at, at
    return None


def _unmarked(lines: Sequence[str]) -> Sequence[str]:
    """Without the marks of quotations that some programs put before every line of what is forwarded."""
    end = next((at for at, line in enumerate(lines) if line.strip() and not line.startswith(">")), len(lines))
    return [*(line.removeprefix(">").removeprefix(" ") for line in lines[:end]), *lines[end:]]


def _first_of_header(lines: Sequence[str], begins: int) -> int | None:
    """The first line that says anything at `begins`, or a few empty lines further down."""
    places = range(begins, min(begins + _MOST_EMPTY, len(lines)))
    return next((at for at in places if lines[at].strip("> ")), None)


def _from(lines: Sequence[str], at: int) -> str:
    return fields_from(lines, at).get(history_words.FROM, "")


def _mailbox(value: str) -> Address | None:
    """The one address in `value`, and what stands before it; few programs write it as RFC 5322 does.

    None where there are several: whoever takes somebody else's address for a name must not be taken for that person.
    """
    found = {match.group().rstrip(".").lower(): match.start() for match in reversed(list(_ADDRESS.finditer(value)))}
    if len(found) != 1:
        return None
    ((addr_spec, begins),) = found.items()
    name = value[:begins].replace("mailto:", " ").strip(" \t\"'<>()[]*|,;:").replace("*", "")
    return Address(name=clean_line(name)[:_LONGEST_NAME], addr_spec=addr_spec)


def _attached(files: Iterable[Part]) -> Address | None:
    mail = next((part for part in files if part.content_type == "message/rfc822"), None)
    return read_names(Fields(mail.decoded()[0][:_MAX_HEADER].lstrip())).from_ if mail else None
