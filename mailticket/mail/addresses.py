"""Who is named in the header, and is the From beyond doubt? (RFC 5322 §3.4 and §3.6.2; mail-parser reads them.)

Identity needs exactly one From field with exactly one mailbox and no defect: `agent@corp.example <evil@x.y>`
must not pass for the agent, whichever of the two a parser takes.
"""

import base64
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

from mailparser.dates import parse_mail_date
from mailparser.utils import get_addresses

from mailticket.mail.charset import codec_of
from mailticket.mail.clean import clean_line
from mailticket.mail.fields import Fields, decode_base64, decode_words
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
_SEMICOLON = re.compile(f"{_QUOTED.pattern}|;", re.DOTALL)
_FOLDING = {ord(character): " " for character in "\r\n\t"}
_ROUTE = re.compile(r"<\s*@")
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
    #: A sentence, "" where it names one mailbox beyond doubt or is not there.
    reply_to_defect: str
    #: Aware UTC.
    date: datetime | None


def read_names(fields: Fields) -> Names:
    """The addresses and the date of `fields`."""
    senders, faults = _mailboxes(_value(fields, "from"))
    defect = _defect(fields, "From", senders, faults)
    reply_to, reply_faults = _mailboxes(_value(fields, "reply-to"))
    if not senders:
        value = fields.raw("from")[:_MAX_FROM]
        # what stands there in clear first: an encoded name may hold the address of somebody else
        senders = _anything_like_an_address(value) or _anything_like_an_address(decode_words(value))
    return Names(
        from_=senders[0] if senders else None,
        from_defect=defect,
        to=_mailboxes(_value(fields, "to"))[0],
        cc=_mailboxes(_value(fields, "cc"))[0],
        reply_to=reply_to,
        reply_to_defect=_defect(fields, "Reply-To", reply_to, reply_faults) if "reply-to" in fields else "",
        date=_date(fields),
    )


def _value(fields: Fields, name: str) -> str | None:
    """A field for mail-parser's functions; its MailParser is eager and reads far more than this."""
    values = fields.all(name)
    if not values:
        return None
    # a repeated To or Cc is one long one; of From and Date only the first counts
    value = values[0] if name in ("from", "date") else _with_commas(", ".join(values))
    return _ENCODED_WORD.sub(_harmless_word, value[:_MAX_LENGTH])


def _with_commas(value: str) -> str:
    """A list of addresses as Outlook writes it, parted by semicolons; a group has a colon (RFC 5322 §3.4)."""
    if ";" not in value or ":" in _QUOTED.sub(" ", value):
        return value
    return _SEMICOLON.sub(lambda found: "," if found.group() == ";" else found.group(), value)


def _harmless_word(word: re.Match[str]) -> str:
    """An encoded word as mail-parser may have it: it looks up any codec that Python has, and raises on bad base64."""
    charset, encoding, text = word.groups()
    if encoding in "bB":
        text = base64.b64encode(decode_base64(text.encode("ascii", "ignore"))).decode("ascii")
    return f"=?{codec_of(charset.partition('*')[0]) or 'unknown'}?{encoding}?{text}?="


@lru_cache(maxsize=64)
def _mailboxes(value: str | None) -> tuple[tuple[Address, ...], frozenset[str]]:
    """The mailboxes in `value`, and what is wrong with them. (Most mail goes to the same few.)"""
    defects: list[dict[str, str]] = []
    pairs: list[tuple[str, str]] = get_addresses(value, defects=defects, decode_names=True)
    found = (
        # (many programs put encoded words between quotes, where RFC 2047 §5 has none)
        ("" if name == addr_spec else clean_line(decode_words(name)), clean_line(addr_spec).lower())
        for name, addr_spec in pairs
    )
    mailboxes = tuple(
        Address(name=name[:_MAX_ADDRESS], addr_spec=addr_spec)
        for name, addr_spec in found
        if "@" in addr_spec and len(addr_spec) <= _MAX_ADDRESS
    )
    return mailboxes, frozenset(defect["reason"] for defect in defects)


def _defect(fields: Fields, name: str, mailboxes: tuple[Address, ...], faults: frozenset[str]) -> str:
    """Why it is not certain whom the field names."""
    value, faults = fields.raw(name.lower()), faults - _HARMLESS
    match fields.count(name.lower()):
        case 0:
            return f"There is no {name} field."
        case 1:
            pass
        case several:
            return f"There are {several} {name} fields."
    if len(value) > _MAX_FROM:
        return f"The {name} field is too long."
    if faults:
        return f"The {name} field is malformed ({','.join(sorted(faults))})."
    if len(mailboxes) != 1:
        return f"The {name} field names {len(mailboxes)} mailboxes." if mailboxes else f"The {name} field names nobody."
    if not value.translate(_FOLDING).isprintable():
        return f"The {name} field holds characters that cannot be seen."
    if not {":", ";"}.isdisjoint(_QUOTED.sub(" ", value)):
        return f"The {name} field names a group."
    if mailboxes[0].addr_spec not in value.lower() or _ROUTE.search(value):
        # comments within it, or a route before it (RFC 5322 §4.4): not every relay reads the same domain there
        return f"The {name} field does not name its mailbox in one piece."
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
        value = clean_line(fields.raw("date")[:100])
        found = datetime.fromisoformat(value) if value[:4].isdigit() else parsedate_to_datetime(value)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None
