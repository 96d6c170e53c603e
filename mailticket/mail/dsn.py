"""Which recipients does a delivery report say were not reached, and why? RFC 3464 §2.3, RFC 6533 for UTF-8.

Relayed, delivered and expanded are no failures. Delayed is none either, and is told apart.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mailticket.mail.bounce_status import GIVEN_UP, status_of, temporary
from mailticket.mail.fields import Fields
from mailticket.mail.walk import Part

#: Bytes of a report, and recipients in it, that are read.
MAX_REPORT = 1 << 18
MAX_RECIPIENTS = 200

_STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status")
_EMPTY_LINE = re.compile(rb"\r?\n[ \t]*+\r?\n[\r\n]*+")
_NAMING = ("final-recipient", "original-recipient", "x-actual-recipient")
_TYPE = re.compile(r"[\w.+-]{1,40}[ \t]*+;")
_ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"]{1,128}@[^\s<>()\[\]:;,\"]{1,255}")
#: What servers that misspell `failed` and `delayed` write, too.
_FAILED = re.compile(r"fail|expired|undeliver|reject|bounce")
_DELAYED = re.compile(r"delay|defer")
#: xtext (RFC 3461 §4) that was not decoded: the characters that it has to encode, and those that some encode besides.
_XTEXT = re.compile(r"\+(2B|3D|40)")
#: RFC 6533 §3: a character of an address where only ASCII went through.
_UNITEXT = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One recipient who was not reached."""

    #: In lower case, "" where none is named.
    recipient: str
    #: Enhanced status (RFC 3463), never empty.
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the fields say."""

    #: Whether they speak of any recipient at all; some gateways write reports that do not.
    names_recipients: bool
    failures: tuple[Failure, ...]
    #: Those whom the server still tries to reach.
    delays: tuple[Failure, ...]


def has_report(parts: Iterable[Part]) -> bool:
    """Whether there is a part for machines to read."""
    return any(part.content_type in _STATUS_TYPES for part in parts)


def read_report(parts: Sequence[Part]) -> Report:
    """The delivery reports among `parts`."""
    return _read(part.decoded()[0][:MAX_REPORT] for part in parts if part.content_type in _STATUS_TYPES)


def read_report_in_text(text: str) -> Report:
    """The same fields where they came as text: a boundary was lost, or a gateway wrote it all into one part."""
    return _read((text[:MAX_REPORT].encode("utf-8", "replace"),))


def _read(reports: Iterable[bytes]) -> Report:
    blocks = [fields for report in reports for fields in _blocks(report)]
    actions = [_action(fields) for fields in blocks]
    return Report(
        names_recipients=bool(blocks),
        failures=tuple(_failure(fields) for fields, action in zip(blocks, actions, strict=True) if action == "failed"),
        delays=tuple(
            _failure(fields, delayed=True)
            for fields, action in zip(blocks, actions, strict=True)
            if action == "delayed"
        ),
    )


def _blocks(report: bytes) -> Iterator[Fields]:
    """Those blocks of fields that are about a recipient."""
    for block in _EMPTY_LINE.split(report.strip(b"\r\n"), maxsplit=MAX_RECIPIENTS)[: MAX_RECIPIENTS + 1]:
        if b"recipient" in block.lower():
            fields = Fields(block.lstrip(b"\r\n"))
            if any(name in fields for name in _NAMING):
                yield fields


def _action(fields: Fields) -> str:
    """`failed`, `delayed` or ""; reports without an Action are judged by their status."""
    action = fields.token("action")
    if _DELAYED.search(action):
        return "delayed"
    failed = _FAILED.search(action) if action else status_of(_status(fields), _words(fields)).startswith("5")
    return "failed" if failed else ""


def _failure(fields: Fields, *, delayed: bool = False) -> Failure:
    status = status_of(_status(fields), _words(fields))
    if delayed:
        status = temporary(status)
    elif status.startswith("2"):
        # what failed did not succeed
        status = status_of("", _words(fields))
    return Failure(recipient=recipient_of(fields, _NAMING), status=status or GIVEN_UP)


def _status(fields: Fields) -> str:
    return fields.text("status")


def _words(fields: Fields) -> str:
    """All that stands there for people."""
    return " ".join(filter(None, (fields.text("diagnostic-code"), fields.text("status").partition(" ")[2])))


def recipient_of(fields: Fields, names: Iterable[str]) -> str:
    """The address in the first of these fields that has one: `rfc822; <carla@shop.example>` as the bare address."""
    for name in names:
        value = _UNITEXT.sub(_character, fields.text(name))
        if name == "original-recipient":
            value = _XTEXT.sub(_character, value)
        kind = _TYPE.match(value)
        found = _ADDRESS.search(value[kind.end() :] if kind else value)
        # a name without a dot is a host behind their server, which means nothing to us
        if found and "." in found[0].rpartition("@")[2]:
            return found[0].strip("'").lower()
    return ""


def _character(code: re.Match[str]) -> str:
    number = int(code[1], 16)
    return chr(number) if number < 0xD800 or 0xDFFF < number <= 0x10FFFF else ""
