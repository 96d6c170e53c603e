"""Which enhanced status (RFC 3463) says best why a mail came back? The field, the remote server's words, or their sense.

A status that says only "something" (x.0.0) or "time ran out" (x.4.7) gives way to one that says what it was.
"""

import re

#: A mail came back and nothing says why: that it did is permanent.
GIVEN_UP = "5.0.0"

#: Characters of a diagnosis that are read.
_MAX_WORDS = 8000

_STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.]?\d)")
#: The status that stands right behind an SMTP reply code is the word of the server that refused.
_REFUSAL = re.compile(r"(?<![\w.])[45][0-5]\d[ -]{1,3}[\"'(]?#?([45]\.\d{1,3}\.\d{1,3})(?![\d.]?\d)")
_REPLY_CODE = re.compile(r"(?<![\w.@/-])([45])[0-5]\d(?![\w.@/])")
_VAGUE = re.compile(r"[245]\.(?:0\.0|4\.7)")

#: What servers say, and the subject and detail of RFC 3463 that it means. The first that fits counts.
_MEANINGS = (
    (
        r"user(?:name)? (?:is )?(?:unknown|not found|does(?: not|n't) exist|doesn't have)|unknown (?:user|recipient|or illegal)"
        r"|no such (?:user|recipient|mailbox|person|address)|(?:invalid|bad|unknown) (?:recipient|mailbox|user|address|final"
        r" delivery userid)|mailbox (?:not found|unavailable|does(?: not|n't) exist)|no mailbox (?:here )?by that name"
        r"|recipient (?:name )?(?:is )?(?:not (?:found|recognized)|unknown)|not listed in|address(?:ee)? unknown"
        r"|does(?: not|n't) have an? \S{1,80} account|not a (?:registered|valid) |utilisateur inconnu|unbekannter empf",
        "1.1",
    ),
    (
        r"(?:mail(?:box|folder)|inbox|account|user|postfach) (?:is )?(?:full|over(?: its)? quota|überfüllt)"
        r"|quota (?:exceeded|is exceeded)|(?:over|exceed\w{0,3}|reached) (?:\w{1,12} ){0,3}(?:disk )?quota"
        r"|exceeds allowed size|exceeding their quota|out of storage|boîte pleine|too much mail",
        "2.2",
    ),
    (r"(?:account|mailbox|user|recipient)\b.{0,20} (?:disabled|inactive|suspended|discontinued|locked|deactivated)", "2.1"),
    (
        r"host(?: name)? (?:not found|unknown|lookup fail)|unknown host|domain (?:not found|does(?: not|n't) exist)"
        r"|no such (?:host|domain)|name service error|dns lookup fail|couldn't find any host|unrouteable|nxdomain",
        "1.2",
    ),
    (r"(?:message|mail) (?:is |size )?(?:too (?:big|large)|exceeds|limit exceeded)|size limit", "3.4"),
    (r"spam|blacklist|black list|block(?:ed|list)|dmarc|reputation|policy|reverse dns|ptr record|denied|relay", "7.1"),
    (r"malformed address|incorrectly constructed|syntax error", "1.3"),
    (r"\bloop(?:ing|s)?\b|too many hops", "4.6"),
    (r"timed? ?out|expired|too long|giving up|retry timeout", "4.7"),
    (r"unreachable|connection refused|socket error|not accept our requests to connect|unable to connect", "4.1"),
)
_SENSES = tuple((re.compile(pattern, re.IGNORECASE), detail) for pattern, detail in _MEANINGS)


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
