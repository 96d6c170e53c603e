"""Which tokens of agents have others seen? What stands in the header of a mail to them proves nothing any more."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, select

from mailticket.store.dialect import Insert
from mailticket.store.tables import exposed_tokens

_EXPOSE = Insert(lambda insert: insert(exposed_tokens).on_conflict_do_nothing())
_EXPOSED = select(exposed_tokens.c.token).where(exposed_tokens.c.token.in_(bindparam("tokens", expanding=True)))


def expose(connection: Connection, tokens: Sequence[str]) -> None:
    """From now on these are known to others."""
    if tokens:
        _EXPOSE.run_all(connection, [{"token": token} for token in tokens])


def exposed(connection: Connection, tokens: Sequence[str]) -> frozenset[str]:
    """Those of `tokens` that others know."""
    return frozenset(connection.execute(_EXPOSED, {"tokens": list(tokens)}).scalars()) if tokens else frozenset()
