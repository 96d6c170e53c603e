"""Stories: where a ticket stands, who moves it, and what its customer hears of that."""

import pytest

from tests.acceptance.conftest import BOTH_STORES
from tests.acceptance.world import Customer, Received, World

pytestmark = BOTH_STORES


@pytest.fixture
def carla(world: World) -> Customer:
    carla = world.somebody()
    carla.writes("Broken vase")
    return carla


@pytest.fixture
def confirmation(carla: Customer) -> Received:
    return carla.waits_for("confirmation")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("open", "open"),
        ("in_progress", "pending_agent"),
        ("pending_customer", "pending_agent"),
        ("pending_agent", "pending_agent"),
        ("resolved", "pending_agent"),
    ],
)
def test_the_customer_writes(world: World, carla: Customer, confirmation: Received, before: str, after: str) -> None:
    world.run("ticket", "set", confirmation.number, f"status={before}")

    carla.replies_to(confirmation)

    ticket = confirmation.ticket
    assert ticket.status == after
    assert ("reopened" in ticket.happened) is (before == "resolved")
    assert ticket.events[-1].actor == carla.address


def test_an_agent_who_takes_an_open_ticket_has_it_in_progress(world: World, confirmation: Received) -> None:
    world.run("ticket", "set", confirmation.number, "assignee=ann@home.example", "--as", "ben@acme.example")

    ticket = confirmation.ticket
    assert (ticket.status, ticket.assignee) == ("in_progress", "ann@acme.example")
    changes = [(event.actor, event.detail["field"]) for event in ticket.events if event.kind == "changed"]
    assert changes == [("ben@acme.example", "assignee"), ("ben@acme.example", "status")]
    assert set(updates(world, ticket.number)) <= {"agent_notification"}


def test_a_machines_answer_reopens_nothing(world: World, carla: Customer, confirmation: Received) -> None:
    world.run("ticket", "set", confirmation.number, "status=resolved")

    carla.replies_to(confirmation, "I am away.\n", fields={"Auto-Submitted": "auto-replied"})

    ticket = confirmation.ticket
    assert (ticket.status, len(ticket.messages)) == ("resolved", 2)
    assert ticket.detail("message_added")["automatic"] is True


def updates(world: World, number: str) -> list[str]:
    """Kinds of the status updates that wait for their minute to pass."""
    return [mail["notice"] for mail in world.outbox if mail["ticket"] == number]


def test_the_customer_hears_once_that_it_is_solved(world: World, carla: Customer, confirmation: Received) -> None:
    number = confirmation.number
    world.run("ticket", "set", number, "status=resolved", "priority=high")
    (waiting,) = [mail for mail in world.outbox if mail["ticket"] == number]
    assert (waiting["notice"], waiting["to"], waiting["attempts"]) == ("resolved", [carla.address], 0)

    world.run("outbox", "retry", waiting["id"])  # nobody wants to wait for a minute here
    world.hurry()

    mail = carla.waits_for("resolved")
    assert mail.subject == f"[#{number}] Broken vase" and "is solved" in mail.text and number in mail.text
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["In-Reply-To"] == carla.written[0].message_id
    carla.hears_nothing_more()


def test_several_changes_within_a_minute_are_one_mail(world: World, confirmation: Received) -> None:
    number = confirmation.number

    world.run("ticket", "set", number, "status=resolved")
    assert updates(world, number) == ["resolved"]
    world.run("ticket", "set", number, "status=closed")
    assert updates(world, number) == ["closed"]
    world.run("ticket", "set", number, "status=resolved")
    assert updates(world, number) == ["resolved"]


def test_what_is_taken_back_in_time_is_not_told(world: World, carla: Customer, confirmation: Received) -> None:
    world.run("ticket", "set", confirmation.number, "status=resolved")
    world.run("ticket", "set", confirmation.number, "status=open")

    carla.hears_nothing_more()


def test_the_customer_hears_that_it_is_taken_up_again(world: World, carla: Customer, confirmation: Received) -> None:
    number = confirmation.number
    world.run("ticket", "set", number, "status=closed")
    world.run("outbox", "retry", world.outbox[-1]["id"])
    world.hurry()
    carla.waits_for("closed")

    world.run("ticket", "set", number, "status=in_progress")

    assert updates(world, number) == ["status_changed"]


def test_their_own_mail_that_reopens_a_ticket_tells_the_customer_nothing(
    world: World, carla: Customer, confirmation: Received
) -> None:
    world.run("ticket", "set", confirmation.number, "status=resolved")
    world.run("outbox", "retry", world.outbox[-1]["id"])
    world.hurry()
    solved = carla.waits_for("resolved")

    carla.replies_to(solved, "No, it is not.\n")

    assert confirmation.ticket.status == "pending_agent"
    carla.hears_nothing_more()


def test_their_own_mail_takes_back_a_word_that_is_no_longer_true(
    world: World, carla: Customer, confirmation: Received
) -> None:
    world.run("ticket", "set", confirmation.number, "status=resolved")

    carla.replies_to(confirmation, "Still broken.\n")

    assert confirmation.ticket.status == "pending_agent"
    assert updates(world, confirmation.number) == []


def test_who_is_not_verified_is_told_without_the_words_that_came_in_that_name(world: World) -> None:
    carla = world.somebody("none")
    carla.writes("Win a vase at shop.evil.example")
    number = carla.waits_for("confirmation").number

    world.run("ticket", "set", number, "status=resolved")
    world.run("outbox", "retry", world.outbox[-1]["id"])
    world.hurry()
    assert "evil" not in (mail := carla.waits_for("resolved")).all_words and "Carla" not in mail.all_words

    world.run("ticket", "reply", number, "There are no vases to be won.")
    world.run("ticket", "set", number, "status=closed")
    world.run("outbox", "retry", world.outbox[-1]["id"])
    world.hurry()
    assert "Win a vase" in carla.waits_for("closed").text
