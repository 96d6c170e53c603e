"""Which characters does ISO-2022-JP mean as Windows and old phones write it? RFC 1468 with what vendors added.

Python's codec keeps to the standard and refuses a whole text for one ① or one half-width katakana.
"""

import re

_ESCAPE = re.compile(rb"\x1b(\$[@B]|\$\([@BDOPQ]|\([BJIH])|\x0e|\x0f")
_KATAKANA = b"(I"
#: Shifts out and in; Python's codec passes them on as control characters.
SHIFT_OUT = b"\x0e"


def decode_jis(data: bytes) -> str:
    """The text of `data`; what it does not have is replaced."""
    out: list[str] = []
    charset, end = b"(B", 0
    for escape in _ESCAPE.finditer(data):
        out.append(_segment(data[end : escape.start()], charset))
        end = escape.end()
        # shifting out and in again is the other way to half-width katakana
        charset = escape[1] or (_KATAKANA if escape[0] == SHIFT_OUT else b"(B")
    out.append(_segment(data[end:], charset))
    return "".join(out)


def _segment(data: bytes, charset: bytes) -> str:
    if charset == _KATAKANA:
        return bytes(byte | 0x80 if 0x21 <= byte <= 0x5F else byte for byte in data).decode("cp932", "replace")
    if not charset.startswith(b"$"):
        return data.decode("cp932", "replace")
    # a line end inside two-byte text belongs to nobody's pair
    return "\n".join("".join(map(_pair, line[::2], line[1::2])) for line in data.split(b"\n"))


def _pair(row: int, cell: int) -> str:
    """Shift_JIS is the same table in another order, and Windows' has the vendors' rows."""
    if not (0x21 <= row <= 0x7E and 0x21 <= cell <= 0x7E):
        return "\ufffd"
    lead = ((row - 0x21) >> 1) + (0x81 if row < 0x5F else 0xC1)
    upper = 0x1F if cell < 0x60 else 0x20
    return bytes((lead, cell + (upper if row % 2 else 0x7E))).decode("cp932", "replace")
