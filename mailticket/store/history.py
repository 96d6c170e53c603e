"""What has happened on a ticket? Questions to its events and messages that only a few mails make us ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from mailticket.desk.notice import NoticeKind
from mailticket.desk.quotation import Said
from mailticket.desk.ticket import Direction, Visibility
from mailticket.mail.identity import Verdict
from mailticket.mail.message import Address
from mailticket.store import together
from mailticket.store.tables import events, messages, outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What the desk answered."""

    message: int
    author: Address
    text: str
    #: Of its mail: queued | sent | failed | cancelled | bounced | unsent
    state: str


def assigned_at(connection: Connection, ticket: int, agent: str) -> datetime | None:
    """When this agent was given the ticket, or took it, for the last time; None where that was never."""
    gave = (row.at for row in _changes(connection, ticket, "assignee") if row.detail["to"] == agent)
    return next(gave, None)


def was_due_set(connection: Connection, ticket: int) -> bool:
    """Whether anything but its opening has set when the ticket is due."""
    return bool(_changes(connection, ticket, "due_at"))


def came_back(connection: Connection, ticket: int, people: Sequence[str]) -> bool:
    """Whether one of the newest reports on mail of the ticket names one of these people."""
    together.write_now(connection)
    reports = (
        select(events.c.detail)
        .where(events.c.ticket_id == ticket, events.c.kind == "bounced")
        .order_by(events.c.id.desc())
        .limit(_REPORTS)
    )
    return any(not set(people).isdisjoint(detail["recipients"]) for detail in connection.execute(reports).scalars())


#: Of a list that anybody can make longer.
_REPORTS = 50


def _changes(connection: Connection, ticket: int, field: str) -> list[Any]:
    """Events that have changed `field`, the newest first."""
    together.write_now(connection)
    rows = connection.execute(
        select(events.c.at, events.c.detail)
        .where(events.c.ticket_id == ticket, events.c.kind == "changed")
        .order_by(events.c.id.desc())
    )
    return [row for row in rows if row.detail["field"] == field]


def worked_on_since(connection: Connection, ticket: int, moment: datetime) -> bool:
    """Whether anybody of the desk has written on the ticket after `moment`: an answer, or a note."""
    mine = (messages.c.ticket_id == ticket) & (messages.c.direction == Direction.OUTBOUND) & (messages.c.at > moment)
    return connection.execute(select(messages.c.id).where(mine).limit(1)).first() is not None


def last_said(connection: Connection, ticket: int, *, by_customer: bool = True) -> Said | None:
    """The newest message of a customer, or of the desk's people."""
    row = connection.execute(
        select(
            messages.c.id,
            messages.c.from_name,
            messages.c.from_address,
            messages.c.to,
            messages.c.cc,
            messages.c.verdict,
        )
        .where(messages.c.ticket_id == ticket, messages.c.from_customer.is_(by_customer))
        .order_by(messages.c.at.desc(), messages.c.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    author = Address(name=row.from_name, addr_spec=row.from_address)
    reached = frozenset(person["address"] for person in (*row.to, *row.cc))
    return Said(message=row.id, author=author, verdict=Verdict(row.verdict), reached=reached)


def last_answer(connection: Connection, ticket: int) -> Answered | None:
    """The newest answer of the desk's."""
    together.write_now(connection)
    row = connection.execute(
        select(
            messages.c.id,
            messages.c.from_name,
            messages.c.from_address,
            messages.c.reply,
            messages.c.message_id,
            outbox.c.state,
        )
        .select_from(messages.outerjoin(outbox, outbox.c.message_id == messages.c.message_id))
        .where(
            messages.c.ticket_id == ticket,
            messages.c.direction == Direction.OUTBOUND,
            messages.c.visibility == Visibility.PUBLIC,
        )
        .order_by(messages.c.at.desc(), messages.c.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    author = Address(name=row.from_name, addr_spec=row.from_address)
    return Answered(message=row.id, author=author, text=row.reply, state=row.state or "unsent")


def is_vouched_for(connection: Connection, ticket: int) -> bool:
    """Whether the customer may be mailed the words that came in that name: somebody proved has written them, or the
    desk has answered."""
    together.write_now(connection)
    vouches = (messages.c.verdict == Verdict.PASS) | (messages.c.direction == Direction.OUTBOUND)
    public = (messages.c.ticket_id == ticket) & (messages.c.visibility == Visibility.PUBLIC)
    return connection.execute(select(messages.c.id).where(public, vouches).limit(1)).first() is not None


#: More of a ticket's messages are not looked at; nor is more of one of them.
_MOST_MESSAGES, _MOST_CHARACTERS = 100, 12_000
_WORDS = (
    select(messages.c.visibility, func.substr(messages.c.reply, 1, _MOST_CHARACTERS).label("words"))
    # (an answer that was taken back has been seen by nobody, and is no secret of the desk's)
    .outerjoin(outbox, (outbox.c.stored_message_id == messages.c.id) & (outbox.c.kind == NoticeKind.REPLY))
    .where(messages.c.ticket_id == bindparam("ticket"), func.coalesce(outbox.c.state, "") != "cancelled")
    .order_by(messages.c.id.desc())
    .limit(_MOST_MESSAGES)
)


def words_of(connection: Connection, ticket: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What was written on a ticket for agents only, and what its customer knows: the newest messages' words."""
    rows = connection.execute(_WORDS, {"ticket": ticket}).all()
    internal = tuple(row.words for row in rows if row.visibility == Visibility.INTERNAL)
    return internal, tuple(row.words for row in rows if row.visibility == Visibility.PUBLIC) if internal else ()


def why_unconfirmed(connection: Connection, ticket: int | None) -> str:
    """Why the mail that opened this ticket was not confirmed, "" where it was."""
    suppressed = (events.c.ticket_id == ticket) & (events.c.kind == "confirmation_suppressed")
    detail = connection.execute(select(events.c.detail).where(suppressed).limit(1)).scalar()
    return str(detail["reason"]) if detail else ""
