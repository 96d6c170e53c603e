"""Does mail leave as fast as it should? What the service has learned of its relay, and what is left of today."""

from datetime import datetime

from mailticket import assembly
from mailticket.checks.finding import Finding, fine, wrong
from mailticket.checks.site import Site
from mailticket.desk.urgency import SHARES, Rank
from mailticket.outbound.pace import Limits, rate
from mailticket.outbound.relay import name_of
from mailticket.store import pace, relays

_LIST = "`mailticket outbox list` says what leaves when"


def outgoing_pace(site: Site) -> Finding:
    """Whether the relay is there for the service, bears the pace, and whether the day's mails suffice."""
    outbound = site.settings.outbound
    limits, relay = assembly.limits_of(outbound), name_of(outbound)
    with site.reading() as connection:
        known = pace.read(connection, relay)
        used = relays.recipients_today(connection, relay, site.now)
    if known.away_since:
        detail = f"the service has not reached the relay since {_when(known.away_since)}: {known.away_reason}"
        return wrong(detail, "mend what the relay says; nothing is lost meanwhile, and the service goes on by itself")
    if known.slowed_since:
        now = f"{rate(limits, known, site.now):.0f} mails a minute just now"
        detail = f"since {_when(known.slowed_since)} the relay wants less ({known.reply}); {now}"
        return wrong(detail, f"set [outbound] rate_per_minute and per_day to what the provider allows; {_LIST}")
    detail = _words(limits)
    if limits.per_day:
        detail += f", of which {used} are used"
        if used * 100 >= limits.per_day * SHARES[Rank.AWAITED]:
            return wrong(detail, f"only agents' answers leave until there is room again; {_LIST}")
    return fine(detail)


def _words(limits: Limits) -> str:
    minute = f"{limits.rate_per_minute} mails a minute" if limits.rate_per_minute else "no limit a minute"
    day = f"{limits.per_day} recipients in 24 hours" if limits.per_day else "none a day"
    return f"{limits.connections} connections, {minute}, {day}"


def _when(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
