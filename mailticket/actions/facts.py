"""What does a mail of ours tell that was not known, or not looked at, when it was queued? Asked once, for rendering."""

from typing import Any

from sqlalchemy import Connection

from mailticket.actions import asking, digest
from mailticket.actions.context import Context
from mailticket.store import outbox
from mailticket.store.outbox import OutboxRow


def facts_of(connection: Connection, context: Context, row: OutboxRow) -> dict[str, Any]:
    """Text and files of the stored message that it carries; for agents' lists the tickets in them."""
    notice, now = row.notice, row.created_at
    return {
        **outbox.facts(connection, context.blobs, row),
        **asking.facts(connection, context, notice, now),
        **digest.facts(connection, context, notice, now),
    }
