"""Who sends the probes, and what is done where they are late? One mail to each desk, when its moment has come."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mailticket.actions import troubles
from mailticket.actions.context import Context
from mailticket.actions.outgoing import TOKEN_LIFE, reverse_path
from mailticket.desk import canary
from mailticket.desk.alerts import Trouble
from mailticket.desk.canary import Side
from mailticket.desk.notice import TOKEN_KINDS, NoticeKind
from mailticket.desk.policy import Desk
from mailticket.mail.tokens import NONCE_BYTES, message_id
from mailticket.store import blobs, outbox, probes
from mailticket.store.troubles import known

#: How long a probe is remembered.
_KEPT = timedelta(days=8)
_FORGOTTEN_AT_ONCE = 500


def due(connection: Connection, context: Context, now: datetime) -> list[Desk]:
    """The desks whose probe of this moment nobody has sent."""
    policy = context.policy
    slot = canary.slot_of(now, policy.canary)
    return [desk for desk in policy.desks if not probes.is_sent(connection, desk.address, slot)]


def send_due(connection: Connection, context: Context, desks: Sequence[Desk], now: datetime) -> list[str]:
    """Sends one to each of `desks`; what waits of older ones is taken back. Returns their addresses."""
    slot = canary.slot_of(now, context.policy.canary)
    ours = [desk for desk in desks if probes.withdraw(connection, desk.address, now)]
    return [desk.address for desk in ours if send_probe(connection, context, desk, slot, now)]


def send_probe(
    connection: Connection,
    context: Context,
    desk: Desk,
    slot: datetime,
    now: datetime,
    delay: timedelta = timedelta(0),
) -> str:
    """Queues a probe, due after `delay`. Returns its Message-ID, "" where another node has sent that of this slot."""
    token = context.key.mint(
        kind=TOKEN_KINDS[NoticeKind.PROBE],
        ticket=0,
        address=desk.address,
        expires=now.date() + TOKEN_LIFE,
        nonce=secrets.token_bytes(NONCE_BYTES),
    )
    id_ = message_id(token, canary.domain_of(desk))
    if not probes.add(connection, desk.address, slot, id_, now):
        return ""
    notice = canary.probe(desk, token, context.policy)
    outbox.queue(connection, notice, id_, reverse_path(context, notice, token), None, now, now + delay)
    return id_


def judge(connection: Connection, context: Context, now: datetime) -> tuple[list[Trouble], list[str]]:
    """Troubles that nobody has noticed so far, and names of those that are over.

    While mail does not leave, nothing is said of how it comes in.
    """
    policy, before = context.policy, known(connection)
    began: list[Trouble] = []
    over: list[str] = []
    for desk in policy.desks:
        late = canary.late(probes.newest(connection, desk.address), now, policy.canary.late_after)
        for side in Side:
            name = canary.name_of(side, desk.address)
            if side in late:
                if name not in before and (side is Side.OUT or Side.OUT not in late):
                    began.append(canary.trouble(side, desk.address, late[side], policy.canary))
            elif name in before:
                over.append(name)
    return began, over


def tell(
    connection: Connection, context: Context, began: Sequence[Trouble], over: Sequence[str], now: datetime
) -> tuple[list[Trouble], list[str]]:
    """Remembers and tells; returns what no other node was quicker with.

    Of what does not leave no mail can tell, and who was told of a mailbox that cannot be read needs no second mail.
    """
    is_known = any(name.startswith("mailbox ") for name in known(connection))
    outward = canary.name_of(Side.OUT, "")
    begun = [
        one
        for one in began
        if troubles.begin(connection, context, one, now, by_mail=not (is_known or one.name.startswith(outward)))
    ]
    return begun, [name for name in over if troubles.end(connection, context, name, now)]


def forget_old(connection: Connection, now: datetime) -> None:
    """Drops probes of last week."""
    blobs.drop_unused(connection, probes.forget(connection, now - _KEPT, _FORGOTTEN_AT_ONCE))
