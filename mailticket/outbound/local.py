"""How do dates, times, durations, sizes and lists read in a mail's language? Filters for templates, by Unicode's CLDR.

Pure: language and time zone come with the values. What is no date, or no number, stays as it is.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, format_timedelta
from babel.lists import format_list
from babel.units import format_unit
from jinja2 import pass_context
from jinja2.runtime import Context

#: English as most of the world writes it: day before month, twenty-four hours. `en-US` has its own ways.
_PLAIN_ENGLISH = Locale("en", "001")
#: A year and what ties it to its date, in CLDR's patterns: the weekday tells which one is meant.
_YEAR = re.compile(r"[,\s]*(?:'[^']*'\s*)?y+(?:\.\s*|年)?")
#: Where a comma between day and time would not be said aloud.
_DAY_AND_TIME: Mapping[str, str] = {"de": "{0}, {1} Uhr", "fr": "{0} à {1}", "es": "{0} a las {1}"}
_UNITS = (("digital-gigabyte", 1_000_000_000), ("digital-megabyte", 1_000_000), ("digital-kilobyte", 1_000))


def day(value: Any, language: str, timezone: str) -> str:
    """`Tuesday, 24 November`."""
    at = _instant(value, timezone)
    return _dated(at, _locale(language)) if at else str(value)


def moment(value: Any, language: str, timezone: str) -> str:
    """`Tuesday, 24 November, 12:00`; with `UTC` where that is the clock, because nobody's own clock says so."""
    at, locale = _instant(value, timezone), _locale(language)
    return _together(_dated(at, locale), at, locale) if at else str(value)


def stamp(value: Any, language: str, timezone: str) -> str:
    """`24 Nov 2026, 12:00`: for what may be long ago."""
    at, locale = _instant(value, timezone), _locale(language)
    return _together(format_date(at, "medium", locale), at, locale) if at else str(value)


def duration(value: Any, language: str, timezone: str) -> str:
    """Seconds as `2 days`, rounded to the largest unit that they fill."""
    del timezone
    if not _is_number(value):
        return str(value)
    return format_timedelta(max(60, int(value)), threshold=1, locale=_locale(language))


def ago(value: Any, language: str, timezone: str) -> str:
    """Seconds as `2 days ago`: other languages turn the words (`vor 2 Tagen`)."""
    del timezone
    if not _is_number(value):
        return str(value)
    return format_timedelta(-max(60, int(value)), threshold=1, add_direction=True, locale=_locale(language))


def size(value: Any, language: str, timezone: str) -> str:
    """Bytes as `310 kB`."""
    del timezone
    if not _is_number(value):
        return str(value)
    unit, factor = next((large for large in _UNITS if value >= large[1]), ("digital-kilobyte", 1_000))
    number = max(value / factor, 0.1 if value else 0)
    return str(format_unit(round(number, 0 if number >= 10 else 1), unit, "short", locale=_locale(language)))


def listed(values: Iterable[Any], language: str, timezone: str, style: Literal["standard", "or"] = "standard") -> str:
    """`a, b and c`; style `or`: `a, b or c`."""
    del timezone
    return format_list([str(value) for value in values], style, locale=_locale(language))


def as_filter(function: Callable[..., str]) -> Callable[..., str]:
    """One of these as a Jinja2 filter: language and time zone are what the mail has under these names."""

    @pass_context
    def filtered(context: Context, value: Any, *options: Any) -> str:
        return function(value, str(context.get("language") or ""), str(context.get("timezone") or ""), *options)

    return filtered


FILTERS: Mapping[str, Callable[..., str]] = {
    function.__name__: as_filter(function) for function in (day, moment, stamp, duration, ago, size, listed)
}


def _dated(at: datetime, locale: Locale) -> str:
    return format_date(at, _YEAR.sub("", str(locale.date_formats["full"].pattern)), locale)


def _together(date: str, at: datetime, locale: Locale) -> str:
    return _DAY_AND_TIME.get(locale.language, "{0}, {1}").format(date, _timed(at, locale)) + _clock(at)


def _timed(at: datetime, locale: Locale) -> str:
    return format_time(at, "HH:mm" if locale is _PLAIN_ENGLISH else "short", tzinfo=at.tzinfo, locale=locale)


def _clock(at: datetime) -> str:
    return " UTC" if at.tzinfo is UTC else ""


def _instant(value: Any, timezone: str) -> datetime | None:
    """RFC 3339, or its date alone; a time without an offset is UTC."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return None
    if not isinstance(at, datetime):
        return None
    is_day = isinstance(value, str) and len(value) == len("2026-11-24")
    zone = _zone(timezone)
    return at.replace(tzinfo=zone) if is_day else (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(zone)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@lru_cache
def _zone(name: str) -> tzinfo:
    return ZoneInfo(name) if name and name not in ("UTC", "Etc/UTC") else UTC


@lru_cache
def _locale(language: str) -> Locale:
    for tag in (language, language.partition("-")[0]):
        if tag in ("", "en"):
            return _PLAIN_ENGLISH
        try:
            return Locale.parse(tag, sep="-")
        except (ValueError, UnknownLocaleError):
            continue
    return _PLAIN_ENGLISH
