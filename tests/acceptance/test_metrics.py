"""Prometheus asks a desk how it does: the figures are right, whichever process took the mail."""

from collections.abc import Iterator

import pytest

from tests.acceptance.figures import figures_at
from tests.acceptance.waiting import until
from tests.acceptance.world import World, free_port


class Watched:
    """A desk and what it shows."""

    def __init__(self, acceptors: int) -> None:
        self.place = f"127.0.0.1:{free_port()}"
        self.figure = figures_at(self.place)
        self.world = World({"metrics": {"listen": self.place}, "service": {"log": "json", "acceptors": acceptors}})


@pytest.fixture(scope="module", params=[0, 1], ids=["one process", "an acceptor takes the mail"])
def watched(request: pytest.FixtureRequest) -> Iterator[Watched]:
    watched = Watched(request.param)
    with watched.world:
        yield watched


def test_every_mail_is_counted_once_by_what_became_of_it(watched: Watched) -> None:
    for _ in range(3):
        watched.world.somebody().writes("Broken vase")
    forger = watched.world.somebody("fail")
    forger.writes("Broken vase")

    until(lambda: watched.figure("mailticket_tickets_opened_total") == 3, "three tickets to be counted")
    until(lambda: watched.figure("mailticket_held_mails") == 1, "held mail to be seen")
    opened = watched.figure("mailticket_mails_received_total", receipt="opened", transport="smtp")
    held = watched.figure("mailticket_mails_received_total", receipt="held", transport="smtp")
    assert (opened, held) == (3, 1)


def test_what_leaves_and_what_waits_is_seen(watched: Watched) -> None:
    writer = watched.world.somebody()
    sent = watched.figure("mailticket_outgoing_mails_total", outcome="sent") or 0
    writer.writes("Broken vase")
    watched.world.settle()

    until(lambda: (watched.figure("mailticket_outgoing_mails_total", outcome="sent") or 0) > sent, "a confirmation")
    assert watched.figure("mailticket_outgoing_mails_total", outcome="failed") == 0
    until(lambda: watched.figure("mailticket_outbox_waiting_mails") == 0, "the outbox to be empty")
    assert watched.figure("mailticket_outbox_oldest_due_seconds") == 0
    assert watched.figure("mailticket_store_up") == 1
    assert watched.figure("mailticket_quarantined_mails") == 0


def test_address_that_is_taken_keeps_the_service_from_starting_and_is_named(watched: Watched) -> None:
    with World({"metrics": {"listen": watched.place}}, start=False) as second:
        done = second.cli("run")

    assert done.code == 2
    assert f'metrics.listen = "{watched.place}"' in done.err
