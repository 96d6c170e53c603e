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


@pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1252", "iso-8859-15", "windows-1250"])
def test_utf_8_under_a_western_name_is_read(declared: str) -> None:
    text, fault = decode("Grüße – 5 €".encode(), declared)

    assert text == "Grüße – 5 €"
    assert "it was read as UTF-8" in fault


@pytest.mark.parametrize("declared", ["gb2312", "big5", "euc-kr", "shift_jis", "euc-jp"])
def test_utf_8_under_an_eastern_name_is_read(declared: str) -> None:
    assert decode("打印机坏了".encode(), declared)[0] == "打印机坏了"


def test_two_letters_that_could_be_utf_8_are_read_as_declared() -> None:
    assert decode("联通".encode("gbk"), "gb2312") == ("联通", "")


def test_vietnamese_tones_are_put_on_their_letters() -> None:
    assert decode(b"ti\xea\xecng Vi\xea\xf2t", "windows-1258") == ("tiếng Việt", "")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\x1b$B%F%9%H\x1b(B ok", "テスト ok"),
        (b"\x1b$B-!-\x22\x1b(B", "①②"),
        (b"\x1b(I1234\x1b(B", "ｱｲｳｴ"),
        (b"\x0e1234\x0f\x1b(I5\x1b(B", "ｱｲｳｴｵ"),
        (b"\x1b$B%F\n\x1b(B\x1b$@-!\x1b(J end", "テ\n① end"),
        (b"\x1b$B%F-", "テ"),
        (b"\x1b$B\xff\xff\x1b(B!", "\ufffd!"),
    ],
    ids=["standard", "vendor's row", "katakana", "shifted", "line end", "cut", "broken"],
)
def test_iso_2022_jp_is_read_as_vendors_write_it(data: bytes, text: str) -> None:
    assert decode(data, "iso-2022-jp")[0] == text


def test_undeclared_text_is_detected() -> None:
    russian = "Здравствуйте, у меня не работает принтер, помогите пожалуйста. Спасибо. " * 4

    assert decode(russian.encode("cp1251"))[0] == russian


def test_few_bad_bytes_cost_only_themselves() -> None:
    text, fault = decode("Grüße aus 東京".encode() + b"\xff!", "utf-8")

    assert text == "Grüße aus 東京\ufffd!"
    assert "does not fit" in fault


def test_detection_can_be_left_out() -> None:
    assert decode(b"caf\xe9", detect=False)[0] == "café"
