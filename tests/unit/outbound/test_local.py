"""Dates, durations, sizes and lists in the mail's language, by its clock."""

from typing import Any

import pytest

from mailticket.outbound import local

NOON = "2026-11-24T11:00:00Z"
BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("language", "day", "moment", "stamp"),
    [
        ("en", "Tuesday, 24 November", "Tuesday, 24 November, 12:00", "24 Nov 2026, 12:00"),
        ("en-US", "Tuesday, November 24", "Tuesday, November 24, 12:00\u202fPM", "Nov 24, 2026, 12:00\u202fPM"),
        ("de", "Dienstag, 24. November", "Dienstag, 24. November, 12:00 Uhr", "24.11.2026, 12:00 Uhr"),
        ("de-AT", "Dienstag, 24. November", "Dienstag, 24. November, 12:00 Uhr", "24.11.2026, 12:00 Uhr"),
        ("fr", "mardi 24 novembre", "mardi 24 novembre à 12:00", "24 nov. 2026 à 12:00"),
        ("es", "martes, 24 de noviembre", "martes, 24 de noviembre a las 12:00", "24 nov 2026 a las 12:00"),
        ("sv", "tisdag 24 november", "tisdag 24 november, 12:00", "24 nov. 2026, 12:00"),
        ("xx", "Tuesday, 24 November", "Tuesday, 24 November, 12:00", "24 Nov 2026, 12:00"),
        ("../de", "Tuesday, 24 November", "Tuesday, 24 November, 12:00", "24 Nov 2026, 12:00"),
    ],
)
def test_moment_reads_as_people_write_it(language: str, day: str, moment: str, stamp: str) -> None:
    assert local.day(NOON, language, BERLIN) == day
    assert local.moment(NOON, language, BERLIN) == moment
    assert local.stamp(NOON, language, BERLIN) == stamp


@pytest.mark.parametrize("language", ["ja", "hu", "pt", "da", "tr"])
def test_day_has_no_year_in_any_order_of_its_parts(language: str) -> None:
    assert "2026" not in local.day(NOON, language, BERLIN)


@pytest.mark.parametrize(("language", "words"), [("en", "11:00 UTC"), ("de", "11:00 Uhr UTC"), ("fr", "11:00 UTC")])
def test_nobodys_own_clock_is_named(language: str, words: str) -> None:
    assert local.moment(NOON, language, "UTC").endswith(words)
    assert local.moment(NOON, language, "").endswith(words)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("2026-11-24T23:30:00+00:00", "Wednesday, 25 November, 00:30"),
        ("2026-11-24T12:00:00+01:00", "Tuesday, 24 November, 12:00"),
        ("2026-11-24T11:00:00", "Tuesday, 24 November, 12:00"),
        ("2026-11-24", "Tuesday, 24 November, 00:00"),
        ("tomorrow", "tomorrow"),
        ("", ""),
        (7, "7"),
    ],
    ids=["the next day there", "another zone", "no zone", "a day", "words", "nothing", "a number"],
)
def test_moment_is_told_by_the_readers_clock_and_what_is_none_stays(value: Any, words: str) -> None:
    assert local.moment(value, "en", BERLIN) == words


@pytest.mark.parametrize(
    ("seconds", "language", "lasts", "since"),
    [
        (0, "en", "1 minute", "1 minute ago"),
        (5400, "en", "2 hours", "2 hours ago"),
        (172_800, "de", "2 Tage", "vor 2 Tagen"),
        (172_800, "fr", "2 jours", "il y a 2 jours"),
        (86_400, "es", "1 día", "hace 1 día"),
    ],
)
def test_duration_has_one_unit(seconds: int, language: str, lasts: str, since: str) -> None:
    assert local.duration(seconds, language, "").replace("\xa0", " ") == lasts
    assert local.ago(seconds, language, "").replace("\xa0", " ") == since


@pytest.mark.parametrize(
    ("number", "language", "words"),
    [
        (0, "en", "0 kB"),
        (84, "en", "0.1 kB"),
        (310_000, "en", "310 kB"),
        (310_000, "fr", "310 ko"),
        (2_250_000, "de", "2,2 MB"),
        (3_000_000_000, "en", "3 GB"),
        (True, "en", "True"),
        ("large", "en", "large"),
    ],
)
def test_size_is_in_units_that_people_know(number: Any, language: str, words: str) -> None:
    assert local.size(number, language, "").replace("\u202f", " ").replace("\xa0", " ") == words


@pytest.mark.parametrize(
    ("language", "words", "choice"),
    [("en", "a, b and c", "a, b or c"), ("de", "a, b und c", "a, b oder c"), ("fr", "a, b et c", "a, b ou c")],
)
def test_list_ends_as_people_say_it(language: str, words: str, choice: str) -> None:
    assert local.listed(["a", "b", "c"], language, "") == words
    assert local.listed(["a", "b", "c"], language, "", "or") == choice
