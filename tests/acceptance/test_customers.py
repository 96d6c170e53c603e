"""Stories: what customers say with one click, with "thanks" and "stop"."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.acceptance.conftest import BOTH_STORES
from tests.acceptance.world import Customer, Received, World

pytestmark = BOTH_STORES


@pytest.fixture
def carla(world: World) -> Customer:
    carla = world.somebody()
    carla.writes("Broken vase", "My vase has arrived broken, and I would like to have a new one.\n")
    return carla


@pytest.fixture
def confirmation(carla: Customer) -> Received:
    return carla.waits_for("confirmation")


@pytest.fixture
def resolved(world: World, carla: Customer, confirmation: Received) -> Received:
    """The mail that says so."""
    world.run("ticket", "set", confirmation.number, "status=resolved", "assignee=ann@acme.example")
    (waiting,) = [mail for mail in world.outbox if mail["ticket"] == confirmation.number]
    world.run("outbox", "retry", waiting["id"])  # nobody wants to wait for a minute here
    world.hurry()
    return carla.waits_for("resolved")


def test_solved_with_one_click(carla: Customer, resolved: Received) -> None:
    carla.clicks(resolved, "Solved, thank you:")

    ticket = resolved.ticket
    assert (ticket.status, len(ticket.messages)) == ("resolved", 1)
    assert ticket.events[-1].kind == "found_solved" and ticket.events[-1].actor == carla.address
    carla.hears_nothing_more()


def test_the_help_was_great(carla: Customer, resolved: Received) -> None:
    carla.clicks(resolved, "Great:")

    assert resolved.ticket.json["satisfaction"] == "great" and resolved.ticket.status == "resolved"
    assert carla.clicks(resolved, "Great:") == 250
    assert carla.became["reason"] == "button_used_before"
    carla.hears_nothing_more()


def test_the_help_was_bad_and_the_agent_hears_of_it(world: World, carla: Customer, resolved: Received) -> None:
    ann = world.agent()

    carla.clicks(resolved, "Bad:")

    assert "The help was bad" in ann.waits_for("agent_notification").text
    assert resolved.ticket.json["satisfaction"] == "bad" and resolved.ticket.status == "resolved"
    carla.hears_nothing_more()


def test_still_broken(world: World, carla: Customer, resolved: Received) -> None:
    ann = world.agent()

    carla.clicks(resolved, "Still broken:")

    assert "What is still wrong" in ann.waits_for("agent_notification").text
    assert resolved.ticket.status == "pending_agent"
    carla.hears_nothing_more()


def test_somebody_elses_click_is_their_own_mail(world: World, resolved: Received) -> None:
    mallory = world.somebody()

    mallory.clicks(resolved, "Still broken:")

    assert resolved.ticket.status == "resolved" and mallory.ticket.number != resolved.number


def test_thanks_reopens_nothing(world: World, carla: Customer, resolved: Received) -> None:
    ann = world.agent()

    carla.replies_to(resolved, "Thank you, Ann!\n\nBest regards\nCarla\n")

    ticket = resolved.ticket
    assert (ticket.status, len(ticket.messages)) == ("resolved", 2)
    ann.hears_nothing_more()
    carla.hears_nothing_more()


def test_thanks_for_a_closed_ticket_opens_no_other(world: World, carla: Customer, resolved: Received) -> None:
    world.run("ticket", "set", resolved.number, "status=closed", "quiet=on")

    carla.replies_to(resolved, "Vielen Dank für die schnelle Hilfe!\n")

    assert carla.ticket.number == resolved.number and len(world.tickets_of(carla.address)) == 1


def test_no_more_updates_by_the_mail_programs_own_button(world: World, carla: Customer, resolved: Received) -> None:
    query = parse_qs(urlsplit(resolved["List-Unsubscribe"].strip("<>")).query)

    carla.writes(query["subject"][0], "\n")

    assert resolved.ticket.events[-1].kind == "updates_stopped"
    world.run("ticket", "set", resolved.number, "status=in_progress")
    world.run("ticket", "set", resolved.number, "status=closed")
    carla.hears_nothing_more()


def test_an_answer_that_resolves_is_one_mail(world: World, carla: Customer, confirmation: Received) -> None:
    ann = world.agent()

    ann.writes(f"Re: [#{confirmation.number}] Broken vase", "#resolved\n\nA new vase is on its way.\n")

    answer = carla.waits_for("reply")
    assert "A new vase is on its way." in answer.text and "is solved" in answer.text
    assert confirmation.ticket.status == "resolved"
    carla.hears_nothing_more()
    carla.clicks(answer, "OK:")
    assert confirmation.ticket.json["satisfaction"] == "ok"
