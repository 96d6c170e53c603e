"""What does a calendar file ask for? An invitation, an answer to one, or its cancelling (RFC 5545, RFC 5546), in words.

Read by hand: eight fields of one event are needed, and of a hostile file no more than its first lines are looked at.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mailticket.mail.charset import decode
from mailticket.mail.clean import clean_line

_MOST_BYTES = 1 << 18
_MOST_LINES = 5000
_LONGEST = 300

_FOLD = re.compile(r"\r?\n[ \t]|\r[ \t]")
_LINE = re.compile(r'([A-Za-z0-9-]{1,40})((?:;[A-Za-z0-9-]{1,40}=(?:"[^"]*+"|[^":;])*+)*+):(.*)')
_PARAMETER = re.compile(r';([A-Za-z0-9-]{1,40})=(?:"([^"]*)"|([^;]*))')
_ESCAPED = re.compile(r"\\([\\;,nN])")
_DURATION = re.compile(r"P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?")

#: METHOD -> how the line begins; %s is whoever answers.
_METHODS = {
    "REQUEST": "Invitation",
    "CANCEL": "Cancelled",
    "COUNTER": "Another time is proposed",
    "DECLINECOUNTER": "The other time was declined",
    "REFRESH": "Asks for the latest version",
    "ADD": "Further dates",
}
_ANSWERS = {
    "ACCEPTED": "has accepted",
    "DECLINED": "has declined",
    "TENTATIVE": "has accepted with reservation",
    "DELEGATED": "has sent somebody else",
}
_REPEATS = {"DAILY": "every day", "WEEKLY": "every week", "MONTHLY": "every month", "YEARLY": "every year"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What there is to say of one date in a calendar."""

    #: How the line begins: "Invitation", "Carla has accepted".
    kind: str
    what: str
    begins: datetime | date | None = None
    ends: datetime | date | None = None
    #: As people say it, "" where nobody has said.
    zone: str = ""
    repeats: str = ""
    where: str = ""
    organiser: str = ""


def in_words(event: Event) -> str:
    """Two lines for a person: what it is, then when, where and from whom."""
    first = f"{event.kind}: {event.what or '(no title)'}"
    facts = (
        ("When", ", ".join(filter(None, (_when(event), event.repeats)))),
        ("Where", event.where),
        ("From", event.organiser),
    )
    second = ". ".join(f"{label}: {value}" for label, value in facts if value)
    return f"{first}\n{second}" if second else first


def summary(data: bytes, charset: str = "") -> str:
    """The first event of a calendar file in words; "" where there is none."""
    text = decode(data[:_MOST_BYTES], charset)[0]
    lines = [_line(line) for line in _FOLD.sub("", text).splitlines()[:_MOST_LINES]]
    method = next((value.upper() for name, _, value in lines if name == "METHOD"), "")
    fields = _first_event(lines)
    if fields is None:
        return ""
    begins, zone = _moment(fields, "DTSTART")
    ends, _ = _moment(fields, "DTEND")
    if ends is None and begins is not None:
        ends = _after(begins, _value(fields, "DURATION"))
    event = Event(
        kind=_kind(method, fields),
        what=_words(fields, "SUMMARY"),
        begins=begins,
        ends=ends,
        zone=zone,
        repeats=_repeats(_value(fields, "RRULE")),
        where=_words(fields, "LOCATION"),
        organiser="" if method == "REPLY" else _person(fields, "ORGANIZER"),
    )
    return in_words(event)


_Field = tuple[str, Mapping[str, str], str]


def _line(line: str) -> _Field:
    """Name, parameters and value; all empty where it is no content line (§3.1)."""
    if not (match := _LINE.match(line[:20_000])):
        return "", {}, ""
    given = {name.upper(): quoted or plain for name, quoted, plain in _PARAMETER.findall(match[2])}
    return match[1].upper(), given, match[3]


def _first_event(lines: Sequence[_Field]) -> dict[str, _Field] | None:
    """The first of each of its fields; what is nested in it (an alarm) is passed over."""
    fields: dict[str, _Field] | None = None
    nested = 0
    for field in lines:
        name, _, value = field
        if fields is None:
            if name == "BEGIN" and value.strip().upper() in ("VEVENT", "VTODO"):
                fields = {}
        elif name == "BEGIN":
            nested += 1
        elif name == "END":
            if not nested:
                return fields
            nested -= 1
        elif not nested:
            fields.setdefault(name, field)
    return fields


def _value(fields: Mapping[str, _Field], name: str) -> str:
    return fields[name][2].strip() if name in fields else ""


def _words(fields: Mapping[str, _Field], name: str) -> str:
    text = _ESCAPED.sub(lambda match: " " if match[1] in "nN" else match[1], _value(fields, name)[: 4 * _LONGEST])
    return " ".join(clean_line(text).split())[:_LONGEST]


def _person(fields: Mapping[str, _Field], name: str) -> str:
    if name not in fields:
        return ""
    _, given, value = fields[name]
    scheme, _, address = value.strip().partition(":")
    address = clean_line(address)[:_LONGEST] if scheme.lower() == "mailto" else ""
    called = " ".join(clean_line(given.get("CN", "")).split())[:_LONGEST]
    return f"{called} <{address}>" if called and address and called != address else called or address


def _kind(method: str, fields: Mapping[str, _Field]) -> str:
    if method == "REPLY":
        given = fields["ATTENDEE"][1] if "ATTENDEE" in fields else {}
        answer = _ANSWERS.get(given.get("PARTSTAT", "").upper(), "has answered")
        return f"{_person(fields, 'ATTENDEE') or 'Somebody'} {answer}"
    if _value(fields, "STATUS").upper() == "CANCELLED":
        method = "CANCEL"
    return _METHODS.get(method, "Appointment")


def _moment(fields: Mapping[str, _Field], name: str) -> tuple[datetime | date | None, str]:
    """A date or a time with the name of its zone; None where it cannot be read."""
    _, given, value = fields.get(name, ("", {}, ""))
    value = value.strip().upper()
    try:
        if len(value) == 8:
            return datetime.strptime(value, "%Y%m%d").date(), ""  # noqa: DTZ007  a day has no zone
        found = datetime.strptime(value[:15].ljust(15, "0"), "%Y%m%dT%H%M%S")  # noqa: DTZ007  the zone is a word
    except ValueError:
        return None, ""
    zone = "UTC" if value.endswith("Z") else _zone(given.get("TZID", ""))
    return found, zone


def _zone(name: str) -> str:
    """`/freeassociation.sourceforge.net/Europe/Berlin` and the like end by what people know."""
    name = clean_line(name)[:100]
    return "/".join(name.split("/")[-2:]) if name.startswith("/") else name or "local time"


def _after(begins: datetime | date, duration: str) -> datetime | date | None:
    match = _DURATION.fullmatch(duration)
    if not match or not any(match.groups()):
        return None
    weeks, days, hours, minutes, seconds = (int(number or 0) for number in match.groups())
    try:
        return begins + timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        return None


def _repeats(rule: str) -> str:
    for part in rule.upper().split(";")[:20]:
        name, _, value = part.partition("=")
        if name == "FREQ":
            return _REPEATS.get(value, "")
    return ""


def _when(event: Event) -> str:
    return " ".join(_span(event.begins, event.ends, event.zone)) if event.begins else ""


def _span(begins: datetime | date, ends: datetime | date | None, zone: str) -> Iterator[str]:
    if not isinstance(begins, datetime):
        yield _day(begins)
        # a day's end is the next one (§3.6.1)
        last = ends - timedelta(days=1) if ends is not None and not isinstance(ends, datetime) else begins
        if last > begins:
            yield f"to {_day(last)}"
        return
    yield f"{_day(begins)}, {begins:%H:%M}"
    if isinstance(ends, datetime) and ends > begins:
        yield f"to {ends:%H:%M}" if ends.date() == begins.date() else f"to {_day(ends)}, {ends:%H:%M}"
    if zone:
        yield f"({zone})"


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%B %Y}"
