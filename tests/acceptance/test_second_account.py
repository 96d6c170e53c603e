"""Stories: an agent writes from an address that nobody knows, says with one click whose it is, and is known there."""

from collections.abc import Callable

import pytest

from tests.acceptance.world import Customer, Received, World, until


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(world_with: Callable[..., World], request: pytest.FixtureRequest) -> World:
    """A desk of these stories alone: an agent is asked about own mail three times in an hour."""
    return world_with(
        request.param, desk={"notify": "all"}, agent=[{"name": "Ann Ahlberg", "address": "ann@acme.example"}]
    )


@pytest.fixture
def ann(desk: World) -> Customer:
    return desk.agent()


@pytest.fixture
def carla(desk: World, ann: Customer) -> Customer:
    carla = desk.somebody()
    carla.writes("Broken vase", "My vase arrived broken.\n")
    carla.waits_for("confirmation")
    return carla


@pytest.fixture
def told(carla: Customer, ann: Customer) -> Received:
    return ann.waits_for("agent_notification")


def test_second_account_is_asked_about_added_by_a_click_and_works(
    desk: World, carla: Customer, ann: Customer, told: Received
) -> None:
    phone = desk.somebody("none")
    phone.clicks(told, "Take it")
    question = ann.waits_for("held")
    assert question.subject == f"Is {phone.address} yours?"
    assert carla.ticket.assignee is None

    ann.clicks(question, "It is mine: add it")

    until(lambda: carla.ticket.assignee == ann.address, "the button to be pressed once more")
    aliases = desk.json("alias", "list")["aliases"]
    assert {"address": phone.address, "agent": ann.address}.items() <= aliases[-1].items()
    # from now on it is Ann who writes from there
    phone.replies_to(told, "A new one is on its way.\n")
    assert carla.waits_for("reply").text.startswith("A new one is on its way.")
    phone.hears_nothing_more()

    assert desk.cli("alias", "remove", phone.address).code == 0
    phone.replies_to(told, "And another one.\n")
    assert phone.became["reason"] == "agent_from_elsewhere"
    carla.hears_nothing_more()


def test_answer_from_an_unknown_account_is_held_complete_and_sent_after_a_click(
    desk: World, carla: Customer, ann: Customer, told: Received
) -> None:
    phone = desk.somebody("pass")

    phone.replies_to(told, "A new one is on its way.\n")

    assert phone.became["reason"] == "agent_from_elsewhere"
    question = ann.waits_for("held")
    assert "A new one is on its way." in question.text
    carla.hears_nothing_more()
    ann.clicks(question, "It is mine: add it")
    assert carla.waits_for("reply").text.startswith("A new one is on its way.")
    phone.hears_nothing_more()
