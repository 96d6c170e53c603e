"""Which tickets are in a list? Agents ask for these by mail and get them in the morning; nothing here is a mail's path.

One statement a list, whatever its length; what is unfinished is found by the index of statuses.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, case, func, or_, select

from mailticket.desk.status import DONE
from mailticket.desk.ticket import Priority, Status
from mailticket.desk.worklist import Line
from mailticket.store.tables import contacts, tickets
from mailticket.store.views import is_like

_JOINED = tickets.outerjoin(contacts, tickets.c.contact_id == contacts.c.id)
_COLUMNS = (
    *(
        tickets.c[name]
        for name in (
            "id", "number", "title", "status", "priority", "team", "assignee", "created_at", "due_at",
            "snoozed_until",
        )
    ),
    contacts.c.name,
    contacts.c.address,
)  # fmt: skip
_UNFINISHED = tickets.c.status.in_([str(status) for status in Status if status not in DONE])
#: The most urgent first.
_PRIORITY = case({str(priority): place for place, priority in enumerate(reversed(Priority))}, value=tickets.c.priority)
_BY_URGENCY = (_PRIORITY, tickets.c.due_at.is_(None), tickets.c.due_at, tickets.c.created_at, tickets.c.id)
_LAST_CHANGED = (tickets.c.updated_at.desc(), tickets.c.id.desc())


class Listed(NamedTuple):
    """The first lines of a list, and how many it has."""

    lines: list[Line]
    total: int


def queue(connection: Connection, limit: int, assignee: str = "") -> Listed:
    """All that is not resolved or closed, the most urgent first; of it what `assignee` has, "": of everybody's."""
    wanted = (_UNFINISHED, tickets.c.assignee == assignee) if assignee else (_UNFINISHED,)
    return _listed(connection, wanted, _BY_URGENCY, limit)


def search(connection: Connection, query: str, limit: int) -> Listed:
    """What `ticket list --query` finds, last changed first."""
    return _listed(connection, [is_like(query)], _LAST_CHANGED, limit)


def for_agent(
    connection: Connection, agent: str, agents: Sequence[str], others_teams: Sequence[str], limit: int
) -> Listed:
    """What is unfinished and `agent`'s, or nobody's and in none of `others_teams`; or of who is none of `agents`, who
    are there."""
    theirs = tickets.c.assignee.not_in(agents) & tickets.c.team.not_in(others_teams)
    return _listed(connection, (_UNFINISHED, or_(tickets.c.assignee == agent, theirs)), _BY_URGENCY, limit)


def _listed(connection: Connection, wanted: Sequence[ColumnElement[bool]], order: Sequence[Any], limit: int) -> Listed:
    total = connection.execute(select(func.count()).select_from(_JOINED).where(*wanted)).scalar_one()
    rows = connection.execute(select(*_COLUMNS).select_from(_JOINED).where(*wanted).order_by(*order).limit(limit))
    return Listed([_line(row) for row in rows], int(total))


def _line(row: Row[Any]) -> Line:
    return Line(
        id=row.id, number=row.number, title=row.title, customer=row.name or row.address or "",
        status=Status(row.status), priority=Priority(row.priority), team=row.team,
        assignee=row.assignee, created_at=row.created_at, due_at=row.due_at, snoozed_until=row.snoozed_until,
    )  # fmt: skip
