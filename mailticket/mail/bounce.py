"""Which mail of ours came back, and for whom? Reports by RFC 3464 first, then the notices of servers that know none.

Relayed, delivered and expanded are no bounces, and neither is a report that a person passes on. A delay is told, too,
so that no ticket comes of it, but marked: nothing has failed. A null reverse-path alone says nothing: vacation notices
have it, too.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from mailticket.mail import bounce_notice as notices
from mailticket.mail.automatic import is_from_vacation_program
from mailticket.mail.bounce_ses import read_ses
from mailticket.mail.bounce_signs import (
    announcement,
    names_server,
    says_failed,
    says_late,
    sender_weight,
    still_trying,
    wants_a_word,
)
from mailticket.mail.bounce_status import GIVEN_UP, clearer, status_of, temporary
from mailticket.mail.dsn import Failure, Report, has_report, read_report, read_report_in_text
from mailticket.mail.fields import Fields
from mailticket.mail.message import Bounce
from mailticket.mail.returned import is_returned, message_id_in, returned_id, returned_thread
from mailticket.mail.vacation import is_vacation
from mailticket.mail.walk import Tree

_ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"]{1,128}@[^\s<>()\[\]:;,\"]{1,255}")

#: Characters of the text for people in which a header is looked for.
_MAX_TEXT = 1 << 16
#: What the signs of a notice have to weigh together: a server's name and subject, or less and a recipient.
_ENOUGH = 5


def read_bounce(tree: Tree, text: str, subject: str, from_address: str, return_path: str | None) -> Bounce | None:
    """What a mail with this body `text` says has failed or is late; None where it says no such thing."""
    found = _found(tree, text, subject, from_address, return_path)
    return replace(found, thread=returned_thread(tree.parts)) if found else None


def _found(tree: Tree, text: str, subject: str, from_address: str, return_path: str | None) -> Bounce | None:
    weight = sender_weight(tree.fields, from_address, return_path)
    reports = has_report(tree.parts)
    if not weight and not (reports and tree.content_type == "multipart/report"):
        return None
    if reports:
        report = read_report(tree.parts)
        if report.names_recipients:
            # Exchange writes the header of our mail into the text for people
            return _reported(report, returned_id(tree.parts) or message_id_in(text[:_MAX_TEXT]), text)
    failures, original_id = read_ses(text)
    if failures:
        return _bounce(failures, original_id)
    if is_vacation(subject) or is_from_vacation_program(tree.fields):
        return None
    return _in_words(tree, text, subject, weight + 2 * reports)


def _in_words(tree: Tree, text: str, subject: str, weight: int) -> Bounce | None:
    """The bounce that a notice tells of, if the sender's `weight` and all else together make it one."""
    attached = is_returned(tree.parts)
    if weight < 2 and not attached:
        return None
    notice, returned = notices.cut(text)
    original_id = returned_id(tree.parts) or message_id_in(returned) or message_id_in(notice)
    report = read_report_in_text(notice)
    if report.names_recipients:
        return _reported(report, original_id, notice)
    named, start = says_late(subject), still_trying(notice)
    if not (late := named or start >= 0):
        named, start = says_failed(subject), announcement(notice)
    ours = frozenset(_addresses(tree.fields, "to", "delivered-to"))
    whom = _addresses(tree.fields, "x-failed-recipients") or notices.recipients(notice, start, ours)
    weight += 2 * named + 2 * (start >= 0) + bool(whom) + (attached or bool(returned))
    if weight < _ENOUGH or not (named or start >= 0):
        return None
    if not names_server(tree.fields) and (
        # parcels are late, too
        (late and not (attached or returned)) or (not named and wants_a_word(subject, notice))
    ):
        return None
    status = status_of("", notice[max(0, start) :]) or status_of("", notice)
    status = temporary(status) if late else status or GIVEN_UP
    whom = whom or (notices.mentioned(notice, returned, ours),)
    return _bounce([Failure(recipient=address, status=status) for address in whom], original_id, delayed=late)


def _reported(report: Report, original_message_id: str, text: str) -> Bounce | None:
    """Of a report that speaks of failures and delays the failures; `text` is what stands beside it for people."""
    failures = report.failures or report.delays
    if len(failures) == 1:
        failures = (replace(failures[0], status=clearer(failures[0].status, notices.cut(text)[0])),)
    return _bounce(failures, original_message_id, delayed=not report.failures) if failures else None


def _bounce(failures: Iterable[Failure], original_message_id: str, *, delayed: bool = False) -> Bounce:
    failures = tuple(failures)
    recipients = tuple(dict.fromkeys(failure.recipient for failure in failures if failure.recipient))
    return Bounce(
        recipient=recipients[0] if recipients else "",
        recipients=recipients,
        status=failures[0].status,
        permanent=failures[0].status.startswith("5"),
        original_message_id=original_message_id,
        delayed=delayed,
    )


def _addresses(fields: Fields, *names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found.lower() for name in names for found in _ADDRESS.findall(fields.raw(name)[:4000])))
