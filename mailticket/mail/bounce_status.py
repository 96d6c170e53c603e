"""Which enhanced status (RFC 3463) says best why a mail came back? The field, a server's words, or their sense.

A status that says only "something" (x.0.0) or "time ran out" (x.4.7) gives way to one that says what it was.
"""

import re

from mailticket.mail.bounce_reasons import REASONS
from mailticket.mail.phrases import any_of

#: A mail came back and nothing says why: that it did is permanent.
GIVEN_UP = "5.0.0"

#: Characters of a diagnosis that are read.
_MAX_WORDS = 8000

_STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.]?\d)")
#: The status that stands right behind an SMTP reply code is the word of the server that refused.
_REFUSAL = re.compile(r"(?<![\w.])[45][0-5]\d[ -]{1,3}[\"'(]?#?([45]\.\d{1,3}\.\d{1,3})(?![\d.]?\d)")
_REPLY_CODE = re.compile(r"(?<![\w.@/-])([45])[0-5]\d(?![\w.@/)]|-\d\d)")
_VAGUE = re.compile(r"[245]\.(?:0\.0|4\.7)")

_SENSES = tuple((any_of(phrases), detail) for detail, phrases in REASONS)


def status_of(field: str, words: str) -> str:
    """The status that `field` and the `words` of a diagnosis give together; "" where neither gives any."""
    words = words[:_MAX_WORDS]
    named = _STATUS.search(field[:200])
    status = named[0] if named else ""
    if status and not _VAGUE.fullmatch(status):
        refused = _REFUSAL.search(words)
        # a server that refused for good was not heard by who wrote the field
        return refused[1] if refused and refused[1][0] == "5" and status[0] == "4" else status
    clearer = [found for found in _candidates(words) if not _VAGUE.fullmatch(found)]
    if clearer:
        return clearer[0]
    if status.endswith(".4.7"):
        return status
    said = next(iter(_candidates(words)), "")
    return _by_sense(status or said or _class_of(words), words)


def clearer(status: str, notice: str) -> str:
    """`status`; where it says only its class, what a server's answer quoted in `notice` says of that class."""
    if not _VAGUE.fullmatch(status):
        return status
    answers = _REFUSAL.findall(notice[:_MAX_WORDS])
    return next((said for said in answers if said[0] == status[0] and not _VAGUE.fullmatch(said)), status)


def temporary(status: str) -> str:
    """`status` as class 4, that of a server which goes on trying, whatever it was told meanwhile."""
    return f"4{status[1:]}" if status else "4.0.0"


def _candidates(words: str) -> list[str]:
    """The statuses in `words`, those of a refusing server first."""
    return [*_REFUSAL.findall(words), *(found for found in _STATUS.findall(words) if found[0] != "2")]


def _class_of(words: str) -> str:
    reply = _REPLY_CODE.search(words)
    return f"{reply[1]}.0.0" if reply else ""


def _by_sense(status: str, words: str) -> str:
    """`status`, which says no more than its class or nothing, made clearer by what the words mean."""
    for pattern, detail in _SENSES:
        if pattern.search(words):
            return f"{status[:1] or '5'}.{detail}"
    return status
