"""What a delivery report, the relay's refusal or a complaint does to tickets, people and mail that would follow."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from mailticket.actions import undelivered
from mailticket.desk.policy import Agent
from mailticket.desk.receipt import Added, Ignored
from mailticket.mail.message import Address
from mailticket.store import absences, contacts
from mailticket.store import tables as t
from mailticket.store.engine import Store
from tests.factories import ANN, CARLA, make_raw
from tests.integration.nodes import Node, node

BEN = Agent(name="Ben", address="ben@acme.example", lead=True)

REPORT = """From: MAILER-DAEMON@shop.example\r
To: support@acme.example\r
Subject: Undelivered Mail\r
Message-ID: <report{count}@shop.example>\r
Content-Type: multipart/report; report-type={type}; boundary=b\r
\r
--b\r
Content-Type: message/{type}\r
\r
{fields}\r
--b\r
Content-Type: text/rfc822-headers\r
\r
{header}\r
--b--\r
"""
DSN = (
    "Reporting-MTA: dns; mx.shop.example\r\n\r\nFinal-Recipient: rfc822; {to}\r\nAction: {action}\r\nStatus: {status}\r"
)
ARF = "Feedback-Type: {kind}\r\nUser-Agent: Provider/1.0\r\nVersion: 1\r\n"


def report(
    header: str, to: str = CARLA.addr_spec, status: str = "5.1.1", action: str = "failed", count: int = 1
) -> bytes:
    """What a mail server says of the mail with this header."""
    fields = DSN.format(to=to, status=status, action=action)
    return REPORT.format(type="delivery-status", fields=fields, header=header, count=count).encode()


def complaint(header: str, kind: str = "abuse", count: int = 1) -> bytes:
    """What a mail service says of a reader of the mail with this header."""
    fields = ARF.format(kind=kind)
    return REPORT.format(type="feedback-report", fields=fields, header=header, count=count).encode()


def rows(desk: Node, kind: str) -> list[Any]:
    """Mails of ours of one kind, oldest first."""
    with desk.store.reading() as connection:
        return list(connection.execute(select(t.outbox).where(t.outbox.c.kind == kind).order_by(t.outbox.c.id)))


def header_of(desk: Node, kind: str) -> str:
    """The header of the newest mail of this kind, as it comes back."""
    return f"Message-ID: {rows(desk, kind)[-1].message_id}"


def told(desk: Node) -> list[tuple[str, dict[str, Any]]]:
    """Who was told of undelivered mail, and what."""
    return [(row.notice["to"][0]["address"], row.notice["details"]) for row in rows(desk, "bounced")]


def kinds(desk: Node, number: str) -> list[str]:
    """What has happened on a ticket."""
    return [event["kind"] for event in desk.show(number)["events"]]


def contact(desk: Node) -> Any:
    """What is known of Carla."""
    with desk.store.reading() as connection:
        return connection.execute(select(t.contacts).where(t.contacts.c.address == CARLA.addr_spec)).one()


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Iterator[Node]:
    """A desk with two agents; Ben is a lead."""
    with node(store, tmp_path / "blobs", agents=(ANN, BEN)) as running:
        yield running


@pytest.fixture
def number(desk: Node) -> str:
    """Carla's ticket, which is resolved."""
    number = desk.open(make_raw())
    desk.change(number, status="resolved", assignee=ANN.address)
    return number


def test_bounce_wakes_the_ticket_marks_the_address_and_tells_who_has_it(desk: Node, number: str) -> None:
    assert desk.receive(report(header_of(desk, "resolved")), mail_from="") == Added(ticket=number)

    assert desk.show(number)["status"] == "pending_agent"
    detail = desk.events(number)["bounced"]
    assert (detail["recipients"], detail["status"], detail["notice"]) == ([CARLA.addr_spec], "5.1.1", "resolved")
    assert contact(desk).bounced_at == desk.clock.time and contact(desk).bounce_reason == "5.1.1"
    ((agent, said),) = told(desk)
    assert agent == ANN.address and "no such mailbox" in said["reason"]
    assert rows(desk, "resolved")[0].state == "bounced"
    assert len(desk.show(number)["messages"]) == 1


def test_bounce_is_told_to_who_is_there(desk: Node, number: str) -> None:
    with desk.store.writing() as connection:
        absences.leave(connection, ANN.address, desk.clock.time + timedelta(days=1))

    desk.receive(report(header_of(desk, "resolved")), mail_from="")

    assert [agent for agent, _ in told(desk)] == [BEN.address]


def test_status_updates_stay_away_from_a_dead_address_until_somebody_writes_from_there(desk: Node, number: str) -> None:
    desk.receive(report(header_of(desk, "resolved")), mail_from="")
    before = len(rows(desk, "resolved"))

    desk.change(number, status="resolved")
    assert desk.events(number)["update_suppressed"] == {"notice": "resolved", "reason": "address_bounced"}
    assert len(rows(desk, "resolved")) == before

    desk.receive(make_raw(subject=f"Re: [#{number}]", message_id="<2@shop.example>", Auto_Submitted="auto-replied"))
    assert contact(desk).bounced_at is not None, "a machine reads nothing"
    desk.receive(make_raw(subject=f"Re: [#{number}]", message_id="<3@shop.example>"))
    assert contact(desk).bounced_at is None
    desk.change(number, status="resolved")
    assert len(rows(desk, "resolved")) == before + 1


def test_new_mail_from_a_dead_address_is_confirmed_again(desk: Node, number: str) -> None:
    desk.receive(report(header_of(desk, "resolved")), mail_from="")

    other = desk.open(make_raw(subject="Broken chair", message_id="<chair@shop.example>"))

    assert "confirmation_queued" in kinds(desk, other)
    assert contact(desk).bounced_at is None


@pytest.mark.parametrize(
    ("status", "reason"), [("4.4.7", "for days"), ("5.7.1", "as spam"), ("5.3.4", "larger")], ids=str
)
def test_failure_that_says_nothing_of_the_address_marks_nothing(
    desk: Node, number: str, status: str, reason: str
) -> None:
    desk.receive(report(header_of(desk, "resolved"), status=status), mail_from="")

    assert contact(desk).bounced_at is None
    assert desk.show(number)["status"] == "pending_agent"
    assert reason in told(desk)[0][1]["reason"]


def test_delay_is_an_event_and_nothing_else(desk: Node, number: str) -> None:
    late = report(header_of(desk, "resolved"), status="4.4.1", action="delayed")

    assert desk.receive(late, mail_from="") == Added(ticket=number)

    assert kinds(desk, number)[-1] == "delivery_delayed"
    assert (desk.show(number)["status"], told(desk)) == ("resolved", [])
    assert rows(desk, "resolved")[0].state == "queued"


@pytest.mark.parametrize(
    ("header", "to"),
    [
        ("Message-ID: <vase@shop.example>", CARLA.addr_spec),
        ("Message-ID: <" + "a" * 48 + "@acme.example>", CARLA.addr_spec),
        ("Message-ID: <other@acme.example>\r\nSubject: [#{number}] Broken vase", CARLA.addr_spec),
    ],
    ids=["the customer's own Message-ID", "a token that is not ours", "the number in the returned subject"],
)
def test_forged_report_does_nothing(desk: Node, number: str, header: str, to: str) -> None:
    before = desk.show(number)

    forged = report(header.format(number=number), to=to).replace(b"Mail\r\nM", f"[#{number}]\r\nM".encode())
    receipt = desk.receive(forged, mail_from="")

    assert receipt == Ignored(reason="unmatched_delivery_report")
    assert desk.show(number) == before and contact(desk).bounced_at is None
    assert told(desk) == []


def test_report_silences_nobody_but_the_recipients_of_its_mail(desk: Node, number: str) -> None:
    """Somebody who has a mail of ours must not be able to silence somebody else by it."""
    mallory = make_raw(sender=Address(name="M", addr_spec="m@evil.example"), message_id="<m@evil.example>")
    desk.open(mallory)

    desk.receive(report(header_of(desk, "confirmation"), to=CARLA.addr_spec), mail_from="")

    assert contact(desk).bounced_at is None


@pytest.mark.parametrize("made", [report, complaint], ids=["report", "complaint"])
def test_who_is_copied_silences_nobody_by_a_message_id_of_the_conversation(desk: Node, made: Any) -> None:
    desk.open(make_raw(Cc="m@evil.example"))

    desk.receive(made(header_of(desk, "confirmation")), mail_from="")

    assert contact(desk).bounced_at is None and contact(desk).complained_at is None


def test_conversation_with_a_dead_address_in_it_can_be_ended(desk: Node) -> None:
    number = desk.open(make_raw(Cc="m@shop.example"))
    for _ in range(2):
        desk.change(number, status="resolved")
        desk.clock.time += timedelta(hours=1)
        desk.receive(report(header_of(desk, "resolved")), mail_from="")

    assert sorted(agent for agent, _ in told(desk)) == [ANN.address, BEN.address]
    assert desk.show(number)["status"] == "resolved", "whoever has ended it again knows that this mail does not arrive"
    assert kinds(desk, number).count("bounced") == 2


def test_mail_that_a_relay_has_renamed_is_known_by_its_thread(desk: Node, number: str) -> None:
    thread = rows(desk, "confirmation")[0].message_id

    receipt = desk.receive(report(f"Message-ID: <1@ses.example>\r\nReferences: <a@b> {thread}"), mail_from="")

    assert receipt == Added(ticket=number)
    assert contact(desk).bounce_reason == "5.1.1"
    assert rows(desk, "resolved")[0].state == "bounced", "the newest mail to her"


def test_report_without_the_mail_is_known_by_the_envelope_alone(store: Store, tmp_path: Path) -> None:
    with node(store, tmp_path / "blobs", plus_addressing=True) as desk:
        number = desk.open(make_raw())
        desk.change(number, status="resolved")
        (resolved,) = rows(desk, "resolved")

        receipt = desk.receive(report("Subject: something"), mail_from="", rcpt_tos=(resolved.mail_from,))

        assert receipt == Added(ticket=number)
        assert desk.events(number)["bounced"]["notice"] == "resolved"
        assert rows(desk, "resolved")[0].state == "bounced"


def test_notification_that_comes_back_is_told_to_others_once_a_day(desk: Node, number: str) -> None:
    def comes_back(count: int) -> None:
        desk.receive(report(header_of(desk, "agent_notification"), to=ANN.address, count=count), mail_from="")

    desk.receive(make_raw(subject=f"Re: [#{number}]", message_id="<2@shop.example>"))
    comes_back(1)
    comes_back(2)

    assert [agent for agent, _ in told(desk)] == [BEN.address]
    assert told(desk)[0][1]["about"] == "agent"
    assert desk.events(number)["agent_unreachable"]["agents"] == [ANN.address]
    assert kinds(desk, number).count("agent_unreachable") == 2
    assert contact(desk).bounced_at is None and desk.show(number)["status"] == "pending_agent"

    desk.clock.time += timedelta(days=1, minutes=1)
    comes_back(3)
    assert len(told(desk)) == 2


def test_word_of_an_unreachable_colleague_that_comes_back_too_ends_there(desk: Node, number: str) -> None:
    desk.receive(make_raw(subject=f"Re: [#{number}]", message_id="<2@shop.example>"))
    desk.receive(report(header_of(desk, "agent_notification"), to=ANN.address), mail_from="")

    desk.receive(report(header_of(desk, "bounced"), to=BEN.address, count=2), mail_from="")

    assert [agent for agent, _ in told(desk)] == [BEN.address]
    assert desk.events(number)["agent_unreachable"]["agents"] == [BEN.address]


def test_relays_refusal_does_what_a_report_does(desk: Node, number: str) -> None:
    (resolved,) = rows(desk, "resolved")
    with desk.store.writing() as connection:
        undelivered.failed(connection, desk.context, resolved.id, "550 5.1.1 no such user", desk.clock.time)

    assert desk.events(number)["delivery_failed"]["error"] == "550 5.1.1 no such user"
    assert desk.show(number)["status"] == "pending_agent"
    assert contact(desk).bounce_reason == "5.1.1"
    assert [agent for agent, _ in told(desk)] == [ANN.address]
    assert rows(desk, "resolved")[0].state == "failed"


def test_relay_that_refuses_us_says_nothing_of_the_address(desk: Node, number: str) -> None:
    (resolved,) = rows(desk, "resolved")
    with desk.store.writing() as connection:
        refusal = [(CARLA.addr_spec, "554 5.7.1 relay access denied")]
        undelivered.refused(connection, desk.context, resolved.id, refusal, desk.clock.time)

    assert contact(desk).bounced_at is None
    assert len(told(desk)) == 1


def test_agents_are_not_buried_under_confirmations_that_come_back(desk: Node) -> None:
    for count in range(25):
        sender = Address(name="", addr_spec=f"c{count}@nowhere.example")
        desk.open(make_raw(sender=sender, message_id=f"<{count}@nowhere.example>"))
        bounce = report(header_of(desk, "confirmation"), to=sender.addr_spec, count=count)
        assert isinstance(desk.receive(bounce, mail_from=""), Added)

    heard = [agent for agent, _ in told(desk)]
    assert (heard.count(ANN.address), heard.count(BEN.address)) == (20, 20)
    with desk.store.reading() as connection:
        assert contacts.silent(connection) == (25, 0)


def test_complaint_silences_automatic_mail_and_the_leads_hear_of_it_once(desk: Node, number: str) -> None:
    assert desk.receive(complaint(header_of(desk, "confirmation")), mail_from="") == Added(ticket=number)
    desk.receive(complaint(header_of(desk, "confirmation"), count=2), mail_from="")

    assert desk.events(number)["complained"] == {
        "kind": "abuse", "recipients": [CARLA.addr_spec], "notice": "confirmation",
    }  # fmt: skip
    assert [(agent, said["about"]) for agent, said in told(desk)] == [(BEN.address, "complaint")]
    other = desk.open(make_raw(subject="Broken chair", message_id="<chair@shop.example>"))
    assert desk.events(other)["confirmation_suppressed"] == {"reason": "complained"}


@pytest.mark.parametrize(
    ("kind", "header", "reason"),
    [("not-spam", "", "no_complaint"), ("abuse", "Message-ID: <vase@shop.example>", "unmatched_complaint")],
)
def test_what_is_no_complaint_about_us_is_ignored(desk: Node, number: str, kind: str, header: str, reason: str) -> None:
    receipt = desk.receive(complaint(header or header_of(desk, "confirmation"), kind), mail_from="")

    assert receipt == Ignored(reason=reason)
    assert contact(desk).complained_at is None
