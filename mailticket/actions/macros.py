"""Which words do the desk's macros have for this ticket? What they name is looked up when one of them is used."""

from collections.abc import Mapping

from sqlalchemy import Connection

from mailticket.actions.context import Context
from mailticket.desk.desks import desk_of
from mailticket.desk.macros import Macros
from mailticket.desk.notices import greeting_name
from mailticket.desk.orders import Macro
from mailticket.desk.policy import Agent
from mailticket.desk.ticket import Ticket
from mailticket.store import tickets


def macros_for(connection: Connection, context: Context, ticket: Ticket | None, agent: Agent) -> Mapping[str, Macro]:
    """What `#macro NAME` stands for when `agent` writes it on `ticket`, None where the mail opens one."""
    policy = context.policy

    def values() -> Mapping[str, str]:
        if ticket is None:
            return {"agent_name": agent.name, "desk_name": policy.desk_name}
        order_number = tickets.fields_of(connection, ticket.id, ["order_number"])["order_number"]
        return {
            "greeting_name": greeting_name(ticket.contact) if ticket.contact else "",
            "number": ticket.number,
            "title": ticket.title,
            "order_number": order_number,
            "agent_name": agent.name,
            "desk_name": desk_of(ticket, policy).name,
        }

    return Macros(policy.macros, values)
