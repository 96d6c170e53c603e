"""Deadlines in business hours: nine to five, Monday to Friday, at the desk's place."""

from datetime import UTC, datetime

import pytest

from mailticket.desk.hours import after_business_hours, is_morning


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
