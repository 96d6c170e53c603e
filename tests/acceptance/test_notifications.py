"""Stories: agents hear of what customers write, answer from their mail client, and copy whom they want to."""

from collections.abc import Callable

import pytest

from tests.acceptance.samples import PNG
from tests.acceptance.world import Customer, File, World


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(world_with: Callable[..., World], request: pytest.FixtureRequest) -> World:
    """A desk whose agents all hear of a new ticket."""
    return world_with(request.param, desk={"notify": "all"})


@pytest.fixture
def ann(desk: World) -> Customer:
    return desk.agent()


@pytest.fixture
def ben(desk: World) -> Customer:
    return desk.agent("Ben Bauer <ben@acme.example>")


@pytest.fixture
def carla(desk: World, ann: Customer, ben: Customer) -> Customer:
    """A customer who has written; Ann and Ben came first, so that they hear of it."""
    carla = desk.somebody()
    carla.writes(
        "Broken vase", "My vase is broken.\n\nOn Sunday Shop wrote:\n> Your parcel\n", files=[File("a.png", PNG)]
    )
    return carla


def test_every_agent_hears_of_a_new_ticket_in_the_customers_words(
    carla: Customer, ann: Customer, ben: Customer
) -> None:
    heard = [agent.waits_for("agent_notification") for agent in (ann, ben)]

    for mail in heard:
        assert mail.text.startswith("My vase is broken.\n\n-----")
        assert "Your parcel" not in mail.text
        assert mail["From"] == "Carla Customer via Acme Support <support@acme.example>"
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["In-Reply-To"] == carla.written[0].message_id
        assert mail.files == {"a.png": PNG}
    assert heard[0].message_id != heard[1].message_id, "each agent has a token of their own"


def test_whoever_answers_has_the_ticket_and_hears_alone_what_the_customer_says_next(
    carla: Customer, ann: Customer, ben: Customer
) -> None:
    ben.waits_for("agent_notification")
    ann.replies_to(ann.waits_for("agent_notification"), "We send a new one.\n")
    answer = carla.waits_for("reply")
    assert answer.text.startswith("We send a new one.\n") and answer.text.endswith("\n> My vase is broken.\n")

    carla.replies_to(answer, "Thank you!\n")

    assert ann.waits_for("agent_notification").text.startswith("Thank you!\n")
    assert carla.ticket.assignee == "ann@acme.example"
    ben.hears_nothing_more()
    ann.hears_nothing_more()


def test_an_unproved_agent_answers_with_the_token_of_the_own_notification(
    desk: World, carla: Customer, ann: Customer, ben: Customer
) -> None:
    carla.waits_for("confirmation")
    notification = ann.waits_for("agent_notification")

    desk.agent(verdict="none").replies_to(notification, "We send a new one.\n")

    assert carla.waits_for("reply").text.startswith("We send a new one.\n")


def test_a_colleagues_notification_proves_nothing(desk: World, carla: Customer, ann: Customer, ben: Customer) -> None:
    carla.waits_for("confirmation")
    notification = ben.waits_for("agent_notification")
    ann.waits_for("agent_notification")
    forger = desk.agent(verdict="none")

    forger.replies_to(notification, "Send the vase to me instead.\n")

    assert forger.became["reason"] == "agent_not_verified"
    carla.hears_nothing_more()


def test_a_customer_cannot_use_what_the_desk_sends_to_customers(desk: World, carla: Customer) -> None:
    confirmation = carla.waits_for("confirmation")
    forger = desk.agent(verdict="none")

    forger.replies_to(confirmation, "Send the vase to me instead.\n")

    assert forger.became["reason"] == "agent_not_verified"
    carla.hears_nothing_more()


def test_no_mail_to_a_customer_bears_an_agents_token(carla: Customer, ann: Customer) -> None:
    notification = ann.waits_for("agent_notification")
    ann.replies_to(notification, "We send a new one.\n")

    answer = carla.waits_for("reply")

    assert notification.message_id.strip("<>").partition("@")[0].encode() not in answer.raw


def test_who_was_copied_hears_nothing_until_an_agent_copies_them(desk: World, ann: Customer, ben: Customer) -> None:
    carla, max_ = desk.somebody(), desk.customer("Max <max@copied.example>")
    carla.writes("Broken chair", fields={"Cc": max_.name})
    confirmation = carla.waits_for("confirmation")
    notification = ann.waits_for("agent_notification")
    assert "Also on it: max@copied.example" in notification.text

    ann.replies_to(notification, "What colour?\n")
    carla.waits_for("reply")
    max_.hears_nothing_more()
    ann.replies_to(notification, "And which size?\n", fields={"Cc": max_.name})
    # this mail reached Max directly; the next one comes from us
    assert carla.waits_for("reply")["Cc"] == ""
    ann.replies_to(notification, "It is on its way.\n")

    copy = max_.waits_for("reply")
    assert copy.text.startswith("It is on its way.\n") and "colour" not in copy.text
    assert copy.message_id == carla.waits_for("reply").message_id, "one mail for both"
    assert copy.ticket.number == confirmation.number


def test_a_customers_words_are_never_relayed_to_participants(desk: World, ann: Customer, ben: Customer) -> None:
    carla, max_ = desk.somebody(), desk.customer("Max <max@relayed.example>")
    carla.writes("Broken chair", fields={"Cc": max_.name})
    ann.replies_to(ann.waits_for("agent_notification"), "Which size?\n", fields={"Cc": max_.name})

    carla.replies_to(carla.waits_for("reply"), "A secret size.\n")

    assert ann.waits_for("agent_notification").text.startswith("A secret size.")
    max_.hears_nothing_more()


def test_a_command_can_answer_everybody_on_the_ticket(desk: World, ann: Customer) -> None:
    carla, max_ = desk.somebody(), desk.customer("Max <max@all.example>")
    carla.writes("Broken chair", fields={"Cc": max_.name})
    number = carla.waits_for("confirmation").number

    desk.run("ticket", "reply", number, "It is on its way.", "--all")
    desk.hurry()

    assert max_.waits_for("reply").text.startswith("It is on its way.\n")


def test_a_machines_mail_is_no_news(desk: World, carla: Customer, ann: Customer, ben: Customer) -> None:
    ann.waits_for("agent_notification")
    confirmation = carla.waits_for("confirmation")

    carla.replies_to(confirmation, "I am away.\n", fields={"Auto-Submitted": "auto-replied"})

    assert carla.became["receipt"] == "added"
    ann.hears_nothing_more()


def test_an_archive_is_no_news(desk: World, ann: Customer) -> None:
    old = desk.somebody().drafts("Old chair", fields={"Date": "Mon, 05 Jan 2026 10:00:00 +0000"})
    file = desk.folder / "old.eml"
    file.write_bytes(old)

    assert desk.json("ingest", str(file))["opened"] == 1
    desk.hurry()

    ann.hears_nothing_more()
