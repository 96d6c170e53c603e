"""What happens to who answers us like a machine? It is counted; the third time there is an event, and silence.

The rule is desk/loops'. Mail of one group is decided in one transaction: mail of ours that it made has not left yet.
"""

from datetime import datetime

from sqlalchemy import Connection

from mailticket.actions.arrival import Arrival
from mailticket.actions.context import Context
from mailticket.desk import loops
from mailticket.desk.sender import Sender
from mailticket.desk.threading import Sign
from mailticket.desk.ticket import Ticket
from mailticket.mail.identity import Verdict
from mailticket.store import caps, sent, tickets

#: Message-IDs that a mail answers: the nearest ones, of which one is the mail that it really answers.
_NEAREST = 3


def count_quick(connection: Connection, context: Context, arrival: Arrival) -> int:
    """How often within the hour this sender answered faster than a person can; 0 where this mail did not.

    What says of itself that it is automatic, or is forged, is not counted.
    """
    sender, thread, trail = arrival.sender, arrival.thread, arrival.trail
    address = sender.address
    if arrival.mail.auto_submitted or address is None or sender.verdict is Verdict.FAIL:
        return 0
    left = None
    if trail.tokens:
        left = sent.left_at(connection, trail.answers[:_NEAREST])
    elif thread.ticket is not None and thread.sign is Sign.NUMBER:
        left = sent.last_left(connection, thread.ticket.id, address.addr_spec)
    if not loops.is_quick(left, arrival.envelope.received_at, context.policy):
        return 0
    scope = loops.quick_scope(address.addr_spec, sender.verdict)
    times = _counted(connection, scope, arrival.now)
    if times == loops.MOST:
        suspected = ("loop_suspected", {"address": address.addr_spec, "quick_answers": times})
        tickets.record(connection, thread.ticket.id if thread.ticket else None, arrival.now, "mailticket", suspected)
    return times


def is_silenced(
    connection: Connection, context: Context, ticket: Ticket, sender: Sender, received_at: datetime, now: datetime
) -> bool:
    """Whether confirmations to this sender would go round in circles: too many were followed by a new mail at once."""
    if sender.address is None or ticket.standing.new:
        return False
    address = sender.address.addr_spec
    silence = loops.silence_scope(address, sender.verdict)
    if caps.counts(connection, [silence], now, loops.SILENCE)[0]:
        return True
    left = sent.last_confirmed(connection, address)
    if not loops.has_followed(left, received_at, context.policy):
        return False
    times = _counted(connection, loops.followed_scope(address, sender.verdict), now)
    if not loops.is_machine(times):
        return False
    caps.count(connection, [silence], now)
    suspected = ("loop_suspected", {"address": address, "confirmations_followed": times})
    tickets.record(connection, ticket.id, now, "mailticket", suspected)
    return True


def _counted(connection: Connection, scope: str, now: datetime) -> int:
    before = caps.counts(connection, [scope], now)[0]
    caps.count(connection, [scope], now)
    return before + 1
