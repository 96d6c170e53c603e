"""What happens when a mail of ours did not arrive, or was not wanted? An event, a mark, and who has to know is told.

Reports come in as mail, the relay's own refusals from delivery: both end here.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection

from mailticket.actions.arrival import Arrival
from mailticket.actions.context import Context
from mailticket.actions.notifying import not_buried
from mailticket.actions.outgoing import send, take_back_update
from mailticket.desk import undelivered as desk
from mailticket.desk.decision import RecordBounce, RecordComplaint
from mailticket.desk.notice import UPDATES, NoticeKind
from mailticket.desk.notifications import leads, present
from mailticket.desk.policy import Agent
from mailticket.desk.receipt import Added, Ignored
from mailticket.desk.status import DONE
from mailticket.desk.ticket import Ticket
from mailticket.desk.undelivered import Failure
from mailticket.mail.identity import Verdict
from mailticket.store import absences, caps, contacts, history, leaving, sent, tickets
from mailticket.store.references import thread_of

log = structlog.get_logger()

#: Words about undelivered mail to one agent in an hour: forged senders, whose confirmations all come back, are many.
_TOLD_PER_HOUR = 20


def record_bounce(
    connection: Connection, context: Context, arrival: Arrival, decision: RecordBounce
) -> tuple[Added | Ignored, int | None]:
    """A delivery report; one of a delay is an event and nothing more: the mail may still arrive."""
    bounce, ticket = arrival.mail.bounce, arrival.thread.ticket if decision.ticket is not None else None
    assert bounce is not None
    detail: dict[str, Any] = {
        "recipients": list(bounce.recipients), "status": bounce.status, "permanent": bounce.permanent,
    }  # fmt: skip
    if bounce.delayed:
        _record(connection, ticket, arrival.now, ("delivery_delayed", detail))
    else:
        failure = desk.failure_of_report(bounce, decision.sent, ticket)
        if decision.sent is not None:
            sent.mark_bounced(connection, decision.sent.id)
            detail["notice"] = str(decision.sent.kind)
        is_known = ticket is not None and history.came_back(connection, ticket.id, bounce.recipients)
        _record(connection, ticket, arrival.now, ("bounced", {**detail, "reason": desk.reason(failure)}))
        # who has ended the ticket knows that already: it would come back at each end, where the address is not marked
        if not (is_known and failure.kind in UPDATES):
            _follow_up(connection, context, ticket, failure, arrival.now)
    return _receipt(ticket, "delivery_report_without_ticket")


def record_complaint(
    connection: Connection, context: Context, arrival: Arrival, decision: RecordComplaint
) -> tuple[Added | Ignored, int | None]:
    """Somebody called a mail of ours spam: no automatic mail goes there any more, and the leads are told, once."""
    complaint, now = arrival.mail.complaint, arrival.now
    ticket = arrival.thread.ticket if decision.ticket is not None else None
    assert complaint is not None
    people = desk.concerned([complaint.recipient], decision.sent)
    detail = {"kind": complaint.kind, "recipients": list(people), "notice": str(decision.sent.kind)}
    _record(connection, ticket, now, ("complained", detail))
    # one of several people, or somebody in the name of one, must not silence another
    silenced = () if desk.is_shared(decision.sent, ticket) or arrival.sender.verdict is Verdict.FAIL else people
    for address in silenced:
        if contacts.mark_complained(connection, address, now):
            for agent in leads(context.policy):
                notice = desk.complained(agent, ticket, address, context.policy)
                send(connection, context, notice, ticket.id if ticket else None, now)
    return _receipt(ticket, "complaint_without_ticket")


def failed(connection: Connection, context: Context, row: int, error: str, now: datetime) -> None:
    """The relay will never take this mail, or it was given up."""
    leaving.failed(connection, row, error, now)
    mail = sent.of_row(connection, row)
    assert mail is not None
    _refused(connection, context, mail, mail.recipients, error, now)


def refused(
    connection: Connection, context: Context, row: int, recipients: Sequence[tuple[str, str]], now: datetime
) -> None:
    """It was sent, but the relay did not take these recipients, each with its reply."""
    leaving.refused(connection, row, recipients, now)
    mail = sent.of_row(connection, row)
    assert mail is not None
    for address, reply in recipients:
        _refused(connection, context, mail, (address,), reply, now)


def _refused(
    connection: Connection, context: Context, mail: desk.SentMail, people: Sequence[str], reply: str, now: datetime
) -> None:
    ticket = tickets.snapshot(connection, mail.ticket) if mail.ticket is not None else None
    ticket = tickets.ours(connection, ticket) if ticket else None
    _follow_up(connection, context, ticket, desk.failure_of_reply(reply, people, mail.kind), now)


def _follow_up(
    connection: Connection, context: Context, ticket: Ticket | None, failure: Failure, now: datetime
) -> None:
    """Everything but the event that says what happened."""
    if failure.kind is NoticeKind.PROBE:
        return  # that it does not come back says more, and is told
    if failure.to_agents:
        _agent_unreachable(connection, context, ticket, failure, now)
        return
    if failure.marks:
        for address in failure.recipients:
            contacts.mark_bounced(connection, address, failure.status, now)
    if ticket is None:
        return
    _wake(connection, ticket, failure, now)
    hearers = desk.told(ticket, failure, context.policy)
    hearers = present(hearers, absences.away(connection, now), ticket, context.policy)
    left = not_buried(connection, hearers, "undelivered", _TOLD_PER_HOUR, now)
    if hearers and not left:
        _record(connection, ticket, now, ("notification_suppressed", {"reason": "capped"}))
    _tell(connection, context, ticket, failure, left, now)


def _wake(connection: Connection, ticket: Ticket, failure: Failure, now: datetime) -> None:
    """Nobody waits for a customer who knows nothing."""
    status = desk.status_then(ticket, failure)
    if status is ticket.status:
        return
    take_back_update(connection, ticket.id, now)
    tickets.set_fields(connection, ticket.id, {"status": str(status)}, now)
    happened: list[tuple[str, Mapping[str, Any]]] = []
    if ticket.status in DONE:
        happened.append(("reopened", {"from": str(ticket.status)}))
    happened.append(("changed", {"field": "status", "from": str(ticket.status), "to": str(status)}))
    tickets.record(connection, ticket.id, now, "mailticket", *happened)


def _agent_unreachable(
    connection: Connection, context: Context, ticket: Ticket | None, failure: Failure, now: datetime
) -> None:
    """Others are told once a day, and none of them who cannot be reached either: this must not go round."""
    for address in failure.recipients:
        log.error("agent_unreachable", agent=address, status=failure.status, notice=str(failure.kind))
    detail = {"agents": list(failure.recipients), "status": failure.status, "reason": desk.reason(failure)}
    _record(connection, ticket, now, ("agent_unreachable", detail))
    known = [f"unreachable:{address}" for address in failure.recipients]
    if not known or all(caps.counts(connection, known, now, caps.LONGEST)):
        return
    caps.count(connection, known, now)
    hearers = desk.told(ticket, failure, context.policy)
    if hearers:
        lost = caps.counts(connection, [f"unreachable:{agent.address}" for agent in hearers], now, caps.LONGEST)
        hearers = tuple(agent for agent, times in zip(hearers, lost, strict=True) if not times)
    _tell(connection, context, ticket, failure, hearers, now)


def _tell(
    connection: Connection,
    context: Context,
    ticket: Ticket | None,
    failure: Failure,
    agents: Sequence[Agent],
    now: datetime,
) -> None:
    if not agents:
        return
    thread = thread_of(connection, ticket.id) if ticket else []
    now_so = tickets.snapshot(connection, ticket.id) if ticket else None
    for agent in agents:
        notice = desk.bounced(agent, now_so, failure, thread, context.policy)
        send(connection, context, notice, ticket.id if ticket else None, now)
    _record(connection, ticket, now, ("agents_notified", {"to": [agent.address for agent in agents]}))


def _record(
    connection: Connection, ticket: Ticket | None, now: datetime, happened: tuple[str, Mapping[str, Any]]
) -> None:
    tickets.record(connection, ticket.id if ticket else None, now, "mailticket", happened)


def _receipt(ticket: Ticket | None, otherwise: str) -> tuple[Added | Ignored, int | None]:
    return (Added(ticket=ticket.number), ticket.id) if ticket else (Ignored(reason=otherwise), None)
