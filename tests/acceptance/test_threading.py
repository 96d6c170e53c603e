"""Stories: what belongs together comes together, and nothing else does."""

import base64

import pytest

from tests.acceptance.conftest import BOTH_STORES
from tests.acceptance.world import Customer, Received, World

pytestmark = BOTH_STORES


@pytest.fixture
def carla(world: World) -> Customer:
    """A customer with one ticket, confirmed."""
    carla = world.somebody()
    carla.writes("Broken vase")
    return carla


@pytest.fixture
def confirmation(carla: Customer) -> Received:
    """What she got for it."""
    return carla.waits_for("confirmation")


def test_an_answer_to_our_mail_joins_its_ticket(carla: Customer, confirmation: Received) -> None:
    carla.replies_to(confirmation, "It is the blue one.\n")

    ticket = confirmation.ticket
    assert [message.reply.strip() for message in ticket.messages] == ["Hello.", "It is the blue one."]
    assert ticket.detail("message_added")["found_by"] == "token"


@pytest.mark.parametrize("field", ["In-Reply-To", "References"])
def test_our_message_id_alone_is_enough(carla: Customer, confirmation: Received, field: str) -> None:
    carla.writes("Something else", fields={field: confirmation.message_id})

    assert carla.became["receipt"] == "added"
    assert carla.ticket.number == confirmation.number
    assert carla.ticket.detail("message_added")["found_by"] == "token"


def test_a_customer_may_answer_their_own_mail(carla: Customer, confirmation: Received) -> None:
    carla.writes("I forgot", fields={"In-Reply-To": carla.written[0].message_id})

    assert carla.ticket.number == confirmation.number
    assert carla.ticket.detail("message_added")["found_by"] == "reference"


def encoded(words: str) -> str:
    return f"=?utf-8?b?{base64.b64encode(words.encode()).decode()}?="


@pytest.mark.parametrize(
    "subject",
    [
        "[#{}] once more",
        "Re: [#{}] Broken vase",
        "AW: WG: [#{}] Broken vase",
        "回复：[#{}] 花瓶",
        "Re[2]: Fwd: [#{}] Re: [#{}] Broken vase",
        "about my vase [#{}]",
        "Re: [#\r\n {}] Broken vase",
        "Re: [Ticket] [ #{} ] Broken vase",
    ],
)
def test_the_number_alone_is_enough(carla: Customer, confirmation: Received, subject: str) -> None:
    carla.writes(
        subject.replace("{}", confirmation.number).encode()
        if "\r" in subject
        else subject.replace("{}", confirmation.number)
    )

    assert carla.ticket.number == confirmation.number
    assert carla.ticket.detail("message_added")["found_by"] == "number"


def test_a_number_within_encoded_words_is_found(carla: Customer, confirmation: Received) -> None:
    begin, end = f"Отв: [#{confirmation.number[:5]}", f"{confirmation.number[5:]}] ваза"

    carla.writes(f"{encoded(begin)}\r\n {encoded(end)}".encode())

    assert carla.ticket.number == confirmation.number


def test_of_several_numbers_the_senders_own_counts(world: World, carla: Customer, confirmation: Received) -> None:
    dora = world.customer("dora@thread.example")
    dora.writes("Broken cup")
    other = dora.waits_for("confirmation").number

    carla.writes(f"[#9901-9999] [#{other}] [#{confirmation.number}] both broken")

    assert carla.ticket.number == confirmation.number
    assert carla.ticket.detail("message_added")["overruled"] == [other]


def test_the_stronger_sign_wins_and_the_event_says_so(carla: Customer, confirmation: Received) -> None:
    carla.writes("Broken cup")
    cup = carla.waits_for("confirmation").number

    carla.replies_to(confirmation, subject=f"Re: [#{cup}] Broken cup")

    assert carla.ticket.number == confirmation.number
    how = carla.ticket.detail("message_added")
    assert (how["found_by"], how["overruled"]) == ("token", [cup])


def test_a_colleague_who_answers_all_before_our_confirmation_joins(world: World) -> None:
    carla, dora = world.customer("carla@early.example"), world.customer("dora@early.example")
    carla.writes("Broken vase", fields={"Cc": "Dora <dora@early.example>"})

    dora.writes("Re: Broken vase", fields={"In-Reply-To": carla.written[0].message_id, "Cc": "carla@early.example"})

    assert dora.became["receipt"] == "added"
    assert [message.sender for message in carla.ticket.messages] == [carla.address, dora.address]
    assert carla.ticket.participants == (dora.address,)
    dora.hears_nothing_more()


def test_two_mails_of_one_thread_that_we_did_not_see_begin_are_one_ticket(world: World) -> None:
    carla, dora = world.customer("carla@root.example"), world.customer("dora@root.example")
    root = {"References": f"<{world.port}.root@root.example>"}
    carla.writes("Re: Our order", fields={**root, "Cc": dora.address})

    dora.writes("Re: Our order", fields={**root, "Cc": carla.address})

    assert dora.ticket.number == carla.ticket.number


def test_equal_subjects_never_join(world: World) -> None:
    carla, dora = world.customer("carla@equal.example"), world.customer("dora@equal.example")

    carla.writes("Question")
    first = carla.ticket.number
    carla.writes("Question", "Another one.\n")
    dora.writes("Re: Question")

    assert len({first, carla.ticket.number, dora.ticket.number}) == 3


def test_an_answer_to_a_closed_ticket_opens_one_that_follows(
    world: World, carla: Customer, confirmation: Received
) -> None:
    world.run("ticket", "set", confirmation.number, "status=closed")

    carla.replies_to(confirmation, "Broken again.\n")

    second = carla.waits_for("confirmation")
    assert second.number != confirmation.number
    assert (carla.ticket.number, carla.ticket.follows, carla.ticket.title) == (
        second.number,
        confirmation.number,
        "Re: Broken vase",
    )
    assert f"Continues:      {confirmation.number}, which is closed" in second.text
    assert confirmation.ticket.status == "closed" and len(confirmation.ticket.messages) == 1


def test_an_unverified_answer_joins_marked_and_brings_nobody_along(world: World) -> None:
    carla = world.customer("carla@unsure.example", verdict="none")
    carla.writes("Broken vase")
    confirmation = carla.waits_for("confirmation")

    carla.replies_to(confirmation, fields={"Cc": "friend@unsure.example"})

    ticket = confirmation.ticket
    assert [message.verdict for message in ticket.messages] == ["none", "none"]
    assert ticket.detail("message_added")["unverified"] is True
    assert ticket.participants == ()


def test_a_verified_answer_brings_the_people_in_copy_along(
    world: World, carla: Customer, confirmation: Received
) -> None:
    carla.replies_to(confirmation, fields={"Cc": "Friend <friend@thread.example>, ann@acme.example"})

    assert confirmation.ticket.participants == ("friend@thread.example",)
    friend = world.customer("friend@thread.example")
    friend.writes(f"Re: [#{confirmation.number}] me too")
    assert friend.ticket.number == confirmation.number
