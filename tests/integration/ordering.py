"""How do tests of agents' orders give them? As the pipeline does with a reply; and what came of it."""

from typing import Any

from mailticket.actions.orders import carry_out, scene_of
from mailticket.desk.commands import read_commands
from mailticket.desk.orders import Macro
from mailticket.desk.policy import Agent
from mailticket.desk.ticket import Ticket
from mailticket.store import tickets
from tests.factories import ANN
from tests.integration.nodes import Node

BEN = Agent(name="Ben Bauer", address="ben@acme.example", teams=("returns",))
LEA = Agent(name="Lea Lead", address="lea@acme.example", lead=True)
THANKS = Macro(name="thanks", text="Thank you!", fields={"status": "resolved"})


def order(desk: Node, number: str, text: str, agent: Agent = ANN, answered: bool = False) -> tuple[str, ...]:
    """What pipeline does with an agent's reply; the problems, where there are any."""
    with desk.store.writing() as connection:
        ticket = tickets.find_by_number(connection, number)
        assert ticket is not None
        scene = scene_of(connection, desk.context, ticket, agent, desk.clock.time, {"thanks": THANKS})
        orders = read_commands(text, scene)
        if not orders.problems:
            carry_out(connection, desk.context, ticket, orders, agent, desk.clock.time, _said if answered else None)
    return tuple(problem.message for problem in orders.problems)


def _said(ticket: Ticket) -> Ticket:
    """Stands for an answer that goes out with the orders."""
    return ticket


def changes(desk: Node, number: str) -> list[tuple[str, Any, Any]]:
    """Field, before, after of every change by an agent."""
    return [
        (event["detail"]["field"], event["detail"]["from"], event["detail"]["to"])
        for event in desk.show(number)["events"]
        if event["kind"] == "changed" and event["actor"] == ANN.address
    ]


def kinds(desk: Node, number: str) -> list[str]:
    return [event["kind"] for event in desk.show(number)["events"]]


def notified(desk: Node, since: int = 0) -> list[str]:
    return [to for kind, to in desk.queued(notifications=True)[since:] if kind == "agent_notification"]
