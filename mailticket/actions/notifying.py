"""How do agents hear of a mail? A notification each, written with the mail, and an event that says who was told."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from mailticket.actions.arrival import Arrival
from mailticket.actions.context import Context
from mailticket.actions.outgoing import send
from mailticket.desk.notifications import audience, notification
from mailticket.desk.policy import Agent
from mailticket.desk.ticket import Ticket
from mailticket.mail.identity import Verdict
from mailticket.store import caps, tickets
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
    possible_reply_to: str = "",
) -> None:
    """Queues a notification of `message` for every agent whom it concerns.

    Nobody is told of a machine's mail, or of what lies in an archive that is imported.
    """
    if arrival.mail.automatic_answer or not arrival.is_news:
        return
    now, author = arrival.now, arrival.sender.address
    hearers = audience(ticket, context.policy, author.addr_spec if author else "")
    if not hearers:
        return
    flood = _flood(connection, arrival)
    if not flood.over and arrival.sender.verdict is not Verdict.PASS:
        hearers = not_buried(connection, hearers, "notified", _UNPROVED_PER_HOUR, now)
    if flood.over or not hearers:
        tickets.record(connection, ticket.id, now, "mailticket", ("notification_suppressed", {"reason": "capped"}))
        return
    thread = thread_of(connection, ticket.id)
    for agent in hearers:
        notice = notification(
            agent, ticket, message, author, arrival.sender.verdict, arrival.files, thread, context.policy,
            possible_reply_to, flood.last_of,
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
