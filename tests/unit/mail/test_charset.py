"""Bytes to characters: declared, UTF-8, detected, and nothing that Python could be made to look up."""

import pytest

from mailticket.mail.charset import codec_of, decode


@pytest.mark.parametrize(
    ("text", "codec", "declared"),
    [
        ("Grüße", "latin-1", "ISO-8859-1"),
        ("„Anführung“ – €", "cp1252", "iso-8859-1"),
        ("Здравствуйте", "koi8-r", "KOI8-R"),
        ("打印机", "gb2312", "GB2312"),
        ("打印机", "big5hkscs", "Big5"),
        ("プリンター①", "cp932", "Shift_JIS"),
        ("プリンター", "iso2022_jp", "ISO-2022-JP"),
        ("프린터", "cp949", "ks_c_5601-1987"),
        ("tiếng", "cp1258", "windows-1258"),
        ("Grüße", "utf-7", "unicode-1-1-utf-7"),
        ("שלום", "iso8859_8", "iso-8859-8-i"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_declared_charset_is_read(text: str, codec: str, declared: str) -> None:
    assert decode(text.encode(codec, "ignore"), declared)[0] == text.encode(codec, "ignore").decode(codec)


@pytest.mark.parametrize("declared", ["", "us-ascii", "x-unknown", "utf8", "UTF-8"])
def test_utf_8_is_read_under_any_other_name(declared: str) -> None:
    assert decode("Grüße 東京".encode(), declared)[0] == "Grüße 東京"


@pytest.mark.parametrize(
    "name", ["punycode", "idna", "unicode_escape", "raw_unicode_escape", "zlib", "rot13", "undefined", "mbcs"]
)
def test_codecs_that_are_no_charset_are_never_used(name: str) -> None:
    assert codec_of(name) is None
    assert decode(b"abc-def", name) == ("abc-def", f"the charset {name!r} is unknown; it was read as UTF-8")


def test_undeclared_text_is_detected() -> None:
    russian = "Здравствуйте, у меня не работает принтер, помогите пожалуйста. Спасибо. " * 4

    assert decode(russian.encode("cp1251"))[0] == russian


def test_few_bad_bytes_cost_only_themselves() -> None:
    text, fault = decode("Grüße aus 東京".encode() + b"\xff!", "utf-8")

    assert text == "Grüße aus 東京\ufffd!"
    assert "does not fit" in fault


def test_detection_can_be_left_out() -> None:
    assert decode(b"caf\xe9", detect=False)[0] == "café"
