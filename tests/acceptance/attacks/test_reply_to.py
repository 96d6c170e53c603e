"""Story: a Reply-To that names somebody else. It decides neither who writes nor where our mail goes."""

from collections.abc import Callable

import pytest

from tests.acceptance.world import Customer, World

REPLY_TO = ["Reply-To", "Mail-Reply-To", "Mail-Followup-To", "Return-Path", "Disposition-Notification-To", "Errors-To"]


@pytest.fixture
def desk(world_with: Callable[..., World]) -> World:
    """A desk whose agents hear of new tickets."""
    return world_with(desk={"notify": "team"})


@pytest.fixture
def carla(desk: World) -> Customer:
    return desk.somebody()


def test_our_mail_goes_to_the_sender_alone(desk: World, carla: Customer) -> None:
    ann, victim = desk.agent(), desk.customer("victim@bystander.example")

    carla.writes("Broken vase", fields=dict.fromkeys(REPLY_TO, f"<{victim.address}>"))
    carla.waits_for("confirmation")
    ann.replies_to(ann.waits_for("agent_notification"), "We send a new one.\n")

    carla.waits_for("reply")
    assert carla.ticket.json["contact"]["address"] == carla.address
    assert carla.ticket.participants == ()
    victim.hears_nothing_more()


def test_nobody_is_the_requester_by_it(desk: World, carla: Customer) -> None:
    carla.writes("Broken vase")
    confirmation = carla.waits_for("confirmation")
    mallory = desk.customer("mallory@evil.example")

    mallory.replies_to(confirmation, "Send it to me.\n", fields=dict.fromkeys(REPLY_TO, f"<{carla.address}>"))

    assert mallory.ticket.json["contact"]["address"] == mallory.address
    assert mallory.ticket.number != confirmation.number
    assert len(confirmation.ticket.messages) == 1
    carla.hears_nothing_more()
