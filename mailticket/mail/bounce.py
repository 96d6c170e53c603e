"""Which mail of ours came back, and for whom? Reports by RFC 3464 first, then the notices of servers that know none.

Only what failed is a bounce: delayed, relayed, delivered and expanded are not, and neither is a report that a person
passes on. A null reverse-path alone says nothing: vacation notices have it, too.
"""

import re
from collections.abc import Iterable

from mailticket.mail import bounce_notice as notices
from mailticket.mail.bounce_ses import read_ses
from mailticket.mail.bounce_signs import announcement, is_only_late, says_failed, sender_weight
from mailticket.mail.bounce_status import GIVEN_UP, status_of
from mailticket.mail.dsn import MAX_REPORT, Failure, has_report, read_report, read_report_in_text
from mailticket.mail.fields import Fields
from mailticket.mail.message import Bounce
from mailticket.mail.vacation import is_vacation
from mailticket.mail.walk import Part, Tree

_RETURNED_TYPES = (
    "message/rfc822",
    "text/rfc822-headers",
    "message/rfc822-headers",
    "message/partial",
    "message/global",
    "message/global-headers",
)
_EMPTY_LINE = re.compile(rb"\n\r?\n")
_ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"]{1,128}@[^\s<>()\[\]:;,\"]{1,255}")

#: What the signs of a notice have to weigh together: a server's name and subject, or less and a recipient.
_ENOUGH = 5


def read_bounce(tree: Tree, text: str, subject: str, from_address: str, return_path: str | None) -> Bounce | None:
    """What has failed according to a mail with this body `text`; None where it is no report, or nothing failed."""
    weight = sender_weight(tree.fields, from_address, return_path)
    reports = has_report(tree.parts)
    if not weight and not (reports and tree.content_type == "multipart/report"):
        return None
    if reports:
        report = read_report(tree.parts)
        if report.names_recipients:
            return _bounce(report.failures, _returned_id(tree.parts)) if report.failures else None
    failures, original_id = read_ses(text)
    if failures:
        return _bounce(failures, original_id)
    return None if is_vacation(subject) else _in_words(tree, text, subject, weight + 2 * reports)


def _in_words(tree: Tree, text: str, subject: str, weight: int) -> Bounce | None:
    """The bounce that a notice tells of, if the sender's `weight` and all else together make it one."""
    attached = any(part.content_type in _RETURNED_TYPES for part in tree.parts)
    if weight < 2 and not attached:
        return None
    notice, returned = notices.cut(text)
    if is_only_late(subject, notice):
        return None
    original_id = _returned_id(tree.parts) or notices.returned_id(returned)
    report = read_report_in_text(notice)
    if report.names_recipients:
        return _bounce(report.failures, original_id) if report.failures else None
    named, start = says_failed(subject), announcement(notice)
    ours = frozenset(_addresses(tree.fields, "to", "delivered-to"))
    whom = _addresses(tree.fields, "x-failed-recipients") or notices.recipients(notice, start, ours)
    weight += 2 * named + 2 * (start >= 0) + bool(whom) + (attached or bool(returned))
    if weight < _ENOUGH or not (named or start >= 0):
        return None
    status = status_of("", notice[max(0, start) :]) or status_of("", notice) or GIVEN_UP
    whom = whom or (notices.mentioned(notice, returned, ours),)
    return _bounce([Failure(recipient=address, status=status) for address in whom], original_id)


def _bounce(failures: Iterable[Failure], original_message_id: str) -> Bounce:
    failures = tuple(failures)
    recipients = tuple(dict.fromkeys(failure.recipient for failure in failures if failure.recipient))
    return Bounce(
        recipient=recipients[0] if recipients else "",
        recipients=recipients,
        status=failures[0].status,
        permanent=failures[0].status.startswith("5"),
        original_message_id=original_message_id,
    )


def _addresses(fields: Fields, *names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found.lower() for name in names for found in _ADDRESS.findall(fields.raw(name)[:4000])))


def _returned_id(parts: Iterable[Part]) -> str:
    for part in parts:
        if part.content_type in _RETURNED_TYPES:
            header = _EMPTY_LINE.split(part.decoded()[0][:MAX_REPORT].lstrip(), maxsplit=1)[0]
            return notices.returned_id(header.decode("utf-8", "replace"))
    return ""
