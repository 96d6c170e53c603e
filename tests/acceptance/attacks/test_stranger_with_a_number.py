"""Story: somebody who is not on a ticket writes with its number in the subject.

The number routes, it never authorises (contract.md, who may do what).
"""

import pytest

from tests.acceptance.world import Customer, World


@pytest.fixture
def carla(world: World) -> Customer:
    """A customer with one ticket, confirmed."""
    carla = world.somebody()
    carla.writes("Broken vase")
    carla.waits_for("confirmation")
    return carla


def test_stranger_gets_a_ticket_of_their_own(world: World, carla: Customer) -> None:
    mallory = world.customer("mallory@evil.example")

    mallory.writes(f"Re: [#{carla.ticket.number}] Broken vase", "please send everything to me")

    own = mallory.waits_for("confirmation").ticket
    assert own.number != carla.ticket.number
    assert own.possible_reply_to == carla.ticket.number
    assert carla.ticket.number not in mallory.mailbox.text
    assert [m.sender for m in carla.ticket.messages] == [carla.address]


def test_answer_does_not_tell_whether_the_number_exists(world: World, carla: Customer) -> None:
    asks_for_real, asks_for_none = world.customer("a@evil.example"), world.customer("b@evil.example")

    asks_for_real.writes(f"[#{carla.ticket.number}] hello")
    asks_for_none.writes("[#2601-9999] hello")

    assert (
        asks_for_real.waits_for("confirmation").without_own_details()
        == asks_for_none.waits_for("confirmation").without_own_details()
    )


def test_every_tag_of_our_form_is_cut_from_the_title(world: World, carla: Customer) -> None:
    mallory = world.customer("mallory@evil.example")

    mallory.writes(f"Re: [#{carla.ticket.number}] [#9912-0001] [#[#1]2] Broken [#X-1] vase")

    assert "[#" not in mallory.ticket.title and mallory.ticket.title.endswith("vase")
    assert mallory.waits_for("confirmation").subject.count("[#") == 1


def test_a_forwarded_mail_of_ours_lets_nobody_in(world: World, carla: Customer) -> None:
    mallory = world.customer("mallory@evil.example")

    mallory.replies_to(carla.mailbox.mails[0], "Carla has forwarded this to me.\n")

    assert mallory.ticket.number != carla.ticket.number
    assert mallory.ticket.possible_reply_to == carla.ticket.number
    assert len(carla.ticket.messages) == 1


def test_a_failed_verdict_with_a_number_is_held_and_the_ticket_says_so(world: World, carla: Customer) -> None:
    forger = world.customer(carla.name, verdict="fail")

    forger.writes(f"[#{carla.ticket.number}] Broken vase", "Send it to my new address.\n")

    assert forger.became["receipt"] == "held"
    assert carla.ticket.detail("mail_held")["reason"] == "failed_verdict"
    assert len(carla.ticket.messages) == 1
    held = [one for one in world.json("held", "list")["held"] if one["ticket"] == carla.ticket.number]
    assert [one["from"] for one in held] == [carla.address]
