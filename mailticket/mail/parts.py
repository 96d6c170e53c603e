"""How do words and files become the body of a mail? MIME parts in seven bits (RFC 2045, 2046, 2183, 2231).

Written by hand: the standard library needs fifty times as long for the same bytes.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from mailticket.mail.clean import clean_line, clean_text
from mailticket.mail.message import Attachment

_LONGEST_LINE = 990
_NAME_LENGTH = 150
_PARAMETER_LENGTH = 60

#: A message or multipart may not be sent in base64 (RFC 2046 §5.2.1): it travels as a plain file.
_MEDIA_TYPE = re.compile(r"(?!multipart/|message/)[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")
_CONTENT_ID = re.compile(r"[a-z0-9.]{1,60}@[A-Za-z0-9.-]{1,255}")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9 ._()@+,-]{1,60}")


def body(text: str, html: str, attachments: Sequence[Attachment], images: Sequence[Attachment] = ()) -> bytes:
    """MIME header fields, an empty line, and the parts. `html` "" makes it text only; it shows `images` (RFC 2387)."""
    words = _text(text, "plain")
    if html:
        shown = _text(html, "html")
        shown = _multipart("related", [shown, *map(_file, images)]) if images else shown
        words = _multipart("alternative", [words, shown])
    if attachments:
        words = _multipart("mixed", [words, *map(_file, attachments)])
    return b"MIME-Version: 1.0\r\n" + words


def _text(text: str, subtype: str) -> bytes:
    """As it is where it is short-lined ASCII, else in whichever encoding is shorter."""
    data = (clean_text(text).rstrip("\n") + "\n").replace("\n", "\r\n").encode()
    encoding, encoded = "7bit", data
    if not data.isascii() or max(map(len, data.split(b"\r\n"))) > _LONGEST_LINE:
        readable, compact = binascii.b2a_qp(data, istext=True), _base64(data)
        encoding, encoded = ("base64", compact) if len(compact) < len(readable) else ("quoted-printable", readable)
    charset = "us-ascii" if data.isascii() else "utf-8"
    return _part(
        [f"Content-Type: text/{subtype}; charset={charset}", f"Content-Transfer-Encoding: {encoding}"], encoded
    )


def _file(attachment: Attachment) -> bytes:
    media_type = attachment.content_type if _MEDIA_TYPE.fullmatch(attachment.content_type) else ""
    filename = " ".join(clean_line(attachment.filename).split())[:_NAME_LENGTH] or "attachment"
    shown = _CONTENT_ID.fullmatch(attachment.content_id) is not None
    header = [
        f"Content-Type: {media_type or 'application/octet-stream'}",
        f"Content-Disposition: {'inline' if shown else 'attachment'};\r\n {_filename(filename)}",
        *([f"Content-ID: <{attachment.content_id}>"] if shown else []),
        "Content-Transfer-Encoding: base64",
    ]
    return _part(header, _base64(attachment.data))


def _filename(name: str) -> str:
    """The parameter `filename`, in pieces where it is long (RFC 2231 §3 and §4)."""
    if _PLAIN_NAME.fullmatch(name):
        return f'filename="{name}"'
    pieces = [""]
    for character in name:
        encoded = quote(character, safe="")
        if len(pieces[-1]) + len(encoded) > _PARAMETER_LENGTH:
            pieces.append("")
        pieces[-1] += encoded
    pieces[0] = "utf-8''" + pieces[0]
    if len(pieces) == 1:
        return f"filename*={pieces[0]}"
    return ";\r\n ".join(f"filename*{number}*={piece}" for number, piece in enumerate(pieces))


def _multipart(subtype: str, parts: Sequence[bytes]) -> bytes:
    """The boundary is a digest of what it parts, so that no part can hold it."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    boundary = f"=_{digest.hexdigest()[:40]}"
    delimiter = f"--{boundary}".encode()
    lines = [line for part in parts for line in (delimiter, part)]
    return _part(
        [f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"'], b"\r\n".join([*lines, delimiter + b"--\r\n"])
    )


def _part(header: Iterable[str], content: bytes) -> bytes:
    return "".join(f"{line}\r\n" for line in header).encode("ascii") + b"\r\n" + content


def _base64(data: bytes) -> bytes:
    return base64.encodebytes(data).replace(b"\n", b"\r\n")
