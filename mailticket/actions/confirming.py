"""Is a new ticket's mail confirmed, and what if that is done too often? Rules are desk/confirmation's, counts caps'.

The event says what was done, or why not. While the breaker is open nobody unproved gets a confirmation.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection

from mailticket.actions.arrival import Arrival
from mailticket.actions.context import Context
from mailticket.actions.due import due_of_new
from mailticket.actions.loops import is_silenced
from mailticket.actions.outgoing import send
from mailticket.desk import alerts, notices
from mailticket.desk.confirmation import breaks, capped, is_acquaintance, scopes, why_silent
from mailticket.desk.notifications import leads
from mailticket.desk.sla import promised
from mailticket.desk.ticket import Ticket
from mailticket.mail.identity import Verdict
from mailticket.store import caps, instance

log = structlog.get_logger()

_STRANGERS, _ACQUAINTANCES, _OPEN = "confirm:strangers", "confirm:acquaintances", "confirm:breaker"
_FLOOD = (_STRANGERS, _ACQUAINTANCES, _OPEN)
#: Before so long the breaker is not looked at again: counting the proved is dear.
_STAYS_OPEN = timedelta(minutes=1)


def confirm(
    connection: Connection, context: Context, arrival: Arrival, ticket: Ticket, silent: str, follows: str
) -> tuple[str, Mapping[str, Any]]:
    """Queues the confirmation, or says why there is none: the event either way. `silent` is a reason given before."""
    policy, address, now = context.policy, arrival.sender.address, arrival.now
    silent = silent or why_silent(arrival.mail, arrival.envelope, arrival.sender, policy, now) or ticket.standing.silent
    if not silent and is_silenced(connection, context, ticket, arrival.sender, arrival.envelope.received_at, now):
        silent = "loop_suspected"
    if not silent and address is not None:
        silent = _one_too_many(connection, context, arrival, ticket, address.addr_spec)
    if silent or address is None:
        return "confirmation_suppressed", {"reason": silent}
    answer_by = promised(due_of_new(context, ticket.team, now), policy.timezone)
    notice = notices.confirmation(ticket, arrival.mail, arrival.sender, arrival.files, policy, follows, answer_by)
    send(connection, context, notice, ticket.id, now)
    return "confirmation_queued", {"to": address.addr_spec}


def _one_too_many(connection: Connection, context: Context, arrival: Arrival, ticket: Ticket, addr_spec: str) -> str:
    """Why this confirmation is one too many; "" where it is not, and counts from now on."""
    now, verdict = arrival.now, arrival.sender.verdict
    scoped = scopes(addr_spec, verdict, allowed=arrival.allowed)
    wave = ""
    if verdict is not Verdict.PASS and not arrival.allowed:
        wave = _ACQUAINTANCES if is_acquaintance(ticket.standing, now) else _STRANGERS
    before = caps.counts(connection, [*scoped, *(_FLOOD if wave else ())], now)
    if silent := capped(before[: len(scoped)], context.policy):
        return silent
    if wave:
        flood = zip(_FLOOD, before[len(scoped) :], strict=True)
        counted = {scope: count + (scope == wave) for scope, count in flood}
        silent = _broken(connection, context, counted, now)
    caps.count(connection, [*((wave,) if wave else ()), *(() if silent else scoped)], now)
    return silent


def _broken(connection: Connection, context: Context, counted: Mapping[str, int], now: datetime) -> str:
    """`breaker` where too many strangers want a confirmation; `counted` within the last hour, this one too."""
    if counted[_OPEN] and caps.counts(connection, [_OPEN], now, _STAYS_OPEN)[0]:
        return "breaker"
    strangers, acquaintances = counted[_STRANGERS], counted[_ACQUAINTANCES]
    if not breaks(strangers, acquaintances, context.policy):
        return ""
    known = acquaintances + caps.total(connection, scopes("", Verdict.PASS)[0], now)
    if not breaks(strangers, known, context.policy):
        return ""
    if not counted[_OPEN]:
        log.error("confirmation_breaker_opened", strangers=strangers, known=known)
        _tell_leads(connection, context, strangers, known, now)
    caps.count(connection, [_OPEN], now)
    return "breaker"


def _tell_leads(connection: Connection, context: Context, strangers: int, known: int, now: datetime) -> None:
    """Once a day at most, on whichever node it happens."""
    if instance.first_time(connection, "breaker_told", context.day(now).isoformat()):
        for agent in leads(context.policy):
            send(connection, context, alerts.breaker_opened(agent, strangers, known, context.policy), None, now)
