"""The service is killed under load, again and again: what got 250 is there exactly once, and nothing comes twice."""

import random

import pytest

from tests.acceptance.conftest import Worlds
from tests.acceptance.load import Load, assert_kept
from tests.acceptance.world import World

#: Mails that get their 250 between two deaths, at least.
BETWEEN = 10


@pytest.mark.parametrize(("store", "deaths"), [("sqlite", 30), ("postgresql", 6)])
def test_every_mail_that_got_250_is_there_exactly_once(worlds: Worlds, store: str, deaths: int) -> None:
    with World(store_url=worlds.database() if store == "postgresql" else "") as world:
        with Load(world) as load:
            for _ in range(deaths):
                load.wait_for(BETWEEN + random.randrange(10))
                world.kill()
                world.start()

        assert any(reply.code == 0 for reply in load.replies)
        assert_kept(world, load)
        assert world.stop() == 0
