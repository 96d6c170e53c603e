"""A mail that the service died over is read in the sandbox the next time, and after three deaths by nobody."""

from hashlib import sha256

import psutil
import pytest

from tests.acceptance.people import DESK, Customer
from tests.acceptance.world import World


@pytest.fixture
def suspect() -> bytes:
    """The mail over which a service has died."""
    fields = ("From: Carla <carla@shop.example>", f"To: {DESK}", "Subject: Broken vase", "Message-ID: <1@shop.example>")
    return "\r\n".join((*fields, "", "It was a present.", "")).encode()


def crashed(world: World, raw: bytes, times: int) -> None:
    """Leaves the board as services leave it that have died over this mail: digest and count."""
    data = world.folder / "data"
    data.mkdir(mode=0o700)
    (data / "parsing.board").write_bytes(sha256(raw).digest() + bytes([times]))


def sandboxes(world: World) -> list[psutil.Process]:
    assert world.process is not None
    children = psutil.Process(world.process.pid).children()
    return [child for child in children if "mailticket.intake.sandbox_child" in child.cmdline()]


@pytest.mark.parametrize("times", [1, 2])
def test_suspect_is_read_in_the_sandbox_and_becomes_a_ticket(suspect: bytes, times: int) -> None:
    with World(start=False) as world:
        crashed(world, suspect, times)
        world.start()
        carla = Customer(world, "Carla <carla@shop.example>", "none")

        assert carla.writes("Another vase") == 250
        assert sandboxes(world) == []
        assert carla.sends(suspect) == 250
        assert len(sandboxes(world)) == 1
        assert carla.ticket.title == "Broken vase"
        assert carla.ticket.messages[0].text == "It was a present."


def test_mail_that_killed_three_services_is_kept_and_can_be_tried_again(suspect: bytes) -> None:
    with World(start=False) as world:
        crashed(world, suspect, 3)
        world.start()
        carla = Customer(world, "Carla <carla@shop.example>", "none")

        assert carla.sends(suspect) == 250

        assert carla.became["receipt"] == "quarantined"
        (kept,) = world.json("quarantine", "list")["quarantine"]
        assert (kept["from"], kept["subject"], kept["tries"]) == (carla.address, "Broken vase", 1)
        assert "died 3 times" in kept["reason"]
        assert world.json("quarantine", "show", kept["id"])["raw"] == suspect.decode()

        assert world.json("quarantine", "retry", kept["id"])["quarantine"] == [{"id": kept["id"], "receipt": "opened"}]
        assert world.json("quarantine", "list")["quarantine"] == []
        assert carla.ticket.title == "Broken vase"
        assert carla.waits_for("confirmation").number == carla.ticket.number


def test_mail_that_comes_again_while_it_is_kept_is_one_mail(suspect: bytes) -> None:
    with World(start=False) as world:
        crashed(world, suspect, 3)
        world.start()
        carla = Customer(world, "Carla <carla@shop.example>", "none")

        assert carla.sends(suspect) == 250
        assert carla.sends(suspect) == 250

        assert [ticket.title for ticket in world.tickets_of(carla.address)] == ["Broken vase"]
        became = world.json("quarantine", "retry", "all")["quarantine"]
        assert [one["receipt"] for one in became] == ["duplicate"]
        assert world.json("quarantine", "list")["quarantine"] == []
        assert [ticket.title for ticket in world.tickets_of(carla.address)] == ["Broken vase"]
