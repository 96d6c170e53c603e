"""Stories: mail that could not be processed is kept, can be looked at, tried again and thrown away."""

import hashlib
from collections.abc import Iterator

import pytest

from tests.acceptance.world import Customer, World


@pytest.fixture
def quarantined() -> Iterator[tuple[World, Customer, bytes]]:
    """A desk that has died three times over a mail of Carla's, which therefore nobody reads any more."""
    with World(start=False) as world:
        carla = world.somebody()
        raw = carla.drafts("Broken vase")
        world.run("ticket", "list")
        board = world.folder / "data" / "parsing.board"
        board.write_bytes(hashlib.sha256(raw).digest() + bytes([3]))
        world.start()
        assert carla.sends(raw) == 250
        yield world, carla, raw


def test_it_is_listed_shown_and_tried_again(quarantined: tuple[World, Customer, bytes]) -> None:
    world, carla, raw = quarantined
    (waiting,) = world.json("quarantine", "list")["quarantine"]
    assert (waiting["from"], waiting["subject"], waiting["tries"]) == (carla.address, "Broken vase", 1)
    assert "died 3 times" in waiting["reason"] and waiting["received_at"].endswith("Z")
    assert world.json("quarantine", "show", waiting["id"])["raw"].encode() == raw
    assert carla.became["receipt"] == "quarantined"
    carla.hears_nothing_more()

    again = world.json("quarantine", "retry", waiting["id"])

    assert again == {"quarantine": [{"id": waiting["id"], "receipt": "opened"}]}
    assert world.json("quarantine", "list") == {"quarantine": []}
    world.hurry()
    assert carla.waits_for("confirmation").ticket.title == "Broken vase"
    assert carla.sends(raw) == 250
    assert len(carla.ticket.messages) == 1


def test_what_is_thrown_away_waits_no_longer_and_explain_says_so(quarantined: tuple[World, Customer, bytes]) -> None:
    world, carla, _ = quarantined
    (waiting,) = world.json("quarantine", "list")["quarantine"]

    assert world.json("quarantine", "discard", waiting["id"]) == {"discarded": [waiting["id"]]}

    assert world.json("quarantine", "list") == {"quarantine": []} and world.tickets_of(carla.address) == []
    assert (carla.became["receipt"], carla.became["reason"]) == ("ignored", "discarded")
    assert world.cli("quarantine", "retry", waiting["id"]).code == 1
