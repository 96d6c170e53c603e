"""Which Message-IDs lead to which ticket? Every one seen or referred to; unique, so that a thread is one ticket."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, select, update

from mailticket.desk.ticket import Visibility
from mailticket.errors import Conflict
from mailticket.store import together
from mailticket.store.dialect import Insert
from mailticket.store.tables import messages, references


def tie_references(connection: Connection, ticket: int, message_ids: Iterable[str], expected_new: bool) -> None:
    """Makes Message-IDs lead to `ticket`; those that lead elsewhere already go on doing so.

    `expected_new`: nobody knew them a moment ago. Raises Conflict where another node was quicker.
    """
    rows = [{"message_id": message_id, "ticket_id": ticket} for message_id in message_ids]
    if not expected_new:
        # an id that we have just made leads nowhere before the mail that bears it has left
        together.add(connection, _TIE, rows)
    elif rows and _TIE.run_all(connection, rows).rowcount < len(rows):
        raise Conflict


_TIE = Insert(lambda insert: insert(references).on_conflict_do_nothing())

_REFERENCES = select(references.c.message_id, references.c.ticket_id)
#: Most mails start a thread; a list of any length costs more to ask for than its rows.
_LED_TO_BY_ONE = _REFERENCES.where(references.c.message_id == bindparam("id"))
_LED_TO = _REFERENCES.where(references.c.message_id.in_(bindparam("ids", expanding=True)))


def led_to(connection: Connection, message_ids: Sequence[str]) -> dict[str, int]:
    """Ticket ids of those Message-IDs that lead to one."""
    if not message_ids:
        return {}
    if len(message_ids) == 1:
        rows = connection.execute(_LED_TO_BY_ONE, {"id": message_ids[0]})
    else:
        rows = connection.execute(_LED_TO, {"ids": list(message_ids)})
    return {row.message_id: row.ticket_id for row in rows}


def take_over(connection: Connection, ticket: int, message_id: str) -> None:
    """Makes the Message-ID of a message of `ticket` lead there, unless another ticket has a message of that name."""
    elsewhere = select(messages.c.id).where(messages.c.message_id == message_id, messages.c.ticket_id != ticket)
    if connection.execute(elsewhere.limit(1)).one_or_none() is None:
        moved = update(references).where(references.c.message_id == message_id)
        connection.execute(moved.values(ticket_id=ticket))


#: No mail program needs more of a long conversation (RFC 5322 §3.6.4).
_NEWEST = 21


def thread_of(connection: Connection, ticket: int) -> list[str]:
    """Message-IDs of the ticket's public messages, oldest first, for In-Reply-To and References of what we send: the
    first one and the newest. Each mail of ours keeps them."""
    newest = connection.execute(_NEWEST_FIRST, {"ticket": ticket})
    ids = list(newest.scalars())[::-1]
    if len(ids) == _NEWEST:
        ids[:1] = connection.execute(_FIRST, {"ticket": ticket}).scalars()
    return ids


_THREAD = select(messages.c.message_id).where(
    messages.c.ticket_id == bindparam("ticket"), messages.c.visibility == Visibility.PUBLIC, messages.c.message_id != ""
)
_NEWEST_FIRST = _THREAD.order_by(messages.c.at.desc(), messages.c.id.desc()).limit(_NEWEST)
_FIRST = _THREAD.order_by(messages.c.at, messages.c.id).limit(1)
