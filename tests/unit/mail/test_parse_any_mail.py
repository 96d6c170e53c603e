"""Mail built as mail is, of pieces that are each wrong in their own way: all of it is read, judged and threaded."""

import base64
import json
import quopri
from urllib.parse import quote_from_bytes

from hypothesis import given, settings
from hypothesis import strategies as st

from mailticket.cli.parse import to_json
from mailticket.mail.parse import parse_mail, parse_ordinary
from tests.fuzz.seeds import seeds
from tests.fuzz.targets import calendar, desk, markup, reply, subject, winmail
from tests.sound import assert_sound

PIECE = st.one_of(st.binary(max_size=12), st.text(max_size=12).map(lambda text: text.encode("utf-8", "replace")))
CHARSET = st.sampled_from(
    [
        "utf-8",
        "us-ascii",
        "iso-8859-1",
        "gb2312",
        "big5",
        "shift_jis",
        "iso-2022-jp",
        "iso-2022-kr",
        "euc-kr",
        "koi8-r",
        "windows-1258",
        "utf-7",
        "utf-16",
        "utf-32",
        "hz",
        "punycode",
        "unicode_escape",
        "idna",
        "x",
        "",
        "utf-8*de",
    ]
)
BOUNDARY = st.sampled_from(["b", "bb", "b b", "=_b", "'", '"', "", "-", "--", "ü"])
MEDIA_TYPE = st.sampled_from(
    [
        "text/plain",
        "text/html",
        "text/calendar",
        "text/plain; format=flowed",
        "text/plain; format=flowed; delsp=yes",
        "message/rfc822",
        "message/delivery-status",
        "message/feedback-report",
        "application/ms-tnef",
        "image/png",
        "application/pgp-encrypted",
        "application/pkcs7-mime",
        "application/octet-stream",
        "text",
        "/",
        "",
    ]
)
MULTIPART = st.sampled_from(["mixed", "alternative", "related", "signed", "encrypted", "report", "digest", "x", ""])
NAME = st.sampled_from(
    [
        "From",
        "To",
        "Cc",
        "Reply-To",
        "Subject",
        "Date",
        "Message-ID",
        "In-Reply-To",
        "References",
        "Return-Path",
        "Received",
        "Auto-Submitted",
        "Precedence",
        "List-Id",
        "Authentication-Results",
        "DKIM-Signature",
        "ARC-Seal",
        "X-Mailticket-Loop",
        "X-Failed-Recipients",
        "Content-Language",
        "X-Spam-Flag",
        "Content-Type",
        "Content-ID",
    ]
)


@st.composite
def encoded_word(draw: st.DrawFn) -> bytes:
    """A word of RFC 2047 whose letters need not be of its charset."""
    charset, data = draw(CHARSET), draw(PIECE)
    if draw(st.booleans()):
        return b"=?%s?b?%s?=" % (charset.encode(), base64.b64encode(data)[: draw(st.integers(0, 20))])
    return b"=?%s?q?%s?=" % (charset.encode(), quopri.encodestring(data, header=True).replace(b"\n", b""))


@st.composite
def parameter(draw: st.DrawFn) -> bytes:
    """A name of a file: plain, quoted, in sections, percent-encoded, out of order."""
    sections = draw(st.lists(st.tuples(st.integers(-1, 3), st.booleans(), PIECE), max_size=3))
    return b"".join(
        b"; filename%s%s=%s"
        % (
            b"*%d" % number if number >= 0 else b"",
            b"*" if extended else b"",
            b"utf-8''" + quote_from_bytes(piece).encode() if extended else b'"' + piece.replace(b"\n", b"") + b'"',
        )
        for number, extended, piece in sections
    )


VALUE = st.lists(
    st.one_of(
        encoded_word(),
        PIECE,
        st.sampled_from(
            [
                b"<a@b.example>",
                b"a@b.example,",
                b"Carla",
                b"(c)",
                b"\r\n ",
                b'"',
                b"Re:",
                b"[#2611-0042]",
                b"group: x;",
                b"Sun, 22 Nov 2026 10:00:00 +0100",
                b"Out of office",
                b"dmarc=pass",
                b"mx.acme.example;",
            ]
        ),
    ),
    max_size=5,
).map(b" ".join)
HEADER = st.lists(st.tuples(NAME, VALUE), max_size=6)
BODY = st.lists(
    st.one_of(
        PIECE,
        st.sampled_from(
            [
                b"\r\n",
                b"> quoted\r\n",
                b"On Sunday Ann wrote:\r\n",
                b"-- \r\n",
                b"<p>",
                b"<blockquote>",
                b"</div>",
                b"<img src=cid:a>",
                b"BEGIN:VEVENT\r\n",
                b"SUMMARY:vase\r\n",
                b"Final-Recipient: rfc822;a@b.example\r\n",
                b"Action: failed\r\nStatus: 5.1.1\r\n",
                b"---------- Forwarded message ---------\r\n",
                b"From: Otto <o@b.example>\r\n",
                b"Bestellung 123456\r\n",
                b"550 5.1.1 <a@b.example> unknown user\r\n",
            ]
        ),
    ),
    max_size=12,
).map(b"".join)


@st.composite
def leaf(draw: st.DrawFn) -> bytes:
    """Header fields and body of one part."""
    body, encoding = (
        draw(BODY),
        draw(st.sampled_from(["", "7bit", "8bit", "base64", "quoted-printable", "uuencode", "x"])),
    )
    if draw(st.booleans()):
        body = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}.get(encoding, bytes)(body)
    head = f'Content-Type: {draw(MEDIA_TYPE)}; charset="{draw(CHARSET)}"\r\nContent-Transfer-Encoding: {encoding}\r\n'
    disposition = b"Content-Disposition: " + draw(st.sampled_from([b"inline", b"attachment", b""])) + draw(parameter())
    return head.encode() + disposition + b"\r\nContent-ID: <a>\r\n\r\n" + body


@st.composite
def multipart(draw: st.DrawFn, parts: st.SearchStrategy[bytes]) -> bytes:
    """Parts under a boundary that may lack its end, or be another one than the header says."""
    said, used = draw(BOUNDARY), draw(st.booleans())
    line = b"\r\n--" + (said if used else draw(BOUNDARY)).encode()
    inner = b"".join(line + b"\r\n" + part for part in draw(st.lists(parts, max_size=4)))
    head = f'Content-Type: multipart/{draw(MULTIPART)}; boundary="{said}"\r\n\r\n'
    return head.encode() + inner + draw(st.sampled_from([line + b"--\r\n", b"", b"\r\n--"]))


MAIL = st.builds(
    lambda header, rest: b"".join(b"%s: %s\r\n" % (name.encode(), value) for name, value in header) + rest,
    HEADER,
    st.recursive(leaf(), multipart, max_leaves=6),
)


@settings(max_examples=400)
@given(MAIL)
def test_any_mail_is_read_whole(raw: bytes) -> None:
    mail = parse_mail(raw)

    assert_sound(mail, raw)
    assert parse_ordinary(raw) in (None, mail)
    json.dumps(to_json(mail)).encode()


@settings(max_examples=200)
@given(MAIL)
def test_any_mail_can_be_judged_and_threaded(raw: bytes) -> None:
    desk(raw)


@settings(max_examples=200)
@given(BODY)
def test_any_text_has_new_words_of_its_own(body: bytes) -> None:
    reply(body)


@settings(max_examples=200)
@given(BODY)
def test_any_html_can_do_nothing(body: bytes) -> None:
    markup(body)


@given(
    st.lists(st.one_of(PIECE, st.sampled_from([b"[#", b"2611-0042", b"]", b" ", b"{mt-", b"}", b"\n"]))).map(b"".join)
)
def test_any_subject_is_free_of_tags_once_they_are_taken_off(data: bytes) -> None:
    subject(data)


@given(
    st.lists(
        st.one_of(
            PIECE,
            st.sampled_from(
                [
                    b"BEGIN:VEVENT\n",
                    b"DTSTART",
                    b";TZID=",
                    b"Europe/Berlin",
                    b":20261122T100000",
                    b"Z",
                    b"\n",
                    b"DURATION:P1D",
                    b"DTEND:99991231T235959\n",
                    b"SUMMARY:a",
                    b"\\n",
                    b"ATTENDEE;PARTSTAT=ACCEPTED:",
                    b"RRULE:FREQ=DAILY",
                ]
            ),
        )
    ).map(b"".join)
)
def test_any_calendar_is_two_lines_at_most(data: bytes) -> None:
    calendar(data)


@given(
    st.sampled_from(list(seeds("winmail"))),
    st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 255)), max_size=6),
    st.integers(0, 1000),
)
def test_any_winmail_is_opened_or_left_as_it_is(whole: bytes, flips: list[tuple[int, int]], length: int) -> None:
    data = bytearray(whole[: length or None])
    for at, byte in flips:
        data[at % len(data)] = byte

    winmail(bytes(data))
