"""What does a grant need from time to time? To be used before it is forgotten, and people who know when it ends."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from mailticket.desk.alerts import Trouble
from mailticket.errors import MailticketError
from mailticket.oauth import telling
from mailticket.oauth.expiry import WARNED, End, days_of_warning, ends_of
from mailticket.oauth.grant import Grant
from mailticket.oauth.tokens import Tokens

log = structlog.get_logger()

#: A grant that no login has used for so long is used here, so that the server does not take it for forgotten.
_UNUSED = timedelta(days=7)

#: Begins a warning in place of those named, and ends those where there is no warning (None).
Warn = Callable[[Trouble | None, tuple[str, ...]], None]


def tend(tokens: Tokens, now: datetime, warn: Warn, note_end: Callable[[str, datetime], None]) -> None:
    """Looks after every grant; `note_end` hears the name and end of each credential that has one."""
    for grant in tokens.grants:
        kept = tokens.keeping.find(grant)
        if kept and kept.refresh_token and not kept.failed_at and kept.renewed_at and now - kept.renewed_at > _UNUSED:
            try:
                tokens.renew(grant)
            except MailticketError as error:
                log.warning("oauth_grant_not_renewed", user=grant.user, error=str(error))
            kept = tokens.keeping.find(grant)
        ends = {end.what: end for end in ends_of(grant, kept)}
        for what in ("sign-in", "client secret"):
            if end := ends.get(what):
                note_end(f"{what} {grant.user}", end.at)
            _warn(grant, what, ends.get(what), now, warn)


def _warn(grant: Grant, what: str, end: End | None, now: datetime, warn: Warn) -> None:
    if end is not None and end.at <= now:
        return  # what is over is no warning any more; its refusal is told by itself
    days = days_of_warning(end, now) if end else 0
    others = tuple(telling.ends_soon_name(grant, what, one) for one in WARNED if one != days)
    warn(telling.ends_soon(grant, end, days, now) if end and days else None, others)
