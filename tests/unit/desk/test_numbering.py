"""How numbers look, and which counter gives them."""

from datetime import date

import pytest

from mailticket.desk.numbering import period, write
from mailticket.desk.policy import Numbering

DAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("numbering", "count", "number"),
    [
        (Numbering(), 42, "2611-0042"),
        (Numbering(), 9999, "2611-9999"),
        (Numbering(), 10000, "2611-10000"),
        (Numbering(prefix="ACME-", suffix="/de"), 1, "ACME-2611-0001/de"),
        (Numbering(date="", reset="never"), 1, "0001"),
        (Numbering(date="", separator="", padding=1, reset="never"), 7, "7"),
        (Numbering(date="%Y%m%d", separator="", reset="day"), 3, "202611220003"),
        (Numbering(date="%Y", separator=".", padding=6, reset="year"), 12, "2026.000012"),
    ],
    ids=["default", "last of the padding", "beyond it", "prefix and suffix", "no date", "bare", "daily", "yearly"],
)
def test_number_is_written_as_the_settings_say(numbering: Numbering, count: int, number: str) -> None:
    assert write(numbering, DAY, count) == number


@pytest.mark.parametrize(
    ("reset", "same", "other"),
    [
        ("never", date(2030, 1, 1), None),
        ("year", date(2026, 1, 1), date(2027, 11, 22)),
        ("month", date(2026, 11, 1), date(2026, 12, 22)),
        ("month", date(2026, 11, 30), date(2027, 11, 22)),
        ("day", date(2026, 11, 22), date(2026, 11, 23)),
    ],
    ids=["never", "year", "month", "month of another year", "day"],
)
def test_counter_begins_anew_with_its_period(reset: str, same: date, other: date | None) -> None:
    numbering = Numbering(reset=reset)

    assert period(numbering, DAY) == period(numbering, same)
    assert other is None or period(numbering, DAY) != period(numbering, other)


def test_counter_does_not_depend_on_how_numbers_look() -> None:
    assert period(Numbering(prefix="A", date="%Y%m"), DAY) == period(Numbering(), DAY)


@pytest.mark.parametrize("reset", ["year", "month", "day"])
def test_periods_of_different_lengths_never_share_a_counter(reset: str) -> None:
    others = {"never", "year", "month", "day"} - {reset}

    assert period(Numbering(reset=reset), DAY) not in {period(Numbering(reset=other), DAY) for other in others}
