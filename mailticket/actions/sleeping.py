"""What happens to a ticket that somebody has put off, when its time has come? Its agents hear of it again."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailticket.actions.context import Context
from mailticket.actions.notifying import tell_again
from mailticket.desk.notifications import audience, present
from mailticket.desk.status import after_sleeping
from mailticket.store import absences, due
from mailticket.store import tickets as store


def wake(connection: Connection, context: Context, now: datetime, limit: int = 200) -> list[str]:
    """Brings back tickets that have slept until now, and tells their agents. Returns their numbers."""
    woken = []
    for id_ in due.asleep_until(connection, now, limit):
        ticket = store.current(connection, id_)
        status = after_sleeping(ticket.status)
        happened: list[tuple[str, Mapping[str, Any]]] = [("woken", {})]
        if status is not ticket.status:
            happened.append(("changed", {"field": "status", "from": str(ticket.status), "to": str(status)}))
        changes = {"status": str(status)} if status is not ticket.status else {}
        store.set_fields(connection, id_, {"snoozed_until": None, **changes}, now)
        store.record(connection, id_, now, "mailticket", *happened)
        ticket = replace(ticket, status=status)
        away = absences.away(connection, now)
        hearers = present(audience(ticket, context.policy), away, ticket, context.policy)
        tell_again(connection, context, ticket, hearers, now)
        woken.append(ticket.number)
    return woken
