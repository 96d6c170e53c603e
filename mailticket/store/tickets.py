"""Which verbs change a ticket? Each works inside the caller's transaction and leaves an event; nothing here decides."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from mailticket.desk.attachments import Judged
from mailticket.desk.ticket import Direction, Priority, Standing, Status, Ticket, Visibility
from mailticket.mail.identity import Verdict
from mailticket.mail.message import Address
from mailticket.store import together
from mailticket.store.dialect import Insert
from mailticket.store.notice_json import person_json
from mailticket.store.tables import (
    attachments,
    events,
    folded_number,
    messages,
    participants,
    tickets,
)
from mailticket.store.tables import contacts as people


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """A message to be stored."""

    at: datetime
    direction: Direction
    visibility: Visibility = Visibility.PUBLIC
    from_: Address | None
    to: Sequence[Address] = ()
    cc: Sequence[Address] = ()
    from_customer: bool
    message_id: str
    text: str
    reply: str
    html: str | None = None
    verdict: Verdict


_INSERT_MESSAGE = Insert(lambda insert: insert(messages).returning(messages.c.id))
_INSERT_FILE = Insert(lambda insert: insert(attachments))
_INSERT_EVENT = Insert(lambda insert: insert(events))


def add_message(connection: Connection, ticket: int, message: NewMessage, files: Iterable[Judged] = ()) -> int:
    """A message with its files, whose bytes are stored already. Returns its id."""
    values = {
        "ticket_id": ticket,
        "at": message.at,
        "direction": message.direction,
        "visibility": message.visibility,
        "from_name": message.from_.name if message.from_ else "",
        "from_address": message.from_.addr_spec if message.from_ else "",
        "to": [person_json(address) for address in message.to],
        "cc": [person_json(address) for address in message.cc],
        "from_customer": message.from_customer,
        "message_id": message.message_id,
        "text": message.text,
        "reply": message.reply,
        "html": message.html,
        "verdict": message.verdict,
    }
    id_ = int(_INSERT_MESSAGE.run(connection, values).scalar_one())
    rows = [
        {
            "message_id": id_,
            "filename": file.filename,
            "content_type": file.media_type,
            "size": file.attachment.size,
            "sha256": file.attachment.sha256,
            "inline": file.attachment.inline,
            "logo": file.logo,
            "content_id": file.attachment.content_id,
            "summary": file.attachment.summary,
            "state": "withheld" if file.withheld else "kept",
            "reason": file.withheld,
        }
        for file in files
    ]
    together.add(connection, _INSERT_FILE, rows)
    return id_


def set_fields(connection: Connection, ticket: int, values: Mapping[str, Any], now: datetime) -> None:
    """Writes columns of a ticket; times that belong to a status follow it."""
    status = values.get("status")
    times: dict[str, Any] = {"updated_at": now}
    if status is not None:
        # somebody has looked at it, or the customer has spoken: it neither sleeps nor waits for an answer any more
        values = {"snoozed_until": None, "asked_at": None, **values}
    if status == Status.RESOLVED:
        times["resolved_at"] = now
    elif status == Status.CLOSED:
        times["closed_at"] = now
    elif status is not None:
        times |= {"resolved_at": None, "closed_at": None}
    connection.execute(_UPDATE_TICKET, {"ticket": ticket, **values, **times})


_UPDATE_TICKET = update(tickets).where(tickets.c.id == bindparam("ticket"))


def fields_of(connection: Connection, ticket: int, fields: Iterable[str]) -> dict[str, Any]:
    """The stored values of columns of a ticket."""
    columns = [tickets.c[field] for field in fields]
    return dict(connection.execute(select(*columns).where(tickets.c.id == ticket)).one()._mapping)


def set_message_id(connection: Connection, message: int, message_id: str) -> None:
    """Gives a stored message the Message-ID under which it goes out."""
    connection.execute(update(messages).where(messages.c.id == message).values(message_id=message_id))


def note_first_response(connection: Connection, ticket: int, now: datetime) -> None:
    """Remembers when an agent answered first, and makes the type final."""
    connection.execute(update(tickets).where(tickets.c.id == ticket).values(type_final=True))
    unanswered = (tickets.c.id == ticket) & tickets.c.first_response_at.is_(None)
    connection.execute(update(tickets).where(unanswered).values(first_response_at=now))


def add_participants(connection: Connection, ticket: int, people: Iterable[Address], confirmed: bool) -> None:
    """Puts people on a ticket; those who are on it already stay as they are, or are confirmed from now on."""
    rows = [
        {"ticket_id": ticket, "address": person.addr_spec, "name": person.name, "confirmed": confirmed}
        for person in people
    ]
    if rows:
        (_CONFIRM_PARTICIPANT if confirmed else _ADD_PARTICIPANT).run_all(connection, rows)


_ADD_PARTICIPANT = Insert(lambda insert: insert(participants).on_conflict_do_nothing())
_CONFIRM_PARTICIPANT = Insert(
    lambda insert: insert(participants).on_conflict_do_update(
        index_elements=[participants.c.ticket_id, participants.c.address], set_={"confirmed": True}
    )
)


def record(
    connection: Connection, ticket: int | None, now: datetime, actor: str, *happened: tuple[str, Mapping[str, Any]]
) -> None:
    """Appends events, a (kind, detail) each."""
    rows = [
        {"ticket_id": ticket, "at": now, "actor": actor, "kind": kind, "detail": dict(detail)}
        for kind, detail in happened
    ]
    together.add(connection, _INSERT_EVENT, rows)


_SNAPSHOT = select(
    tickets.c.id,
    tickets.c.number,
    tickets.c.title,
    tickets.c.status,
    tickets.c.priority,
    tickets.c.type,
    tickets.c.type_final,
    tickets.c.team,
    tickets.c.assignee,
    tickets.c.desk_address,
    tickets.c.language,
    tickets.c.tags,
    tickets.c.quiet,
    tickets.c.order_number,
    tickets.c.possible_reply_to,
    tickets.c.merged_into_id,
    tickets.c.updated_at,
    people.c.address,
    people.c.name,
    people.c.bounced_at,
    people.c.complained_at,
).select_from(tickets.outerjoin(people, tickets.c.contact_id == people.c.id))
_BY_ID = _SNAPSHOT.where(tickets.c.id == bindparam("ticket"))
#: Locks a ticket.
LOCK = select(tickets.c.id).where(tickets.c.id == bindparam("ticket")).with_for_update()
_BY_NUMBER = _SNAPSHOT.where(folded_number == func.lower(bindparam("number")))
_FOLLOW_UP = (
    select(tickets.c.id)
    .join(people, tickets.c.contact_id == people.c.id)
    .where(tickets.c.follows_id == bindparam("ticket"), people.c.address == bindparam("address"))
    .order_by(tickets.c.id.desc())
    .limit(1)
)
_PARTICIPANTS = (
    select(participants.c.address, participants.c.name, participants.c.confirmed)
    .where(participants.c.ticket_id == bindparam("ticket"))
    .order_by(participants.c.address)
)


def snapshot(connection: Connection, ticket: int) -> Ticket | None:
    """The ticket of this id as the rules see it."""
    return _ticket(connection, connection.execute(_BY_ID, {"ticket": ticket}).one_or_none())


def current(connection: Connection, ticket: int) -> Ticket:
    """The same of a ticket that is there."""
    found = snapshot(connection, ticket)
    assert found is not None
    return found


def ours(connection: Connection, ticket: Ticket) -> Ticket:
    """The same as it is by now; nobody else changes it before this transaction ends."""
    if connection.dialect.name == "sqlite":
        return ticket  # whoever writes has the whole store
    # (by itself: whatever the statement that waits for a row joins to it is of the time before)
    connection.execute(LOCK, {"ticket": ticket.id})
    return current(connection, ticket.id)


def find_by_number(connection: Connection, number: str) -> Ticket | None:
    """The ticket of this number, written in whatever format was in force; capitals or not is the same."""
    return _ticket(connection, connection.execute(_BY_NUMBER, {"number": number}).one_or_none())


def _ticket(connection: Connection, row: Any) -> Ticket | None:
    if row is None:
        return None
    others = connection.execute(_PARTICIPANTS, {"ticket": row.id}).all()
    return Ticket(
        id=row.id, number=row.number, title=row.title, status=Status(row.status), priority=Priority(row.priority),
        type=row.type, type_final=row.type_final, team=row.team, assignee=row.assignee,
        desk_address=row.desk_address, language=row.language,
        tags=tuple(row.tags), updated_at=row.updated_at, quiet=row.quiet, merged_into=row.merged_into_id,
        order_number=row.order_number, possible_reply_to=row.possible_reply_to,
        participants=frozenset(person.address for person in others),
        copied=tuple(Address(name=one.name, addr_spec=one.address) for one in others if one.confirmed),
        contact=Address(name=row.name, addr_spec=row.address) if row.address else None,
        standing=Standing(bounced=row.bounced_at is not None, complained=row.complained_at is not None),
    )  # fmt: skip


def follow_up(connection: Connection, ticket: int, addr_spec: str) -> Ticket | None:
    """The newest ticket that mail from `addr_spec` to this closed one has opened, as it is now: it may be merged."""
    wanted = {"ticket": ticket, "address": addr_spec}
    found = connection.execute(_FOLLOW_UP, wanted).scalar_one_or_none()
    return heir(connection, snapshot(connection, found)) if found is not None else None


def heir(connection: Connection, ticket: Ticket | None) -> Ticket | None:
    """The ticket that has the messages of `ticket` now: itself, or the one that it was merged into."""
    for _ in range(_MERGED_IN_A_ROW):
        if ticket is None or ticket.merged_into is None:
            break
        ticket = snapshot(connection, ticket.merged_into)
    return ticket


#: Nobody merges so often; and a circle, which we never make, would not hold up the writer.
_MERGED_IN_A_ROW = 100
