"""What does a customer's mail program write? Header fields as they are given, so that nothing tidies them up."""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from datetime import UTC, datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TypeAlias

#: str: encoded where it has to be; bytes: as they are; a list: the field as often; None: no such field.
Value: TypeAlias = str | bytes | Sequence[str | bytes] | None

_PLAIN = SMTP.clone(max_line_length=900)


@dataclass(frozen=True, slots=True)
class File:
    """Something that is attached."""

    name: str
    data: bytes = field(repr=False)
    media_type: str = "application/octet-stream"
    _: KW_ONLY
    #: Content-ID without brackets: shown within the text.
    cid: str = ""


def draft(
    fields: Mapping[str, Value], body: str, files: Sequence[File] = (), html: str = "", attached: Sequence[bytes] = ()
) -> bytes:
    """The mail as it goes over the wire. `attached`: whole mails that are attached to it."""
    content = EmailMessage(policy=_PLAIN)
    content.set_content(body, cte="8bit" if body.isascii() else "base64")
    if html:
        content.add_alternative(html, subtype="html")
    for file in files:
        main, _, sub = file.media_type.partition("/")
        content.add_attachment(
            file.data, maintype=main, subtype=sub, filename=file.name or None,
            disposition="inline" if file.cid else "attachment", cid=f"<{file.cid}>" if file.cid else None,
        )  # fmt: skip
    for mail in attached:
        inner = EmailMessage(policy=_PLAIN)
        inner["Subject"] = "Passed on"
        inner.set_content(mail.decode())
        content.add_attachment(inner)
    return b"".join(line for name, value in fields.items() for line in _lines(name, value)) + content.as_bytes()


def now() -> str:
    """A Date field of this moment."""
    return format_datetime(datetime.now(UTC))


def _lines(name: str, value: Value) -> list[bytes]:
    if value is None:
        return []
    values = [value] if isinstance(value, str | bytes) else value
    return [name.encode("ascii") + b": " + (_encoded(name, one)) + b"\r\n" for one in values]


def _encoded(name: str, value: str | bytes) -> bytes:
    if isinstance(value, bytes):
        return value
    if value.isascii():
        return value.encode("ascii")
    return Header(value, "utf-8", header_name=name).encode(linesep="\r\n").encode("ascii")
