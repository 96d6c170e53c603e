"""Calendar files in words."""

import pytest

from mailticket.mail.invitation import summary

EVENT = """BEGIN:VCALENDAR
METHOD:{method}
BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:STANDARD
DTSTART:16010101T030000
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
SUMMARY;LANGUAGE=en:Vase rep
 air\\, at home
DTSTART;TZID="Europe/Berlin":20261124T100000
DTEND;TZID="Europe/Berlin":20261124T110000
LOCATION:Room 3\\nDoor 2
ORGANIZER;CN="Ahlberg, Ann":mailto:ann@acme.example
ATTENDEE;PARTSTAT={answer};CN=Carla:MAILTO:carla@shop.example
BEGIN:VALARM
SUMMARY:an alarm's own
END:VALARM
END:VEVENT
END:VCALENDAR
"""
WHEN = "When: Tue 24 November 2026, 10:00 to 11:00 (Europe/Berlin). Where: Room 3 Door 2"
ANN = "From: Ahlberg, Ann <ann@acme.example>"


@pytest.mark.parametrize(
    ("method", "answer", "words"),
    [
        ("REQUEST", "NEEDS-ACTION", f"Invitation: Vase repair, at home\n{WHEN}. {ANN}"),
        ("CANCEL", "", f"Cancelled: Vase repair, at home\n{WHEN}. {ANN}"),
        ("PUBLISH", "", f"Appointment: Vase repair, at home\n{WHEN}. {ANN}"),
        ("COUNTER", "", f"Another time is proposed: Vase repair, at home\n{WHEN}. {ANN}"),
        ("REPLY", "ACCEPTED", f"Carla <carla@shop.example> has accepted: Vase repair, at home\n{WHEN}"),
        ("REPLY", "DECLINED", f"Carla <carla@shop.example> has declined: Vase repair, at home\n{WHEN}"),
        (
            "REPLY",
            "TENTATIVE",
            f"Carla <carla@shop.example> has accepted with reservation: Vase repair, at home\n{WHEN}",
        ),
        ("REPLY", "else", f"Carla <carla@shop.example> has answered: Vase repair, at home\n{WHEN}"),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_what_it_asks_for(method: str, answer: str, words: str, line_end: str) -> None:
    text = EVENT.format(method=method, answer=answer).replace("\n", line_end)

    assert summary(text.encode()) == words


@pytest.mark.parametrize(
    ("fields", "when"),
    [
        ("DTSTART:20261124T100000Z", "Tue 24 November 2026, 10:00 (UTC)"),
        ("DTSTART:20261124T100000", "Tue 24 November 2026, 10:00 (local time)"),
        ("DTSTART:20261124T1000", "Tue 24 November 2026, 10:00 (local time)"),
        ("DTSTART;VALUE=DATE:20261124", "Tue 24 November 2026"),
        ("DTSTART;VALUE=DATE:20261124\nDTEND;VALUE=DATE:20261125", "Tue 24 November 2026"),
        ("DTSTART;VALUE=DATE:20261124\nDTEND;VALUE=DATE:20261127", "Tue 24 November 2026 to Thu 26 November 2026"),
        ("DTSTART:20261124T220000Z\nDURATION:PT3H", "Tue 24 November 2026, 22:00 to Wed 25 November 2026, 01:00 (UTC)"),
        ("DTSTART:20261124T100000Z\nRRULE:FREQ=WEEKLY;COUNT=3", "Tue 24 November 2026, 10:00 (UTC), every week"),
        (
            "DTSTART;TZID=/freeassociation.sourceforge.net/Europe/Berlin:20261124T100000",
            "Tue 24 November 2026, 10:00 (Europe/Berlin)",
        ),
        (
            "DTSTART;TZID=W. Europe Standard Time:20261124T100000",
            "Tue 24 November 2026, 10:00 (W. Europe Standard Time)",
        ),
    ],
)
def test_when(fields: str, when: str) -> None:
    assert summary(f"BEGIN:VEVENT\nSUMMARY:x\n{fields}\nEND:VEVENT".encode()) == f"Appointment: x\nWhen: {when}"


@pytest.mark.parametrize("text", ["", "no calendar", "BEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR", "\x00" * 100])
def test_nothing_in_it(text: str) -> None:
    assert summary(text.encode()) == ""


@pytest.mark.parametrize(
    "text",
    [
        "DTSTART:99999999T999999",
        "DTSTART:20261124T100000Z\nDURATION:P9999W",
        "DTSTART:99991231T235959Z\nDURATION:P99999D",
        "A" + ";B=x,y" * 40_000,
        'A;B="' + "x" * 40_000,
        "BEGIN:X\n" * 40_000,
        "RRULE:" + "FREQ=" * 40_000,
    ],
    ids=["no date", "long duration", "end of time", "parameters", "open quote", "nesting", "rule"],
)
def test_hostile_file_has_a_title_all_the_same(text: str) -> None:
    assert summary(f"BEGIN:VEVENT\nSUMMARY:x\n{text}\nEND:VEVENT".encode()).startswith("Appointment: x")
