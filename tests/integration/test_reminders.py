"""Who is reminded of a question, and in which language the desk writes: on both stores."""

from datetime import timedelta

import pytest

from mailticket.actions.reminding import remind
from mailticket.store import tables as t
from tests.factories import ANN, MALLORY, NOW, make_raw
from tests.integration.customers import leave, notices, say, write
from tests.integration.nodes import Node

#: NOW is a Sunday.
MONDAY = NOW + timedelta(days=1)
DAY = timedelta(days=1)


def run(desk: Node) -> list[str]:
    with desk.store.writing() as connection:
        return remind(connection, desk.context, desk.clock.time)


@pytest.fixture
def asked(desk: Node) -> str:
    """A ticket whose customer was asked on a Monday at noon."""
    desk.clock.time = MONDAY
    number = desk.open(make_raw())
    say(desk, number, "Which colour shall it be?")
    desk.change(number, status="pending_customer")
    leave(desk)
    return number


def test_who_was_asked_is_reminded_once(desk: Node, asked: str) -> None:
    desk.clock.time += 3 * DAY - timedelta(minutes=1)
    assert run(desk) == []

    desk.clock.time += timedelta(minutes=2)
    assert run(desk) == [asked]

    (reminder,) = notices(desk, "reminder")
    assert reminder["details"]["question"] == "Which colour shall it be?"
    assert reminder["details"]["agent_name"] == ANN.name and "stop" in reminder["details"]
    assert reminder["in_reply_to"] == desk.show(asked)["messages"][-1]["message_id"]
    desk.clock.time += 30 * DAY
    assert run(desk) == []


def test_reminders_leave_in_business_hours(desk: Node, asked: str) -> None:
    desk.clock.time += 3 * DAY + timedelta(hours=5)
    assert run(desk) == [], "after five"

    desk.clock.time += timedelta(hours=16)
    assert run(desk) == [asked]


@pytest.mark.parametrize("what", ["answers", "bounces", "quiet", "taken up", "not sent"])
def test_who_need_not_be_reminded_is_not(desk: Node, asked: str, what: str) -> None:
    match what:
        case "answers":
            write(desk, "Blue.\n")
        case "bounces":
            with desk.store.writing() as connection:
                connection.execute(t.contacts.update().values(bounced_at=NOW, bounce_reason="gone"))
        case "quiet":
            desk.change(asked, quiet="on")
        case "taken up":
            desk.change(asked, status="in_progress")
        case "not sent":
            with desk.store.writing() as connection:
                connection.execute(t.outbox.update().where(t.outbox.c.kind == "reply").values(state="failed"))
    desk.clock.time += 4 * DAY

    assert run(desk) == [] and not notices(desk, "reminder")


def test_an_answer_that_asks_nothing_reminds_nobody(desk: Node) -> None:
    number = desk.open(make_raw())
    say(desk, number, "It is on its way.")
    leave(desk)
    desk.clock.time = MONDAY + 7 * DAY

    assert desk.show(number)["status"] == "pending_customer" and run(desk) == []


def test_a_mail_too_short_to_tell_has_the_language_that_its_sender_wrote_last(desk: Node) -> None:
    german = "Guten Tag, meine Vase ist leider zerbrochen angekommen. Können Sie mir bitte eine neue schicken?\n"
    desk.open(make_raw(body=german))

    short = desk.open(make_raw("Vase", message_id="<2@shop.example>", body="2611\n"))
    other = desk.open(make_raw("Vase", MALLORY, "<3@evil.example>", body="2611\n"))

    assert (desk.show(short)["language"], desk.show(other)["language"]) == ("de", "en")


def test_the_language_is_the_last_one(desk: Node) -> None:
    english = "My vase has arrived broken, and I would like to have a new one, if that is possible.\n"
    desk.open(make_raw(body="Meine Vase ist zerbrochen, können Sie mir bitte eine neue schicken? Das wäre nett.\n"))
    write(desk, english)

    assert desk.show(desk.open(make_raw("Vase", message_id="<2@shop.example>", body="2611\n")))["language"] == "en"
