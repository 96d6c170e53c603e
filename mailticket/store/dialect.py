"""What do the two databases want in words of their own? An INSERT that every mail needs, and small letters.

Each INSERT is written by SQLAlchemy once a database, and only filled in after that.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, CursorResult, Dialect, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

Row = Mapping[str, Any]


class _Written(NamedTuple):
    sql: str
    #: Makes the driver's parameters of a row.
    fill: Callable[[Row], Any]


class Insert:
    """One INSERT of many calls: to have SQLAlchemy look at it anew each time costs more than to run it."""

    def __init__(self, make: Callable[[Any], Any]) -> None:
        """`make` builds the statement with a dialect's own `insert`, which knows ON CONFLICT."""
        self._made = {"sqlite": make(sqlite.insert), "postgresql": make(postgresql.insert)}
        self.table: Table = self._made["sqlite"].table
        self._written: dict[str, _Written] = {}

    def run(self, connection: Connection, row: Row) -> CursorResult[Any]:
        """Writes one row; every call names the same columns."""
        written = self._for(connection.dialect, row)
        return connection.exec_driver_sql(written.sql, written.fill(row))

    def run_all(self, connection: Connection, rows: Sequence[Row]) -> CursorResult[Any]:
        """Writes at least one row; none comes back, but `rowcount` tells how many were new or changed."""
        written = self._for(connection.dialect, rows[0])
        return connection.exec_driver_sql(written.sql, [written.fill(row) for row in rows])

    def _for(self, dialect: Dialect, row: Row) -> _Written:
        if dialect.name not in self._written:
            self._written[dialect.name] = _write(self._made[dialect.name], dialect, list(row))
        return self._written[dialect.name]


def _write(statement: Any, dialect: Dialect, columns: Sequence[str]) -> _Written:
    compiled = statement.compile(dialect=dialect, column_keys=columns)
    constants = {name: value for name, value in compiled.params.items() if name not in columns}
    names = list(compiled.positiontup if compiled.positional else compiled.params)
    types = (compiled.binds[name].type.dialect_impl(dialect) for name in names)
    converted = [(name, type_.bind_processor(dialect)) for name, type_ in zip(names, types, strict=True)]

    def values(row: Row) -> list[Any]:
        given = {**constants, **row} if constants else row
        return [convert(given[name]) if convert else given[name] for name, convert in converted]

    if compiled.positional:
        return _Written(compiled.string, lambda row: tuple(values(row)))
    return _Written(compiled.string, lambda row: dict(zip(names, values(row), strict=True)))


class Lower(GenericFunction[str]):
    """`lower` for the letters of all alphabets."""

    inherit_cache = True
    name = "lower"
    identifier = "lower_of_all"


@compiles(Lower, "sqlite")
def _of_all(element: Lower, compiler: SQLCompiler, **more: Any) -> str:
    return f"lower_of_all({compiler.process(element.clauses, **more)})"
