"""Which Message-IDs lead to which ticket? Every one seen or referred to; unique, so that a thread is one ticket."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, select

from mailticket.desk.ticket import Visibility
from mailticket.errors import Conflict
from mailticket.store.dialect import by_dialect
from mailticket.store.tables import messages, references


def tie_references(connection: Connection, ticket: int, message_ids: Iterable[str], expected_new: bool) -> None:
    """Makes Message-IDs lead to `ticket`; those that lead elsewhere already go on doing so.

    `expected_new`: nobody knew them a moment ago. Raises Conflict where another node was quicker.
    """
    rows = [{"message_id": message_id, "ticket_id": ticket} for message_id in message_ids]
    if not rows:
        return
    dialect = connection.dialect.name
    if not expected_new or dialect == "sqlite":
        # on SQLite this transaction is the only writer: what was new when it looked is new now
        connection.execute(_TIE[dialect], rows)
        return
    inserted = connection.execute(_TIE_NEW[dialect], rows).all()
    if len(inserted) < len(rows):
        raise Conflict


_TIE = by_dialect(lambda insert: insert(references).on_conflict_do_nothing())
_TIE_NEW = {name: statement.returning(references.c.message_id) for name, statement in _TIE.items()}


_LED_TO = select(references.c.message_id, references.c.ticket_id).where(
    references.c.message_id.in_(bindparam("ids", expanding=True))
)


def led_to(connection: Connection, message_ids: Sequence[str]) -> dict[str, int]:
    """Ticket ids of those Message-IDs that lead to one."""
    if not message_ids:
        return {}
    return {row.message_id: row.ticket_id for row in connection.execute(_LED_TO, {"ids": list(message_ids)})}


def thread_of(connection: Connection, ticket: int) -> list[str]:
    """Message-IDs of the ticket's public messages, oldest first, for In-Reply-To and References of what we send."""
    rows = connection.execute(
        select(messages.c.message_id)
        .where(messages.c.ticket_id == ticket, messages.c.visibility == Visibility.PUBLIC, messages.c.message_id != "")
        .order_by(messages.c.at, messages.c.id)
    )
    return list(rows.scalars())
