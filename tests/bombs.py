"""Mail that is meant to harm: what stands behind its ordinary header fields, by name. For stories and for figures."""

import base64
import io
import zipfile
from collections.abc import Callable

from tests.winmail import BODY, attached, embedded, winmail

_MULTIPART = b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n"
_PART = b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n"
_MIXED = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
_TEXT, _HTML = b"Content-Type: text/plain\r\n\r\n", b"Content-Type: text/html\r\n\r\n"


def folded(name: bytes, piece: bytes, times: int) -> bytes:
    """One header field of many lines."""
    return name + b": " + b"\r\n ".join([piece] * times) + b"\r\n"


def file(name: str, media_type: str, data: bytes) -> bytes:
    """A mail that is one file."""
    head = f"Content-Type: {media_type}\r\nContent-Disposition: attachment; filename={name}\r\n"
    return (
        head.encode() + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(data).replace(b"\n", b"\r\n")
    )


def packed(data: bytes, depth: int) -> bytes:
    """A zip archive in zip archives."""
    for _ in range(depth):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("vase.zip", data)
        data = buffer.getvalue()
    return data


def nested_winmail(depth: int) -> bytes:
    """A mail in a mail, as Outlook wraps them."""
    inner = winmail(properties={BODY: "Hello"})
    for _ in range(depth):
        inner = winmail(embedded("a", inner))
    return inner


_ATTENDEE = b'ATTENDEE;CN="%s":mailto:a@shop.example\r\n' % (b";" * 1000)
_EVENT = (
    b"BEGIN:VEVENT\r\nDTSTART:20261122T100000Z\r\nSUMMARY:"
    + b"\\," * 2000
    + b"\r\nRRULE:FREQ=DAILY;INTERVAL=99999999\r\n"
)

#: Each is made when it is asked for: together they are 200 MB.
BOMBS: dict[str, Callable[[], bytes]] = {
    # header fields
    "200,000 header fields": lambda: b"X-A: b\r\n" * 200_000 + b"\r\nHello\r\n",
    "a header field of 1.8 MB": lambda: folded(b"X-A", b"x" * 900, 2000) + b"\r\nHello\r\n",
    "a folded subject of 800 KB": lambda: folded(b"Subject", b"a" * 10, 60_000) + b"\r\nHello\r\n",
    "100,000 addresses": lambda: folded(b"Cc", b"a@shop.example,", 100_000) + b"\r\nHello\r\n",
    "20,000 encoded words": lambda: folded(b"Comments", b"=?utf-8?q?a?=", 20_000) + b"\r\nHello\r\n",
    "20,000 encoded words as a subject": lambda: folded(b"Subject", b"=?utf-8?b?w7w=?=", 20_000) + b"\r\nHello\r\n",
    "45 KB of semicolons": lambda: folded(b"Content-Type", b"text/plain" + b";" * 900, 50) + b"\r\nHello\r\n",
    "nested comments": lambda: b"Reply-To: " + b"(" * 3000 + b"\r\n\r\nHello\r\n",
    "a name in 20,000 sections": lambda: (
        b"Content-Disposition: attachment"
        + b"".join(b";\r\n filename*%d*=%%c3" % number for number in range(20_000))
        + b"\r\n\r\nHello\r\n"
    ),
    "50,000 references": lambda: folded(b"References", b"<a@shop.example>", 50_000) + b"\r\nHello\r\n",
    "10,000 relays": lambda: b"Received: x\r\n" * 10_000 + b"\r\nHello\r\n",
    # parts
    "nested parts": lambda: b"".join(_MULTIPART % (n, n) for n in range(3000)) + b"\r\nHello\r\n",
    "nested mails": lambda: b"Content-Type: message/rfc822\r\n\r\n" * 5000 + b"Hello\r\n",
    "100,000 parts": lambda: _MIXED + _PART * 100_000 + b"--b--\r\n",
    "nearly boundaries": lambda: _MIXED + b"--b\r\n\r\nx\r\n" + b"--bb\r\n" * 1_000_000,
    "a multipart without end": lambda: (
        _MIXED + b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\n" * 20_000
    ),
    # bodies
    "33 MB of blank lines": lambda: b"\r\n" + b"\r\n" * 16_500_000,
    "one line of 30 MB": lambda: b"\r\n" + b"a" * 30_000_000 + b"\r\n",
    "more than the limit": lambda: b"\r\n" + b"a line of some length\r\n" * 2_000_000,
    "30,000 spaces a line": lambda: _TEXT + b"On x" + (b" " * 30_000 + b"\r\n") * 30 + b"wrote:\r\n> x\r\n",
    "a quotation without end": lambda: b"\r\nOn " + (b" " * 900 + b"\r\n") * 100 + b"> x\r\n" * 300_000,
    "attributions only": lambda: _TEXT + b"On Sun, 22 Nov 2026 at 10:00, a <a@shop.example>\r\n" * 100_000,
    "punycode as charset": lambda: b"Content-Type: text/plain; charset=punycode\r\n\r\n" + b"a" * 200_000 + b"\r\n",
    "escapes of ISO-2022": lambda: (
        b"Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n" + b"\x1b$B" * 1_000_000 + b"\r\n"
    ),
    "base64 that is none": lambda: b"Content-Transfer-Encoding: base64\r\n\r\n" + b"=\r\n*A\r\n" * 2_000_000,
    "quoted-printable that is none": lambda: (
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=\r\n=G=\t\r\n" * 1_500_000
    ),
    "uuencoded without end": lambda: (
        b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\r\n" + b"M!\r\n" * 2_000_000
    ),
    # HTML
    "nested elements": lambda: _HTML + b"<div>\r\n" * 300_000,
    "nested tables": lambda: _HTML + b"<table><tr><td>\r\n" * 20_000,
    "a table of 100,000 cells": lambda: (
        _HTML + b"<table>" + (b"<tr>" + b"<td>x</td>" * 100 + b"</tr>\r\n") * 1000 + b"</table>\r\n"
    ),
    "unclosed formatting": lambda: _HTML + b"<p>" + b"<b><i><u><font>\r\n" * 5000 + b"<p>x\r\n" * 20_000,
    "a million entities": lambda: _HTML + b"&amp;\r\n" * 1_000_000,
    # files
    "an archive of archives": lambda: file("vase.zip", "application/zip", packed(bytes(50_000_000), 5)),
    "nested winmail.dat": lambda: file("winmail.dat", "application/ms-tnef", nested_winmail(200)),
    "a winmail.dat of 5,000 files": lambda: file(
        "winmail.dat", "application/ms-tnef", winmail(*[attached("a.txt", b"b")] * 5000, properties={BODY: "Hello"})
    ),
    "a calendar without end": lambda: file("a.ics", "text/calendar", b"BEGIN:VCALENDAR\r\n" + _EVENT * 2000),
    "50,000 attendees": lambda: file("a.ics", "text/calendar", b"BEGIN:VEVENT\r\n" + _ATTENDEE * 5000),
}
