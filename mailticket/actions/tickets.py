"""What can a person do to a ticket? Change fields, answer, note: for commands, jobs and agents' mail alike."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from mailticket.actions.context import Context
from mailticket.actions.customer_links import customer_links
from mailticket.actions.due import moved_due, settled_due
from mailticket.actions.notifying import hand_over
from mailticket.actions.outgoing import send, take_back_update, tell_of_status
from mailticket.desk import notices
from mailticket.desk.attachments import Judged
from mailticket.desk.customer_buttons import FEEDBACK
from mailticket.desk.desks import from_address
from mailticket.desk.policy import Agent
from mailticket.desk.status import after_taking
from mailticket.desk.ticket import SIGN_UP_CODE, Direction, Status, Ticket, Visibility
from mailticket.desk.validation import OWN_FIELD, checked_answer, checked_changes, refuse_final_type
from mailticket.errors import NotValid
from mailticket.mail.identity import Verdict
from mailticket.mail.markdown import as_html
from mailticket.mail.message import Address
from mailticket.store import due, history
from mailticket.store import tickets as store
from mailticket.store.references import thread_of
from mailticket.store.tickets import NewMessage


def change(
    connection: Connection,
    context: Context,
    ticket: Ticket,
    requested: Mapping[str, str],
    actor: str,
    now: datetime,
    tell: bool = True,
) -> Ticket:
    """Sets fields as a person wrote them; every one that changes is an event, and where `tell` is set the customer
    hears what concerns them. So does an agent to whom the ticket is given.

    Raises NotValid, and then nothing is changed.
    """
    checked = checked_changes(requested, context.policy, now)
    after = set_values(connection, context, ticket, checked, actor, now, tell)
    hand_over(connection, context, ticket, after, actor, now)
    return after


def set_values(
    connection: Connection,
    context: Context,
    ticket: Ticket,
    checked: Mapping[str, Any],
    actor: str,
    now: datetime,
    tell: bool = True,
) -> Ticket:
    """`change` with values that the one validator has seen. Raises NotValid where the type is final."""
    refuse_final_type(ticket, checked)
    values = dict(checked)
    if values.get("assignee") and "status" not in values:
        taken = after_taking(ticket.status)
        if taken is not ticket.status:
            values["status"] = str(taken)
    values |= moved_due(connection, context, ticket, values)
    before = store.fields_of(connection, ticket.id, values) if values else {}
    if "fields" in values:
        values["fields"] = {name: text for name, text in (before["fields"] | values["fields"]).items() if text}
    changed = {field: value for field, value in values.items() if value != before[field]}
    happened: list[tuple[str, Mapping[str, Any]]] = list(_differences(before, changed))
    if values.get("status") == Status.PENDING_CUSTOMER:
        # who says so has asked something
        changed["asked_at"] = now
        happened.append(("asked", {}))
    if not changed:
        return ticket
    if "type" in values:
        changed["type_final"] = True
    store.set_fields(connection, ticket.id, changed, now)
    store.record(connection, ticket.id, now, actor, *happened)
    after = store.current(connection, ticket.id)
    if tell:
        tell_of_status(connection, context, after, ticket.status, now)
    return after


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """An event for every field; the desk's own fields one by one."""
    for field, value in after.items():
        if field == "fields":
            old = before[field]
            names = [name for name in {**old, **value} if old.get(name) != value.get(name)]
            pairs = [(OWN_FIELD + name, old.get(name, ""), value.get(name, "")) for name in names]
        else:
            pairs = [(field, before[field], value)]
        for name, was, is_ in pairs:
            yield "changed", {"field": name, "from": _plain(was), "to": _plain(is_)}


def _plain(value: Any) -> Any:
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value


def answer(
    connection: Connection,
    context: Context,
    ticket: Ticket,
    text: str,
    agent: Agent | None,
    actor: str,
    now: datetime,
    to_all: bool = False,
) -> str:
    """An answer to the customer, written here and not in a mail. Returns its Message-ID. Raises NotValid.

    `to_all`: from now on answers go to everybody who is on the ticket.
    """
    text = checked_answer(text)
    contact = ticket.contact
    if SIGN_UP_CODE in ticket.tags:
        raise NotValid(
            "tags", f"{SIGN_UP_CODE} keeps answers in: they could hold another service's code; take it off first"
        )
    if contact is None:
        raise NotValid("contact", "this ticket has no address to answer to")
    if to_all:
        ticket = confirm_participants(connection, ticket, [Address(addr_spec=one) for one in ticket.participants])
    message = NewMessage(
        at=now, direction=Direction.OUTBOUND, from_=_author(context, ticket, agent), to=(contact,), cc=ticket.copied,
        from_customer=False,
        message_id="", text=text, reply=text, html=as_html(text) if context.policy.markdown else None,
        verdict=Verdict.PASS,
    )  # fmt: skip
    id_ = store.add_message(connection, ticket.id, message)
    return send_answer(connection, context, ticket, id_, agent, actor, now)


def confirm_participants(connection: Connection, ticket: Ticket, people: Sequence[Address]) -> Ticket:
    """An agent has written to `people`: from now on they get the answers. Returns the ticket as it is then."""
    if not people:
        return ticket
    store.add_participants(connection, ticket.id, people, confirmed=True)
    return store.current(connection, ticket.id)


def send_answer(
    connection: Connection,
    context: Context,
    ticket: Ticket,
    message: int,
    agent: Agent | None,
    actor: str,
    now: datetime,
    reached: Collection[str] = (),
    ends: Status | None = None,
    status: Status | None = Status.PENDING_CUSTOMER,
    claims: bool = True,
    delay: timedelta = timedelta(),
) -> str:
    """Sends a stored public message to the customer and to whoever is copied, and moves the ticket on.

    `ends`: RESOLVED or CLOSED where the ticket becomes so with it; the mail says so, and no other one will. `status`,
    `claims`: what this makes of the ticket by itself, see `move_on`. `delay`: so long it can be taken back. Returns its
    Message-ID, "" where nobody is left to send to.
    """
    thread = thread_of(connection, ticket.id)
    links = customer_links(context, ticket, FEEDBACK, now) if ends is Status.RESOLVED else None
    said = history.last_said(connection, ticket.id)
    notice = notices.answer(ticket, message, agent, thread, context.policy, reached, links, said, ends is Status.CLOSED)
    sent = send(connection, context, notice, ticket.id, now, delay) if notice.to or notice.cc else ""
    if sent:
        store.set_message_id(connection, message, sent)
    settled_due(connection, context, ticket, now)
    move_on(connection, ticket, message, agent if claims else None, actor, now, status)
    return sent


def move_on(
    connection: Connection,
    ticket: Ticket,
    message: int,
    agent: Agent | None,
    actor: str,
    now: datetime,
    status: Status | None,
) -> None:
    """The customer has an answer: who has the ticket now, and its new status (None: it stays)."""
    happened = [("answered", {"message": str(message)})]
    changes: dict[str, object] = {"status": str(status)} if status is not None else {}
    if agent is not None and not ticket.assignee:
        # the first agent who answers an unassigned ticket has it
        changes["assignee"] = agent.address
        happened.append(("changed", {"field": "assignee", "from": "", "to": agent.address}))
    if status is not None and status is not ticket.status:
        take_back_update(connection, ticket.id, now)
        happened.append(("changed", {"field": "status", "from": str(ticket.status), "to": str(status)}))
    store.set_fields(connection, ticket.id, changes, now)
    store.note_first_response(connection, ticket.id, now)
    store.record(connection, ticket.id, now, actor, *happened)


def note(
    connection: Connection,
    context: Context,
    ticket: Ticket,
    text: str,
    agent: Agent | None,
    actor: str,
    now: datetime,
    files: Sequence[Judged] = (),
) -> int:
    """An internal note: agents read it, customers never do. Returns the message's id. Raises NotValid."""
    text = checked_answer(text)
    message = NewMessage(
        at=now, direction=Direction.OUTBOUND, visibility=Visibility.INTERNAL, from_=_author(context, ticket, agent),
        from_customer=False, message_id="", text=text, reply=text, verdict=Verdict.PASS,
    )  # fmt: skip
    id_ = store.add_message(connection, ticket.id, message, files)
    store.set_fields(connection, ticket.id, {}, now)
    store.record(connection, ticket.id, now, actor, ("noted", {"message": str(id_)}))
    return id_


def close_resolved(connection: Connection, context: Context, now: datetime, limit: int = 200) -> list[str]:
    """Closes tickets that have been resolved for `[lifecycle] close_resolved_after_days`. Returns their numbers.

    Nobody is written to: the mail about the resolution has said that this will happen. With 0 days it never does.
    """
    if not context.policy.close_resolved_after:
        return []
    closed = []
    for id_ in due.resolved_before(connection, now - context.policy.close_resolved_after, limit):
        ticket = store.current(connection, id_)
        change(connection, context, ticket, {"status": str(Status.CLOSED)}, "mailticket", now, tell=False)
        closed.append(ticket.number)
    return closed


def _author(context: Context, ticket: Ticket, agent: Agent | None) -> Address:
    if agent is None:
        return from_address(ticket, context.policy)
    return Address(name=agent.name, addr_spec=agent.address)
