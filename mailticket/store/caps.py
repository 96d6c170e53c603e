"""How often was something done in the last hour? Counts by scope and minute, shared by all nodes."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, select

from mailticket.store.dialect import by_dialect
from mailticket.store.tables import caps

_MINUTES = 60

_LAST_HOUR = (
    select(caps.c.scope, func.sum(caps.c.count).label("total"))
    .where(caps.c.scope.in_(bindparam("scopes", expanding=True)), caps.c.minute > bindparam("since"))
    .group_by(caps.c.scope)
)


def counts(connection: Connection, scopes: Sequence[str], now: datetime) -> list[int]:
    """The last hour's count of each scope."""
    rows = connection.execute(_LAST_HOUR, {"scopes": list(scopes), "since": _minute(now) - _MINUTES})
    totals = {row.scope: int(row.total) for row in rows}
    return [totals.get(scope, 0) for scope in scopes]


def count(connection: Connection, scopes: Sequence[str], now: datetime) -> None:
    """One more in each scope."""
    # sorted, so that two nodes take the row locks in one order
    rows = [{"scope": scope, "minute": _minute(now), "count": 1} for scope in sorted(scopes)]
    connection.execute(_COUNT[connection.dialect.name], rows)


_COUNT = by_dialect(
    lambda insert: insert(caps).on_conflict_do_update(
        index_elements=[caps.c.scope, caps.c.minute], set_={"count": caps.c.count + 1}
    )
)


def forget_old(connection: Connection, now: datetime) -> None:
    """Drops the windows that no longer count."""
    connection.execute(delete(caps).where(caps.c.minute <= _minute(now) - _MINUTES))


def _minute(now: datetime) -> int:
    return int(now.timestamp()) // 60
