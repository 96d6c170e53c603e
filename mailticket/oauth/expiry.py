"""When does a grant end, as far as anybody can know, and when is that worth a word?"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from mailticket.oauth.grant import Grant
from mailticket.store.grants import Kept

#: Days before the end on which people hear of it.
WARNED = (14, 7, 3, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """One thing that ends."""

    #: sign-in | client secret
    what: str
    at: datetime


def ends_of(grant: Grant, kept: Kept | None) -> list[End]:
    """What is known to end, soonest first."""
    ends = []
    if day := grant.settings.client_secret_expires:
        ends.append(End(what="client secret", at=datetime.combine(day, time.max, UTC).replace(microsecond=0)))
    if kept is not None and kept.refresh_token is not None and (at := _end_of_sign_in(grant, kept)):
        ends.append(End(what="sign-in", at=at))
    return sorted(ends, key=lambda end: end.at)


def _end_of_sign_in(grant: Grant, kept: Kept) -> datetime | None:
    """What the server says, or the end of its patience with a token that nobody uses."""
    idle = grant.endpoints.idle_days
    unused = kept.renewed_at + timedelta(days=idle) if idle and kept.renewed_at else None
    return min((at for at in (kept.expires_at, unused) if at), default=None)


def days_of_warning(end: End, now: datetime) -> int:
    """Which of WARNED has come, the latest one; 0 before the first of them, and when all is over."""
    left = math.ceil((end.at - now) / timedelta(days=1))
    return min((days for days in WARNED if 0 < left <= days), default=0)
