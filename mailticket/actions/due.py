"""When is an answer due? Set when a ticket opens, moved with what its SLA looks at, over with the first answer.

What a person has set (`#due`) is left alone: only a moment that is the SLA's own is moved, or taken away.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailticket.actions.context import Context
from mailticket.desk.sla import answer_due
from mailticket.desk.ticket import GENERAL, Priority, Ticket
from mailticket.store import tickets
from mailticket.store.history import was_due_set

#: Fields that decide which SLA a ticket has.
_DECISIVE = frozenset({"priority", "type", "team"})
_KNOWN = ("created_at", "first_response_at", "due_at")


def due_of_new(context: Context, team: str, now: datetime) -> datetime | None:
    """Until when a ticket that is opened now has to be answered, None where nothing is promised."""
    return answer_due(Priority.NORMAL, GENERAL, team, now, context.policy)


def moved_due(
    connection: Connection, context: Context, ticket: Ticket, changes: Mapping[str, Any]
) -> dict[str, datetime | None]:
    """What becomes of `due_at` when these fields change: an entry to be changed with them, or none."""
    if not context.policy.slas or "due_at" in changes or not _DECISIVE & changes.keys():
        return {}
    after = replace(
        ticket,
        priority=Priority(changes.get("priority", ticket.priority)),
        type=changes.get("type", ticket.type),
        team=changes.get("team", ticket.team),
    )
    known = tickets.fields_of(connection, ticket.id, _KNOWN)
    if known["first_response_at"] is not None or known["due_at"] != _due(context, ticket, known["created_at"]):
        return {}
    due = _due(context, after, known["created_at"])
    return {} if due == known["due_at"] else {"due_at": due}


def settled_due(connection: Connection, context: Context, ticket: Ticket, now: datetime) -> None:
    """The first answer is there: nothing is due any more. Called before it is noted as the first one.

    So it is by whatever SLA, or hours, were in force when the ticket was opened.
    """
    known = tickets.fields_of(connection, ticket.id, _KNOWN)
    if known["first_response_at"] is not None or known["due_at"] is None:
        return
    if known["due_at"] == _due(context, ticket, known["created_at"]) or not was_due_set(connection, ticket.id):
        tickets.set_fields(connection, ticket.id, {"due_at": None}, now)


def due_again(connection: Connection, context: Context, ticket: Ticket, now: datetime) -> None:
    """The first answer was taken back: what was due is due again."""
    known = tickets.fields_of(connection, ticket.id, _KNOWN)
    if context.policy.slas and known["first_response_at"] is None and known["due_at"] is None:
        tickets.set_fields(connection, ticket.id, {"due_at": _due(context, ticket, known["created_at"])}, now)


def _due(context: Context, ticket: Ticket, since: datetime) -> datetime | None:
    return answer_due(ticket.priority, ticket.type, ticket.team, since, context.policy)
