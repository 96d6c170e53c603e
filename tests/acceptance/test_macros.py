"""Stories: an agent answers with a prepared answer, which lies in a file beside the settings."""

import signal
from collections.abc import Iterator

import pytest

from tests.acceptance.world import World, until

REFUND = """+++
title = "Refund"
status = "resolved"
tags = "refund"
+++
Hello{{ " " ~ greeting_name if greeting_name }},

we have paid you back for {{ number }}.
"""


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    world = World(start=False)
    with world:
        (world.folder / "macros").mkdir()
        (world.folder / "macros" / "refund.md").write_text(REFUND)
        world.start()
        yield world


def test_a_macro_is_the_answer_and_does_what_it_says(world: World) -> None:
    carla, ann = world.customer("Carla Customer <carla@shop.example>"), world.agent()
    carla.writes("Broken vase")
    number = carla.waits_for("confirmation").number

    ann.writes(f"Re: [#{number}] Broken vase", "#macro refund\n\nAnd a voucher for you.\n")

    mail = carla.waits_for("reply")
    words = f"Hello Carla Customer,\n\nwe have paid you back for {number}.\n\nAnd a voucher for you.\n"
    assert mail.text.startswith(words) and "#macro" not in mail.all_words
    until(lambda: world.ticket(number).status == "resolved", "the ticket to be resolved")
    assert world.ticket(number).json["tags"] == ["refund"]


def test_a_macro_that_there_is_not_is_a_wrong_command(world: World) -> None:
    carla, ben = world.somebody(), world.agent("Ben Bauer <ben@acme.example>")
    carla.writes("Broken vase")
    number = carla.waits_for("confirmation").number

    ben.writes(f"Re: [#{number}] Broken vase", "#macro refnud\n")

    assert "#macro refund" in ben.waits_for("receipt").text
    carla.hears_nothing_more()


def test_a_reload_takes_up_new_macros_and_check_names_a_bad_one(world: World) -> None:
    folder, process = world.folder / "macros", world.process
    assert process is not None
    (folder / "thanks.md").write_text("Thank you, {{ greeting_name }}.")
    (folder / "wrong.md").write_text("Thank you, {{ name }}.")
    process.send_signal(signal.SIGHUP)
    until(lambda: any(event["event"] == "settings_taken_up" for event in world.log), "the reload")

    assert [event["file"] for event in world.log if event["event"] == "macro_failed"] == ["wrong.md"]
    found = {check["name"]: check for check in world.cli("check", "--json").json["checks"]}
    assert not found["macros"]["ok"] and "wrong.md" in found["macros"]["detail"]
    listed = world.json("macro", "list")["macros"]
    assert [one["name"] for one in listed] == ["refund", "thanks"]
    assert world.json("macro", "preview", "thanks")["text"] == "Thank you, Carla Customer."
    ann, carla = world.agent(), world.customer("Carla Customer <carla@shop.example>")
    carla.writes("Broken chair")
    ann.writes(f"Re: [#{carla.waits_for('confirmation').number}] Broken chair", "#macro thanks\n")
    assert carla.waits_for("reply").text.startswith("Thank you, Carla Customer.\n")
