"""What does a spam filter say of this mail? SpamAssassin's and Rspamd's header fields, as their defaults write them.

Whether they are believed is not decided here: anybody can write them.
"""

import re

from mailticket.mail.fields import Fields

#: Field -> how its value begins where the filter takes the mail for spam. A filter puts its own on top and takes
#: others' away, so only the topmost of each counts.
_SPAM = {
    "x-spam-flag": re.compile(r"yes\b", re.IGNORECASE),
    "x-spam-status": re.compile(r"yes\b", re.IGNORECASE),
    "x-spam": re.compile(r"yes\b", re.IGNORECASE),
    "x-spamd-result": re.compile(r"[\w.-]{1,60}:\s*true\b", re.IGNORECASE),
    "x-rspamd-action": re.compile(r"(?:reject|add[ _]header|rewrite[ _]subject|soft[ _]reject)\b", re.IGNORECASE),
    "x-rspamd-flag": re.compile(r"yes\b", re.IGNORECASE),
}
_SHOWN = 200


def spam_sign(fields: Fields) -> str:
    """The field that calls this mail spam, for people to read; "" where none does."""
    for name, says_so in _SPAM.items():
        if name in fields and says_so.match(value := fields.text(name)):
            return f"{name}: {value}"[:_SHOWN]
    return ""
