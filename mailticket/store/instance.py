"""Which installation is this, and what has been done once for all its nodes? Its id marks all that it sends."""

import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from mailticket.store.dialect import Insert
from mailticket.store.tables import instance

_ONCE = Insert(lambda insert: insert(instance).on_conflict_do_nothing())


def instance_id(connection: Connection) -> str:
    """The id, made at the first call. Needs a write transaction."""
    _ONCE.run(connection, {"name": "instance_id", "value": secrets.token_hex(8)})
    return str(connection.execute(select(instance.c.value).where(instance.c.name == "instance_id")).scalar_one())


def facts(connection: Connection, names: Sequence[str]) -> dict[str, str]:
    """The values of those of `names` that have one."""
    rows = connection.execute(select(instance.c.name, instance.c.value).where(instance.c.name.in_(names)))
    return {row.name: row.value for row in rows}


def first_time(connection: Connection, name: str, value: str) -> bool:
    """Makes the fact `name` have `value`; False where it had it already, whichever node has said so."""
    changed = _CHANGE.run(connection, {"name": name, "value": value})
    return changed.one_or_none() is not None


def _change(insert: Any) -> Any:
    new = insert(instance)
    other = {"set_": {"value": new.excluded.value}, "where": instance.c.value != new.excluded.value}
    return new.on_conflict_do_update(index_elements=[instance.c.name], **other).returning(instance.c.name)


_CHANGE = Insert(_change)
