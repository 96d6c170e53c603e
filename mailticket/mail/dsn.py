"""Which recipients does a delivery report say have failed, and why? The fields of RFC 3464 §2.3 (RFC 6533 in UTF-8).

Only what failed counts: delayed, relayed, delivered and expanded do not.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mailticket.mail.bounce_status import GIVEN_UP, status_of
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
    failures = (
        Failure(recipient=_recipient(fields), status=status_of(_status(fields), _words(fields)) or GIVEN_UP)
        for fields in blocks
        if _has_failed(fields)
    )
    return Report(names_recipients=bool(blocks), failures=tuple(failures))


def _blocks(report: bytes) -> Iterator[Fields]:
    """Those blocks of fields that are about a recipient."""
    for block in _EMPTY_LINE.split(report.strip(b"\r\n"), maxsplit=MAX_RECIPIENTS)[: MAX_RECIPIENTS + 1]:
        if b"recipient" in block.lower():
            fields = Fields(block.lstrip(b"\r\n"))
            if any(name in fields for name in _NAMING):
                yield fields


def _has_failed(fields: Fields) -> bool:
    """Reports without Action are judged by their status."""
    action = fields.token("action")
    return action == "failed" if action else status_of(_status(fields), _words(fields)).startswith("5")


def _status(fields: Fields) -> str:
    return fields.text("status")


def _words(fields: Fields) -> str:
    """All that stands there for people."""
    return " ".join(filter(None, (fields.text("diagnostic-code"), fields.text("status").partition(" ")[2])))


def _recipient(fields: Fields) -> str:
    """`rfc822; <carla@shop.example>` as the bare address."""
    for name in _NAMING:
        value = fields.text(name)
        kind = _TYPE.match(value)
        found = _ADDRESS.search(value[kind.end() :] if kind else value)
        # a name without a dot is a host behind their server, which means nothing to us
        if found and "." in found[0].rpartition("@")[2]:
            return found[0].strip("'").lower()
    return ""
