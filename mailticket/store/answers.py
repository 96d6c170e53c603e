"""What is known of an answer that is on its way to a customer, and how is it withdrawn?"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from mailticket.desk.notice import STATUS_UPDATES, NoticeKind
from mailticket.desk.ticket import Visibility
from mailticket.store import together
from mailticket.store.tables import events, messages, outbox, tickets


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer with its row in the outbox."""

    message: int
    ticket: int
    at: datetime
    text: str
    row: int
    #: Of the row.
    state: str
    #: Whom it goes to.
    to: tuple[str, ...]


def find(connection: Connection, message: int) -> Answer | None:
    """The answer that this stored message is, left or not."""
    together.write_now(connection)
    row = connection.execute(
        select(messages.c.ticket_id, messages.c.at, messages.c.reply, outbox.c.id, outbox.c.state, outbox.c.notice)
        .join(outbox, outbox.c.stored_message_id == messages.c.id)
        .where(messages.c.id == message, outbox.c.kind == NoticeKind.REPLY)
    ).one_or_none()
    if row is None:
        return None
    to = tuple(one["address"] for one in row.notice["to"] + row.notice["cc"])
    return Answer(message=message, ticket=row.ticket_id, at=row.at, text=row.reply, row=row.id, state=row.state, to=to)


def withdraw(connection: Connection, answer: Answer) -> None:
    """Nobody outside has it: it is for agents only, no mail refers to it, and the customer has had no answer by it, and
    no question."""
    connection.execute(
        update(messages).where(messages.c.id == answer.message).values(visibility=Visibility.INTERNAL, message_id="")
    )
    by_it = (tickets.c.id == answer.ticket) & (tickets.c.first_response_at == answer.at)
    connection.execute(update(tickets).where(by_it).values(first_response_at=None))
    asked_by_it = (tickets.c.id == answer.ticket) & (tickets.c.asked_at == answer.at)
    connection.execute(update(tickets).where(asked_by_it).values(asked_at=None))


def status_before(connection: Connection, answer: Answer) -> str:
    """The ticket's status before the mail of this answer, "" where that changed none or somebody has since."""
    rows = connection.execute(
        select(events.c.at, events.c.detail)
        .where(events.c.ticket_id == answer.ticket, events.c.kind == "changed", events.c.at >= answer.at)
        .order_by(events.c.id)
    )
    changes = [row for row in rows if row.detail["field"] == "status"]
    if not changes or any(row.at != answer.at for row in changes):
        return ""
    return str(changes[0].detail["from"])


def told_before(connection: Connection, answer: Answer) -> str:
    """The status that the customer knew of when an update was waiting that this answer has overtaken, "" where none
    was: the newest mail before it says so."""
    earlier = connection.execute(
        select(outbox.c.state, outbox.c.notice)
        .where(
            outbox.c.ticket_id == answer.ticket,
            outbox.c.id < answer.row,
            outbox.c.kind.in_((*STATUS_UPDATES, NoticeKind.REPLY)),
        )
        .order_by(outbox.c.id.desc())
        .limit(1)
    ).one_or_none()
    if earlier is None or earlier.state != "cancelled":
        return ""
    return str(earlier.notice["details"].get("before", ""))
