"""Does a relay's refusal mean that we send too much? Then the pace has to change, and no mail is at fault.

Some say so for now (4yz), some "for good" (5yz) and mean until tomorrow. Status codes: RFC 3463 §3.5, X.4.5.
"""

import re
from enum import StrEnum


class Throttle(StrEnum):
    """What there was too much of."""

    #: Mails in a short time.
    RATE = "rate"
    #: Connections or logins.
    CONNECTIONS = "connections"
    #: Mails or recipients of a day, or of hours.
    DAY = "day"


#: Code, enhanced status and words, wherever they begin: "mx:25 hung up: 421 4.7.0 ...", "ann@shop.example: 450 ...".
_REPLY = re.compile(r"(?:^|: )([45]\d\d)[ -](?:([45]\.\d{1,3}\.\d{1,3}) )?(.*)", re.DOTALL)
#: Repeated in each line of a long reply.
_STATUS = re.compile(r"\b[45]\.\d{1,3}\.\d{1,3} ")

#: About the recipient's mailbox, or this one mail.
_NOT_OURS = re.compile(
    r"user you are trying to contact|recipient thread limit|storedrv\.deliver"
    r"|mailbox (?:is |for \S+ is )?full|shutoffquota|mapiexceptionquota|over ?quota"
    r"|out of storage|insufficient storage",
    re.IGNORECASE,
)
_DAY = re.compile(
    r"(?:daily|hourly|per[- ](?:day|hour)|24[- ]hours?)\W.*(?:limit|quota|exceed|maximum|allowed|reached)"
    r"|(?:limit|quota|exceed|maximum|allowed|only \d+)\b.*(?:daily|hourly|per (?:day|hour)|/hour|/day|24 ?h)"
    r"|submissionquotaexceeded|external recipient rate limit"
    r"|(?:send(?:ing)?|outgoing|outmail|account|message) (?:limit|quota)s? (?:was |has been |is )?(?:exceeded|reached)"
    r"|exceeded (?:your|the|its) (?:\w+ ){0,2}(?:sending |outgoing |outmail |message )(?:limit|quota)"
    r"|reached (?:your|the|a|its) (?:\w+ )?(?:sending|outgoing|message) (?:limit|quota)",
    re.IGNORECASE,
)
_CONNECTIONS = re.compile(
    r"(?:concurrent|simultaneous|too many|number of|maximum|exceed\w*|limit\w*)\b.{0,40}\b(?:connections?|sessions?)\b"
    r"|(?:connections?|sender thread|sessions?)\b.{0,30}\blimit"
    r"|too many (?:\w+ ){0,3}(?:logins?|auth\w*)\b",
    re.IGNORECASE,
)
_RATE = re.compile(
    r"rate[- ]?(?:limit|exceed|overlimit|control)|ratelimit|\brate\b.{0,40}(?:exceed|too high|limit)"
    r"|(?:unusual|excessive|high)\b.{0,20}\b(?:rate|volume|number)\b|unexpected volume|throttl"
    r"|too (?:many (?:e-?mails|messages|mails|requests)|much mail|fast|quickly)|slow(?:ing)? down|more slowly"
    r"|peak smtp relay limit",
    re.IGNORECASE,
)
_MANY_RECIPIENTS = re.compile(r"too many recipients|number of recipients", re.IGNORECASE)
#: About who we are (RFC 4954 §6), even where it was tried too often.
_LOGIN = frozenset({"530", "534", "535", "538"})
_BY_STATUS = {"4.7.28": Throttle.RATE, "4.4.5": Throttle.RATE, "5.4.5": Throttle.DAY}


def throttle_of(refusal: str, recipients: int = 1) -> Throttle | None:
    """What the relay has too much of by its `refusal` of a mail to so many; None where it says nothing of the kind."""
    found = _REPLY.search(refusal)
    if found is None:
        return None
    code, status, words = found[1], found[2] or "", _STATUS.sub("", found[3])
    if code in _LOGIN or (_NOT_OURS.search(words) and not status.endswith(".4.5")):
        return None
    if _DAY.search(words):
        return Throttle.DAY
    if _CONNECTIONS.search(words):
        return Throttle.CONNECTIONS
    # of one mail with one recipient there cannot be too many
    if _RATE.search(words) or (_MANY_RECIPIENTS.search(words) and (recipients == 1 or " from " in words)):
        return Throttle.RATE
    return _BY_STATUS.get(status, Throttle.CONNECTIONS if code == "432" else None)
