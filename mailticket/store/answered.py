"""What does an answer of ours carry? Words, pictures and files of the stored message, and the customer's mail below."""

import re
from html import unescape
from typing import Any

from sqlalchemy import Connection, Row, select

from mailticket.desk.notice import Notice
from mailticket.desk.ticket import Visibility
from mailticket.mail.message import Attachment
from mailticket.store.blobs import BlobFolder
from mailticket.store.tables import attachments, messages

#: Of the customer's mail so many lines are quoted, of so many characters each.
_QUOTED_LINES = 60
_QUOTED_LINE = 1000
_SHOWN = re.compile(r'src="cid:([^"]{1,998})"')


def facts(connection: Connection, blobs: BlobFolder, notice: Notice) -> dict[str, Any]:
    """What `notice` (REPLY) is rendered with beyond its details."""
    message = connection.execute(select(messages.c.reply, messages.c.html).where(messages.c.id == notice.message)).one()
    # (of answers that were queued by an older version the whole HTML is stored, with all that the agent quoted)
    html = (message.html or "") if notice.details.get("formatted") else ""
    shown = set(map(unescape, _SHOWN.findall(html)))
    files = connection.execute(
        select(attachments)
        .where(
            attachments.c.message_id == notice.message,
            attachments.c.state == "kept",
            attachments.c.logo.is_(False),
        )
        .order_by(attachments.c.id)
    ).all()
    return {
        "text": message.reply,
        "html": html,
        "quote": _quote(connection, notice),
        "images": [_file(connection, blobs, file) for file in files if file.inline and file.content_id in shown],
        "attachments": [_file(connection, blobs, file) for file in files if not file.inline],
    }


def _file(connection: Connection, blobs: BlobFolder, file: Row[Any]) -> Attachment:
    return Attachment(
        filename=file.filename, content_type=file.content_type, data=blobs.read(connection, file.sha256),
        sha256=file.sha256, inline=file.inline, content_id=file.content_id if file.inline else "",
    )  # fmt: skip


def _quote(connection: Connection, notice: Notice) -> dict[str, str]:
    """Author, time (RFC 3339) and new words of the mail that is answered; empty where none is quoted."""
    if not (quoted := notice.details.get("quoted")):
        return {}
    row = connection.execute(
        select(messages.c.at, messages.c.from_name, messages.c.from_address, messages.c.reply).where(
            messages.c.id == int(quoted),
            messages.c.visibility == Visibility.PUBLIC,
            messages.c.from_customer.is_(True),
        )
    ).one_or_none()
    if row is None or not row.reply.strip():
        return {}
    lines = [line[:_QUOTED_LINE] for line in row.reply.strip().split("\n")]
    shown = lines if len(lines) <= _QUOTED_LINES else [*lines[:_QUOTED_LINES], "[…]"]
    at = row.at.isoformat(timespec="seconds").replace("+00:00", "Z")
    return {"author": row.from_name or row.from_address, "at": at, "text": "\n".join(shown)}
