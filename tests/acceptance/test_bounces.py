"""Stories: a mail of ours that comes back is an event on its ticket, never a ticket and never answered."""

import pytest

from tests.acceptance.world import DESK, Received, World

REPORT = """From: Mail Delivery System <MAILER-DAEMON@{domain}>\r
To: {desk}\r
Subject: Undelivered Mail Returned to Sender\r
Auto-Submitted: auto-replied\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=delivery-status; boundary=b\r
\r
--b\r
Content-Type: text/plain\r
\r
This mail could not be delivered.\r
--b\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mx.{domain}\r
\r
Final-Recipient: rfc822; {recipient}\r
Action: failed\r
Status: 5.1.1\r
--b\r
Content-Type: text/rfc822-headers\r
\r
From: {desk}\r
Message-ID: {message_id}\r
--b--\r
"""


def report(mail: Received, recipient: str, message_id: str = "") -> bytes:
    """What a mail server says that could not deliver `mail`."""
    domain = recipient.rpartition("@")[2]
    words = {"domain": domain, "desk": DESK, "recipient": recipient, "message_id": message_id or mail.message_id}
    return REPORT.format(**words).encode()


def test_an_answer_that_comes_back_is_marked_on_its_ticket(world: World) -> None:
    carla = world.somebody()
    carla.writes("Broken vase")
    confirmation = carla.waits_for("confirmation")
    world.run("ticket", "reply", confirmation.number, "A new one is on its way.")
    world.hurry()
    answer = carla.waits_for("reply")

    assert world.send(report(answer, carla.address), "")[0] == 250

    ticket = confirmation.ticket
    assert ticket.detail("bounced") == {"recipients": [carla.address], "status": "5.1.1", "permanent": True}
    assert ticket.messages[-1].delivery == "bounced" and len(ticket.messages) == 2
    assert ticket.status == "pending_customer"
    world.silence_for(f"mailer-daemon@{carla.address.rpartition('@')[2]}")


@pytest.mark.parametrize("message_id", ["<never.sent@acme.example>", "<" + "a" * 48 + "@acme.example>"])
def test_a_report_on_a_mail_that_is_not_ours_is_ignored(world: World, message_id: str) -> None:
    carla = world.somebody()
    carla.writes("Broken vase")
    confirmation = carla.waits_for("confirmation")

    world.send(report(confirmation, carla.address, message_id), "")

    assert confirmation.ticket.happened == ("opened", "confirmation_queued")
    assert world.tickets_of(f"mailer-daemon@{carla.address.rpartition('@')[2]}") == []
