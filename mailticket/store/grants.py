"""What is kept of an OAuth2 grant? Its newest refresh token, encrypted, and how it does. One uses it at a time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select, update

from mailticket.store.dialect import Insert
from mailticket.store.tables import oauth_grants as grants


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One row."""

    #: Encrypted; None where there is none, as with grant = "application".
    refresh_token: bytes | None
    account: str
    granted_at: datetime | None
    renewed_at: datetime | None
    expires_at: datetime | None
    failed_at: datetime | None
    failure: str


def find(connection: Connection, key: str) -> Kept | None:
    """What is known of a grant, None before anybody signed in or it was used."""
    names = Kept.__slots__
    row = connection.execute(select(*(grants.c[name] for name in names)).where(grants.c.key == key)).one_or_none()
    return None if row is None else Kept(**dict(zip(names, row, strict=True)))


def sign_in(
    connection: Connection, key: str, refresh_token: bytes, account: str, expires_at: datetime | None, now: datetime
) -> None:
    """Somebody has signed in; what was before is forgotten, and who used it just now has lost its claim."""
    _SIGN_IN.run(
        connection,
        {
            "key": key, "refresh_token": refresh_token, "account": account, "granted_at": now, "renewed_at": now,
            "expires_at": expires_at, "failed_at": None, "failure": "", "claimed_by": "", "claimed_until": None,
        },
    )  # fmt: skip


def claim(connection: Connection, key: str, by: str, now: datetime, lease: timedelta) -> bool:
    """Takes the grant for `by` until it renews or gives it back, `lease` at most. False where another one has it."""
    until = grants.c.claimed_until
    # farther off than any lease: whoever claimed it died, and the clock was set back
    free = or_(until.is_(None), until <= now, until > now + lease, grants.c.claimed_by == by)
    taken = update(grants).where(grants.c.key == key, free).values(claimed_by=by, claimed_until=now + lease)
    return connection.execute(taken).rowcount == 1


def give_back(connection: Connection, key: str, by: str) -> None:
    """Lets others use the grant."""
    own = (grants.c.key == key) & (grants.c.claimed_by == by)
    connection.execute(update(grants).where(own).values(claimed_by="", claimed_until=None))


def renewed(
    connection: Connection, key: str, used: bytes, refresh_token: bytes, expires_at: datetime | None, now: datetime
) -> bool:
    """The grant has given a token and the next refresh token. False where somebody has signed in anew meanwhile."""
    values = {"refresh_token": refresh_token, "renewed_at": now, "failed_at": None, "failure": ""}
    if expires_at is not None:
        values["expires_at"] = expires_at
    same = (grants.c.key == key) & (grants.c.refresh_token == used)
    return connection.execute(update(grants).where(same).values(**values)).rowcount == 1


def worked(connection: Connection, key: str, now: datetime) -> None:
    """A grant without refresh token has given a token."""
    _WORKED.run(connection, {"key": key, "renewed_at": now, "failed_at": None, "failure": ""})


def failed(connection: Connection, key: str, used: bytes | None, failure: str, now: datetime) -> bool:
    """The server refused for good what was `used`. True for who finds out first, until it works again."""
    if used is None:
        _KNOWN.run(connection, {"key": key})
    same = grants.c.refresh_token == used if used is not None else grants.c.refresh_token.is_(None)
    first = update(grants).where(grants.c.key == key, same, grants.c.failed_at.is_(None))
    return connection.execute(first.values(failed_at=now, failure=failure)).rowcount == 1


_KNOWN = Insert(lambda insert: insert(grants).on_conflict_do_nothing())
_SIGN_IN = Insert(
    lambda insert: (new := insert(grants)).on_conflict_do_update(
        index_elements=[grants.c.key],
        set_={column.name: new.excluded[column.name] for column in grants.c if column.name != "key"},
    )
)
_WORKED = Insert(
    lambda insert: (new := insert(grants)).on_conflict_do_update(
        index_elements=[grants.c.key],
        set_={name: new.excluded[name] for name in ("renewed_at", "failed_at", "failure")},
    )
)
