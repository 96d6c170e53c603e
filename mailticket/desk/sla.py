"""Until when has a customer an answer? By the first `[[sla]]` that is for the ticket, in business hours."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from mailticket.desk.hours import after_business_hours
from mailticket.desk.policy import Policy

#: What customers are told is no odder than a clock: times are rounded up to these minutes.
_STEP = 30


def answer_due(priority: str, type_: str, team: str, since: datetime, policy: Policy) -> datetime | None:
    """When the first answer to a ticket that was opened at `since` is due; None where no SLA is for such a one."""
    for sla in policy.slas:
        if _is_for(priority, sla.priorities) and _is_for(type_, sla.types) and _is_for(team, sla.teams):
            return after_business_hours(since, sla.answer_hours, policy.timezone, policy.hours)
    return None


def _is_for(value: str, wanted: Sequence[str]) -> bool:
    return not wanted or value in wanted


def promised(due: datetime | None, timezone: str) -> str:
    """The moment that the customer is told, in the desk's time (RFC 3339); "" where nothing is promised.

    It is never before `due`: who keeps the one keeps the other.
    """
    if due is None:
        return ""
    zone = ZoneInfo(timezone)
    local = due.astimezone(zone)
    begun = timedelta(minutes=local.minute % _STEP, seconds=local.second, microseconds=local.microsecond)
    # (added in UTC: sums of local times leave out that clocks change)
    rest = timedelta(minutes=_STEP) - begun if begun else begun
    return (due.astimezone(UTC) + rest).astimezone(zone).isoformat()
