"""From outbox row to mail: each kind bears the marks that the contract gives it."""

import email
from dataclasses import replace
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest

from mailticket.desk.notice import NoticeKind
from mailticket.desk.policy import Agent
from mailticket.mail.compose import Unsendable
from mailticket.mail.message import Address, Attachment
from mailticket.outbound.letter import recipients, write
from mailticket.outbound.render import Templates
from mailticket.store.outbox import OutboxRow
from tests.unit.outbound.rows import CARLA, NOW, POLICY, make_row


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
        (NoticeKind.REMINDER, "auto-generated", "OOF, AutoReply"),
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


TOKEN, OTHER = "a2" * 24, "b3" * 24
STOP = f"mailto:support@acme.example?subject=Stop%20%7Bmt-{TOKEN}%7D&body=Please"


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (NoticeKind.STATUS_CHANGED, True),
        (NoticeKind.RESOLVED, True),
        (NoticeKind.CLOSED, True),
        (NoticeKind.REMINDER, True),
        (NoticeKind.CONFIRMATION, False),
        (NoticeKind.REPLY, False),
    ],
)
def test_updates_can_be_stopped_by_their_readers_mail_program(kind: NoticeKind, told: bool) -> None:
    facts = {"text": "Hello."} if kind is NoticeKind.REPLY else {}
    mail = written(make_row(kind, details={"stop": STOP}), facts)

    assert mail["List-Unsubscribe"] == (f"<{STOP.partition('&')[0]}>" if told else None)


def test_customers_own_buttons_stay_and_all_other_tokens_go() -> None:
    row = make_row(NoticeKind.REPLY, details={"resolved": True, "solved": STOP})

    mail = written(row, {"text": f"As in {OTHER}."})

    words = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert TOKEN in words and OTHER not in words


@pytest.mark.parametrize(
    ("answer_by", "told"), [("2026-11-22T12:00:00+00:00", True), ("2026-11-22T11:00:00+01:00", False), ("", False)]
)
def test_confirmation_never_promises_what_is_past(answer_by: str, told: bool) -> None:
    mail = written(make_row(NoticeKind.CONFIRMATION, details={"answer_by": answer_by}))

    words = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert ("at the" in words) is told
    assert ("Sunday, 22 November, 12:00" in words) is told


@pytest.mark.parametrize(
    ("kind", "to", "clock"),
    [
        (NoticeKind.HELD, "ann@acme.example", "05:00"),
        (NoticeKind.HELD, "ben@acme.example", "11:00"),
        (NoticeKind.CONFIRMATION, "carla@shop.example", "11:00"),
    ],
    ids=["an agent's own clock", "the desk's for an agent without", "the desk's for a customer"],
)
def test_moments_are_told_by_the_readers_clock(kind: NoticeKind, to: str, clock: str) -> None:
    agents = (
        Agent(name="Ann", address="ann@acme.example", timezone="America/New_York"),
        Agent(name="Ben", address="ben@acme.example"),
    )
    moment = "2026-11-24T10:00:00Z"
    row = make_row(kind, to=(Address(addr_spec=to),), details={"received_at": moment, "answer_by": moment})
    policy = replace(POLICY, agents=agents, timezone="Europe/Berlin")

    text = email.message_from_bytes(write(row, {}, Templates(None), policy, NOW), policy=default).as_string()

    assert f"Tuesday, 24 November, {clock}" in " ".join(text.split())


def test_only_the_customers_own_buttons_keep_their_tokens() -> None:
    ours, others = "a" * 48, "b" * 48
    details = {"stop": f"mailto:support@acme.example?subject={ours}", "title": f"mailto:x?subject={others}"}

    mail = written(make_row(NoticeKind.CLOSED, details=details))

    assert ours in str(mail) and others not in str(mail)
