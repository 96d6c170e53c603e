"""Whom does a notice in plain words name as not reached, and why? Where mail servers put recipients and diagnoses.

Behind the notice most of them append the mail that came back, or its header.
"""

import re
from collections.abc import Iterator

from mailticket.mail.phrases import any_of

#: Characters and lines that are read; notices are short, what they return may be long.
_MAX_NOTICE = 1 << 14
_MAX_LINES = 1000
_MAX_LINE = 1000
#: Header of the returned mail.
_MAX_RETURNED = 1 << 16

#: Lines that part the notice from what is returned.
_PARTING = re.compile(
    r"(?mi)^[^\n\w]{0,80}(?:"
    r"[^\n]{0,40}\b(?:message|mail|headers?|text|line)\b[^\n]{0,40}\b(?:follows?|following|copy|enclosed|attached)\b[^\n]{0,60}"
    r"|(?:original|returned|unsent|undelivered)[ -](?:message|mail|text)(?: headers?| header)?[^\n]{0,30}"
    r"|(?:ursprüngliche nachricht|message original|mensaje original)[^\n]{0,30}"
    r")$"
)
#: Such lines begin with a dash, or end like this; else they may be part of a sentence.
_PARTS = re.compile(r"(?i)[ \t]*(?:[-=*|_]{2}|.*(?:follows?|following)[.: |*-]*$)")
#: The first line of a returned header.
_HEADER = re.compile(
    r"(?mi)^(?:return-path|(?:x-)?received|dkim-signature|message-id|mime-version|delivered-to|x-originating-ip)[ \t]*:"
)
_RETURNED_TO = re.compile(r"(?mi)^[> \t]*+to[ \t]*:[^\n]{0,200}")

_ADDR = r"[^\s<>()\[\]:;,\"'=|]{1,128}@[^\s<>()\[\]:;,\"'|]{1,255}"
_ANY = re.compile(_ADDR)
#: `<carla@shop.example>:`, also behind bullets and quote marks
_LEADING = re.compile(rf"[\s>*•·-]*+<?({_ADDR})")
#: `550 5.1.1 <carla@shop.example>... User unknown`
_REPLIED = re.compile(rf"\s*+[45]\d\d[ -](?:\d\.\d{{1,3}}\.\d{{1,3}} )?<?({_ADDR})>?(?:\.\.\.|:)")
#: What stands before an address in the line.
_LABELS = r"""
address(?:ee)?
recipients?
error-for
rcpt to
(?:un)?delivered to
delivery to
deliver(?:ing)? (?:your )?(?:message|e?-?mail)(?: to)?
(?:message|e?-?mail) to
undeliverable *to
unknown (?:local )?user
attempts
allowed size
userid
mail(?:box|folder) is full
smtp
rejected
not reached
nachricht an
mailing list
request to the
message to the
empfänger
destinataire
destinatario
"""
_LABELLED = re.compile(
    rf"(?:{any_of(_LABELS).pattern})[ \t]*[:=]*[ \t]*(?:is )?\[?(?:smtp:)?<?({_ADDR})", re.IGNORECASE
)
_SHAPES = (_LEADING.match, _REPLIED.match, _LABELLED.search)
#: Written in notices as the one to ask.
_CONTACTS = ("postmaster@", "mailer-daemon@", "abuse@", "support@", "helpdesk@", "admin@")


def cut(text: str) -> tuple[str, str]:
    """The notice itself, and what is returned behind it."""
    text = text[: _MAX_NOTICE + _MAX_RETURNED]
    ends = [len(text), _MAX_NOTICE]
    ends += [found.start() for found in _PARTING.finditer(text, 1) if _PARTS.match(found[0].strip("\n"))][:1]
    if header := _HEADER.search(text):
        ends.append(header.start())
    end = min(ends)
    return text[:end], text[end : end + _MAX_RETURNED]


def recipients(notice: str, start: int, readers: frozenset[str]) -> tuple[str, ...]:
    """Those whom the notice names in a place for recipients, from `start` on if there is one, in order.

    The `readers` of the notice are named only where nobody else is.
    """
    begin = notice.rfind("\n", 0, start) + 1 if start > 0 else 0
    for part in (notice[begin:], notice[:begin]):
        if found := dict.fromkeys(address for address in _placed(part) if address not in readers):
            return tuple(found)
    # some servers cannot deliver to those whom they tell so
    return tuple(dict.fromkeys(_placed(notice[begin:])))


def mentioned(notice: str, returned: str, readers: frozenset[str]) -> str:
    """The likeliest recipient where none stands in a place for one: any in the notice, else in the returned To."""
    to = _RETURNED_TO.search(returned)
    for text in (notice, to[0] if to else ""):
        for line in text.split("\n")[:_MAX_LINES]:
            for found in _ANY.finditer(line[:_MAX_LINE]) if "@" in line else ():
                address = _plain(found[0])
                if address not in readers and not address.startswith(_CONTACTS):
                    return address
    return ""


def _placed(text: str) -> Iterator[str]:
    for line in text.split("\n")[:_MAX_LINES]:
        if "@" in line:
            found = next(filter(None, (shape(line[:_MAX_LINE]) for shape in _SHAPES)), None)
            if found:
                yield _plain(found[1])


def _plain(address: str) -> str:
    return address.rstrip(".!?*").lower()
