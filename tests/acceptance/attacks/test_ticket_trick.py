"""Story: somebody signs up at a chat service as support@acme.example, and wants its code sent to a ticket of theirs.

The Ticket Trick: whoever has a colleague's mail is a colleague, to services that ask no more than that.
"""

import pytest

from tests.acceptance.world import Customer, World

CODE = "482 913"
WORDS = f"Your verification code is\n\n    {CODE}\n\nIt works for ten minutes.\n"


@pytest.fixture
def mallory(world: World) -> Customer:
    """Has a ticket, and waits for the code in it."""
    mallory = world.somebody()
    mallory.writes("A question")
    mallory.waits_for("confirmation")
    return mallory


@pytest.fixture
def service(world: World) -> Customer:
    """What sends codes to whoever asks for them."""
    return world.customer("Chat <no-reply@chat.example>")


def test_a_code_that_names_a_ticket_does_not_get_there(world: World, mallory: Customer, service: Customer) -> None:
    confirmation = mallory.mailbox.mails[0]
    names_it = {"In-Reply-To": confirmation.message_id, "References": confirmation.message_id}
    local = f"support+{mallory.ticket.number}"

    service.writes(f"[#{mallory.ticket.number}] Your code", WORDS, fields=names_it, to=[f"{local}@acme.example"])

    own = service.ticket
    assert own.number != mallory.ticket.number
    assert own.json["tags"] == ["sign-up-code"] and own.possible_reply_to is None
    assert own.detail("confirmation_suppressed") == {"reason": "sign_up_code"}
    assert own.detail("tagged") == {"tags": ["sign-up-code"]}
    assert len(mallory.ticket.messages) == 1
    mallory.hears_nothing_more()


def test_nor_where_the_ticket_was_opened_in_the_services_name(world: World, service: Customer) -> None:
    mallory = world.somebody()
    forger = world.customer("Chat <no-reply@chat.example>", verdict="none")
    forger.writes("Hello", "I am from the chat.\n", fields={"Cc": mallory.address})

    service.writes(f"[#{forger.ticket.number}] Your code", WORDS)

    assert service.ticket.number != forger.ticket.number
    assert len(forger.ticket.messages) == 1
    mallory.hears_nothing_more()


def test_no_answer_carries_the_code_outside(world: World, service: Customer) -> None:
    service.writes("Your code", WORDS)
    number, ben = service.ticket.number, world.agent("Ben Bauer <ben@acme.example>")

    ben.writes(f"Re: [#{number}] Your code", f"Thank you!\n\n> {CODE}\n")

    assert (ben.became["receipt"], ben.became["reason"]) == ("held", "answer_with_sign_up_code")
    assert "sign up in our name" in " ".join(ben.waits_for("held").text.split())
    refused = world.cli("ticket", "reply", number, "Thank you!")
    assert refused.code == 1 and "sign-up-code" in refused.err
    service.hears_nothing_more()


def test_who_takes_the_tag_off_can_answer(world: World, service: Customer) -> None:
    service.writes("Your code", WORDS)
    number, ben = service.ticket.number, world.agent("Ben Bauer <ben@acme.example>")

    world.run("ticket", "set", number, "tags=")
    ben.writes(f"Re: [#{number}] Your code", "Thank you!\n")

    assert service.waits_for("reply").text.startswith("Thank you!")
