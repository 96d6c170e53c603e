"""How do both databases keep a time, an id, a list? Column types that are the same in Python, whichever it is."""

from datetime import UTC, datetime

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, TypeDecorator
from sqlalchemy.dialects import postgresql


class UtcTime(TypeDecorator[datetime]):
    """Aware UTC in Python on both databases; SQLite has no time zones and keeps the naive UTC time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses naive times: nobody could say which zone they mean."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive time {value}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def id_of(text: str) -> int:
    """The id that a person has typed; 0, which nothing has, where it can be none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _ID_DIGITS else 0


#: Of any length fewer than 64 bits.
_ID_DIGITS = 18
#: Ids: 64 bits; SQLite only counts up by itself in a column of exactly this type name.
Id = BigInteger().with_variant(Integer, "sqlite")
Json = JSON().with_variant(postgresql.JSONB(), "postgresql")
