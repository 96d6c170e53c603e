"""How often was something done of late? Counts by scope and minute for a day, shared by all nodes."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, func, select

from mailticket.store.dialect import Insert
from mailticket.store.tables import caps

_HOUR = timedelta(hours=1)
#: Nothing is counted for longer.
LONGEST = timedelta(days=1)


@cache
def _totals(scopes: int) -> Select[Any]:
    """The totals of so many scopes: a list of one length is cheaper to ask for than one of any length."""
    these = caps.c.scope.in_([bindparam(str(number)) for number in range(scopes)])
    total = func.sum(caps.c.count).label("total")
    return select(caps.c.scope, total).where(these, caps.c.minute > bindparam("since")).group_by(caps.c.scope)


def counts(connection: Connection, scopes: Sequence[str], now: datetime, within: timedelta = _HOUR) -> list[int]:
    """Each scope's count `within` the time before now, LONGEST at most."""
    asked = {str(number): scope for number, scope in enumerate(scopes)}
    rows = connection.execute(_totals(len(scopes)), {"since": _minute(now - within), **asked})
    totals = {scope: int(total) for scope, total in rows}
    return [totals.get(scope, 0) for scope in scopes]


def total(connection: Connection, prefix: str, now: datetime, within: timedelta = _HOUR) -> int:
    """The sum of all scopes that begin with `prefix`. For seldom questions: it looks at everything that is counted."""
    these = caps.c.scope.startswith(prefix, autoescape=True)
    counted = select(func.coalesce(func.sum(caps.c.count), 0)).where(these, caps.c.minute > _minute(now - within))
    return int(connection.execute(counted).scalar_one())


def count(connection: Connection, scopes: Sequence[str], now: datetime, by: int = 1) -> None:
    """So many more in each scope."""
    # sorted, so that two nodes take the row locks in one order
    rows = [{"scope": scope, "minute": _minute(now), "count": by} for scope in sorted(scopes)]
    _COUNT.run_all(connection, rows)


_COUNT = Insert(
    lambda insert: (new := insert(caps)).on_conflict_do_update(
        index_elements=[caps.c.scope, caps.c.minute], set_={"count": caps.c.count + new.excluded.count}
    )
)


def by_minute(connection: Connection, scope: str, now: datetime) -> list[tuple[datetime, int]]:
    """One scope's counts of the last day, each with the moment at which it is forgotten, the next one first."""
    rows = select(caps.c.minute, caps.c.count).where(caps.c.scope == scope, caps.c.minute > _minute(now - LONGEST))
    return [
        (datetime.fromtimestamp(minute * 60, UTC) + LONGEST, count)
        for minute, count in connection.execute(rows.order_by(caps.c.minute))
    ]


def forget_old(connection: Connection, now: datetime) -> None:
    """Drops the windows that no longer count."""
    connection.execute(delete(caps).where(caps.c.minute <= _minute(now - LONGEST)))


def _minute(now: datetime) -> int:
    return int(now.timestamp()) // 60
