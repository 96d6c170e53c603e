"""How do two tickets become one, one two, and one a part of another? For agents' mail, commands and console alike."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from mailticket.actions.context import Context
from mailticket.actions.due import due_of_new
from mailticket.actions.notifying import hand_over, tell_again
from mailticket.actions.outgoing import take_back_update
from mailticket.desk.notifications import audience, present
from mailticket.desk.relations import NOTHING_TO_SPLIT, refuse_merge, refuse_parent
from mailticket.desk.status import UNANSWERED, after_customer_mail, after_taking
from mailticket.desk.ticket import Source, Status, Ticket
from mailticket.errors import NotValid
from mailticket.store import absences, history, opening, relating, tickets
from mailticket.store.opening import NewTicket


def merge(connection: Connection, context: Context, ticket: Ticket, into: Ticket, actor: str, now: datetime) -> Ticket:
    """Moves all of `ticket` to `into` and closes it; later mail to the old number comes to the new one.

    Customers are not written to. Their words that nobody has answered wait on the new ticket, and whoever has that
    hears of them. Returns it. Raises NotValid.
    """
    refuse_merge(ticket, into)
    take_back_update(connection, ticket.id, now)
    count = relating.move_all(connection, ticket, into)
    relating.move_people(connection, ticket, into)
    relating.move_children(connection, ticket.id, into.id)
    tickets.set_fields(
        connection, ticket.id, {"status": str(Status.CLOSED), "merged_into_id": into.id, "parent_id": None}, now
    )
    gone = [("merged_into", {"ticket": into.number})]
    if ticket.status is not Status.CLOSED:
        gone.append(("changed", {"field": "status", "from": str(ticket.status), "to": str(Status.CLOSED)}))
    tickets.record(connection, ticket.id, now, actor, *gone)
    waits = ticket.status in UNANSWERED
    status = after_customer_mail(into.status) if waits else into.status
    # (a guard that keeps answers in comes with what it guards)
    values: dict[str, object] = {"tags": list(dict.fromkeys((*into.tags, *ticket.tags)))}
    came: list[tuple[str, dict[str, str]]] = [("merged", {"ticket": ticket.number, "messages": str(count)})]
    if status is not into.status:
        take_back_update(connection, into.id, now)
        values["status"] = str(status)
        came.append(("changed", {"field": "status", "from": str(into.status), "to": str(status)}))
    tickets.set_fields(connection, into.id, values, now)
    tickets.record(connection, into.id, now, actor, *came)
    merged = tickets.current(connection, into.id)
    if waits:
        hand_over(connection, context, ticket, merged, actor, now)
    return merged


def can_split(connection: Connection, ticket: int) -> bool:
    """Whether something is left of the ticket when the customer's last message is taken away."""
    return relating.messages_on(connection, ticket) > 1 and history.last_said(connection, ticket) is not None


def split(connection: Connection, context: Context, ticket: Ticket, actor: str, now: datetime) -> Ticket:
    """Makes the customer's last message a ticket of its own, of the same people at the desk: they hear of it, and so
    does who has said so, to answer it there. Customers are not written to. Raises NotValid.
    """
    said = history.last_said(connection, ticket.id)
    if said is None or not can_split(connection, ticket.id):
        raise NotValid("split", NOTHING_TO_SPLIT)
    apart = NewTicket(
        at=now,
        title=ticket.title,
        contact=said.author if said.author.addr_spec else None,
        source=Source(tickets.fields_of(connection, ticket.id, ["source"])["source"]),
        desk_address=ticket.desk_address,
        team=ticket.team,
        language=ticket.language,
        tags=ticket.tags,
        due_at=due_of_new(context, ticket.team, now),
    )
    new = opening.open_ticket(connection, apart, context.policy.numbering, context.day(now))
    relating.move_message(connection, said.message, new.id)
    status = after_taking(new.status) if ticket.assignee else new.status
    tickets.set_fields(connection, new.id, {"assignee": ticket.assignee, "status": str(status)}, now)
    opened = {"message": str(said.message), "split_from": ticket.number}
    tickets.record(connection, new.id, now, actor, ("opened", opened))
    tickets.record(connection, ticket.id, now, actor, ("split", {"ticket": new.number, "message": str(said.message)}))
    new = replace(new, assignee=ticket.assignee, status=status)
    hearers = audience(new, context.policy, said.author.addr_spec)
    tell_again(connection, context, new, present(hearers, absences.away(connection, now), new, context.policy), now)
    return new


def hang(connection: Connection, ticket: Ticket, parent: Ticket | None, actor: str, now: datetime) -> None:
    """Makes `ticket` a part of `parent`, or of nothing. Raises NotValid."""
    if parent is not None:
        refuse_parent(ticket, parent, relating.lineage(connection, parent.id))
    before = tickets.fields_of(connection, ticket.id, ["parent_id"])["parent_id"]
    after = parent.id if parent else None
    if before == after:
        return
    old = tickets.snapshot(connection, before) if before else None
    tickets.set_fields(connection, ticket.id, {"parent_id": after}, now)
    detail = {"field": "parent", "from": old.number if old else "", "to": parent.number if parent else ""}
    tickets.record(connection, ticket.id, now, actor, ("changed", detail))
