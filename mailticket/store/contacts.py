"""Whom do we know, and does mail reach them? One row an address; it is met in the transaction of its mail."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, func, select, update

from mailticket.desk.ticket import Standing
from mailticket.mail.message import Address
from mailticket.store.dialect import Insert
from mailticket.store.tables import contacts


class Met(NamedTuple):
    """A contact."""

    id: int
    standing: Standing


def meet(connection: Connection, address: Address, now: datetime, spoken: str = "", *, proved: bool = False) -> Met:
    """The contact of this address, made where it is new; a name is kept, and filled in where there was none.

    `spoken`: the language that it has just written, "" where nobody can tell. `proved`: it has given this name itself
    for certain; another one may be a forger's.
    """
    row = connection.execute(_CONTACT, {"addr_spec": address.addr_spec}).one_or_none()
    if row is None:
        new = {
            "address": address.addr_spec, "name": address.name, "phone": "", "tags": [], "created_at": now,
            "bounce_reason": "", "language": spoken,
        }  # fmt: skip
        return Met(int(_MEET.run(connection, new).scalar_one()), Standing(new=True))
    if address.name and (not row.name or (proved and row.name != address.name)):
        connection.execute(_CHANGE, {"contact": row.id, "name": address.name})
    if spoken and spoken != row.language:
        connection.execute(_CHANGE, {"contact": row.id, "language": spoken})
    standing = Standing(
        since=row.created_at, bounced=row.bounced_at is not None, complained=row.complained_at is not None
    )
    return Met(int(row.id), standing)


_CONTACT = select(
    contacts.c.id,
    contacts.c.name,
    contacts.c.language,
    contacts.c.created_at,
    contacts.c.bounced_at,
    contacts.c.complained_at,
).where(contacts.c.address == bindparam("addr_spec"))


def knows(connection: Connection, addr_spec: str) -> bool:
    """Whether there is a contact of this address."""
    return connection.execute(_CONTACT, {"addr_spec": addr_spec}).one_or_none() is not None


def _meet(insert: Any) -> Any:
    """A row that another node has just made is as good as ours."""
    new = insert(contacts)
    same = {"address": new.excluded.address}
    return new.on_conflict_do_update(index_elements=[contacts.c.address], set_=same).returning(contacts.c.id)


_MEET = Insert(_meet)
_CHANGE = update(contacts).where(contacts.c.id == bindparam("contact"))
_BY_ADDRESS = update(contacts).where(contacts.c.address == bindparam("addr_spec"))


def language_of(connection: Connection, addr_spec: str) -> str:
    """The language that this contact wrote last, "" where nobody could tell, or there is no such contact."""
    row = connection.execute(_CONTACT, {"addr_spec": addr_spec}).one_or_none()
    return str(row.language) if row else ""


def set_language(connection: Connection, addr_spec: str, language: str) -> None:
    """The language that this contact has just written."""
    connection.execute(_BY_ADDRESS, {"addr_spec": addr_spec, "language": language})


def set_phone(connection: Connection, addr_spec: str, phone: str) -> None:
    """The number under which this contact was heard last."""
    connection.execute(_BY_ADDRESS, {"addr_spec": addr_spec, "phone": phone})


def mark_bounced(connection: Connection, addr_spec: str, reason: str, now: datetime) -> None:
    """Mail to this contact is in vain; nothing happens where there is no such contact."""
    connection.execute(_BY_ADDRESS, {"addr_spec": addr_spec, "bounced_at": now, "bounce_reason": reason})


def mark_reachable(connection: Connection, addr_spec: str) -> None:
    """Somebody has written from there."""
    connection.execute(_BY_ADDRESS, {"addr_spec": addr_spec, "bounced_at": None, "bounce_reason": ""})


def forgive(connection: Connection, addr_spec: str) -> None:
    """Automatic mail may go there again, whatever came back or was complained of."""
    connection.execute(
        _BY_ADDRESS, {"addr_spec": addr_spec, "bounced_at": None, "bounce_reason": "", "complained_at": None}
    )


def mark_complained(connection: Connection, addr_spec: str, now: datetime) -> bool:
    """The owner of this address wants no automatic mail. False where that is known, or there is no such contact."""
    first = _BY_ADDRESS.where(contacts.c.complained_at.is_(None))
    return bool(connection.execute(first, {"addr_spec": addr_spec, "complained_at": now}).rowcount)


def silent(connection: Connection) -> tuple[int, int]:
    """How many contacts get no automatic mail: because it comes back, and because they complained."""
    counted = select(func.count(contacts.c.bounced_at), func.count(contacts.c.complained_at))
    bounced, complained = connection.execute(counted).one()
    return int(bounced), int(complained)
