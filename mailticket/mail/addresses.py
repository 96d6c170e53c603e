"""Who is named in the header, and is the From beyond doubt? (RFC 5322 §3.4 and §3.6.2; mail-parser reads them.)

Identity needs exactly one From field with exactly one mailbox and no defect: `agent@corp.example <evil@x.y>`
must not pass for the agent, whichever of the two a parser takes.
"""

import base64
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from mailparser.dates import parse_mail_date
from mailparser.utils import get_addresses

from mailticket.mail.charset import codec_of
from mailticket.mail.clean import clean_line
from mailticket.mail.fields import Fields, decode_base64
from mailticket.mail.message import Address

#: Characters of To, Cc and Reply-To that are read, all fields of a name together.
_MAX_LENGTH = 1 << 16
_MAX_ADDRESS = 998
#: A longer From is nobody's.
_MAX_FROM = 4000
#: What mail-parser notes without the address being in doubt.
_HARMLESS = frozenset({"overlong-encoded-word"})

_ENCODED_WORD = re.compile(r"=\?([^?\s]+)\?([bBqQ])\?([^?\s]*)\?=")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|=\?[^?\s]+\?[bBqQ]\?[^?]*\?=|<[^<>]*>|\((?:[^()\\]|\\.)*\)', re.DOTALL)
_FOLDING = {ord(character): " " for character in "\r\n\t"}
_SEPARATORS = re.compile(r'[\s<>"(),:;]+')


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The addresses and the date of a header."""

    from_: Address | None
    #: A sentence, "" where the From is beyond doubt.
    from_defect: str
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    #: Aware UTC.
    date: datetime | None


def read_names(fields: Fields) -> Names:
    """The addresses and the date of `fields`."""
    defects: list[dict[str, str]] = []
    senders = _addresses(_value(fields, "from"), defects)
    faults = {defect["reason"] for defect in defects} - _HARMLESS
    defect = _from_defect(fields, len(senders), ",".join(sorted(faults)))
    if not senders:
        senders = _anything_like_an_address(fields.raw("from"))
    return Names(
        from_=senders[0] if senders else None,
        from_defect=defect,
        to=_addresses(_value(fields, "to"), []),
        cc=_addresses(_value(fields, "cc"), []),
        reply_to=_addresses(_value(fields, "reply-to"), []),
        date=_date(fields),
    )


def _value(fields: Fields, name: str) -> str | None:
    """A field for mail-parser's functions; its MailParser is eager and reads far more than this."""
    values = fields.all(name)
    if not values:
        return None
    # a repeated To or Cc is one long one; of From and Date only the first counts
    value = values[0] if name in ("from", "date") else ", ".join(values)
    return _ENCODED_WORD.sub(_harmless_word, value[:_MAX_LENGTH])


def _harmless_word(word: re.Match[str]) -> str:
    """An encoded word as mail-parser may have it: it looks up any codec that Python has, and raises on bad base64."""
    charset, encoding, text = word.groups()
    if encoding in "bB":
        text = base64.b64encode(decode_base64(text.encode("ascii", "ignore"))).decode("ascii")
    return f"=?{codec_of(charset.partition('*')[0]) or 'unknown'}?{encoding}?{text}?="


def _addresses(value: str | None, defects: list[dict[str, str]]) -> tuple[Address, ...]:
    """The mailboxes in `value`; what was wrong with them goes to `defects`."""
    pairs: list[tuple[str, str]] = get_addresses(value, defects=defects, decode_names=True)
    found = (
        ("" if name == addr_spec else clean_line(name), clean_line(addr_spec).lower()) for name, addr_spec in pairs
    )
    return tuple(
        Address(name=name[:_MAX_ADDRESS], addr_spec=addr_spec)
        for name, addr_spec in found
        if "@" in addr_spec and len(addr_spec) <= _MAX_ADDRESS
    )


def _from_defect(fields: Fields, mailboxes: int, faults: str) -> str:
    value = fields.raw("from")
    match fields.count("from"):
        case 0:
            return "There is no From field."
        case 1:
            pass
        case several:
            return f"There are {several} From fields."
    if len(value) > _MAX_FROM:
        return "The From field is too long."
    if faults:
        return f"The From field is malformed ({faults})."
    if mailboxes != 1:
        return f"The From field names {mailboxes} mailboxes." if mailboxes else "The From field names nobody."
    if not value.translate(_FOLDING).isprintable():
        return "The From field holds characters that cannot be seen."
    if not {":", ";"}.isdisjoint(_QUOTED.sub(" ", value)):
        return "The From field names a group."
    return ""


def _anything_like_an_address(value: str) -> tuple[Address, ...]:
    """For people to look at: the first word of a broken From that looks like an address."""
    for word in _SEPARATORS.split(clean_line(value[:2000])):
        local, at, domain = word.partition("@")
        if local and at and domain and "@" not in domain:
            return (Address(addr_spec=word.lower()),)
    return ()


def _date(fields: Fields) -> datetime | None:
    """mail-parser keeps to the RFC; the standard library takes some dates of old mail programs as well."""
    date = parse_mail_date(_value(fields, "date")).value
    if isinstance(date, datetime):
        return date
    try:
        found = parsedate_to_datetime(clean_line(fields.raw("date")[:100]))
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None
