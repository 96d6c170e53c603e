"""How do agents hear of a mail? A notification each, written with the mail, and an event that says who was told."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection

from mailticket.actions.arrival import Arrival
from mailticket.actions.buttons import on_ticket
from mailticket.actions.context import Context
from mailticket.actions.outgoing import send
from mailticket.desk.desks import other_desks
from mailticket.desk.notice import NoticeKind
from mailticket.desk.notifications import at_desks, audience, handed_to, notification, present
from mailticket.desk.policy import Agent
from mailticket.desk.quotation import Said
from mailticket.desk.ticket import Ticket
from mailticket.mail.identity import Verdict
from mailticket.store import absences, acquaintance, caps, history, outbox, tickets
from mailticket.store.references import thread_of

#: Mails of one address, and of one domain, of which agents are told within an hour: a mail bomb must not bury them.
_PROVED, _UNPROVED = (30, 300), (10, 60)
#: Notifications of unproved mail to one agent within an hour, whatever addresses it comes from.
_UNPROVED_PER_HOUR = 120


def tell_agents(
    connection: Connection,
    context: Context,
    arrival: Arrival,
    ticket: Ticket,
    message: int,
) -> None:
    """Queues a notification of `message` for every agent whom it concerns.

    Nobody is told of a machine's mail, or of what lies in an archive that is imported.
    """
    if arrival.mail.automatic_answer or not arrival.is_news:
        return
    others = other_desks(arrival.mail, ticket, context.policy)
    hearers = audience(ticket, context.policy, arrival.address, others)
    if hearers:
        hearers = present(hearers, absences.away(connection, arrival.now), ticket, context.policy)
        _tell(connection, context, arrival, ticket, message, hearers)


def tell_other_desks(connection: Connection, context: Context, arrival: Arrival, ticket: Ticket, message: int) -> None:
    """The same of an agent's answer, for desks that it was written to beside the ticket's own."""
    hearers = at_desks(other_desks(arrival.mail, ticket, context.policy), context.policy, arrival.address)
    if hearers and arrival.is_news:
        _tell(connection, context, arrival, ticket, message, hearers)


def tell_again(
    connection: Connection, context: Context, ticket: Ticket, hearers: Sequence[Agent], now: datetime
) -> None:
    """Queues a notification of what was said last for each of `hearers`: the ticket is theirs to look at.

    One of the same message that has not left gives way.
    """
    said = _last_said(connection, ticket)
    if said is None or not hearers:
        return
    addresses = {agent.address for agent in hearers}
    for id_ in outbox.queued_of(connection, ticket.id, NoticeKind.AGENT_NOTIFICATION):
        row = outbox.find(connection, id_)
        if row and row.notice.message == said.message and row.notice.to[0].addr_spec in addresses:
            outbox.cancel(connection, id_, now, "mailticket")
    _show(connection, context, ticket, said, hearers, now)
    told = {"to": [agent.address for agent in hearers], "message": str(said.message)}
    tickets.record(connection, ticket.id, now, "mailticket", ("agents_notified", told))


def hand_over(
    connection: Connection, context: Context, before: Ticket, after: Ticket, actor: str, now: datetime
) -> None:
    """Whoever has the ticket since `actor` has changed it is shown what was said last."""
    hearers = handed_to(before, after, actor, context.policy)
    tell_again(connection, context, after, present(hearers, absences.away(connection, now), after, context.policy), now)


def show_ticket(connection: Connection, context: Context, ticket: Ticket, agent: Agent, now: datetime) -> bool:
    """Queues the same for an agent who asks for it. False where nobody has written anything."""
    said = _last_said(connection, ticket)
    if said is not None:
        _show(connection, context, ticket, said, [agent], now)
    return said is not None


def _last_said(connection: Connection, ticket: Ticket) -> Said | None:
    """By the customer; where none has written, by the desk: the notes of a call."""
    return history.last_said(connection, ticket.id) or history.last_said(connection, ticket.id, by_customer=False)


def _show(
    connection: Connection, context: Context, ticket: Ticket, said: Said, hearers: Sequence[Agent], now: datetime
) -> None:
    thread, card = thread_of(connection, ticket.id), card_of(connection, ticket, now)
    for agent in hearers:
        notice = notification(
            agent, ticket, said.message, said.author, said.verdict, (), thread, context.policy,
            card={**card, "buttons": on_ticket(context, agent, ticket, now)},
        )  # fmt: skip
        send(connection, context, notice, ticket.id, now)


def card_of(connection: Connection, ticket: Ticket, now: datetime) -> dict[str, Any]:
    """What a notification tells of the ticket and its customer beyond what the rules look at."""
    known = acquaintance.of(connection, ticket.id)
    last = known.last
    return {
        "due_at": known.due_at.isoformat() if known.due_at else "",
        "since": str(known.since.year) if known.since and known.earlier else "",
        "contact_tags": list(known.tags),
        "caller": known.caller,
        "earlier": known.earlier,
        "many": known.earlier == acquaintance.MOST,
        "last": {
            "number": last.number,
            "title": last.title,
            "status": last.status,
            "age": max(0, int((now - last.updated_at).total_seconds())),
        }
        if last
        else {},
    }


def _tell(
    connection: Connection,
    context: Context,
    arrival: Arrival,
    ticket: Ticket,
    message: int,
    hearers: tuple[Agent, ...],
) -> None:
    now = arrival.now
    flood = _flood(connection, arrival)
    if not flood.over and arrival.sender.verdict is not Verdict.PASS:
        hearers = not_buried(connection, hearers, "notified", _UNPROVED_PER_HOUR, now)
    if flood.over or not hearers:
        tickets.record(connection, ticket.id, now, "mailticket", ("notification_suppressed", {"reason": "capped"}))
        return
    thread, card = thread_of(connection, ticket.id), card_of(connection, ticket, now)
    for agent in hearers:
        notice = notification(
            agent, ticket, message, arrival.sender.address, arrival.sender.verdict, arrival.files, thread,
            context.policy, flood.last_of, {**card, "buttons": on_ticket(context, agent, ticket, now)},
        )  # fmt: skip
        send(connection, context, notice, ticket.id, now)
    told = {"to": [agent.address for agent in hearers], "message": str(message)}
    tickets.record(connection, ticket.id, now, "mailticket", ("agents_notified", told))


class _Flood(NamedTuple):
    """How much an address, or its domain, writes."""

    #: So much that agents are told of no more of it within the hour.
    over: bool = False
    #: The address or domain of which they hear now for the last time, "" where they hear on.
    last_of: str = ""


def _flood(connection: Connection, arrival: Arrival) -> _Flood:
    """Counts this mail. Proved and unproved mail apart: a forger must not use up what an address's owner has."""
    address, now = arrival.sender.address, arrival.now
    if address is None or arrival.allowed:
        return _Flood()
    kind, most = ("proved", _PROVED) if arrival.sender.verdict is Verdict.PASS else ("unproved", _UNPROVED)
    whose = (address.addr_spec, address.domain)
    scopes = [f"told:{kind}:{one}" for one in whose]
    counts = caps.counts(connection, scopes, now)
    caps.count(connection, scopes, now)
    if any(count >= limit for count, limit in zip(counts, most, strict=True)):
        return _Flood(over=True)
    reached = (one for one, count, limit in zip(whose, counts, most, strict=True) if count == limit - 1)
    return _Flood(last_of=next(reached, ""))


def not_buried(
    connection: Connection, agents: Sequence[Agent], what: str, most: int, now: datetime
) -> tuple[Agent, ...]:
    """Those of `agents` who have not yet heard `most` times of `what` within the hour; this one counts towards that."""
    if not agents:
        return ()
    counts = caps.counts(connection, [f"{what}:{agent.address}" for agent in agents], now)
    left = tuple(agent for agent, count in zip(agents, counts, strict=True) if count < most)
    if left:
        caps.count(connection, [f"{what}:{agent.address}" for agent in left], now)
    return left
