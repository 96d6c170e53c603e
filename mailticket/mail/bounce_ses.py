"""Does Amazon tell by its notification service that a mail came back? JSON where other servers send a report.

Read by its keys and not as a whole: mail servers fold its long line, and then it is no JSON any more.
"""

import re

from mailticket.mail.bounce_status import GIVEN_UP, status_of
from mailticket.mail.dsn import MAX_RECIPIENTS, Failure

_MAX_TEXT = 1 << 16

_BOUNCE = re.compile(r'"(?:notification|event)Type" ?: ?"Bounce"')
_FOLD = re.compile(r"!?\n ")
_BOUNCED = re.compile(r'"bouncedRecipients" ?: ?\[([^\]]*)\]')
_RECIPIENT = re.compile(r"\{([^{}]*)\}")
_VALUE = re.compile(r'"(emailAddress|status|diagnosticCode)" ?: ?"([^"]{0,2000})"')
_TRANSIENT = re.compile(r'"bounceType" ?: ?"Transient"')
_MESSAGE_ID = re.compile(r'"messageId" ?: ?"(<[^<>\s"]{1,996}>)"')


def read_ses(text: str) -> tuple[tuple[Failure, ...], str]:
    """The recipients not reached, and the Message-ID of the returned mail ("" where it is not there)."""
    if "bouncedRecipients" not in text[:_MAX_TEXT]:
        return (), ""
    # the service wraps the report into another JSON string
    text = _FOLD.sub("", text[:_MAX_TEXT]).replace('\\"', '"')
    bounced = _BOUNCED.search(text)
    if bounced is None or _BOUNCE.search(text) is None:
        return (), ""
    unknown = "4.0.0" if _TRANSIENT.search(text) else GIVEN_UP
    failures = []
    for block in _RECIPIENT.findall(bounced[1])[:MAX_RECIPIENTS]:
        values = dict(_VALUE.findall(block))
        status = status_of(values.get("status", ""), values.get("diagnosticCode", ""))
        failures.append(Failure(recipient=values.get("emailAddress", "").lower(), status=status or unknown))
    found = _MESSAGE_ID.search(text)
    return tuple(failures), found[1] if found else ""
