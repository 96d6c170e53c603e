"""When is "friday"? Dates and durations as people write them in commands, in four languages."""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from mailticket.desk.hours import USUAL, Hours, closes, opens
from mailticket.desk.likeness import fold, nearest
from mailticket.desk.moment_words import (
    DAYS,
    FILLERS,
    HOURS,
    MONTH_UNITS,
    MONTHS,
    NEXT,
    NEXT_PHRASES,
    THIS,
    UNITS,
    WEEK,
    WEEKDAYS,
)
from mailticket.errors import NotValid

#: A date further away is a typing mistake.
_FURTHEST = timedelta(days=5 * 366)
_LONGEST = 80
_EXAMPLES = "2026-12-01, friday, tomorrow 14:00, 3d, 2w or 4h"

_CLOCK = re.compile(r"(?<![\d.,/-])(\d{1,2})(?:[:h](\d\d)|h|\s*uhr(?:\s*(\d\d))?)(?![\w.,/-])")
_HALF_DAY = re.compile(r"(?<![\d.,:/-])(\d{1,2})(?::(\d\d))?\s*([ap])\.?m\b\.?")
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)[t ](\d\d:\d\d)(?::\d\d(?:\.\d+)?)?\s*(z|[+-]\d\d:?\d\d)?")
_ISO = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.?\s?(\d{4}|\d\d)?")
_SLASHES = re.compile(r"(\d{1,2})[/-](\d{1,2})(?:[/-](\d{4}|\d\d))?")
_NAMED = re.compile(r"(\d{1,2})(?:\.|st|nd|rd|th|er|o)? ?([a-z]+)\.?,? ?(\d{4})?")
_MONTH_FIRST = re.compile(r"([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? ?(\d{4})?")
_DURATION = re.compile(r"(\d{1,3}) ?([a-z]+)")


#: Words of a duration: no weekday was meant by one.
_NO_DAYS = frozenset({*UNITS, *MONTH_UNITS, *WEEK})


class Edge(StrEnum):
    """What a day without a time means: until it ends, or from when it begins."""

    BEGIN = "begin"
    END = "end"


def read_moment(
    field: str, text: str, now: datetime, timezone: str, edge: Edge, language: str = "en", hours: Hours = USUAL
) -> datetime:
    """The moment that `text` names, in UTC; a day alone is its first or last business minute.

    Raises NotValid where it names none, is past, or more than five years away. `language` (of the desk) tells whether
    1/12 is a day of December.
    """
    words = fold(text[: _LONGEST + 1]).replace("’", "'").strip(" .,;!")
    if not words or len(words) > _LONGEST:
        raise NotValid(field, f"needs a date or a duration, such as {_EXAMPLES}")
    try:
        moment = _read(words, now, ZoneInfo(timezone), hours, edge, language)
    except (ValueError, OverflowError):
        moment = None
    if moment is None:
        near = _meant(words)
        raise NotValid(field, f'"{text}" is no date; write {_EXAMPLES}', (near,) if near else ())
    if moment <= now:
        raise NotValid(field, f'"{text}" is past')
    if moment - now > _FURTHEST:
        raise NotValid(field, f'"{text}" is more than five years away')
    return moment.astimezone(UTC)


def _read(words: str, now: datetime, zone: ZoneInfo, hours: Hours, edge: Edge, language: str) -> datetime | None:
    if instant := _INSTANT.fullmatch(words):
        day, clock, offset = instant.groups()
        at = datetime.fromisoformat(f"{day}T{clock}{'+00:00' if offset == 'z' else offset or ''}")
        return at if at.tzinfo else at.replace(tzinfo=zone)
    words = _without_fillers(words)
    if (after := _after(words, now, zone, hours, edge)) is not None:
        return after
    words, clock_time = _clock_in(words)
    today = now.astimezone(zone).date()
    day_ = _day(words, today, language) if words else today
    if day_ is None or (not words and clock_time is None):
        return None
    if clock_time is not None:
        return datetime.combine(day_, clock_time, zone)
    return _at_edge(day_, zone, hours, edge, now)


def _at_edge(day: date, zone: ZoneInfo, hours: Hours, edge: Edge, now: datetime) -> datetime:
    if edge is Edge.BEGIN:
        return opens(day, zone, hours)
    end = closes(day, zone, hours)
    # the desk has closed, the day has not ended
    return end if end > now else datetime.combine(day, time(23, 59), zone)


def _without_fillers(words: str) -> str:
    words = re.sub(r"[,\s]+", " ", words)
    for phrase, plain in NEXT_PHRASES.items():
        words = words.replace(phrase, plain)
    words = words.replace("d'ici ", "").replace("jusqu'a ", "")
    return " ".join(word for word in words.split() if word not in FILLERS)


def _after(words: str, now: datetime, zone: ZoneInfo, hours: Hours, edge: Edge) -> datetime | None:
    """`3d`, `1 week 2 days`, `4h`: hours are counted from now, days by the calendar."""
    if not words or _DURATION.sub("", words).strip(" +"):
        return None
    minutes = days = months = 0
    for number, unit in _DURATION.findall(words):
        if unit in MONTH_UNITS:
            months += int(number)
        elif unit not in UNITS:
            return None
        elif UNITS[unit] < UNITS["d"]:
            minutes += int(number) * UNITS[unit]
        else:
            days += int(number) * UNITS[unit] // UNITS["d"]
    day = _months_on(now.astimezone(zone).date(), months) + timedelta(days=days)
    if not minutes:
        return _at_edge(day, zone, hours, edge, now)
    same_time = datetime.combine(day, now.astimezone(zone).timetz()) if days or months else now
    return same_time.astimezone(UTC) + timedelta(minutes=minutes)


def _months_on(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _clock_in(words: str) -> tuple[str, time | None]:
    """`words` without the time of day in them, and that time."""
    for word, hour in HOURS.items():
        if word in words.split():
            return " ".join(one for one in words.split() if one != word), time(hour)
    if found := _HALF_DAY.search(words):
        hour = int(found[1]) % 12 + (12 if found[3] == "p" else 0)
        if not 1 <= int(found[1]) <= 12:
            raise ValueError(words)
    elif found := _CLOCK.search(words):
        hour = int(found[1])
    else:
        return words, None
    minute = int(found[2] or (found[3] if found.re is _CLOCK else None) or 0)
    return " ".join((words[: found.start()] + " " + words[found.end() :]).split()), time(hour, minute)


def _day(words: str, today: date, language: str) -> date | None:
    if words in DAYS:
        return today + timedelta(days=DAYS[words])
    parts = words.split()
    monday = today - timedelta(days=today.weekday())
    plain = [part.rstrip(".") for part in parts if part not in NEXT and part not in THIS]
    is_next = any(part in NEXT for part in parts)
    if len(plain) == 1 and plain[0] in WEEKDAYS and len(parts) <= 2:
        weekday = WEEKDAYS[plain[0]]
        if is_next:
            return monday + timedelta(days=7 + weekday)
        return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    if len(plain) == 1 and plain[0] in WEEK and is_next:
        return monday + timedelta(days=7)
    if len(plain) > 1 and plain[0] in WEEKDAYS:
        # "fri 4 dec"; one that is no Friday is a mistake
        day = _calendar_day(" ".join(plain[1:]), today, language)
        return day if day is not None and day.weekday() == WEEKDAYS[plain[0]] else None
    return _calendar_day(words, today, language)


def _calendar_day(words: str, today: date, language: str) -> date | None:
    if found := _ISO.fullmatch(words):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _DAY_FIRST.fullmatch(words):
        return _in_year(int(found[1]), int(found[2]), found[3], today)
    if found := _SLASHES.fullmatch(words):
        return _slashed(int(found[1]), int(found[2]), found[3], today, language)
    if (found := _NAMED.fullmatch(words)) and found[2] in MONTHS:
        return _in_year(int(found[1]), MONTHS[found[2]], found[3], today)
    if (found := _MONTH_FIRST.fullmatch(words)) and found[1] in MONTHS:
        return _in_year(int(found[2]), MONTHS[found[1]], found[3], today)
    return None


def _slashed(first: int, second: int, year: str | None, today: date, language: str) -> date | None:
    """1/12 is a day of December in most of Europe and one of January in America: where it matters, nobody knows."""
    if first > 12 or first == second or language[:2] in ("de", "fr", "es"):
        return _in_year(first, second, year, today)
    return _in_year(second, first, year, today) if second > 12 else None


def _in_year(day: int, month: int, year: str | None, today: date) -> date:
    """Without a year it is the next such day."""
    if year:
        return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    if (day, month) == (29, 2):
        return next(date(one, 2, 29) for one in range(today.year, today.year + 9) if _has(one, today))
    found = date(today.year, month, day)
    return found if found >= today else date(today.year + 1, month, day)


def _has(year: int, today: date) -> bool:
    return monthrange(year, 2)[1] == 29 and date(year, 2, 29) >= today


def _meant(words: str) -> str:
    """`words` with the one word mended that is no date word, "" where that is not how it went wrong."""
    known = [word for word in (*WEEKDAYS, *MONTHS, *DAYS, *NEXT, *THIS) if len(word) > 3]
    strange = [word for word in words.split() if word.isalpha() and word not in {*known, *FILLERS, *_NO_DAYS}]
    near = nearest(strange[0], known) if len(strange) == 1 else ""
    return words.replace(strange[0], near) if near else ""
