"""Deadlines in business hours: nine to five, Monday to Friday, at the desk's place."""

from datetime import UTC, datetime

import pytest

from mailticket.desk.hours import Hours, after_business_hours, is_morning, is_open, knows_holidays_of, read_week


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "hours", "timezone", "end"),
    [
        ("2026-11-23T10:00", 4, "UTC", "2026-11-23T14:00"),
        ("2026-11-23T15:00", 4, "UTC", "2026-11-24T11:00"),
        ("2026-11-23T07:00", 4, "UTC", "2026-11-23T13:00"),
        ("2026-11-23T13:00", 4, "UTC", "2026-11-23T17:00"),
        ("2026-11-20T16:00", 4, "UTC", "2026-11-23T12:00"),
        ("2026-11-21T12:00", 4, "UTC", "2026-11-23T13:00"),
        ("2026-11-23T17:00", 1, "UTC", "2026-11-24T10:00"),
        ("2026-11-23T10:00", 20, "UTC", "2026-11-25T14:00"),
        ("2026-11-23T10:00", 0.5, "Europe/Berlin", "2026-11-23T10:30"),
        ("2026-11-23T15:30", 4, "Europe/Berlin", "2026-11-24T11:30"),
        ("2026-11-23T02:00", 2, "America/New_York", "2026-11-23T16:00"),
        # clocks change in the night to Sunday
        ("2026-03-27T15:00", 2, "Europe/Berlin", "2026-03-30T08:00"),
    ],
)  # fmt: skip
def test_a_deadline_counts_only_hours_in_which_the_desk_is_open(
    start: str, hours: float, timezone: str, end: str
) -> None:
    assert after_business_hours(at(start), hours, timezone) == at(end)


@pytest.mark.parametrize(
    ("now", "timezone", "morning"),
    [
        ("2026-11-23T08:00", "UTC", True),
        ("2026-11-23T07:59", "UTC", False),
        ("2026-11-23T07:00", "Europe/Berlin", True),
        ("2026-11-23T15:00", "UTC", True),
        ("2026-11-22T10:00", "UTC", False),
    ],
    ids=["eight", "earlier", "eight in Berlin", "late is better than never", "Sunday"],
)
def test_morning_begins_at_eight_of_a_working_day(now: str, timezone: str, morning: bool) -> None:
    assert is_morning(at(now), timezone) is morning


NOON_BREAK = Hours(week=read_week("Mon-Thu 8:30-12:00 13:00-17:00, Fri 8:30-12:00"))
BAVARIA = Hours(holidays="DE-BY")


@pytest.mark.parametrize(
    ("start", "amount", "hours", "end"),
    [
        ("2026-11-23T11:00", 2, NOON_BREAK, "2026-11-23T14:00"),
        ("2026-11-23T12:30", 1, NOON_BREAK, "2026-11-23T14:00"),
        ("2026-11-23T08:30", 3.5, NOON_BREAK, "2026-11-23T12:00"),
        ("2026-11-27T11:00", 2, NOON_BREAK, "2026-11-30T09:30"),
        ("2026-12-24T16:00", 2, BAVARIA, "2026-12-28T10:00"),
        ("2026-12-31T16:00", 2, BAVARIA, "2027-01-04T10:00"),
        ("2026-06-03T16:00", 2, BAVARIA, "2026-06-05T10:00"),
        ("2026-06-03T16:00", 2, Hours(holidays="DE"), "2026-06-04T10:00"),
        ("2026-11-21T22:00", 3, Hours(week=read_week("Mon-Sun 0:00-24:00")), "2026-11-22T01:00"),
        ("2026-11-23T10:00", 1, Hours(week=((),) * 7), "2026-11-23T11:00"),
    ],
    ids=[
        "over the break", "in the break", "until the break", "over the weekend", "Christmas", "New Year",
        "Corpus Christi in Bavaria", "and elsewhere", "round the clock", "never open",
    ],
)  # fmt: skip
def test_breaks_and_holidays_do_not_count(start: str, amount: float, hours: Hours, end: str) -> None:
    assert after_business_hours(at(start), amount, "UTC", hours) == at(end)


@pytest.mark.parametrize(
    ("now", "hours", "there"),
    [
        ("2026-11-23T08:29", NOON_BREAK, False),
        ("2026-11-23T08:30", NOON_BREAK, True),
        ("2026-11-23T12:00", NOON_BREAK, False),
        ("2026-11-22T10:00", NOON_BREAK, False),
        ("2026-12-25T10:00", BAVARIA, False),
    ],
)
def test_the_desk_is_open_in_its_hours(now: str, hours: Hours, there: bool) -> None:
    assert is_open(at(now), "UTC", hours) is there


def test_hours_are_hours_when_clocks_change_in_them() -> None:
    always = Hours(week=read_week("Mon-Sun 0:00-24:00"))

    assert after_business_hours(at("2026-03-28T22:00"), 10, "Europe/Berlin", always) == at("2026-03-29T08:00")


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Mon-Fri 09:00-17:00", (1, 1, 1, 1, 1, 0, 0)),
        ("mon-fri 9:00-12:00, 13:00-17:00; SAT 10:00-14:00", (2, 2, 2, 2, 2, 1, 0)),
        ("Fri-Mon 9:00-17:00", (1, 0, 0, 0, 1, 1, 1)),
        ("Wed 13:00-17:00 9:00-12:00", (0, 0, 2, 0, 0, 0, 0)),
        ("Sun 0:00-24:00", (0, 0, 0, 0, 0, 0, 1)),
    ],
)
def test_a_week_is_read(text: str, days: tuple[int, ...]) -> None:
    week = read_week(text)
    assert tuple(map(len, week)) == days
    assert all(list(spans) == sorted(spans) for spans in week)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "names no time"),
        ("Mon-Fri", "names no time"),
        ("9:00-17:00", "before any day"),
        ("Mo-Fr 9:00-17:00", "no day or range"),
        ("Mon-Fri 9-17", "no range of times"),
        ("Mon-Fri 9:00-25:00", "no range of times"),
        ("Mon-Fri 9:00", "no range of times"),
        ("Mon-Fri 17:00-9:00", "ends before"),
        ("Mon-Fri 9:00-12:00 11:00-17:00", "overlap"),
    ],
)
def test_what_is_no_week_says_why(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        read_week(text)


@pytest.mark.parametrize(("place", "known"), [("DE", True), ("US-NY", True), ("XX", False), ("DE-ZZ", False)])
def test_holidays_are_those_of_known_places(place: str, known: bool) -> None:
    assert knows_holidays_of(place) is known
