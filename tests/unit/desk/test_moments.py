"""Dates and durations as people write them, in four languages."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailticket.desk.moments import Edge, read_moment
from mailticket.errors import NotValid

BERLIN = "Europe/Berlin"
#: Wednesday, half past eleven in Berlin.
NOW = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)


def read(text: str, edge: Edge = Edge.END, now: datetime = NOW, language: str = "en") -> str:
    """The moment as people in Berlin would write it."""
    found = read_moment("due", text, now, BERLIN, edge, language)
    assert found.tzinfo is UTC
    return found.astimezone(ZoneInfo(BERLIN)).strftime("%a %Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-12-01", "Tue 2026-12-01 17:00"),
        ("2026-12-01 14:00", "Tue 2026-12-01 14:00"),
        ("2026-12-01T14:00Z", "Tue 2026-12-01 15:00"),
        ("2026-12-01T14:00:00+02:00", "Tue 2026-12-01 13:00"),
        ("1.12.2026", "Tue 2026-12-01 17:00"),
        ("1.12.", "Tue 2026-12-01 17:00"),
        ("1.2.", "Mon 2027-02-01 17:00"),
        ("13/12", "Sun 2026-12-13 17:00"),
        ("12/13", "Sun 2026-12-13 17:00"),
        ("13/12/26", "Sun 2026-12-13 17:00"),
        ("29 feb", "Tue 2028-02-29 17:00"),
        ("today", "Wed 2026-11-25 17:00"),
        ("tomorrow", "Thu 2026-11-26 17:00"),
        ("day after tomorrow", "Fri 2026-11-27 17:00"),
        ("friday", "Fri 2026-11-27 17:00"),
        ("Fri", "Fri 2026-11-27 17:00"),
        ("wednesday", "Wed 2026-12-02 17:00"),
        ("on friday", "Fri 2026-11-27 17:00"),
        ("until friday", "Fri 2026-11-27 17:00"),
        ("by end of friday", "Fri 2026-11-27 17:00"),
        ("this friday", "Fri 2026-11-27 17:00"),
        ("next monday", "Mon 2026-11-30 17:00"),
        ("next friday", "Fri 2026-12-04 17:00"),
        ("next week", "Mon 2026-11-30 17:00"),
        ("december 1", "Tue 2026-12-01 17:00"),
        ("Dec 1st, 2026", "Tue 2026-12-01 17:00"),
        ("Fri., 4 Dec.", "Fri 2026-12-04 17:00"),
        ("friday 14:00", "Fri 2026-11-27 14:00"),
        ("tomorrow at 2pm", "Thu 2026-11-26 14:00"),
        ("tomorrow 9:30 a.m.", "Thu 2026-11-26 09:30"),
        ("noon", "Wed 2026-11-25 12:00"),
        ("3d", "Sat 2026-11-28 17:00"),
        ("2w", "Wed 2026-12-09 17:00"),
        ("4h", "Wed 2026-11-25 15:30"),
        ("30m", "Wed 2026-11-25 12:00"),
        ("1d 4h", "Thu 2026-11-26 15:30"),
        ("1w 2d", "Fri 2026-12-04 17:00"),
        ("3 days", "Sat 2026-11-28 17:00"),
        ("in 2 weeks", "Wed 2026-12-09 17:00"),
        ("1 month", "Fri 2026-12-25 17:00"),
        # German
        ("heute", "Wed 2026-11-25 17:00"),
        ("morgen", "Thu 2026-11-26 17:00"),
        ("übermorgen", "Fri 2026-11-27 17:00"),
        ("uebermorgen", "Fri 2026-11-27 17:00"),
        ("am Freitag", "Fri 2026-11-27 17:00"),
        ("Do", "Thu 2026-11-26 17:00"),
        ("bis nächsten Montag", "Mon 2026-11-30 17:00"),
        ("nächste Woche", "Mon 2026-11-30 17:00"),
        ("1. Dezember", "Tue 2026-12-01 17:00"),
        ("morgen um 9 Uhr", "Thu 2026-11-26 09:00"),
        ("morgen 9 Uhr 30", "Thu 2026-11-26 09:30"),
        ("in 3 Tagen", "Sat 2026-11-28 17:00"),
        ("2 Wochen", "Wed 2026-12-09 17:00"),
        # French
        ("aujourd’hui", "Wed 2026-11-25 17:00"),
        ("demain 14h30", "Thu 2026-11-26 14:30"),
        ("après-demain", "Fri 2026-11-27 17:00"),
        ("vendredi", "Fri 2026-11-27 17:00"),
        ("vendredi prochain", "Fri 2026-12-04 17:00"),
        ("jusqu'à vendredi", "Fri 2026-11-27 17:00"),
        ("d'ici lundi", "Mon 2026-11-30 17:00"),
        ("1er décembre", "Tue 2026-12-01 17:00"),
        ("dans 2 semaines", "Wed 2026-12-09 17:00"),
        ("3 j", "Sat 2026-11-28 17:00"),
        # Spanish
        ("hoy", "Wed 2026-11-25 17:00"),
        ("mañana", "Thu 2026-11-26 17:00"),
        ("pasado mañana", "Fri 2026-11-27 17:00"),
        ("el lunes", "Mon 2026-11-30 17:00"),
        ("miércoles", "Wed 2026-12-02 17:00"),
        ("la semana que viene", "Mon 2026-11-30 17:00"),
        ("1 de diciembre", "Tue 2026-12-01 17:00"),
        ("en 3 días", "Sat 2026-11-28 17:00"),
    ],
)
def test_text_names_a_moment(text: str, moment: str) -> None:
    assert read(text) == moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("friday", "Fri 2026-11-27 09:00"),
        ("2d", "Fri 2026-11-27 09:00"),
        ("4h", "Wed 2026-11-25 15:30"),
        ("next week", "Mon 2026-11-30 09:00"),
        ("friday 14:00", "Fri 2026-11-27 14:00"),
    ],
)
def test_what_begins_on_a_day_begins_when_the_desk_opens(text: str, moment: str) -> None:
    assert read(text, Edge.BEGIN) == moment


def test_today_lasts_until_midnight_where_the_desk_has_closed() -> None:
    assert read("today", now=NOW.replace(hour=18)) == "Wed 2026-11-25 23:59"


@pytest.mark.parametrize("language", ["de", "fr", "es-MX"])
def test_days_come_first_where_people_write_them_so(language: str) -> None:
    assert read("1/12", language=language) == "Tue 2026-12-01 17:00"


def test_hours_are_hours_when_clocks_change() -> None:
    evening = datetime(2027, 3, 27, 22, 0, tzinfo=UTC)

    assert read("4h", now=evening) == "Sun 2027-03-28 04:00"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "needs a date or a duration"),
        ("x" * 100, "needs a date or a duration"),
        ("soon", "is no date"),
        ("1/12", "is no date"),
        ("2026-02-30", "is no date"),
        ("32.1.", "is no date"),
        ("25:00", "is no date"),
        ("13pm", "is no date"),
        ("friday 5 dec", "is no date"),
        ("3 blah", "is no date"),
        ("week", "is no date"),
        ("2026-11-01", "is past"),
        ("yesterday", "is past"),
        ("9:00", "is past"),
        ("2036-01-01", "more than five years away"),
        ("999w", "more than five years away"),
        ("9999-12-31", "more than five years away"),
    ],
)
def test_what_is_no_moment_says_why(text: str, says: str) -> None:
    with pytest.raises(NotValid, match=says):
        read(text)


@pytest.mark.parametrize(("text", "meant"), [("firday", "friday"), ("next mondey", "next monday"), ("soon", "")])
def test_mistyped_day_is_known(text: str, meant: str) -> None:
    with pytest.raises(NotValid) as refusal:
        read(text)

    assert "".join(refusal.value.allowed) == meant


@given(st.text(alphabet="0123456789dhwmo.:/-+ tznxfriapuh,'ñäé", max_size=24))
def test_any_text_names_a_moment_to_come_or_is_refused(text: str) -> None:
    try:
        assert read_moment("due", text, NOW, BERLIN, Edge.END) > NOW
    except NotValid:
        pass
