"""How will a mail of this kind be seen? A row that never was in the outbox, with sample values or a ticket's own."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from mailticket.desk.notice import TO_CUSTOMERS, Notice, NoticeKind
from mailticket.desk.notices import greeting_name
from mailticket.desk.policy import Desk
from mailticket.mail.message import Address
from mailticket.outbound.samples import SAMPLES
from mailticket.store import outbox, views
from mailticket.store.blobs import BlobFolder
from mailticket.store.outbox import OutboxRow

_CARLA = Address(name="Carla Customer", addr_spec="carla@shop.example")
_ANN = Address(name="Ann Ahlberg", addr_spec="ann@acme.example")
_NUMBER = "2611-0042"
_NEVER = datetime.min.replace(tzinfo=UTC)


def of_samples(kind: NoticeKind, language: str, desk: Desk) -> OutboxRow:
    """A mail that says everything that one of its kind can say."""
    details = SAMPLES[kind]
    return _row(kind, _CARLA, details, str(details.get("title", "Broken vase")), _NUMBER, language, desk)


def of_ticket(
    connection: Connection, blobs: BlobFolder, kind: NoticeKind, ticket: int
) -> tuple[OutboxRow, Mapping[str, Any]] | None:
    """The newest mail of this kind about the ticket of this id, and what the store adds to it; None: it had none."""
    row = outbox.newest_of(connection, ticket, kind)
    return (row, outbox.facts(connection, blobs, row)) if row else None


def as_it_stands(connection: Connection, kind: NoticeKind, number: str, language: str, desk: Desk) -> OutboxRow:
    """A mail that the ticket never had: what is known of the ticket, and nothing where only an occasion would tell."""
    ticket = views.show(connection, number)
    assert ticket is not None
    contact = ticket["contact"] or {}
    last = ticket["messages"][-1] if ticket["messages"] else {}
    person = Address(name=contact.get("name") or "", addr_spec=contact.get("address") or _CARLA.addr_spec)
    known = {
        **ticket,
        "greeting_name": greeting_name(person),
        "contact": contact.get("address") or "",
        "text": last.get("reply") or "",
    }
    details = {
        name: known[name]
        for name, sample in SAMPLES[kind].items()
        if name in known and type(known[name]) is type(sample)
    }
    return _row(kind, person, details, ticket["title"], number, language, desk)


def _row(
    kind: NoticeKind,
    customer: Address,
    details: Mapping[str, Any],
    title: str,
    number: str,
    language: str,
    desk: Desk,
) -> OutboxRow:
    notice = Notice(
        kind=kind,
        to=(customer if kind in TO_CUSTOMERS else _ANN,),
        from_=Address(name=desk.name, addr_spec=desk.address),
        title=title,
        number=number,
        language=language,
        details=details,
    )
    domain = desk.address.rpartition("@")[2]
    return OutboxRow(
        id=0, notice=notice, message_id=f"<preview@{domain}>", ticket=None, attempts=0, created_at=_NEVER,
        rendered=None, mail_from="",
    )  # fmt: skip
