"""What does a ticket look like from outside? The JSON of `ticket show` and `ticket list`, as contract.md has it."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, or_, select

from mailticket.desk.notice import NoticeKind
from mailticket.desk.ticket import Source
from mailticket.store.dialect import Lower
from mailticket.store.tables import (
    attachments,
    contacts,
    events,
    folded_number,
    messages,
    outbox,
    participants,
    tickets,
)

#: What delivery says of a message that went out.
_DELIVERY = {"queued": "queued", "sent": "sent", "failed": "failed", "bounced": "bounced", "cancelled": None}


def show(connection: Connection, number: str) -> dict[str, Any] | None:
    """One ticket with its messages and events, None where there is none of this number."""
    row = connection.execute(_joined().where(folded_number == func.lower(number))).one_or_none()
    if row is None:
        return None
    (head,) = _heads(connection, [row])
    return {
        **head,
        "messages": _messages(connection, row.id),
        "events": [
            {"at": event.at, "actor": event.actor, "kind": event.kind, "detail": event.detail}
            for event in connection.execute(select(events).where(events.c.ticket_id == row.id).order_by(events.c.id))
        ],
    }


def listing(
    connection: Connection, *, status: str = "", assignee: str = "", team: str = "", query: str = "", limit: int = 50
) -> dict[str, Any]:
    """Tickets that match all that is given, last changed first. `query` looks in number, title and contact."""
    wanted = [
        column == value
        for column, value in ((tickets.c.status, status), (tickets.c.assignee, assignee), (tickets.c.team, team))
        if value
    ]
    if query:
        wanted.append(is_like(query))
    matching = _joined().where(*wanted)
    total = connection.execute(select(func.count()).select_from(matching.subquery())).scalar_one()
    rows = connection.execute(matching.order_by(tickets.c.updated_at.desc(), tickets.c.id.desc()).limit(limit)).all()
    return {"tickets": _heads(connection, rows), "total": total}


def is_like(query: str) -> ColumnElement[bool]:
    """Whether a ticket, joined with its contact, has `query` in its number, title or contact."""
    # (asking Python row by row takes its time)
    lower = func.lower if query.isascii() else Lower
    pattern = "%" + query.lower().replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
    columns = (tickets.c.number, tickets.c.title, contacts.c.address, contacts.c.name)
    return or_(*[lower(column).like(pattern, escape="\\") for column in columns])


def _joined() -> Select[Any]:
    joined = tickets.outerjoin(contacts, tickets.c.contact_id == contacts.c.id)
    for other, id_ in _OTHERS:
        joined = joined.outerjoin(other, other.c.id == tickets.c[id_])
    return select(
        tickets,
        *(other.c.number.label(other.name) for other, _ in _OTHERS),
        contacts.c.name,
        contacts.c.address,
        contacts.c.phone,
        contacts.c.tags.label("contact_tags"),
        contacts.c.bounced_at,
        contacts.c.complained_at,
    ).select_from(joined)


#: Tickets that a ticket names, by their columns there.
_OTHERS = tuple((tickets.alias(name), f"{name}_id") for name in ("parent", "follows", "merged_into"))


def _heads(connection: Connection, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """All but messages and events: two statements, however many tickets there are."""
    ids = [row.id for row in rows]
    people: dict[int, list[dict[str, str]]] = {}
    on_them = select(participants).where(participants.c.ticket_id.in_(ids)).order_by(participants.c.address)
    for person in connection.execute(on_them):
        people.setdefault(person.ticket_id, []).append({"name": person.name, "address": person.address})
    children: dict[int, list[str]] = {}
    parts = select(tickets.c.parent_id, tickets.c.number).where(tickets.c.parent_id.in_(ids)).order_by(tickets.c.id)
    for part in connection.execute(parts):
        children.setdefault(part.parent_id, []).append(part.number)
    return [_head(row, people.get(row.id, []), children.get(row.id, [])) for row in rows]


def _head(row: Row[Any], people: list[dict[str, str]], children: list[str]) -> dict[str, Any]:
    # who has called and has no address is known from the ticket alone
    caller = row.fields if row.contact_id is None and row.source == Source.PHONE else {}
    return {
        "number": row.number,
        "title": row.title,
        "status": row.status,
        "priority": row.priority,
        "type": row.type,
        "type_final": row.type_final,
        "team": row.team or None,
        "source": row.source,
        "contact": {
            "name": row.name or caller.get("caller", ""),
            "address": row.address,
            "phone": row.phone or caller.get("phone"),
            "tags": row.contact_tags or [],
            "bounced_at": row.bounced_at,
            "complained_at": row.complained_at,
        },
        "assignee": row.assignee or None,
        "participants": people,
        "tags": row.tags,
        "fields": row.fields,
        "order_number": row.order_number or None,
        "language": row.language or None,
        "outcome": row.outcome or None,
        "resolution": row.resolution or None,
        "parent": row.parent,
        "children": children,
        "follows": row.follows,
        "merged_into": row.merged_into,
        "possible_reply_to": row.possible_reply_to or None,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "first_response_at": row.first_response_at,
        "resolved_at": row.resolved_at,
        "closed_at": row.closed_at,
        "due_at": row.due_at,
        "satisfaction": row.satisfaction,
    }


def _messages(connection: Connection, ticket: int) -> list[dict[str, Any]]:
    # notifications of agents carry customers' messages, too; what became of those is not the message's fate
    carries = outbox.c.stored_message_id == messages.c.id
    rows = connection.execute(
        select(messages, outbox.c.state)
        .select_from(messages.outerjoin(outbox, carries & (outbox.c.kind == NoticeKind.REPLY)))
        .where(messages.c.ticket_id == ticket)
        .order_by(messages.c.at, messages.c.id)
    ).all()
    files = _files(connection, [row.id for row in rows])
    return [
        {
            "id": str(row.id),
            "at": row.at,
            "direction": row.direction,
            "visibility": row.visibility,
            "from": {"name": row.from_name, "address": row.from_address},
            "to": row.to,
            "cc": row.cc,
            "from_customer": row.from_customer,
            "message_id": row.message_id or None,
            "text": row.text,
            "reply": row.reply,
            "html": row.html,
            "verdict": row.verdict,
            "read_at": row.read_at,
            "delivery": _DELIVERY.get(row.state),
            "attachments": files.get(row.id, []),
        }
        for row in rows
    ]


def _files(connection: Connection, ids: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    rows = connection.execute(
        select(attachments).where(attachments.c.message_id.in_(list(ids))).order_by(attachments.c.id)
    )
    for row in rows:
        found.setdefault(row.message_id, []).append(
            {
                "filename": row.filename,
                "content_type": row.content_type,
                "size": row.size,
                "sha256": row.sha256,
                "inline": row.inline,
                "logo": row.logo,
                "content_id": row.content_id or None,
                "summary": row.summary or None,
                "state": row.state,
                "reason": row.reason or None,
            }
        )
    return found
