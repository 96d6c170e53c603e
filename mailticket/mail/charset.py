"""Which characters do these bytes mean? Declared charset, UTF-8, detection, in this order; never an exception.

Only codecs of the table below are ever looked up: Python also knows punycode, idna, unicode_escape and the like,
which a stranger could name and which cost quadratic time. Names: RFC 2978 and the WHATWG encoding standard.
"""

import re
import unicodedata
from functools import lru_cache

import chardet

from mailticket.mail import charset_guess as guess
from mailticket.mail.jis import SHIFT_OUT, decode_jis

#: Python codec -> the names by which mail calls it; letters and digits only, lower case. The codec is the superset
#: that mailers really mean (windows-1252 for iso-8859-1, gb18030 for gb2312).
_NAMES = {
    "ascii": "ascii usascii ansix341968 646 iso646us",
    "utf-8": "utf8 utf8mb4 utf8mb3 utf unicodeutf8 unicode11utf8",
    "utf-7": "utf7 unicode11utf7",
    "utf-16": "utf16 ucs2 unicode iso10646ucs2",
    "utf-16-le": "utf16le",
    "utf-16-be": "utf16be",
    "utf-32": "utf32 ucs4",
    "cp1252": "windows1252 cp1252 xcp1252 iso88591 iso885911987 latin1 l1 ansi",
    "gb18030": "gb18030 gbk gb2312 gb231280 cp936 ms936 windows936 euccn eucgb2312cn csgb2312",
    "hz": "hz hzgb2312",
    "big5hkscs": "big5 big5hkscs cp950 big5tw cnbig5 csbig5",
    "cp932": "shiftjis sjis xsjis cp932 windows31j mskanji csshiftjis",
    "euc_jp": "eucjp xeucjp",
    "iso2022_jp_ext": "iso2022jp csiso2022jp iso2022jp1 iso2022jp2 iso2022jp3 iso2022jpext iso2022jpms"
    " iso2022jp2004 cp50220 cp50221 cp50222 windows50220 windows50221",
    "cp949": "euckr cp949 ksc56011987 ksc5601 ksc56011989 uhc windows949 korean",
    "johab": "johab",
    "iso2022_kr": "iso2022kr csiso2022kr",
    "koi8_r": "koi8r koi8 cskoi8r",
    "koi8_u": "koi8u koi8ru",
    "koi8_t": "koi8t",
    "cp874": "windows874 cp874 tis620 iso885911",
    "mac_roman": "macintosh macroman xmacroman",
    "mac_cyrillic": "maccyrillic xmaccyrillic",
    "cp1254": "windows1254 cp1254 iso88599 latin5",
    "iso8859_8": "iso88598 iso88598i iso88598e hebrew logical visual",
    "cp866": "cp866 ibm866",
}
_CODECS = {name: codec for codec, names in _NAMES.items() for name in names.split()}
_CODECS |= {f"iso8859{part}": f"iso8859_{part}" for part in (2, 3, 4, 5, 6, 7, 10, 13, 14, 15, 16)}
_CODECS |= {f"latin{name}": f"iso8859_{part}" for name, part in ((2, 2), (3, 3), (4, 4), (6, 10), (9, 15), (10, 16))}
_CODECS |= {
    f"{prefix}{page}": f"cp{page}"
    for prefix in ("windows", "cp", "ibm")
    for page in (1250, 1251, 1253, 1255, 1256, 1257, 1258, 437, 850, 852, 855, 857, 858, 862)
}

#: Charsets that take any bytes, or nearly: that a text can be read so proves nothing.
_WESTERN = frozenset(
    {"cp1250", "cp1252", "cp1254", "cp1257"} | {f"iso8859_{part}" for part in (2, 3, 4, 10, 13, 14, 15, 16)}
)
_EASTERN = frozenset({"gb18030", "big5hkscs", "cp932", "cp949", "euc_jp"})
#: Names under which seven-bit text with escapes is sent, too.
_ASCII_LIKE = frozenset({None, "ascii", "utf-8"})
#: No text that can be searched for the name of its charset is in one of these.
_WIDE = frozenset({"utf-7", "utf-16", "utf-16-le", "utf-16-be", "utf-32"})
_THREE_BYTES = re.compile(rb"[\xe0-\xef][\x80-\xbf]{2}")
#: Two letters of Chinese may be UTF-8 by chance.
_ENOUGH_LETTERS = 3

_NOT_ALNUM = re.compile(r"[^a-z0-9]")


@lru_cache(maxsize=256)
def codec_of(charset: str) -> str | None:
    """The Python codec for a charset as mail names it, None where it is unknown or not allowed."""
    return _CODECS.get(_NOT_ALNUM.sub("", charset[:60].lower()))


def decode(data: bytes, declared: str = "", *, detect: bool = True, inside: str = "") -> tuple[str, str]:
    """The text of `data`, and what was wrong with its declared charset as a sentence ("" where nothing was).

    Never raises. The text may hold control characters and, from UTF-7, lone surrogates: clean.py comes after.
    `inside` is the charset that the text itself names, asked where the declared one is none or does not fit.
    `detect` false leaves detection out, which is slow and knows nothing about a few words.
    """
    codec = codec_of(declared) if declared else "utf-8"
    if codec in _ASCII_LIKE:
        codec = guess.by_escapes(data) or codec
    if codec is not None:
        codec = guess.meant_by(codec, data)
    fault = f"the charset {declared[:60]!r} " + ("does not fit the text" if codec else "is unknown") if declared else ""
    if (codec in _WESTERN or codec in _EASTERN) and not data.isascii():
        if _is_utf_8(data, eastern=codec in _EASTERN):
            return data.decode("utf-8"), f"{fault}; it was read as UTF-8"
        if codec in _WESTERN and (better := _better_than_western(data, inside, detect=detect)):
            return data.decode(better, "replace"), f"{fault}; it was read as {better}"
    if codec is not None and (text := _strictly(data, codec)) is not None:
        return text, ""
    if codec != "utf-8" and (text := _strictly(data, "utf-8")) is not None:
        # plain UTF-8 under the name of ASCII is so common that it is no fault
        return text, "" if codec == "ascii" else f"{fault}; it was read as UTF-8"
    best = codec if declared and codec not in (None, "ascii") else None
    return _guessed(data, best, inside, fault or "the text names no charset", detect=detect)


def _guessed(data: bytes, best: str | None, inside: str, fault: str, *, detect: bool) -> tuple[str, str]:
    """Text that is neither what was declared, if anything (`best`), nor UTF-8."""
    if best in (None, "utf-8") and guess.is_nearly_utf_8(data):
        return data.decode("utf-8", "replace"), f"{fault}; what it does not have is replaced"
    named = codec_of(inside) if inside else None
    if named is not None and named not in _WIDE and (text := _strictly(data, named)) is not None:
        return text, f"{fault}; it was read as {named}"
    detected = _detected(data) if detect else None
    if detected is not None and (text := _strictly(data, detected)) is not None:
        return text, f"{fault}; it was read as {detected}"
    # a few bad bytes in an otherwise right charset should not cost all its other letters
    best = best or detected
    if best is None:
        return data.decode("latin-1"), f"{fault}; it was read as Latin-1"
    return data.decode(best, "replace"), f"{fault}; what it does not have is replaced"


def _better_than_western(data: bytes, inside: str, *, detect: bool) -> str | None:
    """The codec of text that a western charset, which takes any bytes, would turn into rubbish."""
    if guess.is_nearly_utf_8(data):
        return "utf-8"
    if not detect or not guess.has_foreign_words(data):
        return None
    for codec in (codec_of(inside) if inside else None, _detected(data)):
        if codec is not None and codec not in _WESTERN | _WIDE and _strictly(data, codec) is not None:
            return codec
    return None


def _detected(data: bytes) -> str | None:
    return codec_of(chardet.detect(data[: guess.LOOKED_AT])["encoding"] or "")


def _is_utf_8(data: bytes, *, eastern: bool) -> bool:
    """Whether text under another charset's name is UTF-8: no text of theirs looks like it by chance."""
    if eastern and len(_THREE_BYTES.findall(data[: guess.LOOKED_AT])) < _ENOUGH_LETTERS:
        return False
    return _strictly(data, "utf-8") is not None


def _strictly(data: bytes, codec: str) -> str | None:
    if codec == "iso2022_jp_ext" and SHIFT_OUT in data:
        return decode_jis(data)
    try:
        text = data.decode(codec)
    except UnicodeError:
        if codec == "iso2022_jp_ext":
            return decode_jis(data)
        # bytes that Windows left unassigned are C1 controls in Latin-1: the other letters are right
        return data.decode("latin-1") if codec == "cp1252" else None
    # Vietnamese tones stand behind their letters there, and nowhere else
    return unicodedata.normalize("NFC", text) if codec == "cp1258" else text
