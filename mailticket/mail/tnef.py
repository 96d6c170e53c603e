"""What is in a winmail.dat? Outlook's own wrapping of a mail (TNEF, [MS-OXTNEF]), opened into parts like any other's.

It may hold much, and mails within mails: opened only where it can be stopped, in the sandbox.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from mailticket.mail import rtf
from mailticket.mail.charset import decode
from mailticket.mail.clean import clean_line
from mailticket.mail.invitation import Event, in_words
from mailticket.mail.tnef_pieces import Value, Wrapped, charset_of, read_pieces
from mailticket.mail.walk import Part

_TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_NAME = "winmail.dat"
#: Bytes of one winmail.dat, files in it, bytes of them all together, and mails within mails.
_MOST_BYTES = 48 << 20
_MOST_FILES = 200
_MOST_CONTENT = 48 << 20
_MOST_DEPTH = 4
#: So much of a text is looked at for words.
_LOOKED_AT = 2000
#: `Part.alternative` of the text of a winmail.dat: no mail has so many.
_OUTLOOK = 1 << 20
#: Properties by number ([MS-OXPROPS]); the last four have none that is fixed but these in Outlook's own sets.
_BODY, _RTF, _HTML, _CHARSET, _SUBJECT, _SENDER = 0x1000, 0x1009, 0x1013, 0x3FDE, 0x0037, 0x0042
_LONG_NAME, _MIME_TYPE, _CONTENT_ID, _OBJECT = 0x3707, 0x370E, 0x3712, 0x3701
_LOCATION, _BEGINS, _ENDS, _MAIL_ADDRESS = 0x8208, 0x820D, 0x820E, 0x8083
_EMBEDDED = b"\x07\x03\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46"
#: Display name, company, then telephones: at work, mobile, at home.
_CONTACT_FIELDS = (0x3001, 0x3A16, _MAIL_ADDRESS, 0x3A08, 0x3A1C, 0x3A09)
#: Beginning of the message class -> how the line in the text begins.
_DATES = {
    "ipm.microsoft schedule.mtgreq": "Invitation", "ipm.schedule.meeting.request": "Invitation",
    "ipm.microsoft schedule.mtgcncl": "Cancelled", "ipm.schedule.meeting.canceled": "Cancelled",
    "ipm.microsoft schedule.mtgrespp": "Accepted", "ipm.schedule.meeting.resp.pos": "Accepted",
    "ipm.microsoft schedule.mtgrespn": "Declined", "ipm.schedule.meeting.resp.neg": "Declined",
    "ipm.microsoft schedule.mtgrespa": "Accepted with reservation",
    "ipm.schedule.meeting.resp.tent": "Accepted with reservation",
    "ipm.appointment": "Appointment",
}  # fmt: skip
_CONTACT = "ipm.contact"

_DAMAGED = "A winmail.dat is damaged or too large; it was left as it is."
_CUT = f"A winmail.dat holds more than {_MOST_FILES} files or {_MOST_CONTENT >> 20} MB; not all of it was taken out."


def is_tnef(part: Part) -> bool:
    """Whether `part` says that it is a winmail.dat."""
    return part.content_type in _TYPES or part.filename.lower() == _NAME


def opened(parts: Sequence[Part], errors: list[str]) -> list[Part]:
    """`parts` with the text and the files of each winmail.dat in its place; its text only where they show none.

    One that cannot be read stays a file, and `errors` says so. May take seconds: for the sandbox.
    """
    found: list[Part] = []
    for part in parts:
        inside = _inside(part, errors) if is_tnef(part) else None
        found += [part] if inside is None else inside
    own = [part for part in parts if part.content_type.startswith("text/") and part.disposition != "attachment"]
    if any(bytes(part.body[:_LOOKED_AT]).strip() for part in own):
        return [part for part in found if part.alternative != _OUTLOOK]
    # an empty text beside it would only leave empty lines
    return [part for part in found if part not in own] if any(part.alternative == _OUTLOOK for part in found) else found


def _inside(part: Part, errors: list[str]) -> list[Part] | None:
    data, _ = part.decoded()
    kept, room = list[Part](), _MOST_CONTENT
    try:
        if len(data) > _MOST_BYTES:
            raise ValueError("too large")
        for one in _contents(read_pieces(data)):
            room -= len(one.body)
            if room < 0 or len(kept) >= _MOST_FILES:
                errors.append(_CUT)
                break
            kept.append(one)
    except ValueError:
        kept.clear()
    if not kept:
        errors.append(_DAMAGED)
        return None
    return kept


def _contents(wrapped: Wrapped) -> Iterator[Part]:
    yield from _texts(wrapped)
    yield from _files(wrapped, 0)


def _texts(wrapped: Wrapped) -> Iterator[Part]:
    """What the mail says: plain and HTML as alternatives, from Rich Text where there is nothing else."""
    html, plain = _body(wrapped, _HTML), _body(wrapped, _BODY) or wrapped.body
    packed = wrapped.properties.get(_RTF)
    if not (html or plain) and isinstance(packed, bytes):
        found = rtf.words(rtf.decompressed(packed))
        html, plain = found.html, found.text
    if told := _told(wrapped):
        # (plain text counts where there are both)
        plain, html = (f"{plain}\n\n{told}".strip(), html) if plain or not html else ("", f"{html}<p>{told}</p>")
    if plain.strip():
        yield _part("text/plain", plain.encode("utf-8", "replace"), alternative=_OUTLOOK)
    if html.strip():
        yield _part("text/html", html.encode("utf-8", "replace"), alternative=_OUTLOOK)


def _body(wrapped: Wrapped, which: int) -> str:
    body, codepage = wrapped.properties.get(which), wrapped.properties.get(_CHARSET)
    if isinstance(body, bytes):
        body = decode(body, charset_of(codepage) if isinstance(codepage, int) else "")[0]
    return body.replace("\x00", "") if isinstance(body, str) else ""


def _told(wrapped: Wrapped) -> str:
    """A date or a person in words; "" where it is an ordinary mail."""
    kind, properties = wrapped.message_class.lower(), wrapped.properties
    if kind.startswith(_CONTACT):
        return "Contact: " + ", ".join(filter(None, (_line(properties, name) for name in _CONTACT_FIELDS)))
    begins_by = next((words for name, words in _DATES.items() if kind.startswith(name)), "")
    if not begins_by:
        return ""
    event = Event(
        kind=begins_by,
        what=clean_line(wrapped.subject) or _line(properties, _SUBJECT),
        begins=_moment(properties, _BEGINS),
        ends=_moment(properties, _ENDS),
        zone="UTC",
        where=_line(properties, _LOCATION),
        organiser=_line(properties, _SENDER),
    )
    return in_words(event)


def _line(properties: Mapping[int, Value], name: int) -> str:
    value = properties.get(name)
    return clean_line(value)[:300] if isinstance(value, str) else ""


def _moment(properties: Mapping[int, Value], name: int) -> datetime | None:
    value = properties.get(name)
    return value if isinstance(value, datetime) else None


def _files(wrapped: Wrapped, depth: int) -> Iterator[Part]:
    """The files, and what is in the mails among them: their text as a file too."""
    for file in wrapped.files:
        name = _line(file.properties, _LONG_NAME) or clean_line(file.title)
        content = file.properties.get(_OBJECT)
        if isinstance(content, bytes) and content.startswith(_EMBEDDED) and depth < _MOST_DEPTH:
            inner = read_pieces(content.removeprefix(_EMBEDDED))
            for text in _texts(inner):
                ending = "html" if text.content_type == "text/html" else "txt"
                yield _part(text.content_type, bytes(text.body), f"{name or 'message'}.{ending}")
            yield from _files(inner, depth + 1)
        elif data := file.data or (content if isinstance(content, bytes) else b""):
            media_type = _line(file.properties, _MIME_TYPE).lower()
            content_id = _line(file.properties, _CONTENT_ID).strip("<> ")
            yield _part(media_type or "application/octet-stream", data, name, content_id)


def _part(media_type: str, data: bytes, filename: str = "", content_id: str = "", *, alternative: int = 0) -> Part:
    return Part(
        content_type=media_type,
        charset="utf-8" if media_type.startswith("text/") else "",
        disposition="attachment" if filename and not content_id else "",
        filename=filename,
        content_id=content_id,
        encoding="binary",
        body=memoryview(data),
        alternative=alternative,
    )
