"""Story: what was sent to an agent alone gets into other hands: quoted, forwarded, copied or read over a shoulder.

A token never grants more than its holder's own address may do, and none is in what we send to customers.
"""

import re
from collections.abc import Callable

import pytest

from tests.acceptance.world import Customer, Received, World, until

TOKEN = re.compile(r"\{mt-[a-z2-7]{48}\}|%7Bmt-[a-z2-7]{48}%7D", re.IGNORECASE)


@pytest.fixture
def desk(world_with: Callable[..., World]) -> World:
    """A desk of these stories alone: an agent is asked no more than ten questions in an hour."""
    return world_with(desk={"notify": "team"}, agent=[{"name": "Lea", "address": "lea@acme.example"}])


@pytest.fixture
def lea(desk: World) -> Customer:
    return desk.agent("Lea <lea@acme.example>")


@pytest.fixture
def carla(desk: World, lea: Customer) -> Customer:
    """A customer with one ticket, confirmed; Lea has heard of it."""
    carla = desk.somebody()
    carla.writes("Broken vase")
    carla.waits_for("confirmation")
    return carla


@pytest.fixture
def question(desk: World, carla: Customer, lea: Customer) -> Received:
    """A forgery in Carla's name is held; Lea is asked about it, with buttons."""
    desk.customer(carla.name, verdict="fail").writes(f"[#{carla.ticket.number}] Broken vase", "Send it elsewhere.\n")
    return lea.waits_for("held")


def waiting(desk: World, carla: Customer) -> list[dict[str, str]]:
    """Held mail in Carla's name."""
    return [one for one in desk.json("held", "list")["held"] if one["from"] == carla.address]


def test_customer_who_got_the_notification_writes_as_a_customer(desk: World, carla: Customer, lea: Customer) -> None:
    notification = lea.waits_for("agent_notification")

    carla.replies_to(notification, "#status resolved\n\nIs this for me?\n")

    ticket = carla.ticket
    assert ticket.messages[-1].direction == "inbound" and ticket.status == "open"
    assert ticket.assignee is None
    carla.hears_nothing_more()


def test_button_works_for_nobody_but_the_agent_to_whom_it_was_sent(
    desk: World, carla: Customer, lea: Customer, question: Received
) -> None:
    mallory = desk.customer("Lea <mallory@evil.example>", verdict="none")

    mallory.clicks(question, "It is genuine: let it through")

    assert mallory.became["reason"] == "button_from_elsewhere"
    assert "from an address that we do not know as yours" in " ".join(lea.waits_for("held").text.split())
    assert (len(carla.ticket.messages), len(waiting(desk, carla))) == (1, 1)
    mallory.hears_nothing_more()


def test_customer_cannot_let_the_own_forgery_through(
    desk: World, carla: Customer, lea: Customer, question: Received
) -> None:
    ticket = carla.ticket

    carla.clicks(question, "Put it on ticket")

    assert carla.became["reason"] == "button_from_elsewhere"
    lea.waits_for("held")
    assert len(desk.ticket(ticket.number).messages) == 1
    assert {one["reason"] for one in waiting(desk, carla)} == {"button_from_elsewhere", "failed_verdict"}


def test_failed_verdict_presses_no_button(desk: World, carla: Customer, lea: Customer, question: Received) -> None:
    forger = desk.agent(lea.name, verdict="fail")

    forger.clicks(question, "It is genuine: let it through")

    assert forger.became["reason"] == "failed_verdict"
    assert len(carla.ticket.messages) == 1


def test_machine_of_the_agent_presses_no_button(
    desk: World, carla: Customer, lea: Customer, question: Received
) -> None:
    subject = re.findall(r"subject=([^&\s]+)", question.text)[0].replace("%20", " ").replace("%7B", "{")

    lea.writes(subject.replace("%7D", "}"), "I am away.\n", fields={"Auto-Submitted": "auto-replied"})

    assert lea.became["reason"] == "automatic_mail_of_a_button"
    assert len(carla.ticket.messages) == 1


def test_button_works_once(desk: World, carla: Customer, lea: Customer, question: Received) -> None:
    lea.clicks(question, "Put it on ticket")
    until(lambda: len(carla.ticket.messages) == 2, "the mail to be put on the ticket")
    said = lea.written[-1].raw

    lea.sends(said)
    lea.clicks(question, "Put it on ticket")
    again = lea.became
    lea.clicks(question, "It is not: throw it away")

    assert again["reason"] == lea.became["reason"] == "held_mail_is_gone"
    assert len(carla.ticket.messages) == 2


def test_answer_of_an_agent_takes_no_token_along_whatever_it_quotes(
    desk: World, carla: Customer, lea: Customer, question: Received
) -> None:
    notification = lea.waits_for("agent_notification")
    # amid the own words, where nothing marks it as a quotation
    links = re.findall(r"mailto:\S+", question.text)
    words = ["We have asked inside.", *links, f"See {notification.message_id}, {question.message_id}.", "Yours, Lea"]

    lea.writes(f"Re: {notification.subject}", "\n\n".join(words))

    # she is asked first, and says yes all the same
    lea.clicks(lea.waits_for("receipt"), "Send it all the same")
    answer = carla.waits_for("reply")
    assert "We have asked inside." in answer.text and "Yours, Lea" in answer.text
    assert len(links) == 3 and answer.text.count("mailto:") == 3
    assert not TOKEN.search(answer.raw.decode()) and not TOKEN.search(answer.all_words)
    for token in (notification.message_id, question.message_id):
        assert token.strip("<>").partition("@")[0] not in answer.all_words


def test_answer_to_a_question_about_held_mail_goes_to_nobody(
    desk: World, carla: Customer, lea: Customer, question: Received
) -> None:
    lea.replies_to(question, "I do not know this mail. Who does?\n")

    assert lea.became["reason"] == "answer_to_a_question"
    assert "only buttons answer" in " ".join(lea.waits_for("held").text.split())
    carla.hears_nothing_more()
    assert carla.ticket.status == "open"
