"""What forgers try on the way between two mails: stolen tokens, claimed Message-IDs, copies that come first, floods."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import select

from mailticket.desk.receipt import Added, Duplicate, Held, Opened, Quarantined
from mailticket.mail.message import Address, InboundMail
from mailticket.mail.parse import parse_mail
from mailticket.store import waiting
from mailticket.store.engine import Store
from mailticket.store.tables import outbox
from tests.factories import ANN, CARLA, MALLORY, PAUL, make_raw
from tests.integration.nodes import Node, node, numbered

ANN_WRITES = Address(name=ANN.name, addr_spec=ANN.address)


def message_id_of(desk: Node, kind: str) -> str:
    """Of the last mail of this kind."""
    with desk.store.reading() as connection:
        rows = connection.execute(select(outbox.c.message_id).where(outbox.c.kind == kind).order_by(outbox.c.id))
        return str(rows.scalars().all()[-1])


def recipients(desk: Node, kind: str) -> list[set[str]]:
    """Of every mail of this kind, oldest first."""
    with desk.store.reading() as connection:
        rows = connection.execute(select(outbox.c.notice).where(outbox.c.kind == kind).order_by(outbox.c.id))
        return [{one["address"] for one in [*notice["to"], *notice["cc"]]} for notice in rows.scalars()]


# -- tokens


@pytest.fixture
def notification(desk: Node) -> str:
    """Message-ID of the notification that Ann got of Carla's ticket."""
    desk.open(make_raw())
    return message_id_of(desk, "agent_notification")


def as_ann(notification: str, count: int, copied: str = "support@acme.example") -> bytes:
    """A mail in Ann's name that nothing proves but the notification that it answers."""
    words = f"Words {count}\n"
    return make_raw("Re: vase", ANN_WRITES, f"<{count}@x>", words, verdict="", In_Reply_To=notification, Cc=copied)


def test_token_that_others_have_seen_proves_nothing(desk: Node, notification: str) -> None:
    assert isinstance(desk.receive(as_ann(notification, 1, CARLA.addr_spec)), Added)

    again = desk.receive(as_ann(notification, 2))

    assert isinstance(again, Held) and again.reason == "agent_not_verified"


def test_token_that_stayed_between_us_goes_on_to_prove(desk: Node, notification: str) -> None:
    for count in range(2):
        assert isinstance(desk.receive(as_ann(notification, count)), Added)


def test_who_has_only_a_token_puts_nobody_on_the_ticket(desk: Node, notification: str) -> None:
    desk.receive(as_ann(notification, 1, "victim@third.example"))
    desk.receive(make_raw("Re: vase", ANN_WRITES, "<proved@x>", "Hello\n", In_Reply_To=notification))

    assert recipients(desk, "reply") == [{CARLA.addr_spec}] * 2


# -- Message-IDs


def test_who_claims_a_message_id_in_advance_does_not_get_the_answer(desk: Node) -> None:
    claimed = desk.open(make_raw("Hello", MALLORY, "<m@evil.example>", References="<carla-17@shop.example>"))
    number = desk.open(make_raw(message_id="<carla-17@shop.example>"))
    assert number != claimed

    desk.receive(make_raw("Re: vase", ANN_WRITES, "<a@x>", "Dear Carla\n", In_Reply_To="<carla-17@shop.example>"))

    assert recipients(desk, "reply") == [{CARLA.addr_spec}]


def test_who_takes_anothers_message_id_does_not_get_the_answer(desk: Node) -> None:
    desk.open(make_raw())
    desk.open(make_raw("Hello", MALLORY, body="Other words\n"))

    desk.receive(make_raw("Re: vase", ANN_WRITES, "<a@x>", "Dear Carla\n", In_Reply_To="<vase@shop.example>"))

    assert recipients(desk, "reply") == [{CARLA.addr_spec}]


# -- copies


@pytest.mark.parametrize(
    "field", [{"Auto_Submitted": "auto-replied"}, {"X_Mailticket_Loop": "desk-1"}], ids=["automatic", "our loop mark"]
)
def test_a_forged_copy_that_is_ignored_does_not_keep_the_genuine_mail_away(desk: Node, field: dict[str, str]) -> None:
    desk.receive(make_raw("Broken vase", CARLA, verdict="", **field))  # type: ignore[arg-type]

    assert isinstance(desk.receive(make_raw()), Opened)
    assert isinstance(desk.receive(make_raw()), Duplicate)
    assert [kind for kind, _ in desk.queued()] == ["confirmation"]


def test_a_forged_copy_that_breaks_a_rule_does_not_keep_the_genuine_mail_away(store: Store, tmp_path: Path) -> None:
    def broken(raw: bytes) -> InboundMail:
        mail = parse_mail(raw)
        return mail if mail.authentication_results else replace(mail, text=cast(str, None))

    with node(store, tmp_path / "blobs", broken) as desk:
        assert isinstance(desk.receive(make_raw(verdict="")), Quarantined)

        assert isinstance(desk.receive(make_raw()), Opened)
        assert desk.waiting(waiting.QUARANTINE) == []


# -- floods


def test_agents_hear_of_one_address_within_reason(desk: Node) -> None:
    for count in range(40):
        desk.receive(numbered(count, sender=MALLORY))
    other = desk.open(make_raw())

    heard = Counter(kind for kind, _ in desk.queued(notifications=True))
    assert heard["agent_notification"] == 30 + 1
    assert desk.events(other)["agents_notified"]["to"] == [ANN.address], "an honest customer is heard all the same"
    with desk.store.reading() as connection:
        notices = connection.execute(select(outbox.c.notice).where(outbox.c.kind == "agent_notification")).scalars()
        last_of = [notice["details"]["last_of"] for notice in notices if notice["details"]["last_of"]]
    assert last_of == [MALLORY.addr_spec], "the last of them says that it is the last"
    desk.clock.time += timedelta(hours=1)
    assert "agents_notified" in desk.events(desk.open(numbered(41, sender=MALLORY)))


def test_many_addresses_of_one_domain_are_bounded_together(desk: Node) -> None:
    for count in range(80):
        sender = Address(name="M", addr_spec=f"m{count}@evil.example")
        desk.receive(numbered(count, sender=sender, verdict=""))

    assert Counter(kind for kind, _ in desk.queued(notifications=True))["agent_notification"] == 60
    honest = desk.open(make_raw(verdict=""))
    assert "agents_notified" in desk.events(honest)


# -- reports


def returned(about: str, recipient: str) -> bytes:
    """A delivery report (RFC 3464) on a mail of ours."""
    text = f"""\
From: MAILER-DAEMON@evil.example
To: support@acme.example
Subject: Undelivered Mail
Message-ID: <returned@evil.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

unknown
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; evil.example

Final-Recipient: rfc822; {recipient}
Action: failed
Status: 5.1.1

--b
Content-Type: message/rfc822

From: support@acme.example
Message-ID: {about}

x
--b--
"""
    return text.replace("\n", "\r\n").encode()


def report(about: str, recipient: str, verdict: str) -> bytes:
    """A feedback report (RFC 5965) on a mail of ours."""
    text = f"""\
From: x@evil.example
To: support@acme.example
Authentication-Results: mx.acme.example; dmarc={verdict} (p=reject) header.from=evil.example
Subject: abuse
Message-ID: <report@evil.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary=b

--b
Content-Type: text/plain

spam
--b
Content-Type: message/feedback-report

Feedback-Type: abuse
Version: 1
Original-Rcpt-To: {recipient}

--b
Content-Type: message/rfc822

From: support@acme.example
Message-ID: {about}

x
--b--
"""
    return text.replace("\n", "\r\n").encode()


@pytest.mark.parametrize(
    ("copied", "verdict", "silenced"),
    [("", "pass", True), ("", "fail", False), (PAUL.addr_spec, "pass", False)],
    ids=["the only recipient", "forged", "one of two recipients"],
)
def test_who_else_has_read_a_mail_cannot_silence_the_customer(
    desk: Node, copied: str, verdict: str, silenced: bool
) -> None:
    number = desk.open(make_raw())
    # the first answer reaches whoever is copied directly, the second one by us
    for count, cc in enumerate([copied, ""]):
        desk.receive(
            make_raw(f"Re: [#{number}] vase", ANN_WRITES, f"<{count}@x>", "Hello\n", Cc=cc or "support@acme.example")
        )
    assert recipients(desk, "reply")[-1] == {CARLA.addr_spec, copied or CARLA.addr_spec}

    desk.receive(report(message_id_of(desk, "reply"), CARLA.addr_spec, verdict))

    assert bool(desk.show(number)["contact"]["complained_at"]) is silenced


@pytest.mark.parametrize("copied", ["", PAUL.addr_spec], ids=["the only recipient", "one of two recipients"])
def test_who_else_has_read_a_mail_cannot_say_that_the_customer_is_gone(desk: Node, copied: str) -> None:
    number = desk.open(make_raw())
    for count, cc in enumerate([copied, ""]):
        desk.receive(
            make_raw(f"Re: [#{number}] vase", ANN_WRITES, f"<{count}@x>", "Hello\n", Cc=cc or "support@acme.example")
        )

    desk.receive(returned(message_id_of(desk, "reply"), CARLA.addr_spec), mail_from="")

    assert bool(desk.show(number)["contact"]["bounced_at"]) is not bool(copied)
    assert desk.events(number)["bounced"]["recipients"] == [CARLA.addr_spec], "agents see it either way"


# -- names


def test_name_that_a_forger_has_given_to_an_address_goes_with_its_owners_first_mail(desk: Node) -> None:
    desk.open(make_raw(sender=replace(CARLA, name="You have won: evil.example"), verdict=""))
    number = desk.open(make_raw(message_id="<own@shop.example>"))

    desk.change(number, status="resolved")

    assert desk.show(number)["contact"]["name"] == CARLA.name
    assert [notice["to"][0]["name"] for notice in desk.notices() if notice["kind"] == "resolved"] == [CARLA.name]
