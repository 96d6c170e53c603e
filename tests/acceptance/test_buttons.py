"""Stories: what an agent does with one click on a notification, and what nobody else can do with it."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from tests.acceptance.world import Customer, Received, World


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(world_with: Callable[..., World], request: pytest.FixtureRequest) -> World:
    return world_with(request.param, desk={"notify": "all"})


@pytest.fixture
def ann(desk: World) -> Customer:
    return desk.agent()


@pytest.fixture
def ben(desk: World) -> Customer:
    return desk.agent("Ben Bauer <ben@acme.example>")


@pytest.fixture
def carla(desk: World, ann: Customer, ben: Customer) -> Customer:
    carla = desk.somebody()
    carla.writes("Broken vase", "My vase arrived broken.\n")
    carla.waits_for("confirmation")
    return carla


@pytest.fixture
def told(carla: Customer, ann: Customer) -> Received:
    """The notification that Ann has of it."""
    return ann.waits_for("agent_notification")


def opened_by(mail: Received, label: str) -> tuple[str, str, str]:
    """Address, subject and body of the mail that a click on this button opens."""
    link = urlsplit(re.findall(rf"^{label}\n(mailto:\S+)", mail.text, re.MULTILINE)[0])
    query = parse_qs(link.query)
    return unquote(link.path), query["subject"][0], query["body"][0]


def test_notification_offers_what_can_be_done(told: Received) -> None:
    labels = re.findall(r"^(.+)\nmailto:", told.text, re.MULTILINE)

    assert labels == ["Take it", "Resolve", "Close", "Snooze for 2 days", "Spam", "Note", "Assign"]
    assert all(f">{label}</a>" in told.html for label in labels)


@pytest.mark.parametrize(
    ("label", "status", "tells_customer"),
    [
        ("Take it", "in_progress", False),
        ("Resolve", "resolved", True),
        ("Close", "closed", True),
        ("Spam", "closed", False),
    ],
)
def test_one_click_does_it(
    label: str, status: str, tells_customer: bool, carla: Customer, ann: Customer, told: Received
) -> None:
    assert ann.clicks(told, label) == 250

    ticket = carla.ticket
    assert ticket.status == status
    assert {event.actor for event in ticket.events if event.kind == "changed"} == {ann.address}
    waiting = [mail["notice"] for mail in carla.world.outbox if carla.address in mail["to"]]
    assert bool(waiting) is tells_customer
    ann.hears_nothing_more()


def test_who_takes_it_has_it(carla: Customer, ann: Customer, told: Received) -> None:
    ann.clicks(told, "Take it")

    assert carla.ticket.assignee == ann.address


def test_snoozed_for_two_days_it_is_put_off(carla: Customer, ann: Customer, told: Received) -> None:
    ann.clicks(told, "Snooze")

    changed = carla.ticket.detail("changed")
    assert changed["field"] == "snoozed_until" and changed["to"]


def test_spam_is_tagged(carla: Customer, ann: Customer, told: Received) -> None:
    ann.clicks(told, "Spam")

    assert carla.ticket.json["tags"] == ["spam"]


def test_second_press_does_nothing_and_is_answered_kindly(carla: Customer, ann: Customer, told: Received) -> None:
    ann.clicks(told, "Resolve")
    carla.replies_to(carla.mailbox.mails[0], "It is not.\n")
    assert carla.ticket.status == "pending_agent"

    ann.clicks(told, "Resolve")

    assert carla.ticket.status == "pending_agent"
    answer = ann.waits_for("receipt")
    assert answer.subject.startswith(f"[#{carla.ticket.number}] Done already")
    assert '"Resolve" was done already, on ' in answer.text


def test_note_begins_a_mail_whose_words_stay_inside(carla: Customer, ann: Customer, told: Received) -> None:
    to, subject, body = opened_by(told, "Note")
    unproved = ann.world.agent(verdict="none")

    # nothing but the token in the subject proves that it is Ann
    unproved.writes(subject, body.replace("\r\n", "\n") + "Has complained before.\n", fields={"To": to})

    message = carla.ticket.messages[-1]
    assert (message.visibility, message.reply) == ("internal", "Has complained before.")
    carla.hears_nothing_more()


def test_assign_begins_a_mail_that_lacks_a_name(carla: Customer, ann: Customer, ben: Customer, told: Received) -> None:
    to, subject, body = opened_by(told, "Assign")

    ann.writes(subject, body + "ben\n", fields={"To": to})

    assert carla.ticket.assignee == ben.address


@pytest.mark.parametrize(
    "habit",
    ["Re: {}", "RE: {}", "Fwd: {}", " {} "],
    ids=["reply", "Outlook's reply", "forwarded", "spaces"],
)
def test_subjects_habits_do_no_harm(habit: str, carla: Customer, ann: Customer, told: Received) -> None:
    to, subject, body = opened_by(told, "Take it")

    ann.writes(habit.format(subject), body, fields={"To": to})

    assert carla.ticket.assignee == ann.address


def test_clients_ways_with_body_and_header_do_no_harm(carla: Customer, ann: Customer, told: Received) -> None:
    to, subject, body = opened_by(told, "Take it")
    middle = subject.index("{mt-") + 20

    # Outlook folds, writes HTML as well, and puts a signature below; a telephone adds a line of its own
    ann.writes(
        f"{subject[:middle]}\r\n {subject[middle:]}".encode(),
        f"{body}\r\n\r\nAnn Ahlberg\r\nReturns · Tel. +49 30 123\r\n\r\nSent from my iPhone\r\n",
        fields={"To": to},
        html=f"<html><body><p>{body}</p><p>Ann Ahlberg<br>Returns</p></body></html>",
    )

    assert carla.ticket.assignee == ann.address


def test_encoded_subject_does_no_harm(carla: Customer, ann: Customer, told: Received) -> None:
    to, subject, body = opened_by(told, "Take it")
    words = "\r\n ".join(f"=?utf-8?Q?{subject[at : at + 40].replace(' ', '_')}?=" for at in range(0, len(subject), 40))

    ann.writes(words.encode(), body, fields={"To": to})

    assert carla.ticket.assignee == ann.address


def test_button_of_a_colleague_does_nothing(carla: Customer, ann: Customer, ben: Customer, told: Received) -> None:
    ben.clicks(told, "Take it")

    assert ben.became["reason"] == "button_of_another"
    assert carla.ticket.assignee is None
    question = ann.waits_for("held")
    assert "add it" not in question.text


@pytest.mark.parametrize(
    ("verdict", "reason"),
    [("none", "button_from_elsewhere"), ("pass", "button_from_elsewhere"), ("fail", "failed_verdict")],
)
def test_strangers_press_nothing(
    verdict: str, reason: str, desk: World, carla: Customer, ann: Customer, told: Received
) -> None:
    mallory = desk.customer("Ann Ahlberg <ann@evil.example>", verdict=verdict)

    mallory.clicks(told, "Close")

    assert mallory.became["reason"] == reason
    assert carla.ticket.status == "open"
    mallory.hears_nothing_more()


def test_forged_agent_presses_nothing(desk: World, carla: Customer, told: Received) -> None:
    forger = desk.agent(verdict="fail")

    forger.clicks(told, "Close")

    assert forger.became["reason"] == "failed_verdict"
    assert carla.ticket.status == "open"


def test_button_proves_an_agent_whom_nothing_else_does(desk: World, carla: Customer, told: Received) -> None:
    unproved = desk.agent(verdict="none")

    unproved.clicks(told, "Take it")

    assert carla.ticket.assignee == unproved.address


def test_strangers_mail_joins_the_ticket_that_it_names(
    desk: World, carla: Customer, ann: Customer, told: Received
) -> None:
    number = carla.ticket.number
    max_ = desk.somebody()
    max_.writes(f"[#{number}] Broken vase", "I am her husband; the box is here.\n")
    max_.waits_for("confirmation")
    about_max = ann.waits_for("agent_notification")
    assert f"It names ticket {number}" in about_max.text

    ann.clicks(about_max, "Join them")

    assert [message.sender for message in desk.ticket(number).messages] == [carla.address, max_.address]
