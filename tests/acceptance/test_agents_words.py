"""Stories: an agent works by mail alone; what is wrong, late or not meant for the customer comes back as a question."""

from typing import Any

import pytest

from tests.acceptance.conftest import BOTH_STORES, Worlds
from tests.acceptance.world import Customer, File, World

ANN, BEN = "Ann Ahlberg <ann@acme.example>", "Ben Bauer <ben@acme.example>"


@pytest.fixture
def carla(world: World) -> Customer:
    """A customer with one ticket, confirmed."""
    carla = world.somebody()
    carla.writes("Broken vase", "My vase arrived broken.\n")
    carla.waits_for("confirmation")
    return carla


def writes(agent: Customer, carla: Customer, body: str, **more: Any) -> None:
    """A mail of an agent's with the ticket's number."""
    assert agent.writes(f"Re: [#{carla.ticket.number}] Broken vase", body, **more) == 250


@BOTH_STORES
def test_a_wrong_command_comes_back_and_one_click_sends_it(world: World, carla: Customer) -> None:
    ann = world.agent(ANN)

    writes(ann, carla, "#priortiy high\n\nWe send a new one.\n\n-- \nAnn, floor 3\n")

    asked = ann.waits_for("receipt")
    assert asked.subject == f"[#{carla.ticket.number}] Not sent: Broken vase"
    assert "There is no #priortiy. Did you mean #priority high?" in asked.text
    assert "We send a new one." in asked.text and asked["In-Reply-To"] == ann.written[-1].message_id
    assert (carla.ticket.status, carla.ticket.json["priority"]) == ("open", "normal")
    carla.hears_nothing_more()

    ann.clicks(asked, 'Send it with "#priority high"')

    mail = carla.waits_for("reply")
    assert "We send a new one." in mail.text and "#prior" not in mail.all_words and "floor 3" not in mail.all_words
    assert (carla.ticket.status, carla.ticket.json["priority"]) == ("pending_customer", "high")
    ann.clicks(asked, "Send it without that line")
    carla.hears_nothing_more()
    assert "the mail that it was about waits no longer" in " ".join(ann.waits_for("receipt").text.split())
    ann.hears_nothing_more()


@BOTH_STORES
def test_who_writes_again_instead_has_said_it(world: World, carla: Customer) -> None:
    ann = world.agent(ANN)
    writes(ann, carla, "#priortiy high\n\nWe send a new one.\n")
    asked = ann.waits_for("receipt")

    ann.replies_to(asked, "#high\n\nWe send two new ones.\n")

    assert "We send two new ones." in carla.waits_for("reply").text
    ann.clicks(asked, "Send it without that line")
    carla.hears_nothing_more()
    assert ann.became["reason"] == "held_mail_is_gone"


@BOTH_STORES
def test_an_answer_and_resolved_make_one_mail_and_the_note_stays_here(world: World, carla: Customer) -> None:
    ann = world.agent(ANN)

    writes(ann, carla, "#resolved\n#tag vase\n\nA new one is on its way.\n\n#note She has complained before.\n")

    mail, ticket = carla.waits_for("reply"), carla.ticket
    assert (ticket.status, ticket.json["tags"], ticket.json["assignee"]) == ("resolved", ["vase"], "ann@acme.example")
    assert "complained" not in mail.all_words and "#tag" not in mail.all_words
    assert [(one.visibility, one.reply) for one in ticket.messages[1:]] == [
        ("internal", "She has complained before."),
        ("public", "A new one is on its way."),
    ]
    carla.hears_nothing_more()
    ann.hears_nothing_more()


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_two_who_answer_at_once_do_not_both_answer(worlds: Worlds, store: str) -> None:
    desk = worlds.get(store, desk={"notify": "all"})
    carla, ann, ben = desk.somebody(), desk.agent(ANN), desk.agent(BEN)
    carla.writes("Broken vase", "My vase arrived broken.\n")
    notified = [ann.waits_for("agent_notification"), ben.waits_for("agent_notification")]

    ann.replies_to(notified[0], "We send a new one.\n")
    ben.replies_to(notified[1], "You get your money back.\n")

    asked = ben.waits_for("receipt")
    assert "Ann Ahlberg has answered" in asked.text and "We send a new one." in asked.text
    assert "You get your money back." in asked.text
    carla.waits_for("reply")
    ben.clicks(asked, "Send it all the same")
    assert "You get your money back." in carla.waits_for("reply").text


@BOTH_STORES
def test_words_of_a_note_and_files_that_are_not_sent_are_asked_about(world: World, carla: Customer) -> None:
    ann = world.agent(ANN)
    writes(ann, carla, "#note The bank has refused her card twice; do not send anything before it is paid.\n")

    writes(
        ann, carla, "Hello,\n\nthe bank has refused her card twice; do not send anything before it is paid.\n",
        files=[File("setup.exe", b"MZ")],
    )  # fmt: skip

    asked = ann.waits_for("receipt")
    assert "setup.exe" in asked.text and "bank has refused" in asked.text
    ann.clicks(asked, "Drop it")
    assert not [one for one in world.json("held", "list")["held"] if one["ticket"] == carla.ticket.number]
    carla.hears_nothing_more()


def test_an_answer_that_waits_is_taken_back(worlds: Worlds) -> None:
    patient = worlds.get(desk={"undo_seconds": 60, "receipts": "all"})
    carla, ann = patient.somebody(), patient.agent(ANN)
    carla.writes("Broken vase")
    carla.waits_for("confirmation")
    writes(ann, carla, "#resolved\n\nYou get nothing.\n")
    waits = ann.waits_for("receipt")
    assert f"Sent to:    {carla.address}" in waits.text

    ann.clicks(waits, "Cancel it")

    assert "You get nothing." in ann.waits_for("receipt").text
    assert (carla.ticket.status, carla.ticket.messages[-1].visibility) == ("open", "internal")
    carla.hears_nothing_more()
    writes(ann, carla, "You get a new one.\n")
    waits = ann.waits_for("receipt")
    (reply,) = [mail["id"] for mail in patient.outbox if mail["notice"] == "reply"]
    patient.run("outbox", "retry", reply)
    patient.hurry()
    assert "You get a new one." in carla.waits_for("reply").text
    ann.clicks(waits, "Cancel it")
    assert "has left already" in " ".join(ann.waits_for("receipt").text.split())
