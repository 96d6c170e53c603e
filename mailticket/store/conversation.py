"""What was said on a ticket, as agents read it in a mail: one message in full, and the newest of the others.

Internal notes are among them and marked: only mail to agents is made of this.
"""

from typing import Any

from sqlalchemy import Connection, func, select

from mailticket.desk.notice import NoticeKind
from mailticket.desk.shortened import shortened
from mailticket.desk.ticket import Visibility
from mailticket.store.tables import attachments, messages

#: Of the message itself so much is shown: the whole mail stays under 100 KB, whatever is in it.
_LINES, _OCTETS = 1000, 16_000
#: So many of the others, and so much of each.
_OTHERS, _OTHER_LINES, _OTHER_OCTETS = 5, 40, 2_500


def as_told(connection: Connection, kind: NoticeKind, ticket: int | None, message: int) -> dict[str, Any]:
    """The text of `message` and, in a notification, the ticket's other messages, newest first."""
    words = connection.execute(select(messages.c.reply).where(messages.c.id == message)).scalar_one()
    text, cut = shortened(words, _LINES, _OCTETS)
    others = _others(connection, ticket, message) if kind is NoticeKind.AGENT_NOTIFICATION else []
    return {"text": text, "cut": cut, "others": others}


def _others(connection: Connection, ticket: int | None, message: int) -> list[dict[str, Any]]:
    files = (
        select(func.count())
        .where(attachments.c.message_id == messages.c.id, attachments.c.inline.is_(False))
        .scalar_subquery()
    )
    rows = connection.execute(
        select(
            messages.c.at, messages.c.from_name, messages.c.from_address, messages.c.visibility, messages.c.reply,
            files.label("files"),
        )
        .where(messages.c.ticket_id == ticket, messages.c.id != message)
        .order_by(messages.c.at.desc(), messages.c.id.desc())
        .limit(_OTHERS)
    ).all()  # fmt: skip
    others = []
    for row in rows:
        text, cut = shortened(row.reply, _OTHER_LINES, _OTHER_OCTETS)
        others.append(
            {
                "author": row.from_name or row.from_address,
                "at": row.at.isoformat(),
                "internal": row.visibility == Visibility.INTERNAL,
                "text": text,
                "cut": cut,
                "files": row.files,
            }
        )
    return others
