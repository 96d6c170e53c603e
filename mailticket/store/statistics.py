"""How much was done? Figures of a time that has passed, counted when somebody asks; nothing here is a mail's path."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import Connection, and_, func, or_, select

from mailticket.desk.status import DONE
from mailticket.desk.ticket import Status
from mailticket.store.tables import events, tickets

#: The median of so many first answers is that of all.
_ANSWERS_LOOKED_AT = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """What happened since a moment, and what there is now."""

    opened: int
    #: Answers to customers, by whomever.
    answered: int
    #: Tickets that were resolved or closed since, and still are.
    resolved: int
    open_now: int
    unassigned_now: int
    #: From a ticket's opening to its first answer; None where there was none.
    first_answer: timedelta | None


def since(connection: Connection, moment: datetime) -> Statistics:
    """Figures from `moment` until now."""
    over = or_(tickets.c.resolved_at >= moment, and_(tickets.c.resolved_at.is_(None), tickets.c.closed_at >= moment))
    unfinished = tickets.c.status.in_([str(status) for status in Status if status not in DONE])
    count = select(func.count())
    answers = count.select_from(events).where(events.c.at >= moment, events.c.kind == "answered")
    first = (
        select(tickets.c.created_at, tickets.c.first_response_at)
        .where(tickets.c.first_response_at >= moment)
        .order_by(tickets.c.id.desc())
        .limit(_ANSWERS_LOOKED_AT)
    )
    taken = [row.first_response_at - row.created_at for row in connection.execute(first)]

    def counted(*wanted: object) -> int:
        return int(connection.execute(count.select_from(tickets).where(*wanted)).scalar_one())  # type: ignore[arg-type]

    return Statistics(
        opened=counted(tickets.c.created_at >= moment),
        answered=int(connection.execute(answers).scalar_one()),
        resolved=counted(over),
        open_now=counted(unfinished),
        unassigned_now=counted(unfinished, tickets.c.assignee == ""),
        first_answer=median(taken) if taken else None,
    )
