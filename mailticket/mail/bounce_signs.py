"""Does a mail server speak here, and does it say that a mail came back?

Reports that follow RFC 3464 need none of this. The others come from many programs in many languages; what they have
in common is who sends them, what their subject says, and how they begin. No sign decides alone.
"""

import re

from mailticket.mail import bounce_words as words
from mailticket.mail.automatic import is_no_reply
from mailticket.mail.fields import Fields
from mailticket.mail.phrases import any_of

#: Characters of a From field and of a subject that are looked at.
_MAX_LINE = 500

_SERVER = any_of(words.SERVERS)
_OPERATOR = any_of(words.OPERATORS)
_SUBJECT = any_of(words.SUBJECTS)
_ANNOUNCEMENT = any_of(words.ANNOUNCEMENTS)
_LATE = any_of(words.LATE_SUBJECTS)
_STILL_TRYING = any_of(words.STILL_TRYING)
_CHALLENGE = any_of(words.CHALLENGES)
#: What list programs put on notices of their own, and not on what they pass on.
_LIST_PROGRAMS = ("x-list-administrivia", "x-mlserver")
#: A null reverse-path, also as some servers write it down.
_NOBODY = re.compile(r"|<?mailer-daemon(?:@.{0,255})?>?", re.IGNORECASE)
#: The answer of an SMTP server on a line of its own: somebody shows what happened.
_TRANSCRIPT = re.compile(
    r"(?mi)^[ \t]*(?:<<< |#)?[45][0-5]\d[ -](?:#?[45]\.|.{0,60}(?:user|mailbox|recipient|host|reject|denied|<))"
)


def sender_weight(fields: Fields, addr_spec: str, return_path: str | None) -> int:
    """How sure it is that a mail server sent this, 0 (not at all) to 3."""
    sender = fields.text("from")[:_MAX_LINE]
    if "x-failed-recipients" in fields or _SERVER.search(sender):
        return 3
    if any(name in fields for name in _LIST_PROGRAMS):
        return 2
    if _OPERATOR.search(sender) or (return_path is not None and _NOBODY.fullmatch(return_path[:_MAX_LINE])):
        return 2
    return 1 if is_no_reply(addr_spec) else 0


def names_server(fields: Fields) -> bool:
    """Whether the sender's name is that of a mail server or of who cares for one; anybody's program has a null path."""
    sender = fields.text("from")[:_MAX_LINE]
    return _SERVER.search(sender) is not None or _OPERATOR.search(sender) is not None


def says_failed(subject: str) -> bool:
    """Whether a subject tells of a mail that came back."""
    return _SUBJECT.search(subject[:_MAX_LINE]) is not None


def announcement(notice: str) -> int:
    """Where in the notice it is said that a mail did not arrive; -1 where it is not."""
    # words that a line break parts are still next to each other, and every offset stays what it was
    found = _ANNOUNCEMENT.search(notice.replace("\n", " ")) or _TRANSCRIPT.search(notice)
    return found.start() if found else -1


def wants_a_word(subject: str, notice: str) -> bool:
    """Whether a program keeps the mail until its sender has answered, or a moderator has looked at it."""
    return _CHALLENGE.search(f"{subject[:_MAX_LINE]} {notice}".replace("\n", " ")) is not None


def says_late(subject: str) -> bool:
    """Whether a subject tells of a mail that takes its time."""
    return _LATE.search(subject[:_MAX_LINE]) is not None


def still_trying(notice: str) -> int:
    """Where in the notice it is said that the server goes on trying; -1 where it is not."""
    found = _STILL_TRYING.search(notice.replace("\n", " "))
    return found.start() if found else -1
