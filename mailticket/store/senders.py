"""Which senders are blocked or allowed? A row a pattern; every change is an event of the desk, with who made it."""

from datetime import datetime

from sqlalchemy import Connection, Row, bindparam, delete, select

from mailticket.desk.senders import ListedSender, Listing, foremost, patterns_of
from mailticket.store.dialect import Insert
from mailticket.store.tables import listed_senders as listed
from mailticket.store.tickets import record

_EVENTS = {Listing.BLOCK: "sender_blocked", Listing.ALLOW: "sender_allowed"}
_ANYBODY = "SELECT 1 FROM listed_senders LIMIT 1"
_NAMING = select(listed).where(listed.c.pattern.in_(bindparam("patterns", expanding=True)))


def listing_of(connection: Connection, addr_spec: str, now: datetime) -> ListedSender | None:
    """The listing in force for this address, the most exact one."""
    # every mail asks, and most desks have listed nobody
    if connection.exec_driver_sql(_ANYBODY).first() is None:
        return None
    rows = connection.execute(_NAMING, {"patterns": patterns_of(addr_spec)})
    return foremost(addr_spec, map(_listed, rows), now)


def put(connection: Connection, one: ListedSender) -> None:
    """Lists a pattern; what it was listed for before is replaced."""
    values = {
        "pattern": one.pattern, "listing": one.listing, "reason": one.reason, "until": one.until,
        "actor": one.actor, "at": one.at,
    }  # fmt: skip
    _PUT.run(connection, values)
    until = one.until.isoformat() if one.until else None
    detail = {"pattern": one.pattern, "reason": one.reason, "until": until}
    record(connection, None, one.at, one.actor, (_EVENTS[one.listing], detail))


_PUT = Insert(
    lambda insert: (new := insert(listed)).on_conflict_do_update(
        index_elements=[listed.c.pattern],
        set_={name: new.excluded[name] for name in ("listing", "reason", "until", "actor", "at")},
    )
)


def remove(connection: Connection, pattern: str, listing: Listing, actor: str, now: datetime) -> bool:
    """Takes a pattern off its list; False where it is not on it."""
    gone = delete(listed).where(listed.c.pattern == pattern, listed.c.listing == listing)
    if not connection.execute(gone).rowcount:
        return False
    record(connection, None, now, actor, ("sender_unlisted", {"pattern": pattern, "listing": str(listing)}))
    return True


def all_listed(connection: Connection, listing: Listing) -> list[ListedSender]:
    """The whole list, what has ended included, by pattern."""
    rows = connection.execute(select(listed).where(listed.c.listing == listing).order_by(listed.c.pattern))
    return [_listed(row) for row in rows]


def _listed(row: Row[tuple[str, str, str, datetime | None, str, datetime]]) -> ListedSender:
    return ListedSender(
        pattern=row.pattern, listing=Listing(row.listing), reason=row.reason, until=row.until, actor=row.actor,
        at=row.at,
    )  # fmt: skip
