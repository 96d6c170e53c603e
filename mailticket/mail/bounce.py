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
from mailticket.mail.clean import clean_line
from mailticket.mail.dsn import MAX_REPORT, Failure, has_report, read_report, read_report_in_text
from mailticket.mail.fields import Fields
from mailticket.mail.message import Bounce
from mailticket.mail.walk import Part, Tree

_RETURNED_TYPES = ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global", "message/global-headers")
_EMPTY_LINE = re.compile(rb"\r?\n\r?\n")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,996}>")
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
    if is_only_late(subject, notices.cut(text)[0]):
        return None
    return _in_words(tree, text, says_failed(subject), weight + 2 * reports)


def _in_words(tree: Tree, text: str, named: bool, weight: int) -> Bounce | None:
    """The bounce that a notice tells of, if the sender's `weight` and all else together make it one."""
    notice, returned = notices.cut(text)
    report = read_report_in_text(notice)
    original_id = _returned_id(tree.parts) or notices.returned_id(returned)
    if report.names_recipients and weight > 1:
        return _bounce(report.failures, original_id) if report.failures else None
    start = announcement(notice)
    ours = _addresses(tree.fields, "to", "delivered-to")
    listed = tuple(_addresses(tree.fields, "x-failed-recipients")) or notices.recipients(notice, start, frozenset(ours))
    came_back = any(part.content_type in _RETURNED_TYPES for part in tree.parts) or bool(returned)
    if not (named or start >= 0) or weight + 2 * named + 2 * (start >= 0) + bool(listed) + came_back < _ENOUGH:
        return None
    whom = listed or tuple(filter(None, (notices.mentioned(notice, returned, frozenset(ours)),)))
    status = status_of("", notice[max(0, start) :]) or status_of("", notice) or GIVEN_UP
    return _bounce([Failure(recipient=address, status=status) for address in whom or ("",)], original_id)


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


def _addresses(fields: Fields, *names: str) -> dict[str, None]:
    return dict.fromkeys(found.lower() for name in names for found in _ADDRESS.findall(fields.raw(name)[:4000]))


def _returned_id(parts: Iterable[Part]) -> str:
    for part in parts:
        if part.content_type in _RETURNED_TYPES:
            header = _EMPTY_LINE.split(part.decoded()[0][:MAX_REPORT].lstrip(b"\r\n"), maxsplit=1)[0]
            found = _MESSAGE_ID.search(Fields(header).raw("message-id"))
            return clean_line(found[0]) if found else ""
    return ""
