"""Does the server want us to come back later? Words by which providers put clients off (RFC 5530 §3, and their own)."""

import re

from imapclient.exceptions import IMAPClientError

from mailticket.errors import MailticketError

#: [UNAVAILABLE], [INUSE] and [LIMIT] are RFC 5530's and RFC 9051's; [THROTTLED] is Exchange's, the words are Gmail's
#: and Dovecot's.
_PUT_OFF = re.compile(
    r"\[(?:UNAVAILABLE|INUSE|LIMIT|THROTTLED)\]|too many simultaneous|maximum number of connections"
    r"|account exceeded (?:command or )?bandwidth|request is throttled|temporary (?:system )?(?:error|problem)",
    re.IGNORECASE,
)
_ASKED = re.compile(r"Backoff Time:? *(\d{1,9}) *milliseconds", re.IGNORECASE)

#: Seconds that we wait at most because a server asks for it.
_LONGEST = 3600.0


def is_put_off(error: Exception) -> bool:
    """Whether nothing is wrong but the moment."""
    return isinstance(error, IMAPClientError | MailticketError) and bool(_PUT_OFF.search(str(error)))


def asked_to_wait(error: Exception) -> float:
    """Seconds that the server has asked for, 0 where it named none."""
    asked = _ASKED.search(str(error)) if is_put_off(error) else None
    return min(int(asked[1]) / 1000, _LONGEST) if asked else 0.0
