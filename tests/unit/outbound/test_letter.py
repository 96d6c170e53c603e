"""From outbox row to mail: each kind bears the marks that the contract gives it."""

import email
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest

from mailticket.desk.notice import Notice, NoticeKind
from mailticket.desk.policy import AttachmentRules, Policy
from mailticket.mail.compose import Unsendable
from mailticket.mail.message import Address, Attachment
from mailticket.outbound.letter import recipients, write
from mailticket.outbound.render import Templates
from mailticket.store.outbox import OutboxRow

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
CARLA = Address(name="Carla", addr_spec="carla@shop.example")
POLICY = Policy(
    instance_id="desk-1",
    desk_name="Acme Support",
    desk_address="support@acme.example",
    desk_addresses=frozenset({"support@acme.example"}),
    attachments=AttachmentRules(allowed=frozenset({"pdf"})),
)


def make_row(kind: NoticeKind, **over: Any) -> OutboxRow:
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


def written(row: OutboxRow, facts: dict[str, Any] | None = None) -> EmailMessage:
    message = email.message_from_bytes(write(row, facts or {}, Templates(None), POLICY, NOW), policy=default)
    assert isinstance(message, EmailMessage)
    return message


@pytest.mark.parametrize(
    ("kind", "auto_submitted", "suppress"),
    [
        (NoticeKind.CONFIRMATION, "auto-replied", "OOF, AutoReply"),
        (NoticeKind.REPLY, None, None),
        (NoticeKind.STATUS_CHANGED, "auto-generated", "OOF, AutoReply"),
        (NoticeKind.RESOLVED, "auto-generated", "OOF, AutoReply"),
        (NoticeKind.CLOSED, "auto-generated", "OOF, AutoReply"),
        (NoticeKind.HELD, "auto-generated", None),
    ],
)
def test_kind_decides_on_the_marks(kind: NoticeKind, auto_submitted: str | None, suppress: str | None) -> None:
    message = written(make_row(kind))

    assert message["Auto-Submitted"] == auto_submitted
    assert message["X-Auto-Response-Suppress"] == suppress
    assert message["X-Mailticket-Notice"] == kind
    assert message["X-Mailticket-Loop"] == "desk-1"
    assert message["Message-ID"] == "<t@acme.example>"


def test_subject_bears_the_ticket_tag_where_there_is_a_ticket() -> None:
    assert written(make_row(NoticeKind.CONFIRMATION))["Subject"] == "[#2611-0042] Broken vase"
    assert written(make_row(NoticeKind.HELD, number="", title=""))["Subject"].startswith("Held, please decide")


def test_reply_carries_the_words_and_files_of_the_stored_message() -> None:
    file = Attachment(
        filename="a.pdf", content_type="application/pdf", data=b"%PDF", sha256="", inline=False, content_id=""
    )

    message = written(make_row(NoticeKind.REPLY), {"text": "A new one is coming.", "html": None, "attachments": [file]})

    body = message.get_body(("plain",))
    assert body is not None
    assert body.get_content().startswith("A new one is coming.")
    assert [part.get_filename() for part in message.iter_attachments()] == ["a.pdf"]


def test_everybody_is_a_recipient_once() -> None:
    row = make_row(NoticeKind.REPLY, cc=(Address(addr_spec="bob@bücher.example"), CARLA))

    assert recipients(row.notice) == ("carla@shop.example", "bob@xn--bcher-kva.example")


def test_mail_to_nobody_is_not_sendable() -> None:
    with pytest.raises(Unsendable, match="no recipient"):
        recipients(make_row(NoticeKind.REPLY, to=()).notice)
