"""What happens when the agent who was just given a ticket is away? Its team has it again, and hears of it again."""

from dataclasses import replace

from sqlalchemy import Connection

from mailticket.actions.arrival import Arrival
from mailticket.actions.context import Context
from mailticket.actions.outgoing import send
from mailticket.desk.absence import gives_back, status_without_agent
from mailticket.desk.notifications import notification, team_of, without
from mailticket.desk.ticket import Ticket
from mailticket.store import history, tickets
from mailticket.store.references import thread_of


def hand_back(connection: Connection, context: Context, arrival: Arrival, ticket: Ticket, absent: str) -> None:
    """Takes `ticket` from the agent with the registered address `absent`, where it is theirs and was just given."""
    now = arrival.now
    given = history.assigned_at(connection, ticket.id, absent)
    worked_on = given is not None and history.worked_on_since(connection, ticket.id, given)
    if not gives_back(ticket, absent, given, worked_on, now):
        return
    status = status_without_agent(ticket.status)
    tickets.set_fields(connection, ticket.id, {"assignee": "", "status": str(status)}, now)
    happened = [("handed_back", {"agent": absent, "team": ticket.team})]
    happened.append(("changed", {"field": "assignee", "from": absent, "to": ""}))
    if status is not ticket.status:
        happened.append(("changed", {"field": "status", "from": str(ticket.status), "to": str(status)}))
    tickets.record(connection, ticket.id, now, "mailticket", *happened)
    _tell_the_others(connection, context, arrival, replace(ticket, assignee="", status=status), absent)


def _tell_the_others(connection: Connection, context: Context, arrival: Arrival, ticket: Ticket, absent: str) -> None:
    said = history.last_said(connection, ticket.id)
    away = [agent for agent in context.policy.agents if agent.address == absent]
    others = without(away, team_of(ticket, context.policy), context.policy)
    if said is None or not others:
        return
    thread = thread_of(connection, ticket.id)
    for agent in others:
        notice = notification(agent, ticket, said.message, said.author, said.verdict, (), thread, context.policy)
        send(connection, context, notice, ticket.id, arrival.now)
    told = {"to": [agent.address for agent in others], "message": str(said.message)}
    tickets.record(connection, ticket.id, arrival.now, "mailticket", ("agents_notified", told))
