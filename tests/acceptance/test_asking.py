"""Stories: an agent asks the desk by mail, and is answered with a list."""

import re
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from tests.acceptance.conftest import BOTH_STORES, Worlds
from tests.acceptance.world import Customer, Received, World, until

pytestmark = BOTH_STORES


@pytest.fixture
def world(worlds: Worlds, request: pytest.FixtureRequest) -> World:
    """A desk of its own: a list has room for so many tickets, and others' stories would fill it."""
    return worlds.get(request.param, lifecycle={"held_decides_after_hours": 6})


@pytest.fixture
def carla(world: World) -> Customer:
    """A customer with one ticket, confirmed."""
    carla = world.somebody()
    carla.writes("Broken vase", "My vase is broken.\n")
    carla.waits_for("confirmation")
    return carla


def number_of(carla: Customer) -> str:
    return carla.mailbox.mails[0].number


def link(mail: Received, number: str, label: str) -> tuple[str, str]:
    """Subject and text of the mail that a link in the line of this ticket opens."""
    line = mail.text.split(f"{number} · ", 1)[1]
    found = re.search(rf"{label}: (mailto:\S+)", line)
    assert found is not None, line
    parts = urlsplit(found[1])
    assert unquote(parts.path) == "support@acme.example"
    query = parse_qs(parts.query)
    return query["subject"][0], query.get("body", [""])[0]


def press(agent: Customer, mail: Received, number: str, label: str) -> None:
    subject, body = link(mail, number, label)
    agent.writes(subject, body or "\n")


@pytest.mark.parametrize("subject", ["queue", "Re: Queue", "AW: QUEUE."])
def test_the_queue_lists_what_is_not_done_and_makes_no_ticket(world: World, carla: Customer, subject: str) -> None:
    ann, number = world.agent(), number_of(carla)

    ann.writes(subject, "-- \nAnn, floor 3\n")

    mail = ann.waits_for("list")
    assert f"{number} · Broken vase\n  Carla Customer · open · nobody's yet" in mail.text
    assert (mail["Auto-Submitted"], mail["In-Reply-To"]) == ("auto-replied", ann.written[-1].message_id)
    assert not world.tickets_of(ann.address)
    world.run("ticket", "set", number, "status=resolved")
    ann.writes("queue")
    assert number not in ann.waits_for("list").text


def test_a_line_has_buttons_of_the_agents_own(world: World, carla: Customer) -> None:
    ann, number = world.agent(), number_of(carla)
    ann.writes(f"search {number}")
    mail = ann.waits_for("list")
    assert link(mail, number, "Take it")[0] in unquote(mail.html).replace("&amp;", "&")

    press(ann, mail, number, "Take it")

    until(lambda: world.ticket(number).assignee == ann.address, "Ann to have it")
    ann.writes("mine")
    assert f"{number} · Broken vase\n  Carla Customer · in progress · Ann Ahlberg" in ann.waits_for("list").text


def test_an_agent_answers_the_customer_out_of_a_list(world: World, carla: Customer) -> None:
    ann, number = world.agent(), number_of(carla)
    ann.writes("queue")

    press(ann, ann.waits_for("list"), number, "Show")

    shown = ann.waits_for("agent_notification")
    assert shown.number == number and "My vase is broken." in shown.text
    world.agent(verdict="none").replies_to(shown, "We send a new one.\n")
    assert "We send a new one." in carla.waits_for("reply").text


def test_show_finds_a_ticket_by_its_number(world: World, carla: Customer) -> None:
    ann, number = world.agent(), number_of(carla)

    ann.writes(f"show [#{number}]")

    assert ann.waits_for("agent_notification").number == number
    ann.writes("show 9999-9999")
    assert "There is no ticket 9999-9999" in ann.waits_for("list").text


def test_search_looks_at_title_and_customer(world: World, carla: Customer) -> None:
    ann = world.agent()

    ann.writes(f"search {carla.address.upper()}")
    assert f"{number_of(carla)} · Broken vase" in ann.waits_for("list").text

    ann.writes("search %_nothing")
    assert "No ticket has" in ann.waits_for("list").text


def test_figures_count_what_was_done(world: World, carla: Customer) -> None:
    ann, number = world.agent(), number_of(carla)

    def figures() -> dict[str, int]:
        ann.writes("stats day")
        text = ann.waits_for("stats").text
        names = {"opened": "Tickets opened", "answered": "Answers to customers", "resolved": "Resolved or closed"}
        found = {key: re.search(rf"{words} +(\d+)", text) for key, words in names.items()}
        return {key: int(match[1]) for key, match in found.items() if match}

    before = figures()
    carla.writes("Another thing")
    world.run("ticket", "reply", number, "Solved.")
    world.run("ticket", "set", number, "status=resolved")

    after = figures()

    assert {key: after[key] - before[key] for key in after} == {"opened": 1, "answered": 1, "resolved": 1}


@pytest.mark.parametrize(("subject", "body"), [("help", "\n"), ("?", "\n"), ("Please", "#help\n")])
def test_help_names_commands_and_questions(world: World, subject: str, body: str) -> None:
    ann = world.agent()

    ann.writes(subject, body)

    text = ann.waits_for("help").text
    assert "#priority high" in text and "search WORDS" in text and max(map(len, text.splitlines())) <= 78


def test_help_in_an_answer_comes_beside_the_answer(world: World, carla: Customer) -> None:
    ann = world.agent()

    ann.writes(f"Re: [#{number_of(carla)}] Broken vase", "#help\n\nWe send a new one.\n")

    assert "We send a new one." in carla.waits_for("reply").text
    ann.waits_for("help")


def test_nobody_else_is_answered(world: World, carla: Customer) -> None:
    carla.writes("queue")
    carla.waits_for("confirmation")

    assert not [mail for mail in carla.mailbox.mails if mail.notice in ("list", "help", "stats")]


def test_whoever_only_says_to_be_an_agent_hears_nothing(world: World, carla: Customer) -> None:
    forger, ann = world.agent(verdict="none"), world.agent()

    forger.writes("queue")

    ann.waits_for("held")
    assert not [mail for mail in ann.mailbox.mails if mail.notice == "list"]


def test_an_answer_on_a_ticket_of_that_name_is_no_question(world: World) -> None:
    carla = world.somebody()
    carla.writes("Help")
    confirmation, ann = carla.waits_for("confirmation"), world.agent()

    ann.writes("Re: Help", "I am here.\n", fields={"In-Reply-To": carla.written[0].message_id})

    assert "I am here." in carla.waits_for("reply").text
    assert confirmation.ticket.status == "pending_customer"
