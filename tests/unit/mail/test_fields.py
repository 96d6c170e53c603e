"""Header fields: encoded words, parameters, raw 8-bit text."""

import base64
import binascii
from email.parser import BytesHeaderParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailticket.mail.fields import Fields, decode_base64, decode_words, parameters


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("=?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?UTF-8?B?R3LDvMOfZQ==?= an alle", "Grüße an alle"),
        ("=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
        ("=?utf-8?q?a?= and =?utf-8?q?b?=", "a and b"),
        ("=?utf-8?q?=E6=9D?=\r\n =?utf-8?q?=B1?=", "東"),
        ("=?iso-8859-1*de?q?Gr=FC=DFe?=", "Grüße"),
        ("=?utf-8?q?with space?=", "with space"),
        ("=?punycode?q?abc-def?=", "abc-def"),
        ("=?utf-8?q?broken", "=?utf-8?q?broken"),
        ("plain", "plain"),
        ("=?utf-8?Q?How are you??=", "How are you?"),
        ("=?utf-8?q?a?==?utf-8?q?b?=", "ab"),
        ("=?utf-8?B?PT9pc28tODg1OS0xP1E/R3I9RkM/PQ==?=", "Grü"),
        ("=?utf-8?q?=3D=3Futf-8=3Fq=3F=3D3D=3Futf-8=3Fq=3Fx=3F=3D=3F=3D?=", "=?utf-8?q?x?="),
        ("=?iso-8859-1?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
    ],
    ids=["q", "base64", "neighbours", "words between", "split character", "language", "space", "codec", "cut", "plain",
         "question mark", "nothing between", "nested", "nested twice", "wrongly labelled"],
)  # fmt: skip
def test_encoded_words_are_decoded(raw: str, text: str) -> None:
    assert decode_words(raw) == text


@pytest.mark.parametrize(
    ("block", "text"),
    [
        (b"Subject: Gr\xc3\xbc\xc3\x9fe\r\n", "Grüße"),
        (b"Subject: Gr\xfc\xdfe\r\n", "Grüße"),
        (b"Subject: one\r\n two\r\n\tthree\r\n", "one two three"),
        (b"Subject: =?utf-8?q?a=0D=0ABcc:_b?=\r\n", "a Bcc: b"),
        (b"SUBJECT: first\r\nSubject: second\r\n", "first"),
        (b"Subject: a\0b\r\n", "ab"),
        (b"X: a\rSubject: b\r\n", ""),
        (b"Subject \t: spaced\r\n", "spaced"),
        (b"From: x\r\n", ""),
    ],
    ids=["utf-8", "latin-1", "folded", "hidden line break", "repeated", "NUL", "behind a bare CR", "spaced", "none"],
)
def test_unstructured_field_is_one_clean_line(block: bytes, text: str) -> None:
    assert Fields(block).text("subject") == text


@pytest.mark.parametrize(
    ("value", "main", "found"),
    [
        ("text/PLAIN; Charset=UTF-8", "text/plain", {"charset": "UTF-8"}),
        ('attachment; filename="a;b.pdf"', "attachment", {"filename": "a;b.pdf"}),
        (r'attachment; filename="a\"b.pdf"', "attachment", {"filename": 'a"b.pdf'}),
        ("attachment; filename*=utf-8''Gr%C3%BC%C3%9Fe.pdf", "attachment", {"filename": "Grüße.pdf"}),
        ("attachment; filename=x; filename*=utf-8''y", "attachment", {"filename": "y"}),
        ('attachment; filename*0="long "; filename*1=name.pdf', "attachment", {"filename": "long name.pdf"}),
        ("a; n*1*=%BC.txt; n*0*=utf-8''%C3", "a", {"n": "ü.txt"}),
        ('attachment; filename="=?utf-8?q?=C3=BC.txt?="', "attachment", {"filename": "ü.txt"}),
        ('attachment; filename="unclosed', "attachment", {"filename": "unclosed"}),
        ("text/plain (a comment); charset = utf-8 ;", "text/plain", {"charset": "utf-8"}),
        ("inline;;; ;name=x", "inline", {"name": "x"}),
        ("image/p\0ng", "image/png", {}),
        ("attachment; filename=two words.pdf", "attachment", {"filename": "two words.pdf"}),
        ("", "", {}),
    ],
    ids=[
        "plain",
        "quoted",
        "quoted pair",
        "extended",
        "both forms",
        "continued",
        "continued in any order",
        "encoded word",
        "unclosed",
        "comment",
        "semicolons",
        "NUL",
        "unquoted space",
        "empty",
    ],
)
def test_parameters_are_read(value: str, main: str, found: dict[str, str]) -> None:
    assert parameters(value) == (main, found)


def test_line_that_is_no_field_ends_the_header() -> None:
    fields = Fields(b"Subject: a\nthis is text\nFrom: b\n")

    assert (fields.text("subject"), "from" in fields, fields.leftover) == ("a", False, len(b"this is text\nFrom: b\n"))


@given(st.binary(max_size=300))
def test_any_bytes_are_some_header(block: bytes) -> None:
    fields = Fields(b"Subject: " + block)
    fields.text("subject").encode()
    assert all(value.encode() is not None for value in parameters(fields.raw("subject"))[1].values())


@pytest.mark.parametrize(
    ("block", "subject", "left"),
    [
        (b"From carla@shop.example Mon\nSubject: a\n", "a", b""),
        (b"X: 1\nFrom carla@shop.example Mon\nSubject: a\n", "a", b""),
        (b"X: 1\nSubject: a\nFrom here on it is text\n", "a", b"From here on it is text\n"),
        (b" folded without a field\nSubject: a\n", "a", b""),
        (b": nameless\n folded\nSubject: a\n", "a", b""),
        (b"Subject : a\r\n", "a", b""),
        (b"Subject:\r\n\ta\r\n b\r\nX: 1\r\n", "a b", b""),
        (b"Subject: a", "a", b""),
    ],
    ids=["mbox", "mbox later", "mbox at the end", "folded", "nameless", "space before colon", "below", "no line end"],
)
def test_junk_between_fields_is_passed_over(block: bytes, subject: str, left: bytes) -> None:
    fields = Fields(block)

    assert (fields.text("subject"), fields.leftover) == (subject, len(left))


@given(st.lists(st.sampled_from([b"A: 1\n", b"b:\t2 \r\n", b" 3\n", b"\t4\r\n", b":5\n", b"A:\n", b"c\n"]), max_size=6))
def test_fields_are_those_that_the_standard_library_sees(lines: list[bytes]) -> None:
    block = b"X: 0\n" + b"".join(lines)
    fields, other = Fields(block), BytesHeaderParser().parsebytes(block)

    assert [fields.raw(name) for name in ("a", "b", "x")] == [str(other.get(name, "")) for name in ("a", "b", "x")]
    assert (fields.count("a"), fields.leftover) == (len(other.get_all("a", [])), len(str(other.get_payload())))


@given(
    st.binary(max_size=60).map(base64.encodebytes),
    st.sampled_from([b"", b"=", b"\n", b"-- \nlist\n", b"\xff", b"QQ=="]),
)
def test_base64_ends_where_its_padding_does(encoded: bytes, behind: bytes) -> None:
    try:
        expected = binascii.a2b_base64(encoded + behind)
    except binascii.Error:
        return
    assert decode_base64(encoded + behind) == expected


@pytest.mark.parametrize(("encoded", "data"), [(b"QUJDR", b"ABC"), (b"QUI", b"AB"), (b"Q", b""), (b"Q!U!J\nD", b"ABC")])
def test_damaged_base64_is_read_as_far_as_it_goes(encoded: bytes, data: bytes) -> None:
    assert decode_base64(encoded) == data
