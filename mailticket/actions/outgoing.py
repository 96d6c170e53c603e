"""How does a notice get into the outbox? Message-ID with a token, reverse-path, and the thread that it belongs to.

The Message-ID is made once, here, and stored before the first try (RFC 5322 §3.6.4).
"""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mailticket.actions.context import Context
from mailticket.actions.customer_links import customer_links
from mailticket.desk.customer_buttons import Press
from mailticket.desk.notice import ANSWERS, TOKEN_KINDS, Notice, NoticeKind
from mailticket.desk.notices import status_update
from mailticket.desk.status import DONE, notice_of_change
from mailticket.desk.ticket import Status, Ticket
from mailticket.mail.message import Address
from mailticket.mail.tokens import NONCE_BYTES, bounce_address, message_id
from mailticket.store import history, outbox
from mailticket.store.references import thread_of, tie_references
from mailticket.store.tickets import record

#: How long an answer to one of our mails still finds its ticket by the token alone.
TOKEN_LIFE = timedelta(days=3 * 365)


def send(
    connection: Connection,
    context: Context,
    notice: Notice,
    ticket: int | None,
    now: datetime,
    delay: timedelta = timedelta(0),
) -> str:
    """Queues `notice`; it leaves after the commit and `delay`. Returns its Message-ID."""
    person = (notice.to or notice.cc)[0].addr_spec
    token = context.key.mint(
        kind=TOKEN_KINDS[notice.kind],
        ticket=ticket or 0,
        address=person,
        expires=now.date() + TOKEN_LIFE,
        nonce=secrets.token_bytes(NONCE_BYTES),
    )
    id_ = message_id(token, notice.from_.domain)
    mail_from = reverse_path(context, notice, token)
    outbox.queue(connection, notice, id_, mail_from, ticket, now, now + delay)
    if ticket is not None:
        tie_references(connection, ticket, [id_], expected_new=False)
    return id_


def reverse_path(context: Context, notice: Notice, token: str) -> str:
    """The envelope's sender by `[outbound] envelope` (contract.md, outgoing mail); "" is the null one."""
    policy = context.policy
    wanted = policy.envelope
    if wanted == "auto":
        wanted = "null" if notice.kind in ANSWERS else "token" if policy.plus_addressing else "address"
    if wanted == "null" and notice.kind is not NoticeKind.REPLY:
        return ""
    if wanted == "address" or not policy.plus_addressing:
        return notice.from_.addr_spec
    return bounce_address(token, notice.from_.addr_spec)


def take_back_update(connection: Connection, ticket: int, now: datetime) -> Status | None:
    """Cancels a status update that has not left: somebody's words have overtaken it, and it would be wrong by now.

    Returns the status that its reader still knows, None where none waited.
    """
    pending = outbox.pending_update(connection, ticket)
    if pending is None:
        return None
    outbox.cancel(connection, pending[0], now, "mailticket")
    return Status(pending[1].details["before"])


def take_back_end(connection: Connection, ticket: int) -> bool:
    """Lets answers that have not left say no more that the ticket ends with them; whether one did."""
    ends = [one for one in outbox.pending_answers(connection, ticket) if _says_end(one[1])]
    for id_, notice in ends:
        outbox.rewrite(connection, id_, replace(notice, details={**notice.details, "resolved": False, "closed": False}))
    return bool(ends)


def _says_end(answer: Notice) -> bool:
    return bool(answer.details.get("resolved") or answer.details.get("closed"))


def tell_of_status(connection: Connection, context: Context, ticket: Ticket, before: Status, now: datetime) -> None:
    """Queues a status update where `ticket` changed for its customer; several changes within the delay make one mail.

    `before` is the status that it had until now. A change that is taken back in time is not told at all.
    """
    if before in DONE and ticket.status not in DONE and take_back_end(connection, ticket.id):
        before = ticket.status
    pending = outbox.pending_update(connection, ticket.id)
    if pending is not None:
        before = Status(pending[1].details["before"])
    kind = notice_of_change(before, ticket.status, tell_when_taken=context.policy.tell_when_taken)
    if kind is None or ticket.contact is None:
        if pending is not None:
            outbox.cancel(connection, pending[0], now, "mailticket")
        return
    if reason := ticket.standing.silent or ("quiet" if ticket.quiet else ""):
        record(connection, ticket.id, now, "mailticket", ("update_suppressed", {"notice": str(kind), "reason": reason}))
        if pending is not None:
            outbox.cancel(connection, pending[0], now, "mailticket")
        return
    links = customer_links(context, ticket, Press if kind is NoticeKind.RESOLVED else (Press.STOP,), now)
    if not history.is_vouched_for(connection, ticket.id):
        # who wrote in somebody else's name would have chosen what we mail to them
        ticket = replace(ticket, title="", contact=Address(addr_spec=ticket.contact.addr_spec))
    notice = status_update(ticket, kind, before, thread_of(connection, ticket.id), context.policy, links)
    if pending is not None:
        outbox.rewrite(connection, pending[0], notice)
    else:
        send(connection, context, notice, ticket.id, now, context.policy.update_delay)
