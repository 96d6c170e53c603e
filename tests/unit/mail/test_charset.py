"""Bytes to characters: declared, UTF-8, detected, and nothing that Python could be made to look up."""

import pytest

from mailticket.mail.charset import codec_of, decode
from mailticket.mail.charset_guess import named_inside


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


RUSSIAN = "Здравствуйте, у меня не работает принтер, помогите пожалуйста."
JAPANESE = "こんにちは、花瓶が壊れました。至急ご連絡ください。"


@pytest.mark.parametrize(
    ("text", "codec", "declared"),
    [
        ("朱镕基 – €", "gb18030", "gb2312"),
        ("龍門客棧", "gbk", "gb2312"),
        ("“smart” – €5", "cp1252", "iso-8859-1"),
        ("Ž „uvozovky“ – š", "cp1250", "iso-8859-2"),
        ("„ąčę“ – ž", "cp1257", "iso-8859-13"),
        ("“İyi” – ş", "cp1254", "iso-8859-9"),
        ("«Привет» – „мир“", "cp1251", "iso-8859-5"),
        ("Γειά – “κόσμε”", "cp1253", "iso-8859-7"),
        ("שלום – “עולם”", "cp1255", "iso-8859-8-i"),
        ("مرحبا – پ", "cp1256", "iso-8859-6"),
        (RUSSIAN, "cp1251", "iso-8859-1"),
        (RUSSIAN, "koi8-r", "iso-8859-1"),
        (RUSSIAN, "koi8-r", "us-ascii"),
        (JAPANESE, "cp932", "iso-2022-jp"),
        (JAPANESE, "euc_jp", "iso-8859-1"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_charset_is_read_as_it_was_meant(text: str, codec: str, declared: str) -> None:
    assert decode(text.encode(codec), declared)[0] == text


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (RUSSIAN, "koi8-r"),
        (RUSSIAN, "cp1251"),
        (JAPANESE, "cp932"),
        (JAPANESE, "euc_jp"),
        ("您好,我的花瓶坏了,请尽快与我联系,谢谢", "gbk"),
        ("您好,我的花瓶壞了,請盡快與我聯繫,謝謝", "big5"),
        ("안녕하세요, 꽃병이 깨졌습니다. 연락 주세요. 감사합니다", "cp949"),
        ("Grüße aus München", "latin-1"),
    ],
    ids=lambda value: str(value)[:20],
)
@pytest.mark.parametrize("declared", ["", "x-unknown", "default", "8bit", "unknown-8bit"])
def test_charset_that_is_not_told_is_found(text: str, codec: str, declared: str) -> None:
    assert decode(text.encode(codec), declared)[0] == text


@pytest.mark.parametrize("declared", ["", "us-ascii", "utf-8", "x-unknown"])
@pytest.mark.parametrize(("text", "codec"), [(JAPANESE, "iso2022_jp"), ("꽃병", "iso2022_kr")], ids=["JIS", "KS"])
def test_seven_bit_text_with_escapes_is_read_under_any_name(text: str, codec: str, declared: str) -> None:
    assert decode(text.encode(codec), declared) == (text, "")


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-8"])
@pytest.mark.parametrize("text", ["Grüße aus München", "Hi you", "東京 です\n"])
def test_utf_16_is_read_in_the_order_that_it_has(text: str, codec: str) -> None:
    assert decode(text.encode(codec), "utf-16") == (text, "")


@pytest.mark.parametrize("declared", ["", "utf-8", "iso-8859-1", "x-unknown"])
def test_one_bad_byte_in_much_utf_8_costs_only_itself(declared: str) -> None:
    text, fault = decode("Grüße aus 東京. ".encode() * 5 + b"\xfc", declared, inside="iso-8859-1")

    assert text == "Grüße aus 東京. " * 5 + "\ufffd"
    assert fault


@pytest.mark.parametrize("declared", ["", "us-ascii", "x-unknown", "iso-8859-1", "utf-8"])
def test_charset_that_html_names_counts_where_the_declared_one_cannot_be(declared: str) -> None:
    text = f"<meta charset=windows-1251><p>{RUSSIAN}"

    assert decode(text.encode("cp1251"), declared, inside=named_inside(text.encode("cp1251")))[0] == text


def test_charset_that_html_names_does_not_count_beside_one_that_fits() -> None:
    text = '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1"><p>Grüße'

    assert decode(text.encode(), "utf-8", inside=named_inside(text.encode())) == (text, "")
    assert decode(text.encode(), inside=named_inside(text.encode())) == (text, "")


@pytest.mark.parametrize(
    ("markup", "name"),
    [
        (b"<meta charset=utf-8>", "utf-8"),
        (b"<META HTTP-EQUIV=\"content-type\" CONTENT='text/html; charset=KOI8-R'>", "KOI8-R"),
        (b'<?xml version="1.0" encoding="windows-1250"?>', "windows-1250"),
        (b"<p>the meta charset=utf-8</p>", ""),
        (b"<meta name=x>charset=utf-8", ""),
    ],
)
def test_charset_is_found_in_the_head_of_html(markup: bytes, name: str) -> None:
    assert named_inside(markup) == name


def test_western_words_with_many_letters_of_their_own_stay_western() -> None:
    text = f"ÅÄÖ åäö. Är på ö; œuvre née à l'été, où ça? Ñandú, ¿qué? {'·' * 40} {'¡¡¡¿¿¿' * 5}"

    assert decode(text.encode("cp1252"), "iso-8859-1") == (text, "")
