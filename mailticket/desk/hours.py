"""When does the desk work? Deadlines in business hours, by the desk's calendar."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: Monday to Friday, nine to five.
_BEGIN, _END = time(9), time(17)
_SATURDAY = 5


def after_business_hours(start: datetime, hours: float, timezone: str) -> datetime:
    """The moment when the desk has been open for `hours` since `start` (aware). In UTC of `start`'s kind: aware."""
    zone = ZoneInfo(timezone)
    left = timedelta(hours=hours)
    day = start.astimezone(zone).date()
    moment = start
    while True:
        opens, closes = (datetime.combine(day, edge, zone) for edge in (_BEGIN, _END))
        if is_working_day(day) and moment < closes:
            begin = max(moment, opens)
            if begin + left <= closes:
                return (begin + left).astimezone(start.tzinfo)
            left -= closes - begin
        day += timedelta(days=1)
        moment = datetime.combine(day, time(0), zone)


def is_working_day(day: date) -> bool:
    """Whether the desk works that day."""
    return day.weekday() < _SATURDAY


def is_morning(now: datetime, timezone: str) -> bool:
    """Whether the desk's working day has begun: from an hour before it opens."""
    local = now.astimezone(ZoneInfo(timezone))
    return is_working_day(local.date()) and local.hour >= _BEGIN.hour - 1
