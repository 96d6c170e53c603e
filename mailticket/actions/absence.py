"""What happens when the agent who was just given a ticket is away? Its team has it again, and hears of it again."""

from dataclasses import replace

from sqlalchemy import Connection

from mailticket.actions.arrival import Arrival
from mailticket.actions.context import Context
from mailticket.actions.notifying import tell_again
from mailticket.desk.absence import gives_back, status_without_agent
from mailticket.desk.notifications import present, team_of, without
from mailticket.desk.ticket import Ticket
from mailticket.store import absences, history, tickets


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
    gone = [agent for agent in context.policy.agents if agent.address == absent]
    hearers = without(gone, team_of(ticket, context.policy), context.policy)
    given_back = replace(ticket, assignee="", status=status)
    away = {absent, *absences.away(connection, now)}
    tell_again(connection, context, given_back, present(hearers, away, given_back, context.policy), now)
