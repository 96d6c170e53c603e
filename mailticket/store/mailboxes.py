"""How far have we read in each mailbox? A floor below which all is done, and the UIDs above it that are."""

from typing import Any

from sqlalchemy import Connection, delete, select

from mailticket.mail.message import MailboxState, Position
from mailticket.store import together
from mailticket.store.dialect import Insert
from mailticket.store.tables import fetched, mailboxes


def state(connection: Connection, account: str, folder: str) -> MailboxState | None:
    """What is known of a folder, None where it was never looked at."""
    here = (mailboxes.c.account == account) & (mailboxes.c.folder == folder)
    row = connection.execute(select(mailboxes).where(here)).one_or_none()
    if row is None:
        return None
    return MailboxState(uidvalidity=row.uidvalidity, floor=row.floor, rescan_below=row.rescan_below, since=row.since)


def save(connection: Connection, account: str, folder: str, now: MailboxState) -> None:
    """Moves the floor; positions at or below it, or of another UIDVALIDITY, are no longer needed."""
    values = {
        "uidvalidity": now.uidvalidity,
        "floor": now.floor,
        "rescan_below": now.rescan_below,
        "since": now.since,
    }
    _SAVE.run(connection, {"account": account, "folder": folder, **values})
    here = (fetched.c.account == account) & (fetched.c.folder == folder)
    past = (fetched.c.uidvalidity != now.uidvalidity) | (fetched.c.uid <= now.floor)
    connection.execute(delete(fetched).where(here, past))


def _save(insert: Any) -> Any:
    new = insert(mailboxes)
    values = {name: new.excluded[name] for name in ("uidvalidity", "floor", "rescan_below", "since")}
    return new.on_conflict_do_update(index_elements=[mailboxes.c.account, mailboxes.c.folder], set_=values)


_SAVE = Insert(_save)
_MARK = Insert(lambda insert: insert(fetched).on_conflict_do_nothing())


def mark(connection: Connection, position: Position) -> None:
    """This mail is done; part of the transaction that made it so."""
    row = {
        "account": position.account,
        "folder": position.folder,
        "uidvalidity": position.uidvalidity,
        "uid": position.uid,
    }
    together.add(connection, _MARK, [row])


def done_uids(connection: Connection, account: str, folder: str, uidvalidity: int) -> frozenset[int]:
    """UIDs above the floor that are done."""
    rows = connection.execute(
        select(fetched.c.uid).where(
            fetched.c.account == account, fetched.c.folder == folder, fetched.c.uidvalidity == uidvalidity
        )
    )
    return frozenset(rows.scalars())
