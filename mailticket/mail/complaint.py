"""Does a mail service report that somebody called a mail of ours spam? Feedback reports (RFC 5965).

A complaint is no bounce: the mail arrived, and its reader does not want it.
"""

import re
from collections.abc import Sequence

from mailticket.mail.dsn import MAX_REPORT, recipient_of
from mailticket.mail.fields import Fields
from mailticket.mail.message import Complaint
from mailticket.mail.returned import returned_header, returned_id
from mailticket.mail.walk import Part

_REPORT_TYPE = "message/feedback-report"
_KIND = re.compile(r"[a-z][a-z-]{0,39}")
#: Where the one who complains is named: in the report, else in what is left of our mail.
_NAMING = ("original-rcpt-to", "removal-recipient")
_RETURNED_NAMING = ("x-hmxmroriginalrecipient", "to")


def read_complaint(parts: Sequence[Part]) -> Complaint | None:
    """The complaint that a mail with these `parts` brings, None where it brings none."""
    report = next((part for part in parts if part.content_type == _REPORT_TYPE), None)
    if report is None:
        return None
    fields = Fields(report.decoded()[0][:MAX_REPORT].lstrip())
    kind = fields.token("feedback-type")
    return Complaint(
        kind=kind if _KIND.fullmatch(kind) else "other",
        recipient=recipient_of(fields, _NAMING) or recipient_of(Fields(returned_header(parts)), _RETURNED_NAMING),
        original_message_id=returned_id(parts),
    )
