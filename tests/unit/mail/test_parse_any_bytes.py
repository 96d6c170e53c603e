"""No bytes break the reader: a wall of nasty mails, and whatever hypothesis makes of the shards of mail."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailticket.mail.parse import parse_mail, parse_ordinary
from tests.shards import SHARDS
from tests.sound import assert_sound

FIXTURES = Path(__file__).parents[2] / "mail"
FROM = b"From: carla@shop.example\r\n"
HTML = FROM + b"Content-Type: text/html\r\n\r\n"

NASTY = {
    "nothing": b"",
    "NUL": b"\0" * 2000,
    "only 8-bit": b"\xff" * 2000,
    "only empty lines": b"\r\n" * 100_000,
    "bare CR": b"Subject: a\rFrom: b@c.example\r\rbody\r",
    "double CR": b"Subject: a\r\r\nFrom: b@c.example\r\r\n\r\r\nbody",
    "semicolons": FROM + b"Content-Type: text/plain" + b";" * 200_000 + b"\r\n\r\nx",
    "open quotes": FROM + b"Content-Type: text/plain" + b';a="' * 20_000 + b"\r\n\r\nx",
    "continuations": FROM + b"Content-Disposition: attachment" + b";filename*9999*=a" * 5000 + b"\r\n\r\nx",
    "folded subject": FROM + b"Subject: " + b"a\r\n " * 200_000 + b"\r\n\r\nx",
    "nested comments": b"From: " + b"(" * 20_000 + b")" * 20_000 + b"a@b.example\r\n\r\nx",
    "open comments": FROM + b"Date: " + b"(" * 60_000 + b"\r\n\r\nx",
    "encoded words": FROM + b"Subject: " + b"=?x?q?=ff?= =?utf-8?b?w?= " * 10_000 + b"\r\n\r\nx",
    "codec bomb": FROM + b"Content-Type: text/plain; charset=punycode\r\n\r\n" + b"a" * 200_000 + b"-" + b"b" * 200_000,
    "codec bomb in From": b"From: =?punycode?q?" + b"a" * 30_000 + b"-" + b"b" * 30_000 + b"?= <a@b.example>\r\n\r\nx",
    "surrogates": FROM + b"Content-Type: text/plain; charset=utf-7\r\n\r\n+2D0- +2AA-",
    "addresses": FROM + b"To: " + b"a@b.example, " * 10_000 + b"\r\n\r\nx",
    "ats": b"From: " + b"@" * 60_000 + b"\r\n\r\nx",
    "angles": b"From: " + b"<" * 60_000 + b"\r\n\r\nx",
    "quoted pairs": b'From: "' + b'\\"' * 30_000 + b"\r\n\r\nx",
    "parts": FROM + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 20_000,
    "depth": b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3000)),
    "same boundary": FROM + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" * 3000,
    "hyphens": FROM + b"Content-Type: multipart/mixed; boundary=----\r\n\r\n" + b"-" * 2_000_000,
    "attached mails": (FROM + b"Content-Type: message/rfc822\r\n\r\n") * 2000,
    "fields": b"".join(b"X-%d: y\r\n" % number for number in range(50_000)) + b"\r\nx",
    "endless header": b"X: y\r\n" * 300_000,
    "base64 of junk": FROM + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"=" * 2_000_000,
    "uuencoded junk": FROM
    + b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\r\n\xff\xff\r\n"
    + b"M\x01\r\n" * 20_000,
    "attributions": FROM + b"\r\n" + b"On a\r\n" * 100_000,
    "signatures": FROM + b"\r\n" + b"--\r\n> a\r\n" * 50_000,
    "spaces": FROM + b"\r\n" + b" " * 1_000_000,
    "deep HTML": HTML + b"<div>a" * 100_000,
    "formatted HTML": HTML
    + b"<p>"
    + b"".join(b"<b id=%d>" % number for number in range(3000))
    + b"</p>"
    + b"<p>x" * 9000,
    "angles in HTML": HTML + b"<" * 500_000,
    "report": FROM + b"Content-Type: message/delivery-status\r\n\r\n" + b"Final-Recipient: rfc822;a@b\r\n\r\n" * 20_000,
    "results": FROM + b"Authentication-Results: x; " + b"(" * 60_000 + b"\r\n\r\nx",
}


@pytest.mark.parametrize("name", NASTY)
def test_no_mail_is_too_nasty(name: str) -> None:
    raw = NASTY[name]

    assert_sound(parse_mail(raw), raw)


@pytest.mark.parametrize("name", NASTY)
def test_reading_beside_the_loop_gives_the_same_or_declines(name: str) -> None:
    assert parse_ordinary(NASTY[name]) in (None, parse_mail(NASTY[name]))


@pytest.mark.parametrize(
    "name", ["codec bomb in From", "formatted HTML", "deep HTML", "addresses", "parts", "depth", "fields"]
)
def test_costly_mail_is_not_read_beside_the_loop(name: str) -> None:
    assert parse_ordinary(NASTY[name]) is None


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.eml")), ids=lambda path: path.stem)
def test_ordinary_mail_is_read_beside_the_loop(path: Path) -> None:
    raw = path.read_bytes()

    assert parse_ordinary(raw) == parse_mail(raw)
    assert_sound(parse_mail(raw), raw)


@settings(max_examples=300)
@given(st.lists(st.one_of(st.sampled_from(SHARDS), st.binary(max_size=8)), max_size=60).map(b"".join))
def test_any_bytes_are_some_mail(raw: bytes) -> None:
    mail = parse_mail(raw)

    assert_sound(mail, raw)
    assert parse_ordinary(raw) in (None, mail)
