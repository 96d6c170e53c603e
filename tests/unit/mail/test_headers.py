"""Headers that are not as they should be, in whole mails."""

import base64
from datetime import UTC, datetime

import pytest

from mailticket.mail.message import Address, InboundMail
from mailticket.mail.parse import parse_mail

WORDS = "Größe der Vase 花瓶"
LETTERS = base64.b64encode(WORDS.encode()).decode()
CARLA = Address(name="Müller, Carla", addr_spec="carla@shop.example")


def raw(subject: str = "vase", from_: str = "Carla <carla@shop.example>", to: str = "support@acme.example") -> bytes:
    fields = f"From: {from_}\nTo: {to}\nSubject: {subject}\nDate: Sun, 22 Nov 2026 10:00:00 +0000\nMessage-ID: <a@x>\n"
    return f"{fields}\nbroken\n".encode()


def encoded(words: bytes, charset: str = "utf-8") -> str:
    return f"=?{charset}?B?{base64.b64encode(words).decode()}?="


@pytest.mark.parametrize("cut", range(1, len(LETTERS)))
def test_words_split_anywhere_even_inside_a_quartet(cut: int) -> None:
    subject = f"=?utf-8?B?{LETTERS[:cut]}?=\n =?UTF-8?b?{LETTERS[cut:]}?="

    assert parse_mail(raw(subject)).subject == WORDS


def test_words_split_in_three_inside_quartets() -> None:
    subject = "\n ".join(f"=?utf-8?B?{LETTERS[at : at + 14]}?=" for at in range(0, len(LETTERS), 14))

    assert parse_mail(raw(subject)).subject == WORDS


@pytest.mark.parametrize(
    ("subject", "read"),
    [
        ("=?utf-8?B?R3I?= =?utf-8?B?w7bDn2U=?=", "Größe"),
        ("=?utf-8?Q?Gr=C3?=\n =?utf-8?Q?=B6=C3=9Fe?=", "Größe"),
        (encoded(encoded("Größe".encode()).encode()), "Größe"),
        (encoded("Größe".encode(), "iso-8859-1"), "Größe"),
        (encoded(b"a\r\nBcc: x@evil.example"), "a Bcc: x@evil.example"),
        (encoded(b"a\x00b\x07c"), "abc"),
        (encoded("花瓶が割れました".encode("iso-2022-jp"), "ISO-2022-JP"), "花瓶が割れました"),
        (encoded("镕喆㐀".encode("gb18030"), "gb2312"), "镕喆㐀"),
        (encoded(b"Gr+APYA3w-e", "utf-7"), "Größe"),
        ("Re: [Ticket#\n 123] x", "Re: [Ticket# 123] x"),
        ("first\nSubject: second", "first"),
    ],
    ids=["padding left out", "inside a character", "nested", "wrong label", "line break", "controls", "Japanese",
         "gb2312 that is gb18030", "UTF-7", "folded tag", "repeated"],
)  # fmt: skip
def test_subject(subject: str, read: str) -> None:
    assert parse_mail(raw(subject)).subject == read


@pytest.mark.parametrize(
    "from_",
    [f"{encoded(CARLA.name.encode())} <carla@shop.example>", f'"{encoded(CARLA.name.encode())}" <carla@shop.example>',
     '"Müller, Carla" <carla@shop.example>'],
    ids=["encoded", "encoded between quotes", "raw"],
)  # fmt: skip
def test_name_with_a_comma(from_: str) -> None:
    mail = parse_mail(raw(from_=from_))

    assert (mail.from_, mail.from_defect) == (CARLA, "")


@pytest.mark.parametrize(
    ("from_", "address"),
    [
        ('"x" <>, "y" <real@z.example>', "real@z.example"),
        (encoded(b"Carla <carla@shop.example>"), "carla@shop.example"),
        ("Carla carla@shop.example", "carla@shop.example"),
    ],
    ids=["an empty one before it", "encoded as a whole", "no angle brackets"],
)
def test_doubtful_sender_is_shown_but_not_believed(from_: str, address: str) -> None:
    mail = parse_mail(raw(from_=from_))

    assert mail.from_ is not None and mail.from_.addr_spec == address
    assert mail.from_defect


@pytest.mark.parametrize(
    "to",
    ["a@x.example, b@x.example", "a@x.example; b@x.example", '"A; A" <a@x.example>; b@x.example;',
     "Friends: a@x.example, b@x.example;", "a@x.example\nTo: b@x.example"],
    ids=["commas", "semicolons", "one in a name", "group", "two fields"],
)  # fmt: skip
def test_lists_of_addresses(to: str) -> None:
    assert [address.addr_spec for address in parse_mail(raw(to=to)).to] == ["a@x.example", "b@x.example"]


def seen(mail: InboundMail) -> tuple[str, str, str]:
    return mail.subject, mail.from_.addr_spec if mail.from_ else "", mail.text


@pytest.mark.parametrize(
    "mangled",
    [
        raw().replace(b"\n", b"\r"),
        b"From carla@shop.example Sun Nov 22 10:00:00 2026\n" + raw(),
        b">From carla@shop.example Sun Nov 22 10:00:00 2026\n" + raw(),
        b"A gateway was here\n" + raw(),
        b"\r\n\r\n" + raw(),
        b"\xef\xbb\xbf" + raw(),
        raw().replace(b"Subject:", b"Subject :"),
        raw().replace(b"\n\nbroken", b"\nbroken"),
        raw().replace(b"Date: Sun, 22 Nov 2026 10:00:00 +0000\nMessage-ID: <a@x>\n", b""),
    ],
    ids=["bare CR", "mbox line", "quoted mbox line", "a line of junk", "empty lines", "byte order mark",
         "space before the colon", "no empty line below", "neither Date nor Message-ID"],
)  # fmt: skip
def test_mangled_header_is_read(mangled: bytes) -> None:
    assert seen(parse_mail(mangled)) == ("vase", "carla@shop.example", "broken")


@pytest.mark.parametrize(
    "date",
    ["Sun, 22 Nov 2026 10:00:00 +0000", "22 Nov 26 11:00 +0100", "2026-11-22T10:00:00Z", "2026-11-22 11:00+01:00"],
)
def test_date(date: str) -> None:
    mail = parse_mail(raw().replace(b"Sun, 22 Nov 2026 10:00:00 +0000", date.encode()))

    assert mail.date == datetime(2026, 11, 22, 10, tzinfo=UTC)
