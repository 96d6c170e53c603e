"""Header fields: encoded words, parameters, raw 8-bit text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailticket.mail.fields import Fields, decode_words, parameters


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
