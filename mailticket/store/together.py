"""Which rows may wait for those of the next mail? What the next mail does not look at: one statement for them all.

Whoever looks at such rows in the path of a mail calls `write_now` first. They are in the transaction either way.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection

from mailticket.store.dialect import Insert
from mailticket.store.tables import metadata

Row = Mapping[str, Any]

#: Name of the connection's option that holds the waiting rows.
_WAITING = "mailticket_together"


@contextmanager
def together(connection: Connection) -> Iterator[None]:
    """Rows that are added meanwhile are written at the end, a statement for those of one kind."""
    connection.execution_options(**{_WAITING: {}})
    yield
    write_now(connection)
    connection.execution_options(**{_WAITING: None})


def add(connection: Connection, insert: Insert, rows: Sequence[Row]) -> None:
    """Writes rows that nobody reads for now: at once, or together with others of their kind."""
    if not rows:
        return
    kept = connection.get_execution_options().get(_WAITING)
    if kept is None:
        insert.run_all(connection, rows)
    else:
        kept.setdefault(insert, []).extend(rows)


def waiting(connection: Connection, insert: Insert) -> Sequence[Row]:
    """Rows that are not written yet."""
    kept = connection.get_execution_options().get(_WAITING)
    return kept.get(insert, ()) if kept else ()


def write_now(connection: Connection) -> None:
    """Writes what waits, if anything does: somebody wants to see it, or to refer to it."""
    kept = connection.get_execution_options().get(_WAITING) or {}
    for insert in sorted(kept, key=lambda insert: _ORDER[insert.table]):
        insert.run_all(connection, kept.pop(insert))


#: What is referred to comes before what refers to it.
_ORDER = {table: place for place, table in enumerate(metadata.sorted_tables)}
