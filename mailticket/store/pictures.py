"""Which pictures have come before? So a logo is told from a photo, at the same cost in a store of any size."""

from collections.abc import Iterable

from sqlalchemy import Connection, Select, select, union_all

from mailticket.store import together
from mailticket.store.tables import attachments, messages

#: Pictures of one mail that are looked up, and earlier places of each that are looked at.
_MOST_PICTURES = 20
_MOST_PLACES = 12
#: What stands in so many messages, whoever wrote them, is a company's.
_MESSAGES_OF_A_COMPANY = 3


def sent_before(connection: Connection, sender: str, digests: Iterable[str]) -> frozenset[str]:
    """Those of `digests` that `sender` has sent in an earlier message, or others in several."""
    wanted = list(dict.fromkeys(digests))[:_MOST_PICTURES]
    if not wanted:
        return frozenset()
    together.write_now(connection)
    rows = connection.execute(union_all(*(select(_places(digest).subquery()) for digest in wanted))).all()
    told: dict[str, set[int]] = {}
    for row in rows:
        told.setdefault(row.sha256, set()).add(row.message_id)
    own = {row.sha256 for row in rows if row.from_address == sender}
    return frozenset(own | {digest for digest, places in told.items() if len(places) >= _MESSAGES_OF_A_COMPANY})


def _places(digest: str) -> Select[tuple[str, int, str]]:
    """Some earlier messages with this file; without an order the index stops at the last of them."""
    return (
        select(attachments.c.sha256, attachments.c.message_id, messages.c.from_address)
        .join(messages, messages.c.id == attachments.c.message_id)
        .where(attachments.c.sha256 == digest)
        .limit(_MOST_PLACES)
    )
