"""What can a person do to a ticket? Change fields, answer, note: for commands, jobs and agents' mail alike."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from mailticket.actions.context import Context
from mailticket.actions.outgoing import send, take_back_update, tell_of_status
from mailticket.desk import notices
from mailticket.desk.policy import Agent
from mailticket.desk.status import after_agent_answer, after_taking
from mailticket.desk.ticket import SIGN_UP_CODE, Direction, Status, Ticket, Visibility
from mailticket.desk.validation import checked_answer, checked_changes
from mailticket.errors import NotValid
from mailticket.mail.identity import Verdict
from mailticket.mail.message import Address
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
    hears what concerns them.

    Raises NotValid, and then nothing is changed.
    """
    values = checked_changes(requested, context.policy)
    if values.get("assignee") and "status" not in values:
        taken = after_taking(ticket.status)
        if taken is not ticket.status:
            values["status"] = str(taken)
    before = store.fields_of(connection, ticket.id, values)
    changed = {field: value for field, value in values.items() if value != before[field]}
    if not changed:
        return ticket
    happened = [("changed", {"field": field, "from": before[field], "to": value}) for field, value in changed.items()]
    if "type" in changed:
        changed["type_final"] = True
    store.set_fields(connection, ticket.id, changed, now)
    store.record(connection, ticket.id, now, actor, *happened)
    after = store.snapshot(connection, ticket.id)
    assert after is not None
    if tell:
        tell_of_status(connection, context, after, ticket.status, now)
    return after


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
        at=now, direction=Direction.OUTBOUND, from_=_author(context, agent), to=(contact,), cc=ticket.copied,
        from_customer=False,
        message_id="", text=text, reply=text, verdict=Verdict.PASS,
    )  # fmt: skip
    id_ = store.add_message(connection, ticket.id, message)
    return send_answer(connection, context, ticket, id_, agent, actor, now)


def confirm_participants(connection: Connection, ticket: Ticket, people: Sequence[Address]) -> Ticket:
    """An agent has written to `people`: from now on they get the answers. Returns the ticket as it is then."""
    if not people:
        return ticket
    store.add_participants(connection, ticket.id, people, confirmed=True)
    after = store.snapshot(connection, ticket.id)
    assert after is not None
    return after


def send_answer(
    connection: Connection,
    context: Context,
    ticket: Ticket,
    message: int,
    agent: Agent | None,
    actor: str,
    now: datetime,
    reached: Collection[str] = (),
) -> str:
    """Sends a stored public message to the customer and to whoever is copied, and moves the ticket on.

    Returns its Message-ID, "" where nobody is left to send to.
    """
    thread = thread_of(connection, ticket.id)
    notice = notices.answer(ticket, message, agent, thread, context.policy, reached)
    sent = send(connection, context, notice, ticket.id, now) if notice.to or notice.cc else ""
    if sent:
        store.set_message_id(connection, message, sent)
    happened = [("answered", {"message": str(message)})]
    status = after_agent_answer()
    changes: dict[str, object] = {"status": str(status)}
    if agent is not None and not ticket.assignee:
        # the first agent who answers an unassigned ticket has it
        changes["assignee"] = agent.address
        happened.append(("changed", {"field": "assignee", "from": "", "to": agent.address}))
    if status is not ticket.status:
        take_back_update(connection, ticket.id, now)
        happened.append(("changed", {"field": "status", "from": str(ticket.status), "to": str(status)}))
    store.set_fields(connection, ticket.id, changes, now)
    store.note_first_response(connection, ticket.id, now)
    store.record(connection, ticket.id, now, actor, *happened)
    return sent


def note(
    connection: Connection, context: Context, ticket: Ticket, text: str, agent: Agent | None, actor: str, now: datetime
) -> int:
    """An internal note: agents read it, customers never do. Returns the message's id. Raises NotValid."""
    text = checked_answer(text)
    message = NewMessage(
        at=now, direction=Direction.OUTBOUND, visibility=Visibility.INTERNAL, from_=_author(context, agent),
        from_customer=False, message_id="", text=text, reply=text, verdict=Verdict.PASS,
    )  # fmt: skip
    id_ = store.add_message(connection, ticket.id, message)
    store.set_fields(connection, ticket.id, {}, now)
    store.record(connection, ticket.id, now, actor, ("noted", {"message": str(id_)}))
    return id_


def close_resolved(connection: Connection, context: Context, now: datetime, limit: int = 200) -> list[str]:
    """Closes tickets that have been resolved for `[lifecycle] close_resolved_after_days`. Returns their numbers.

    Nobody is written to: the mail about the resolution has said that this will happen.
    """
    closed = []
    for id_ in store.resolved_before(connection, now - context.policy.close_resolved_after, limit):
        ticket = store.snapshot(connection, id_)
        assert ticket is not None
        change(connection, context, ticket, {"status": str(Status.CLOSED)}, "mailticket", now, tell=False)
        closed.append(ticket.number)
    return closed


def _author(context: Context, agent: Agent | None) -> Address:
    if agent is None:
        return Address(name=context.policy.desk_name, addr_spec=context.policy.desk_address)
    return Address(name=agent.name, addr_spec=agent.address)
