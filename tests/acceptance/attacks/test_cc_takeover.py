"""Story: a forged requester and a Cc, to get onto somebody's ticket and have its history sent (Zendesk, 2024)."""

from collections.abc import Callable

import pytest

from tests.acceptance.world import Customer, World

SECRET = "My card ends in 4111."


@pytest.fixture
def desk(world_with: Callable[..., World]) -> World:
    """A desk whose agents hear of new tickets."""
    return world_with(desk={"notify": "team"})


@pytest.fixture
def ann(desk: World) -> Customer:
    return desk.agent()


@pytest.fixture
def mallory(desk: World) -> Customer:
    return desk.customer("Mallory <mallory@evil.example>")


@pytest.fixture
def carla(desk: World, ann: Customer) -> Customer:
    """A customer who has told us a secret."""
    carla = desk.somebody()
    carla.writes("Broken vase", f"{SECRET}\n")
    carla.waits_for("confirmation")
    return carla


@pytest.mark.parametrize("verdict", ["none", "fail"])
@pytest.mark.parametrize("field", ["Cc", "To", "Reply-To"])
def test_forged_requester_brings_nobody_onto_the_ticket(
    desk: World, carla: Customer, ann: Customer, mallory: Customer, field: str, verdict: str
) -> None:
    ticket = carla.ticket
    forger = desk.customer(carla.name, verdict)
    fields = {field: f"{mallory.name}, support@acme.example" if field == "To" else mallory.name}

    forger.writes(f"Re: [#{ticket.number}] Broken vase", "Please copy my husband.\n", fields=fields)
    told = ann.waits_for("agent_notification")
    if verdict == "none":  # what is forged for certain is held, and no news to an agent
        told = ann.waits_for("agent_notification")
    ann.replies_to(told, f"You wrote: {SECRET}\n")

    assert carla.waits_for("reply")["Cc"] == ""
    assert desk.ticket(ticket.number).participants == ()
    mallory.hears_nothing_more()


def test_who_was_copied_by_the_customer_gets_no_history_even_from_an_agent(
    desk: World, carla: Customer, ann: Customer, mallory: Customer
) -> None:
    confirmation, _ = carla.mailbox.mails[0], ann.waits_for("agent_notification")
    carla.replies_to(confirmation, "Please copy my husband.\n", fields={"Cc": mallory.name})
    notification = ann.waits_for("agent_notification")
    assert carla.ticket.participants == (mallory.address,)
    mallory.hears_nothing_more()

    ann.replies_to(notification, "The new one leaves on Monday.\n", fields={"Cc": f"{mallory.name}, {carla.name}"})
    ann.replies_to(notification, "It has left.\n")

    got = mallory.waits_for("reply")
    assert got.text.startswith("It has left.\n")
    assert SECRET not in got.all_words and "Monday" not in got.all_words


def test_who_was_copied_on_a_forged_opening_can_read_nothing(desk: World, ann: Customer, mallory: Customer) -> None:
    carla = desk.somebody()
    forger = desk.customer(carla.name, verdict="none")
    forger.writes("Broken vase", "My vase is broken.\n", fields={"Cc": mallory.name})
    confirmation = carla.waits_for("confirmation")

    mallory.replies_to(confirmation, "What did I tell you so far?\n")
    carla.replies_to(confirmation, f"This was not me. {SECRET}\n")

    assert confirmation["Cc"] == "" and "vase" not in confirmation.all_words
    ticket = confirmation.ticket
    assert [message.sender for message in ticket.messages] == [carla.address, mallory.address, carla.address]
    mallory.hears_nothing_more()
    carla.hears_nothing_more()
