"""PostgreSQL goes away under load: clients hear 4xx, nothing is lost, and all goes on by itself when it is back."""

import time

import pytest

from tests.acceptance.load import Load, assert_kept
from tests.acceptance.post import flags, mailbox
from tests.acceptance.waiting import until
from tests.acceptance.wire import STOP_WITHIN, Client
from tests.acceptance.world import World
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres

#: Seconds that the database is away.
OUTAGE = 20.0


@pytest.mark.parametrize("how", ["fast", "immediate"], ids=["shut down", "crashed"])
def test_store_that_is_away_defers_mail_and_loses_none(how: str) -> None:
    with Postgres() as postgres, World(store_url=postgres.create_database("away")) as world:
        process = world.process
        with Load(world) as load:
            load.wait_for(30)
            postgres.stop(how)
            gone = time.monotonic()
            # the outage itself: nothing can be waited for, it has to last
            time.sleep(OUTAGE if how == "fast" else OUTAGE / 4)
            until(lambda: load.between(gone, time.monotonic()), "somebody to be told")
            back = time.monotonic()
            postgres.start()
            load.wait_for(30)

        assert process is not None and process.poll() is None, "the daemon has ended"
        assert {reply.code for reply in load.between(gone, back)} == {451}
        assert {reply.code for reply in load.replies} == {250, 451}
        assert not [reply for reply in load.replies if "postgres" in reply.words.lower()]
        assert_kept(world, load)


def test_mail_in_a_mailbox_waits_there_unmarked_while_the_store_is_away() -> None:
    with Dovecot() as dovecot, Postgres() as postgres:
        box = {"intake": {"imap": [mailbox(dovecot)]}}
        with World(box, store_url=postgres.create_database("away")) as world:
            carla = world.customer("Carla <carla@shop.example>")
            dovecot.deliver("support", carla.drafts("Broken vase"))
            carla.waits_for("confirmation")
            postgres.stop()

            dovecot.deliver("support", carla.drafts("Another vase"))
            until(lambda: any(event["event"] == "store_unreachable" for event in world.log), "the store to be missed")
            assert flags(dovecot, "support")[1] == set()
            postgres.start()

            assert carla.waits_for("confirmation").ticket.title == "Another vase"
            until(lambda: flags(dovecot, "support")[1] == {b"\\Seen", b"$Mailticket"}, "it to be marked")
            assert len(world.tickets_of(carla.address)) == 2


def test_service_does_not_start_without_its_store_and_says_why() -> None:
    with Postgres() as postgres, World(store_url=postgres.create_database("away"), start=False) as world:
        postgres.stop()

        done = world.cli("run")

        assert done.code == 1
        assert "the database does not answer" in done.err
        assert "Traceback" not in done.err


def test_service_stops_although_its_store_hangs() -> None:
    with Postgres() as postgres, World(store_url=postgres.create_database("hung")) as world:
        carla = world.customer("Carla <carla@shop.example>")
        assert carla.writes("Broken vase") == 250

        client, another = Client(world), carla.drafts("Another vase")
        with postgres.frozen():
            client.begins(another)
            client.send(b".\r\n")
            begun = time.monotonic()
            assert world.stop() == 0
            assert time.monotonic() - begun < STOP_WITHIN
            assert client.reply().startswith("421 ")

        world.start()
        # what got no 250 comes again, and nobody knows whether it is there
        assert carla.sends(another) == 250
        assert len(world.tickets_of(carla.address)) == 2
