"""Did a machine send this mail, or a list? Then nothing of ours may answer it by itself.

RFC 3834 §2 (Auto-Submitted), RFC 2919 and RFC 2369 (lists), and what vendors do instead; contract.md, JSON of parse.
"""

import re
from collections.abc import Iterable

from mailticket.mail.fields import Fields
from mailticket.mail.vacation import is_vacation

_LIST_FIELDS = (
    "list-id",
    "list-post",
    "list-unsubscribe",
    "list-subscribe",
    "list-help",
    "list-owner",
    "list-archive",
    "mailing-list",
)

_ANSWERS = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply", "x-auto-respond", "x-mail-autoreply")
#: What desks like ours put on their mail, and which of it a person wrote.
_MARK, _NOTICE, _WRITTEN = "x-mailticket-loop", "x-mailticket-notice", "reply"
_SEPARATOR = re.compile(r"[:：\[(\d]")
_REPORTS = frozenset(
    {
        "message/delivery-status",
        "message/global-delivery-status",
        "message/disposition-notification",
        "message/global-disposition-notification",
    }
)
_BULK = frozenset({"bulk", "junk", "auto_reply"})

_NO_REPLY = re.compile(
    r"(?:.*[._+-])?(?:no[._-]?reply|(?:do[._-]?not|dont)[._-]?reply|nicht[._-]?antworten|keine[._-]?antwort)(?:[._+-].*)?"
)
_DAEMONS = frozenset({"mailer-daemon", "mail-daemon", "maildaemon", "mdaemon", "bounce", "bounces"})


def is_auto_submitted(fields: Fields, subject: str, return_path: str | None) -> bool:
    """Whether a mail with these header fields must not be answered automatically."""
    return (
        (fields.token("auto-submitted") or "no") != "no"
        or any(value.strip().lower() in _BULK for value in fields.all("precedence"))
        or return_path == ""
        # alone it only asks for silence, and Exchange puts it on mail that people write
        or ("x-auto-response-suppress" in fields and "x-ms-exchange-inbox-rules-loop" in fields)
        or (_MARK in fields and fields.token(_NOTICE) != _WRITTEN)
        or is_vacation(subject)
        or is_automatic_answer(fields, subject)
    )


def is_automatic_answer(fields: Fields, subject: str) -> bool:
    """Whether a machine answered some mail with this one: a vacation notice, an acknowledgement of receipt.

    A sentence as subject is not enough: people write "Automatic reply is broken on my phone", too.
    """
    return (
        fields.token("auto-submitted") == "auto-replied"
        or is_from_vacation_program(fields)
        or any(value.strip().lower() == "auto_reply" for value in fields.all("precedence"))
        or (is_vacation(subject) and (_SEPARATOR.search(subject) is not None or len(subject.split()) <= 3))
        or (is_vacation(subject) and ("in-reply-to" in fields or "references" in fields))
    )


def is_from_vacation_program(fields: Fields) -> bool:
    """Whether a mail bears what only programs put on that answer for somebody."""
    return any(name in fields for name in _ANSWERS)


def is_report(content_type: str, part_types: Iterable[str]) -> bool:
    """Whether a mail of this type is a machine's word on what became of another: delivered, opened, thrown away.

    RFC 3464 and RFC 8098; that somebody's program sends them does not make them anybody's words.
    """
    return content_type == "multipart/report" and any(part_type in _REPORTS for part_type in part_types)


def is_list(fields: Fields) -> bool:
    """Whether a mail with these header fields came through a mailing list."""
    return any(name in fields for name in _LIST_FIELDS) or fields.token("precedence") == "list"


def is_no_reply(addr_spec: str) -> bool:
    """Whether an address says by its name that nobody reads what is sent to it."""
    local = addr_spec.rpartition("@")[0][:64].lower()
    return local in _DAEMONS or _NO_REPLY.fullmatch(local) is not None
