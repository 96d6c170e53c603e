"""What happens to mail that nobody wants? It waits no longer; an event says who dropped it."""

from datetime import datetime

from sqlalchemy import Connection

from mailticket.store import receipts, tickets, waiting
from mailticket.store.waiting import Waiting


def discard(connection: Connection, one: Waiting, actor: str, now: datetime) -> None:
    """Drops a held or quarantined mail; its raw text stays for its time.

    The same mail again is a duplicate; out of quarantine it is a mail like others if it can be read by now.
    """
    ticket = tickets.find_by_number(connection, one.ticket) if one.ticket else None
    detail = {"id": str(one.id), "state": one.state, "from": one.from_address, "reason": one.reason}
    tickets.record(connection, ticket.id if ticket else None, now, actor, ("mail_discarded", detail))
    receipts.mark_discarded(connection, one.digest)
    waiting.remove(connection, one.digest)
