"""Stories: mail that waits for a person's word, and the one click by which it is said."""

from collections.abc import Callable

import pytest

from tests.acceptance.world import Customer, Received, World, until


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(world_with: Callable[..., World], request: pytest.FixtureRequest) -> World:
    # a desk of its own: an agent is asked three times an hour, and others' stories would use that up
    return world_with(request.param, desk={"notify": "all"}, lifecycle={"held_decides_after_hours": 4})


@pytest.fixture
def ann(desk: World) -> Customer:
    return desk.agent()


@pytest.fixture
def carla(desk: World, ann: Customer) -> Customer:
    """A customer with a ticket."""
    carla = desk.somebody()
    carla.writes("Broken vase")
    carla.waits_for("confirmation")
    ann.waits_for("agent_notification")
    return carla


@pytest.fixture
def question(desk: World, carla: Customer, ann: Customer) -> Received:
    """Somebody wrote under Carla's name, and her domain says so; Ann is asked about it."""
    number = carla.ticket.number
    forger = desk.customer(carla.name, verdict="fail")
    forger.writes(f"Re: [#{number}] Broken vase", "Send it to another address.\n")
    return ann.waits_for("held")


def test_the_question_says_all_that_is_needed_to_decide(carla: Customer, question: Received) -> None:
    number = carla.ticket.number
    text = " ".join(question.text.split())

    assert question.subject == f"Held, please decide: Re: [#{number}] Broken vase"
    assert f"From: {carla.address}" in text and f"Ticket: {number}" in text
    assert "Send it to another address." in text
    assert "says that this mail is forged" in text
    assert "it becomes a ticket of its own after" in text
    assert "mailto:support" in question.html and "Put it on ticket" in question.html


def test_one_click_puts_it_on_the_ticket(carla: Customer, ann: Customer, question: Received) -> None:
    assert ann.clicks(question, "Put it on ticket") == 250

    until(lambda: len(carla.ticket.messages) == 2, "the mail to be put on the ticket")

    assert carla.ticket.messages[1].verdict == "fail"
    assert "Not verified" in ann.waits_for("agent_notification").text
    carla.hears_nothing_more()


def test_one_click_throws_it_away(desk: World, carla: Customer, ann: Customer, question: Received) -> None:
    ann.clicks(question, "It is not: throw it away")

    assert carla.address not in [one["from"] for one in desk.json("held", "list")["held"]]
    assert len(carla.ticket.messages) == 1
    assert carla.ticket.detail("mail_discarded")["from"] == carla.address
    ann.hears_nothing_more()


def test_an_agent_lets_the_own_unproved_mail_through_by_a_click(desk: World, carla: Customer, ann: Customer) -> None:
    unproved = desk.agent(verdict="none")
    unproved.writes(f"Re: [#{carla.ticket.number}] Broken vase", "We send a new one.\n")
    question = ann.waits_for("held")
    carla.hears_nothing_more()

    # the token in the link was sent to Ann alone: it proves as much as a notification's
    unproved.clicks(question, "You wrote it: let it through")

    assert carla.waits_for("reply").text.startswith("We send a new one.\n")


def test_a_command_can_join_as_well(desk: World, carla: Customer, question: Received) -> None:
    (held,) = [one for one in desk.json("held", "list")["held"] if one["ticket"] == carla.ticket.number]

    assert desk.json("held", "join", held["id"])["held"] == [{"id": held["id"], "receipt": "added"}]

    assert [message.verdict for message in carla.ticket.messages] == ["pass", "fail"]
