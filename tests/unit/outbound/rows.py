"""Rows of an outbox that tests write letters of."""

from datetime import UTC, datetime
from typing import Any

from mailticket.desk.notice import Notice, NoticeKind
from mailticket.desk.policy import AttachmentRules, Desk, Policy
from mailticket.mail.message import Address
from mailticket.store.outbox import OutboxRow

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
CARLA = Address(name="Carla", addr_spec="carla@shop.example")
POLICY = Policy(
    instance_id="desk-1",
    desks=(Desk(name="Acme Support", address="support@acme.example"),),
    attachments=AttachmentRules(allowed=frozenset({"pdf"})),
)


def make_row(kind: NoticeKind, **over: Any) -> OutboxRow:
    """A row on its way to Carla; `over` changes its notice."""
    values: dict[str, Any] = {
        "kind": kind,
        "to": (CARLA,),
        "from_": Address(name="Acme Support", addr_spec="support@acme.example"),
        "title": "Broken vase",
        "number": "2611-0042",
        "language": "en",
    }
    return OutboxRow(
        id=1, notice=Notice(**values | over), message_id="<t@acme.example>", ticket=1, attempts=0,
        created_at=NOW, rendered=None, mail_from="",
    )  # fmt: skip
