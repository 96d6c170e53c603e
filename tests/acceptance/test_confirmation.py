"""Stories: who writes hears that we have it, once and in plain words; nobody hears from us who did not write."""

import re

import pytest

from tests.acceptance.conftest import BOTH_STORES
from tests.acceptance.world import DESK, World

pytestmark = BOTH_STORES


def test_a_new_mail_is_confirmed_with_its_number(world: World) -> None:
    carla = world.customer("Carla Customer <carla@shop.example>")

    assert carla.writes("Broken vase", "My vase arrived broken.\n") == 250

    mail, ticket = carla.waits_for("confirmation"), carla.ticket
    assert mail.subject == f"[#{ticket.number}] Broken vase"
    assert mail["From"] == "Acme Support <support@acme.example>"
    assert mail["To"] == "Carla Customer <carla@shop.example>"
    assert f"given it the number {ticket.number}" in mail.text and ticket.number in mail.html
    assert "Hello Carla Customer" in mail.text and "Broken vase" in mail.text
    assert (ticket.title, ticket.status, ticket.possible_reply_to) == ("Broken vase", "open", None)
    assert [(m.sender, m.text.strip(), m.verdict) for m in ticket.messages] == [
        ("carla@shop.example", "My vase arrived broken.", "pass")
    ]
    assert ticket.happened == ("opened", "confirmation_queued")


def test_a_confirmation_is_marked_as_what_it_is(world: World) -> None:
    carla = world.customer("Carla <carla@marks.example>")
    carla.writes("Broken vase", fields={"References": "<root@marks.example>"})

    mail = carla.waits_for("confirmation")

    own = carla.written[-1].message_id
    assert (mail["In-Reply-To"], mail.references) == (own, ["<root@marks.example>", own])
    assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == ("auto-replied", "OOF, AutoReply")
    assert mail.reverse_path == "" and mail["X-Mailticket-Loop"]
    assert re.fullmatch(r"<[a-z2-7]{48}@acme\.example>", mail.message_id)
    assert mail["Reply-To"] == ""


def test_a_mail_is_confirmed_once(world: World) -> None:
    carla = world.customer("carla@once.example")
    carla.writes("Broken vase")
    confirmation = carla.waits_for("confirmation")

    carla.replies_to(confirmation, "It is the blue one.\n")

    assert carla.ticket.happened == ("opened", "confirmation_queued", "message_added")
    carla.hears_nothing_more()


@pytest.mark.parametrize(
    ("written_to", "answered_from"),
    [("returns@acme.example", "returns@acme.example"), ("support+shop@acme.example", DESK), ("postmaster", DESK)],
    ids=["an alias", "a plus-form", "postmaster"],
)
def test_the_answer_comes_from_the_address_that_was_written_to(
    world: World, written_to: str, answered_from: str
) -> None:
    carla = world.customer("carla@doors.example")

    carla.writes("Hello", fields={"To": written_to}, to=[written_to])

    assert carla.waits_for("confirmation")["From"] == f"Acme Support <{answered_from}>"


def test_a_confirmation_goes_to_the_sender_and_never_to_reply_to(world: World) -> None:
    carla = world.customer("carla@replyto.example")

    carla.writes("Hello", fields={"Reply-To": "victim@elsewhere.example"})

    assert carla.waits_for("confirmation").to == ["carla@replyto.example"]
    world.silence_for("victim@elsewhere.example")


def test_who_is_not_verified_reads_none_of_the_words_that_came_in_that_name(world: World) -> None:
    victim = world.customer("Cheap Pills <victim@spam.example>", verdict="none")

    victim.writes("Buy pills at pills.example", "Pills, pills, pills!\n")

    mail = victim.waits_for("confirmation")
    assert "pills" not in mail.all_words.lower()
    assert mail.subject == f"[#{mail.number}] Your message"
