"""When does the desk work? Deadlines in business hours, by the desk's calendar."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias
from zoneinfo import ZoneInfo

#: From when until when of a day, in minutes since its midnight.
Span: TypeAlias = tuple[int, int]

_NINE_TO_FIVE: tuple[Span, ...] = ((9 * 60, 17 * 60),)
#: Nobody is closed for so long; a calendar that says so is no reason to count for ever.
_FURTHEST = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When somebody is there (`[desk] business_hours` and `holidays`)."""

    #: Monday first; each day's in order.
    week: tuple[tuple[Span, ...], ...] = (*(_NINE_TO_FIVE,) * 5, (), ())
    #: Country, or country-region, as the `holidays` library names it; "": none are kept.
    holidays: str = ""


#: Where the settings say nothing.
USUAL = Hours()


def after_business_hours(start: datetime, amount: float, timezone: str, hours: Hours = USUAL) -> datetime:
    """The moment when the desk has been open for `amount` hours since `start` (aware). In UTC of `start`'s kind: aware.

    Where it does not open for a year, `start` and as much by the clock.
    """
    zone = ZoneInfo(timezone)
    left = timedelta(hours=amount)
    day = start.astimezone(zone).date()
    while day - start.date() < _FURTHEST:
        for begin, end in _open_on(day, zone, hours):
            begin = max(begin, start)
            if begin < end and left <= end - begin:
                return (begin + left).astimezone(start.tzinfo)
            left -= max(end - begin, timedelta())
        day += timedelta(days=1)
    return start + timedelta(hours=amount)


def _open_on(day: date, zone: ZoneInfo, hours: Hours) -> list[tuple[datetime, datetime]]:
    if not is_working_day(day, hours):
        return []
    # (in one fixed zone: differences between local times leave out that clocks change)
    return [
        (_at(day, begin, zone).astimezone(_UTC), _at(day, end, zone).astimezone(_UTC))
        for begin, end in hours.week[day.weekday()]
    ]


_UTC = ZoneInfo("UTC")


def _at(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """Minute 1,440 is the next day's first."""
    days, rest = divmod(minutes, 24 * 60)
    return datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60), zone)


def opens(day: date, zone: ZoneInfo, hours: Hours = USUAL) -> datetime:
    """When the desk's day begins; where it does not work then, when a day of its begins otherwise."""
    return _at(day, _spans_like(day, hours)[0][0], zone)


def closes(day: date, zone: ZoneInfo, hours: Hours = USUAL) -> datetime:
    """When the desk's day ends; where it does not work then, when a day of its ends otherwise."""
    return _at(day, _spans_like(day, hours)[-1][1], zone)


def _spans_like(day: date, hours: Hours) -> tuple[Span, ...]:
    of_others = (spans for spans in hours.week if spans)
    return hours.week[day.weekday()] or next(of_others, _NINE_TO_FIVE)


def is_working_day(day: date, hours: Hours = USUAL) -> bool:
    """Whether the desk works that day."""
    return bool(hours.week[day.weekday()]) and day not in _holidays(hours.holidays, day.year)


def is_open(now: datetime, timezone: str, hours: Hours = USUAL) -> bool:
    """Whether somebody is there."""
    zone = ZoneInfo(timezone)
    return any(begin <= now < end for begin, end in _open_on(now.astimezone(zone).date(), zone, hours))


def is_morning(now: datetime, timezone: str, hours: Hours = USUAL) -> bool:
    """Whether the desk's working day has begun: from an hour before it opens."""
    zone = ZoneInfo(timezone)
    day = now.astimezone(zone).date()
    return is_working_day(day, hours) and now >= opens(day, zone, hours) - timedelta(hours=1)


@lru_cache(maxsize=16)
def _holidays(place: str, year: int) -> frozenset[date]:
    if not place:
        return frozenset()
    from holidays import country_holidays  # a tenth of a second, for desks that keep holidays only

    country, _, region = place.partition("-")
    return frozenset(country_holidays(country, subdiv=region or None, years=year))


def knows_holidays_of(place: str) -> bool:
    """Whether there is a calendar of this country, or country-region."""
    try:
        _holidays(place, 2026)
    except NotImplementedError:
        return False
    return True


_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def read_week(text: str) -> tuple[tuple[Span, ...], ...]:
    """The week of `Mon-Thu 09:00-12:30 13:30-17:00, Fri 09:00-14:00`. Raises ValueError, which says what is wrong."""
    week: list[list[Span]] = [[] for _ in _DAYS]
    days: list[int] = []
    for word in text.lower().replace(",", " ").replace(";", " ").split():
        if word[0].isdigit():
            if not days:
                raise ValueError(f'"{word}" stands before any day, such as Mon-Fri')
            for day in days:
                week[day].append(_span(word))
        else:
            days = _days(word)
    for spans in week:
        spans.sort()
        if any(one[1] > other[0] for one, other in pairwise(spans)):
            raise ValueError("has times of one day that overlap")
    if not any(week):
        raise ValueError("names no time at which the desk is open")
    return tuple(map(tuple, week))


def _days(word: str) -> list[int]:
    first, _, last = word.partition("-")
    if first not in _DAYS or (last or first) not in _DAYS:
        raise ValueError(f'"{word}" is no day or range of days, such as Mon-Fri')
    begin, end = _DAYS.index(first), _DAYS.index(last or first)
    return [day % 7 for day in range(begin, end + 1 if end >= begin else end + 8)]


def _span(word: str) -> Span:
    begin, _, end = word.partition("-")
    try:
        span = _minutes(begin), _minutes(end)
    except ValueError:
        raise ValueError(f'"{word}" is no range of times, such as 09:00-17:00') from None
    if span[0] >= span[1]:
        raise ValueError(f'"{word}" ends before it begins')
    return span


def _minutes(clock: str) -> int:
    hour, _, minute = clock.partition(":")
    if not (len(hour) <= 2 and len(minute) == 2) or int(minute) > 59 or int(hour) * 60 + int(minute) > 24 * 60:
        raise ValueError(clock)
    return int(hour) * 60 + int(minute)
