"""Which characters may go on into our store and our own mails?

PostgreSQL refuses NUL, UTF-8 cannot hold lone surrogates, and a line break in a header text would become
a header field of ours (RFC 5322 §2.2).
"""

import re

_UNCLEAN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
#: Bidirectional controls and what has no width: they turn or hide what stands beside them. (Joiners spell words.)
_TRICKS = dict.fromkeys((0xAD, 0x200B, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_UNCLEAN_ASCII = dict.fromkeys((*range(9), *range(11, 32), 127))


def clean_text(text: str) -> str:
    """`text` with \\n as its only line end, without NUL, lone surrogates and control characters other than tab."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    # translate is five times as fast as a regular expression on ASCII, and ten times slower on anything else
    return text.translate(_UNCLEAN_ASCII) if text.isascii() else _UNCLEAN.sub("", text)


def clean_line(text: str) -> str:
    """`text` on one line: every kind of line break becomes a space, and what clean_text() removes is gone."""
    lines = text.splitlines()
    if len(lines) > 1:
        text = " ".join(stripped for line in lines if (stripped := line.strip()))
    return clean_text(text).replace("\n", " ").replace("\t", " ").strip()


def plain_line(text: str) -> str:
    """clean_line() for what names somebody or something to a reader: nothing in it turns or hides its neighbours."""
    return clean_line(text).translate(_TRICKS)
