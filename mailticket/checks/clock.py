"""Is it as late as this machine believes? By the kernel (adjtimex), our own records, and the stamps of others."""

import ctypes
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from mailticket.checks.finding import Finding, fine, wrong
from mailticket.checks.site import NoStore, Site
from mailticket.store import receipts

#: Clocks that differ by more than this make tokens, caps and the order of messages doubtful.
_MUCH = timedelta(minutes=2)
_UNSYNCHRONISED = 5
_MEND = "systemctl enable --now systemd-timesyncd, or chrony; mails and tickets bear the wrong time until then"
#: Room for any architecture's struct timex.
_TIMEX_BYTES = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """What there is to compare."""

    now: datetime
    #: What the kernel says; None where this system leaves the clock to somebody else.
    synchronised: bool | None
    #: Newest time that we have written down ourselves.
    newest: datetime | None = None


def clock(site: Site) -> Finding:
    """Whether this machine's clock is held right, and did not run back."""
    try:
        with site.reading() as connection:
            newest = receipts.newest_at(connection)
    except NoStore:
        newest = None
    return judged(Times(now=site.now, synchronised=_synchronised(), newest=newest))


def judged(times: Times) -> Finding:
    """What these times come to."""
    if times.newest and times.newest - times.now > _MUCH:
        ahead = times.newest - times.now
        return wrong(f"mail was taken {_span(ahead)} after what this machine calls now: its clock was set back", _MEND)
    if times.synchronised is None:
        return fine("held by the machine around this one; no mail bears a time to come")
    if not times.synchronised:
        return wrong("no time service holds this machine's clock right (the kernel says: unsynchronised)", _MEND)
    return fine("synchronised")


def apart(who: str, theirs: datetime, now: datetime) -> Finding | None:
    """That a server's stamp on a mail lies in our future, where it does."""
    if theirs - now <= _MUCH:
        return None
    return wrong(
        f"{who} stamps mail with times {_span(theirs - now)} ahead of this machine's clock",
        f"see which of the two is wrong; here: {_MEND}",
    )


def _synchronised() -> bool | None:
    if not Path("/run/systemd/system").is_dir():
        return None  # a container, or a system whose clock we do not know to be its own
    adjtimex = ctypes.CDLL(None, use_errno=True).adjtimex
    state: int = adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    return state != _UNSYNCHRONISED if state >= 0 else None


def _span(length: timedelta) -> str:
    minutes = round(length / timedelta(minutes=1))
    return (
        f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours" if minutes < 2880 else f"{length.days} days"
    )
