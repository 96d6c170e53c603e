"""Mailboxes with a past, mail that comes by several ways, servers that restart: each mail once, nobody told twice."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.acceptance.conftest import Worlds
from tests.acceptance.people import DESK, Customer
from tests.acceptance.post import flags, mailbox
from tests.acceptance.waiting import PATIENCE, until
from tests.acceptance.world import World
from tests.servers.dovecot import Dovecot

#: Mails that wait when the desk begins.
BACKLOG = 400


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    with Dovecot({"support": "secret", "returns": "secret"}) as dovecot:
        yield dovecot


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, worlds: Worlds) -> str:
    """An empty store of each kind; "" is SQLite."""
    return "" if request.param == "sqlite" else worlds.database()


def polled(*boxes: Mapping[str, Any]) -> dict[str, Any]:
    return {"intake": {"imap": list(boxes)}}


def titles(world: World) -> list[str]:
    """Of all tickets."""
    return sorted(ticket["title"] for ticket in world.json("ticket", "list", "--limit", "10000")["tickets"])


def confirmed(world: World) -> int:
    """Mails that have left, once all have."""
    until(lambda: not world.outbox, "the outbox to be empty", 3 * PATIENCE)
    return len(list((world.outgoing / "new").glob("*")))


def someone(world: World, number: int) -> Customer:
    return world.customer(f"customer{number}@shop.example")


def test_mailbox_full_of_old_mail_opens_nothing(dovecot: Dovecot) -> None:
    with World(polled(mailbox(dovecot, start="now")), start=False) as world:
        carla = world.customer("Carla <carla@shop.example>")
        dovecot.deliver("support", *(carla.drafts(f"Old {number}") for number in range(50)))
        world.start()
        until(lambda: count(world, "imap_connected"), "the mailbox to be watched")

        new = carla.drafts("Broken vase")
        dovecot.deliver("support", new)

        assert carla.waits_for("confirmation").ticket.title == "Broken vase"
        assert titles(world) == ["Broken vase"]
        assert confirmed(world) == 1
        assert flags(dovecot, "support") == [set()] * 50 + [{b"\\Seen", b"$Mailticket"}]


@pytest.mark.parametrize("has_id", [True, False], ids=["with Message-ID", "without Message-ID"])
def test_mail_that_comes_by_three_ways_is_one_ticket(dovecot: Dovecot, store_url: str, has_id: bool) -> None:
    boxes = polled(mailbox(dovecot), mailbox(dovecot, "returns"))
    with World(boxes, store_url=store_url) as world:
        carla = world.customer("Carla <carla@shop.example>")
        to = {"To": f"{DESK}, returns@acme.example"}
        raw = carla.drafts("Broken vase", fields=to if has_id else {**to, "Message-ID": None})

        dovecot.deliver("support", raw)
        dovecot.deliver("returns", raw)
        assert carla.sends(raw, to=(DESK, "returns@acme.example")) == 250

        def receipts() -> list[str]:
            return sorted(event["receipt"] for event in world.log if event["event"] == "mail_received")

        until(lambda: receipts() == ["duplicate", "duplicate", "opened"], lambda: f"three receipts, not {receipts()}")
        (ticket,) = world.tickets_of(carla.address)
        assert len(world.ticket(ticket.number).messages) == 1
        assert confirmed(world) == 1
        marked = [{b"\\Seen", b"$Mailticket"}]
        until(lambda: flags(dovecot, "support") == flags(dovecot, "returns") == marked, "both to be marked")


def test_mailbox_with_new_uids_is_read_again_without_doubles_and_confirmations(dovecot: Dovecot) -> None:
    with World(polled(mailbox(dovecot))) as world:
        for number in range(10):
            dovecot.deliver("support", someone(world, number).drafts(f"Vase {number}"))
        until(lambda: len(titles(world)) == 10, "ten tickets")
        assert confirmed(world) == 10
        world.stop()
        # what nobody has read yet cannot be told from what came long ago
        dovecot.deliver("support", someone(world, 10).drafts("Vase 10"))
        dovecot.stop()
        dovecot.renew_uidvalidity("support")
        dovecot.start()

        world.start()
        until(lambda: count(world, "imap_rescan_started"), "the rescan")
        until(lambda: len(titles(world)) == 11, "the eleventh ticket")
        dovecot.deliver("support", someone(world, 11).drafts("Vase 11"))

        until(lambda: world.mails_to("customer11@shop.example"), "a confirmation of what is new")
        assert titles(world) == sorted(f"Vase {number}" for number in range(12))
        assert confirmed(world) == 11
        (late,) = world.tickets_of("customer10@shop.example")
        assert "confirmation_suppressed" in world.ticket(late.number).happened


def test_mailbox_that_is_restarted_in_mid_fetch_hands_out_every_mail_once(dovecot: Dovecot) -> None:
    # small batches, so that there is a middle
    with World(polled(mailbox(dovecot, batch_bytes=65536)), start=False) as world:
        body = "A line of some length, so that a batch is soon full.\n" * 400
        dovecot.deliver("support", *(someone(world, n).drafts(f"Vase {n}", body) for n in range(BACKLOG)))
        world.start()
        until(lambda: count(world, "mail_received") >= BACKLOG // 10, "the first mails to be taken")
        dovecot.restart()
        until(lambda: count(world, "imap_connected") == 2, "the service to come back")
        assert count(world, "mail_received") < BACKLOG, "the backlog was too short to be interrupted"
        dovecot.restart()

        until(lambda: len(titles(world)) == BACKLOG, "the whole backlog", 3 * PATIENCE)
        marked = [{b"\\Seen", b"$Mailticket"}] * BACKLOG
        until(lambda: flags(dovecot, "support") == marked, "all to be marked")
        assert titles(world) == sorted(f"Vase {number}" for number in range(BACKLOG))
        assert confirmed(world) == BACKLOG


def count(world: World, event: str) -> int:
    """How often the service has logged this."""
    return sum(one["event"] == event for one in world.log)
