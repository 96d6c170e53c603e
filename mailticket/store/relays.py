"""What do we know of a relay? Forms of reverse-path that it refuses, and how many recipients it was given today.

Kept by relay, so that another one begins with a clean record.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from mailticket.store import caps
from mailticket.store.dialect import Insert
from mailticket.store.tables import refused_reverse_paths as refused


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedForm:
    """One form that one relay refused."""

    #: null | token
    form: str
    #: What the relay said, when last.
    reply: str
    at: datetime


def refused_forms(connection: Connection, relay: str) -> list[RefusedForm]:
    """What `relay` (host:port) has refused, however long ago."""
    rows = connection.execute(select(refused).where(refused.c.relay == relay).order_by(refused.c.form))
    return [RefusedForm(form=row.form, reply=row.reply, at=row.at) for row in rows]


def form_refused(connection: Connection, relay: str, form: str, reply: str, now: datetime) -> None:
    """`relay` refused `form`; only the last time is kept."""
    values = {"relay": relay, "form": form, "reply": reply, "at": now}
    _REFUSED.run(connection, values)


_REFUSED = Insert(
    lambda insert: (new := insert(refused)).on_conflict_do_update(
        index_elements=[refused.c.relay, refused.c.form], set_={"reply": new.excluded.reply, "at": new.excluded.at}
    )
)


def count_recipients(connection: Connection, relay: str, recipients: int, now: datetime) -> None:
    """`relay` took a mail for so many."""
    caps.count(connection, [_to(relay)], now, recipients)


def recipients_today(connection: Connection, relay: str, now: datetime) -> int:
    """Of the mails that `relay` took in the last 24 hours."""
    return caps.counts(connection, [_to(relay)], now, caps.LONGEST)[0]


def recipients_by_minute(connection: Connection, relay: str, now: datetime) -> list[tuple[datetime, int]]:
    """The same with the moment at which they no longer count, the next one first."""
    return caps.by_minute(connection, _to(relay), now)


def _to(relay: str) -> str:
    return f"recipients:{relay}"
