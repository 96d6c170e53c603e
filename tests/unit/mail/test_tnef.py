"""winmail.dat: what Outlook has wrapped up comes out; what is broken stays a file."""

import base64
import struct
from datetime import UTC, datetime

import pytest

from mailticket.mail.message import InboundMail
from mailticket.mail.parse import parse_mail, parse_ordinary
from tests.winmail import (
    BODY,
    CONTENT_ID,
    HTML,
    LONG_FILENAME,
    MIME_TAG,
    RTF,
    attached,
    compressed,
    embedded,
    filetime,
    winmail,
)

PHOTO = attached("VASE~1.JPG", b"\xff\xd8photo\x00\x00", {LONG_FILENAME: "Vase größer.jpg", MIME_TAG: "image/jpeg"})
INTERNET_CODEPAGE = 0x3FDE
HTML_IN_RTF = rb"{\rtf1\ansi\fromhtml1 {\*\htmltag64 <p>}\htmlrtf \par\htmlrtf0 Broken{\*\htmltag72 </p>}}"


def mail(data: bytes, text: str = "", media_type: str = "application/ms-tnef", name: str = "winmail.dat") -> bytes:
    return (
        b"From: carla@shop.example\r\nSubject: Broken vase\r\nMessage-ID: <a@shop.example>\r\n"
        b"Date: Sun, 22 Nov 2026 10:00:00 +0000\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + text.encode() + b"\r\n"
        b"--b\r\nContent-Type: " + media_type.encode() + b'; name="' + name.encode() + b'"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(data) + b"\r\n--b--\r\n"
    )


def read(data: bytes, text: str = "") -> InboundMail:
    return parse_mail(mail(data, text))


def test_files_have_their_long_names_and_all_their_bytes() -> None:
    found = read(winmail(PHOTO, attached("notes.txt", b"fragile")), "see the photo")

    assert [(file.filename, file.content_type, file.data) for file in found.attachments] == [
        ("Vase größer.jpg", "image/jpeg", b"\xff\xd8photo\x00\x00"),
        ("notes.txt", "application/octet-stream", b"fragile"),
    ]
    assert (found.text, found.errors) == ("see the photo", ())


@pytest.mark.parametrize(
    ("properties", "text"),
    [
        ({BODY: "The vase is broken.\r\nCarla"}, "The vase is broken.\nCarla"),
        ({HTML: "<p>Größe</p>".encode(), INTERNET_CODEPAGE: 65001}, "Größe"),
        ({HTML: b"<p>Gr\xf6\xdfe</p>"}, "Größe"),
        ({RTF: compressed(rb"{\rtf1\ansi\ansicpg1252 Gr\'f6\'dfe\par \u8364? 3}")}, "Größe\n€ 3"),
        ({RTF: compressed(HTML_IN_RTF)}, "Broken"),
    ],
    ids=["plain", "HTML in its code page", "HTML without one", "Rich Text", "HTML in Rich Text"],
)  # fmt: skip
def test_its_text_counts_where_the_mail_has_none(properties: dict[int, str | bytes | int], text: str) -> None:
    assert read(winmail(PHOTO, properties=properties)).text == text


def test_words_of_the_mail_come_first() -> None:
    assert read(winmail(PHOTO, properties={BODY: "wrapped"}), "beside it").text == "beside it"


def test_mail_within_the_mail_gives_its_text_and_files() -> None:
    inner = winmail(attached("in.txt", b"in"), properties={BODY: "inner words"})
    found = read(winmail(embedded("Older mail", inner)), "see below")

    assert [(file.filename, file.data) for file in found.attachments] == [
        ("Older mail.txt", b"inner words"),
        ("in.txt", b"in"),
    ]


def test_picture_of_its_html_is_inline() -> None:
    picture = attached("p.png", b"\x89PNG", {MIME_TAG: "image/png", CONTENT_ID: "vase@outlook"})
    found = read(winmail(picture, properties={HTML: b'<p>see <img src="cid:vase@outlook"></p>'}))

    assert [(file.inline, file.content_id) for file in found.attachments] == [(True, "vase@outlook")]


def test_meeting_is_told_in_words() -> None:
    begins = datetime(2026, 11, 24, 9, tzinfo=UTC).timestamp()
    properties: dict[int, str | bytes | int] = {
        0x0037: "Vase repair", 0x0042: "Ann Ahlberg", 0x8208: "Room 3", 0x820D: filetime(begins),
        0x820E: filetime(begins + 3600),
    }  # fmt: skip
    found = read(winmail(properties=properties, message_class="IPM.Microsoft Schedule.MtgReq"))

    assert found.text == (
        "Invitation: Vase repair\n"
        "When: Tue 24 November 2026, 09:00 to 10:00 (UTC). Where: Room 3. From: Ann Ahlberg"
    )  # fmt: skip


def test_person_is_told_in_words() -> None:
    properties: dict[int, str | bytes | int] = {0x3001: "Carla Customer", 0x3A16: "Shop Ltd", 0x3A1C: "+49 170 1234567"}

    assert read(winmail(properties=properties, message_class="IPM.Contact")).text == (
        "Contact: Carla Customer, Shop Ltd, +49 170 1234567"
    )


ENDLESS = winmail() + struct.pack("<BII", 1, 0x00069003, 8) + b"\xff" * 8 + b"\x00\x00" + b"\x00" * 20


@pytest.mark.parametrize(
    "data",
    [b"", b"not TNEF", winmail(PHOTO)[:40], winmail(), ENDLESS, winmail(embedded("x", b"\x78\x9f\x3e\x22" * 9))],
    ids=["empty", "something else", "cut", "nothing in it", "four billion properties", "broken mail within"],
)  # fmt: skip
def test_broken_one_stays_a_file(data: bytes) -> None:
    found = read(data, "see the file")

    assert [(file.filename, file.data) for file in found.attachments] == [("winmail.dat", data)]
    assert any("winmail.dat is damaged" in error for error in found.errors)
    assert found.text == "see the file"


def test_what_comes_out_has_limits() -> None:
    found = read(winmail(*(attached(f"{number}.txt", b"x") for number in range(300))), "many")

    assert len(found.attachments) == 200
    assert any("more than 200 files" in error for error in found.errors)


def test_many_pieces_with_nothing_in_them_stay_a_file() -> None:
    data = winmail(*[struct.pack("<BII", 1, 0x00078005, 0) + b"\x00\x00"] * 30_000)

    assert [file.filename for file in read(data, "hello").attachments] == ["winmail.dat"]


@pytest.mark.parametrize(
    ("media_type", "name"),
    [("application/ms-tnef", "x"), ("Application/VND.MS-TNEF", "x"), ("application/octet-stream", "WINMAIL.DAT")],
)
def test_it_is_never_opened_beside_the_event_loop(media_type: str, name: str) -> None:
    raw = mail(winmail(PHOTO), "hello", media_type, name)

    assert parse_ordinary(raw) is None
    assert [file.filename for file in parse_mail(raw).attachments] == ["Vase größer.jpg"]


def test_property_of_an_unknown_kind_costs_no_file() -> None:
    properties: dict[int, str | bytes | int] = {LONG_FILENAME: "long.txt", 0x6001: 1}
    data = attached("short.txt", b"fragile", properties).replace(struct.pack("<HH", 3, 0x6001), b"\xfb\x00\x01\x60")

    assert [(file.filename, file.data) for file in read(winmail(data), "see").attachments] == [("long.txt", b"fragile")]
