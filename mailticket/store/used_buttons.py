"""Was this button pressed before? Each does once what it does, whichever node its mails come to."""

from datetime import datetime

from sqlalchemy import Connection, delete, select

from mailticket.store.dialect import Insert
from mailticket.store.tables import used_buttons


def use(connection: Connection, token: str, now: datetime) -> datetime | None:
    """Notes that it is pressed. When it was pressed first, None where that is now."""
    if _INSERT.run(connection, {"token": token, "used_at": now}).rowcount:
        return None
    first: datetime = connection.execute(
        select(used_buttons.c.used_at).where(used_buttons.c.token == token)
    ).scalar_one()
    return first


def is_used(connection: Connection, token: str) -> bool:
    """Whether it was pressed."""
    return connection.execute(select(used_buttons.c.token).where(used_buttons.c.token == token)).first() is not None


_INSERT = Insert(lambda insert: insert(used_buttons).on_conflict_do_nothing())


def forget(connection: Connection, before: datetime) -> None:
    """Drops buttons that have expired: they do nothing any more."""
    connection.execute(delete(used_buttons).where(used_buttons.c.used_at < before))
