"""How do both databases say INSERT … ON CONFLICT? Statements are made once: to build one costs more than to run it."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

#: A statement by the name of its dialect: `BY_NAME[connection.dialect.name]`.
ByDialect = Mapping[str, Any]


def by_dialect(make: Callable[[Any], Any]) -> ByDialect:
    """What `make` makes with each dialect's own `insert`."""
    return {"sqlite": make(sqlite.insert), "postgresql": make(postgresql.insert)}
