"""What does a customer's click do? An event, a rating, no more updates; no mail goes back to the customer."""

from datetime import datetime

from sqlalchemy import Connection

from mailticket.actions.arrival import Arrival
from mailticket.actions.context import Context
from mailticket.actions.mail import keep_words
from mailticket.actions.notifying import tell_agents
from mailticket.actions.outgoing import take_back_update
from mailticket.desk.customer_buttons import RATINGS, Press
from mailticket.desk.decision import TakeFeedback
from mailticket.desk.receipt import Added, Ignored
from mailticket.desk.ticket import Ticket
from mailticket.store import tickets, used_buttons
from mailticket.store.relating import stop_copies


def take_feedback(
    connection: Connection, context: Context, arrival: Arrival, decision: TakeFeedback
) -> tuple[Added | Ignored, int, int | None]:
    """Notes what the customer says, once a button. Words in it are kept as a message, and are new the second time, too.

    Returns ids of ticket and message.
    """
    ticket, now = arrival.thread.ticket, arrival.now
    assert ticket is not None and ticket.id == decision.ticket
    is_new = not decision.token or used_buttons.use(connection, decision.token, now) is None
    if not is_new and not decision.kept:
        return Ignored(reason="button_used_before"), ticket.id, None
    message = keep_words(connection, arrival, ticket, decision.told) if decision.kept else None
    if is_new:
        _note(connection, ticket, decision.press, arrival.actor, now)
    if decision.told and message is not None:
        tell_agents(connection, context, arrival, ticket, message)
    return Added(ticket=ticket.number), ticket.id, message


def _note(connection: Connection, ticket: Ticket, press: Press, actor: str, now: datetime) -> None:
    if press in RATINGS:
        tickets.set_fields(connection, ticket.id, {"satisfaction": str(press)}, now)
        tickets.record(connection, ticket.id, now, actor, ("rated", {"satisfaction": str(press)}))
    elif press is Press.STOP:
        _stop_updates(connection, ticket, actor, now)
    else:
        tickets.record(connection, ticket.id, now, actor, ("found_solved", {}))


def _stop_updates(connection: Connection, ticket: Ticket, actor: str, now: datetime) -> None:
    """The customer hears of no status any more; who is copied gets no more copies. Answers go to the customer still."""
    if ticket.contact is not None and ticket.contact.addr_spec == actor:
        take_back_update(connection, ticket.id, now)
        tickets.set_fields(connection, ticket.id, {"quiet": True}, now)
    else:
        stop_copies(connection, ticket.id, actor)
    tickets.record(connection, ticket.id, now, actor, ("updates_stopped", {"address": actor}))
