"""What does a list show of a ticket? Its number and how it stands, and buttons of the agent's own."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailticket.actions.buttons import mint, on_ticket
from mailticket.actions.context import Context
from mailticket.desk.buttons import Act, mail_link
from mailticket.desk.notice import TOKEN_KINDS, NoticeKind
from mailticket.desk.policy import Agent
from mailticket.desk.questions import Topic
from mailticket.desk.worklist import Line, is_asleep
from mailticket.store import tickets

_BUTTONS = (Act.TAKE, Act.RESOLVE)


def shown(connection: Connection, context: Context, agent: Agent, line: Line, now: datetime) -> dict[str, Any]:
    """The line for `agent` alone, as templates have it."""
    policy = context.policy
    ticket = tickets.snapshot(connection, line.id)
    has_it = policy.agent(line.assignee)
    token = mint(context, TOKEN_KINDS[NoticeKind.AGENT_NOTIFICATION], line.id, agent, now)
    return {
        "number": line.number,
        "title": line.title,
        "customer": line.customer,
        "status": str(line.status),
        "priority": str(line.priority),
        "team": line.team,
        "assignee": has_it.name if has_it else line.assignee,
        "age": int((now - line.created_at).total_seconds()),
        "due": line.due_at.isoformat() if line.due_at else "",
        "overdue": line.due_at is not None and line.due_at < now,
        "snoozed_until": line.snoozed_until.isoformat() if line.snoozed_until and is_asleep(line, now) else "",
        "buttons": on_ticket(context, agent, ticket, now, _BUTTONS) if ticket else [],
        "show": mail_link(policy.desk_address, f"{Topic.SHOW} {line.number}", token, "", "re"),
    }
