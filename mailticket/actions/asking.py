"""How is a question of an agent's answered? By a mail to the registered address; what it lists is looked up later.

Lists are asked for when the mail is rendered (`facts`): a search through a million tickets holds up nobody's mail.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from mailticket.actions.arrival import Arrival
from mailticket.actions.context import Context
from mailticket.actions.lines import shown
from mailticket.actions.notifying import not_buried, show_ticket
from mailticket.actions.outgoing import send
from mailticket.desk.agents_notices import to_agent
from mailticket.desk.decision import AnswerQuestion
from mailticket.desk.notice import Notice, NoticeKind
from mailticket.desk.policy import Agent
from mailticket.desk.questions import Question, Topic
from mailticket.desk.receipt import Ignored
from mailticket.store import statistics, tickets, worklist
from mailticket.store.worklist import Listed

#: Answers to one agent within an hour; whoever asks more often is a machine.
_PER_HOUR = 60
#: Of more a list gives the number: a mail has to stay readable, and below 100 KB.
LISTED = 25

_KINDS: Mapping[Topic, NoticeKind] = {Topic.STATS: NoticeKind.STATS, Topic.HELP: NoticeKind.HELP}
_PERIODS: Mapping[str, timedelta] = {
    "day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30), "year": timedelta(days=365),
}  # fmt: skip


def answer_question(
    connection: Connection, context: Context, arrival: Arrival, decision: AnswerQuestion
) -> tuple[Ignored, int | None]:
    """Queues the answer; no ticket is made. Returns the receipt, and the id of the ticket that was asked for."""
    agent, question, now = context.policy.agent(decision.agent), decision.question, arrival.now
    assert agent is not None
    if not not_buried(connection, [agent], "asked_by", _PER_HOUR, now):
        return Ignored(reason="asked_too_often"), None
    asked = Ignored(reason=f"asked: {question.topic}")
    if question.topic is Topic.SHOW:
        ticket = tickets.heir(connection, tickets.find_by_number(connection, question.words))
        if ticket is not None and show_ticket(connection, context, ticket, agent, now):
            return asked, ticket.id
    _send(connection, context, agent, question, arrival.mail.message_id, now)
    return asked, None


def send_help(connection: Connection, context: Context, agent: Agent, now: datetime, in_reply_to: str = "") -> None:
    """What can be asked and ordered by mail, for whoever writes `#help`."""
    _send(connection, context, agent, Question(topic=Topic.HELP), in_reply_to, now)


def _send(
    connection: Connection, context: Context, agent: Agent, question: Question, in_reply_to: str, now: datetime
) -> None:
    kind = _KINDS.get(question.topic, NoticeKind.LIST)
    policy = context.policy
    details: dict[str, Any] = {
        "topic": str(question.topic), "words": question.words, "desk_address": policy.desk_address,
    }  # fmt: skip
    if kind is NoticeKind.HELP:
        details["macros"] = [macro.name for macro in policy.macros]
    send(connection, context, to_agent(kind, agent, details, policy, in_reply_to), None, now)


def facts(connection: Connection, context: Context, notice: Notice, now: datetime) -> dict[str, Any]:
    """What the answer tells, as it is at `now`; {} for all other mail."""
    agent = context.policy.agent(notice.to[0].addr_spec) if notice.to else None
    if agent is None:
        return {}
    if notice.kind is NoticeKind.STATS:
        return _figures(connection, str(notice.details["words"]), now)
    if notice.kind is not NoticeKind.LIST:
        return {}
    found = _list(connection, agent, Topic(notice.details["topic"]), str(notice.details["words"]))
    return {
        "lines": [shown(connection, context, agent, line, now) for line in found.lines],
        "total": found.total,
        "more": max(0, found.total - len(found.lines)),
    }


def _list(connection: Connection, agent: Agent, topic: Topic, words: str) -> Listed:
    if topic in (Topic.SEARCH, Topic.SHOW):
        return worklist.search(connection, words, LISTED)
    return worklist.queue(connection, LISTED, agent.address if topic is Topic.MINE else "")


def _figures(connection: Connection, period: str, now: datetime) -> dict[str, Any]:
    found = statistics.since(connection, now - _PERIODS[period])
    return {
        "opened": found.opened,
        "answered": found.answered,
        "resolved": found.resolved,
        "open_now": found.open_now,
        "unassigned_now": found.unassigned_now,
        "first_answer": int(found.first_answer.total_seconds()) if found.first_answer is not None else None,
    }
