"""Which files does a mail bring, and what is there to say of each?

Content-Disposition and Content-ID: RFC 2183, RFC 2392.
"""

import hashlib
import re
from collections.abc import Sequence

from mailticket.mail.invitation import summary
from mailticket.mail.message import Attachment
from mailticket.mail.walk import Part

_CID = re.compile(r"""\bcid:([^"'\s<>)]{1,998})""", re.IGNORECASE)
#: So many calendar files are looked into; honest mail has one, some programs send it twice.
_MOST_CALENDARS = 5


def files_of(parts: Sequence[Part], markup: str, errors: list[str]) -> tuple[Attachment, ...]:
    """`parts` decoded, in their order; `markup` is the HTML that may show some of them. Faults go to `errors`."""
    shown = set(_CID.findall(markup)) if any(part.content_id for part in parts) else set[str]()
    found: list[Attachment] = []
    calendars = 0
    for part in parts:
        data, fault = part.decoded()
        if fault and f"{fault}." not in errors:
            errors.append(f"{fault}.")
        is_calendar = part.content_type == "text/calendar" or part.filename.lower().endswith(".ics")
        calendars += is_calendar
        found.append(
            Attachment(
                filename=part.filename,
                content_type=part.content_type,
                data=data,
                sha256=hashlib.sha256(data).hexdigest(),
                inline=bool(part.content_id) and (part.disposition == "inline" or part.content_id in shown),
                content_id=part.content_id,
                summary=summary(data, part.charset) if is_calendar and calendars <= _MOST_CALENDARS else "",
            )
        )
    return tuple(found)
