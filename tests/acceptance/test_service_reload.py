"""SIGHUP takes up settings without dropping anybody, a bad file changes nothing, and a folder has one service."""

import signal
import smtplib
from collections.abc import Iterator

import pytest

from tests.acceptance.people import DESK
from tests.acceptance.world import World, until

CLEO = {"name": "Cleo Cox", "address": "cleo@acme.example"}


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World() as world:
        yield world


def hang_up(world: World, expected: str) -> str:
    """SIGHUP; returns the reason that the event which it must lead to gives."""
    assert world.process is not None
    before = len(world.log)
    world.process.send_signal(signal.SIGHUP)
    event = until(lambda: next((one for one in world.log[before:] if one["event"] == expected), None), expected)
    return str(event.get("reason", ""))


def test_new_agent_is_taken_up_and_no_connection_dropped(world: World) -> None:
    carla = world.customer("Carla <carla@shop.example>")
    with smtplib.SMTP("127.0.0.1", world.port) as smtp:
        smtp.ehlo()
        smtp.mail(carla.address)

        world.configure({"agent": [*world.settings["agent"], CLEO]})
        hang_up(world, "settings_taken_up")

        assert smtp.rcpt(DESK)[0] == 250
        assert smtp.data(carla.drafts("Broken vase"))[0] == 250
    confirmation = carla.waits_for("confirmation")
    world.agent("Cleo Cox <cleo@acme.example>").replies_to(confirmation, "We send you another one.\n")

    answer = carla.waits_for("reply")
    assert "We send you another one." in answer.text
    assert confirmation.ticket.assignee == "cleo@acme.example"


@pytest.mark.parametrize(
    ("mistake", "reason"),
    [
        ('[desk]\naddress = "support"\n', 'desk.address = "support"'),
        ("[desk\n", "is not valid TOML"),
        ("[dessk]\n", 'Did you mean "desk"?'),
    ],
    ids=["a wrong value", "no TOML", "an unknown key"],
)
def test_bad_file_is_refused_and_the_old_one_stays_in_force(world: World, mistake: str, reason: str) -> None:
    good = world.config.read_text(encoding="utf-8")
    world.config.write_text(mistake, encoding="utf-8")

    assert reason in hang_up(world, "settings_refused")

    world.config.write_text(good, encoding="utf-8")
    carla = world.customer("Carla <carla@shop.example>")
    assert carla.writes("Broken vase") == 250
    confirmation = carla.waits_for("confirmation")
    world.agent().replies_to(confirmation, "We send you another one.\n")
    assert "We send you another one." in carla.waits_for("reply").text


def test_what_waits_for_a_restart_is_named_and_the_rest_is_in_force(world: World) -> None:
    world.configure({
        "sla": [{"name": "all", "answer_hours": 4}],
        "outbound": {**world.settings["outbound"], "connections": 2},
    })  # fmt: skip

    hang_up(world, "settings_taken_up")

    taken_up = [event for event in world.log if event["event"] == "settings_taken_up"][-1]
    assert taken_up["waiting_for_restart"] == ["outbound"]


def test_second_service_on_the_same_folder_is_refused_by_name(world: World) -> None:
    done = world.cli("run")

    assert done.code == 2
    assert done.err.startswith(f"another mailticket runs on {world.folder / 'data'}.")
    assert world.customer("Carla <carla@shop.example>").writes("Broken vase") == 250


def test_folder_is_free_again_after_a_crash(world: World) -> None:
    world.kill()
    world.start()

    assert world.customer("Carla <carla@shop.example>").writes("Broken vase") == 250
