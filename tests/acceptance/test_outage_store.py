"""PostgreSQL goes away under load: clients hear 4xx, nothing is lost, and all goes on by itself when it is back."""

import time

import pytest

from tests.acceptance.load import Load, assert_kept
from tests.acceptance.world import World
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
            back = time.monotonic()
            postgres.start()
            load.wait_for(30)

        assert process is not None and process.poll() is None, "the daemon has ended"
        assert {reply.code for reply in load.between(gone, back)} == {451}
        assert {reply.code for reply in load.replies} == {250, 451}
        assert not [reply for reply in load.replies if "postgres" in reply.words.lower()]
        assert_kept(world, load)


def test_service_does_not_start_without_its_store_and_says_why() -> None:
    with Postgres() as postgres, World(store_url=postgres.create_database("away"), start=False) as world:
        postgres.stop()

        done = world.cli("run")

        assert done.code == 1
        assert "the database does not answer" in done.err
        assert "Traceback" not in done.err
