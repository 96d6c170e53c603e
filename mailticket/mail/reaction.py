"""Is this mail no more than a reaction, a sign that somebody has clicked below a mail?

Gmail's email reactions: a part of its own says so, beside a sentence for programs that don't know it.
https://developers.google.com/workspace/gmail/reactions/format
"""

import json
from collections.abc import Sequence

from mailticket.mail.walk import Part

REACTION_TYPE = "text/vnd.google.email-reaction+json"
#: Bytes of the part, and characters of a sign with all that joins it together.
_MOST, _LONGEST = 1_000, 32


def read_reaction(parts: Sequence[Part]) -> str:
    """The sign, such as a thumb; "" where the mail with these `parts` is no reaction."""
    part = next((one for one in parts if one.content_type == REACTION_TYPE and one.disposition != "attachment"), None)
    if part is None or len(part.body) > _MOST:
        return ""
    try:
        said = json.loads(part.decoded()[0])
    except ValueError:
        return ""
    sign = said.get("emoji") if isinstance(said, dict) else None
    return sign if isinstance(sign, str) and sign and not _is_text(sign) else ""


def _is_text(sign: str) -> bool:
    """Whether somebody has put words into the place of the sign."""
    return len(sign) > _LONGEST or any(one.isalnum() or one.isspace() for one in sign) or sign.isascii()
