"""What happens to mail that cannot be processed, or that nobody wants? It is kept raw, or waits no longer."""

from collections.abc import Collection
from datetime import datetime
from itertools import groupby

import structlog
from sqlalchemy import Connection

from mailticket.actions.context import Context
from mailticket.desk.receipt import Duplicate, Held, Quarantined
from mailticket.mail.message import Envelope
from mailticket.mail.raw import glimpse
from mailticket.store import blobs, mailboxes, receipts, tickets, waiting
from mailticket.store.waiting import Waiting

log = structlog.get_logger()


def quarantine(
    connection: Connection, context: Context, raw: bytes, envelope: Envelope, reason: str, digest: str
) -> Quarantined | Duplicate:
    """Keeps a mail raw that cannot be processed; one that was processed in the meantime is a duplicate."""
    if envelope.position is not None:
        mailboxes.mark(connection, envelope.position)
    seen = receipts.known(connection, digest)
    if seen is not None and seen.kind not in (Quarantined.kind, Held.kind):
        return Duplicate(ticket=seen.ticket)
    blob = context.blobs.prepare(raw, compress=True)
    blobs.insert(connection, [blob])
    seen_of = glimpse(raw)
    id_ = waiting.keep(
        connection, waiting.QUARANTINE, digest=digest, from_address=seen_of.from_address, subject=seen_of.subject,
        reason=reason, ticket=None, envelope=envelope, raw_sha256=blob.sha256,
    )  # fmt: skip
    receipt = Quarantined(id=str(id_), reason=reason)
    replaced = receipts.write(
        connection, digest=digest, message_id=seen_of.message_id, envelope=envelope, receipt=receipt, ticket=None,
        message=None, why={"fault": reason}, raw_sha256=blob.sha256, instead_of=digest if seen else "",
    )  # fmt: skip
    blobs.drop_unused(connection, replaced)
    log.error("mail_quarantined", id=id_, reason=reason, message_id=seen_of.message_id)
    return receipt


def discard(connection: Connection, one: Waiting, actor: str, now: datetime) -> None:
    """Drops a held or quarantined mail; its raw text stays for its time.

    The same mail again is a duplicate; out of quarantine it is a mail like others if it can be read by now.
    """
    ticket = tickets.find_by_number(connection, one.ticket) if one.ticket else None
    detail = {"id": str(one.id), "state": one.state, "from": one.from_address, "reason": one.reason}
    tickets.record(connection, ticket.id if ticket else None, now, actor, ("mail_discarded", detail))
    receipts.mark_discarded(connection, [one.digest])
    waiting.remove(connection, one.digest)


def discard_many(connection: Connection, up_to: int, reasons: Collection[str], actor: str, now: datetime) -> None:
    """Drops all held mail with ids up to `up_to` that is held for one of `reasons`, thousands at once.

    One event names them all; a ticket that one of them named has an event of its own.
    """
    dropped = waiting.drop(connection, waiting.HELD, up_to, reasons)
    if not dropped:
        return
    receipts.mark_discarded(connection, [one.digest for one in dropped])
    all_ = {"state": waiting.HELD, "count": len(dropped), "first": str(dropped[0].id), "last": str(dropped[-1].id)}
    tickets.record(connection, None, now, actor, ("mails_discarded", all_))
    named = sorted((one.ticket_id, one.id, one) for one in dropped if one.ticket_id is not None)
    for ticket, those in groupby(named, lambda one: one[0]):
        details = (
            {"id": str(id_), "state": waiting.HELD, "from": one.from_address, "reason": one.reason}
            for _, id_, one in those
        )
        tickets.record(connection, ticket, now, actor, *(("mail_discarded", detail) for detail in details))


def set_aside(connection: Connection, one: Waiting, fault: Exception) -> None:
    """A word on held mail could not be carried out, and waiting would not mend it: into quarantine, with the reason."""
    reason = reason_of(fault)
    if waiting.set_aside(connection, one, reason):
        receipts.mark_quarantined(connection, one.digest, reason)


def reason_of(fault: Exception) -> str:
    """Why a mail is in quarantine."""
    return f"{type(fault).__name__}: {fault}"[:500]
