"""Story: a stranger says that a mail of ours has come back, or that it was called spam.

A report counts where it names a mail of ours by what only its reader can know; else anybody could silence an address.
"""

import pytest

from tests.acceptance.reports import report
from tests.acceptance.world import Customer, World

COMPLAINT = b"""From: abuse@isp.example\r
To: support@acme.example\r
Subject: complaint\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=feedback-report; boundary=b\r
\r
--b\r
Content-Type: text/plain\r
\r
A user called this mail spam.\r
--b\r
Content-Type: message/feedback-report\r
\r
Feedback-Type: abuse\r
User-Agent: isp/1\r
Version: 1\r
Original-Rcpt-To: %s\r
--b\r
Content-Type: message/rfc822\r
\r
From: support@acme.example\r
To: %s\r
Subject: [#%s] Broken vase\r
Message-ID: %s\r
\r
We send a new one.\r
--b--\r
"""


@pytest.fixture
def carla(world: World) -> Customer:
    """A customer with a ticket that was answered."""
    carla = world.somebody()
    carla.writes("Broken vase")
    confirmation = carla.waits_for("confirmation")
    world.run("ticket", "reply", confirmation.number, "A new one is on its way.")
    world.hurry()
    carla.waits_for("reply")
    return carla


def guesses(carla: Customer) -> list[str]:
    """Message-IDs that others may know or guess: Carla's own, one like ours, one of ours with another day's words."""
    ours = carla.mailbox.mails[-1].message_id
    return [carla.written[0].message_id, f"<{'a' * 48}@acme.example>", ours.replace(ours[5:9], "2222"), "", "<x>"]


def assert_unmoved(world: World, carla: Customer) -> None:
    ticket = carla.ticket
    assert ticket.status == "pending_customer" and ticket.messages[-1].delivery == "sent"
    assert ticket.json["contact"]["bounced_at"] is None
    assert not {"bounced", "complained", "delivery_delayed"} & set(ticket.happened)
    for liar in ("mailer-daemon@evil.example", "abuse@isp.example"):
        world.silence_for(liar)
    carla.writes("Another vase")
    carla.waits_for("confirmation")


def test_forged_bounces_do_nothing(world: World, carla: Customer) -> None:
    answer = carla.mailbox.mails[-1]
    for guess in guesses(carla):
        for mail_from in ("", "mailer-daemon@evil.example"):
            raw = report(answer, carla.address, guess or "<nothing@evil.example>")
            raw = raw.replace(b"Returned to Sender", f"[#{carla.ticket.number}] {guess} {mail_from}".encode())
            assert world.send(raw, mail_from)[0] == 250

    assert_unmoved(world, carla)


def test_forged_complaints_do_nothing(world: World, carla: Customer) -> None:
    address, number = carla.address.encode(), carla.ticket.number.encode()
    for guess in guesses(carla):
        assert world.send(COMPLAINT % (address, address, number, guess.encode()), "abuse@isp.example")[0] == 250

    assert_unmoved(world, carla)


def test_address_that_a_bounce_may_go_to_is_no_proof_by_itself(world: World, carla: Customer) -> None:
    token = f"{'a' * 48}"
    raw = report(carla.mailbox.mails[-1], carla.address, "<nothing@evil.example>")

    world.send(raw, "", (f"support+b-{token}@acme.example",))

    assert_unmoved(world, carla)
