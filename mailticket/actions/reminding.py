"""Who has been asked something and does not answer? One friendly reminder with the question, and then no more.

`tickets.asked_at` holds when they were asked; it is empty again when they answer, or when they have been reminded.
"""

import textwrap
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailticket.actions.context import Context
from mailticket.actions.customer_links import customer_links
from mailticket.actions.outgoing import send
from mailticket.desk import notices
from mailticket.desk.customer_buttons import Press
from mailticket.desk.hours import is_open
from mailticket.desk.ticket import SIGN_UP_CODE, Status, Ticket
from mailticket.store import due, history, tickets
from mailticket.store.references import thread_of

#: A reminder shows so much of the question: lines, and characters of one.
_LINES, _WIDTH = 40, 72


def remind(connection: Connection, context: Context, now: datetime, limit: int = 200) -> list[str]:
    """Reminds customers who were asked `[lifecycle] remind_customer_after_days` ago, while the desk is open. Returns
    the tickets' numbers."""
    policy = context.policy
    if not policy.remind_after or not is_open(now, policy.timezone, policy.hours):
        return []
    reminded = []
    for id_ in due.asked_before(connection, now - policy.remind_after, limit):
        ticket = tickets.current(connection, id_)
        tickets.set_fields(connection, id_, {"asked_at": None}, now)
        happened = _remind(connection, context, ticket, now)
        tickets.record(connection, id_, now, "mailticket", happened)
        if happened[0] == "reminded":
            reminded.append(ticket.number)
    return reminded


def _remind(connection: Connection, context: Context, ticket: Ticket, now: datetime) -> tuple[str, Mapping[str, Any]]:
    question = history.last_answer(connection, ticket.id)
    if question is None or question.state != "sent":
        return "reminder_suppressed", {"reason": "nothing_was_asked" if question is None else f"mail_{question.state}"}
    if reason := _silent(ticket):
        return "reminder_suppressed", {"reason": reason}
    agent = context.policy.agent(question.author.addr_spec)
    thread = thread_of(connection, ticket.id)
    links = customer_links(context, ticket, (Press.STOP,), now)
    name = agent.name if agent else ""
    notice = notices.reminder(ticket, _short(question.text), name, thread, context.policy, links)
    send(connection, context, notice, ticket.id, now)
    return "reminded", {"message": str(question.message)}


def _silent(ticket: Ticket) -> str:
    """Why this ticket's customer is not written to, "" where they are."""
    if ticket.contact is None:
        return "no_contact"
    if ticket.status is not Status.PENDING_CUSTOMER:
        return "no_longer_asked"
    if SIGN_UP_CODE in ticket.tags:
        return SIGN_UP_CODE
    return ticket.standing.silent or ("quiet" if ticket.quiet else "")


def _short(question: str) -> str:
    lines = [part for line in question.strip().splitlines() for part in textwrap.wrap(line, _WIDTH) or [""]]
    return "\n".join(lines[:_LINES] + (["…"] if len(lines) > _LINES else []))
