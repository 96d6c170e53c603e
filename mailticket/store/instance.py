"""Which installation is this? Its id is made once and marks all that it sends (X-Mailticket-Loop)."""

import secrets

from sqlalchemy import Connection, select

from mailticket.store.dialect import by_dialect
from mailticket.store.tables import instance

_ONCE = by_dialect(lambda insert: insert(instance).on_conflict_do_nothing())


def instance_id(connection: Connection) -> str:
    """The id, made at the first call. Needs a write transaction."""
    connection.execute(_ONCE[connection.dialect.name], {"name": "instance_id", "value": secrets.token_hex(8)})
    return str(connection.execute(select(instance.c.value).where(instance.c.name == "instance_id")).scalar_one())
