"""What an agent was sent alone and has shown to others: from then on it proves nothing, whatever became of the mail."""

from urllib.parse import parse_qs, urlsplit

import pytest

from mailticket.jobs import carry_out_words
from mailticket.mail.tokens import bare_tokens
from mailticket.store import exposed, waiting
from tests.factories import ANN, make_raw
from tests.integration.answering import ANNS, Office


def close_button(office: Office) -> str:
    """The subject of the mail that opens when Ann presses Close in her notification."""
    buttons = office.sent("agent_notification", ANN.address)[-1].details["buttons"]
    link = next(button["mail"] for button in buttons if button["name"] == "close")
    return str(parse_qs(urlsplit(link).query)["subject"][0])


@pytest.mark.parametrize(
    ("subject", "above"),
    [
        ("Re: [#2611-0001] Broken vase", "We send a new one."),
        ("Re: [#2611-0001] Broken vase", "#reslved\nWe send a new one."),
        ("What do you make of this?", "Look."),
    ],
    ids=["an answer", "a mail that is held", "a mail about something else"],
)
def test_button_that_was_quoted_to_others_is_worth_nothing_in_the_agents_name(
    office: Office, subject: str, above: str
) -> None:
    number = office.open()
    button = close_button(office)
    quoting = make_raw(subject, ANNS, "<1@acme.example>", f"{above}\n\n> {button}\n", Cc="mallory@evil.example")
    office.desk.receive(quoting)

    receipt = office.desk.receive(make_raw(button, ANNS, "<2@evil.example>", verdict=""))

    assert (receipt.kind, getattr(receipt, "reason", "")) == ("held", "agent_not_verified")
    assert office.desk.show(number)["status"] != "closed"
    office.desk.receive(make_raw(button, ANNS, "<3@acme.example>"))
    assert office.desk.show(number)["status"] == "closed", "the agent who is known for certain may press it"


def test_buttons_do_not_hide_among_words_that_look_like_them(office: Office) -> None:
    office.open()
    details = office.sent("agent_notification", ANN.address)[-1].details
    buttons = bare_tokens(" ".join(button["mail"] for button in details["buttons"]))
    decoys = "\n".join(f"> {at:048b}".translate(str.maketrans("01", "yz")) for at in range(1500))
    quoted = "\n".join(f"> {{mt-{button}}}" for button in buttons)

    office.answers(f"Yes.\n\n{decoys}\n{quoted}\n{decoys}\n", Cc="mallory@evil.example")

    with office.desk.store.reading() as connection:
        assert exposed.exposed(connection, sorted(buttons)) == buttons


@pytest.mark.parametrize("order", ["release", "merge", "requester", "cc", "away"])
def test_token_alone_moves_nothing_but_its_own_ticket(office: Office, order: str) -> None:
    office.open()
    other = office.open(message_id="<other@shop.example>")
    forged = make_raw(f"Re: [#{other}] Broken vase", ANNS, "<1@evil.example>", "We refund it.\n", verdict="")
    held = office.desk.receive(forged)
    named = {"release": getattr(held, "id", ""), "merge": "2611-0001", "away": "2d"}.get(order, "mallory@evil.example")

    receipt = office.answers(f"#{order} {named}\nWe refund it.\n", verdict="")
    carry_out_words(office.desk.ledger, office.desk.clock.time)

    assert (receipt.kind, getattr(receipt, "reason", "")) == ("held", "more_than_a_token")
    assert len(office.desk.waiting(waiting.HELD)) == 2 and not office.sent("reply")


def test_who_works_by_token_alone_is_asked_about_each_such_order(office: Office) -> None:
    office.open()

    for number in range(5):
        office.answers(f"#cc add dora{number}@shop.example\nWe refund it.\n", verdict="")

    assert len(office.sent("held", ANN.address)) == 5


def test_mistake_beyond_its_ticket_is_mended_with_one_click_where_nothing_proves_agents(office: Office) -> None:
    number = office.open()
    office.answers("#ccc add dora@shop.example\nWe send a new one.\n", verdict="")

    office.presses(office.asked(), "corrected", verdict="")

    assert office.sent("reply")[-1].to == ("carla@shop.example", "dora@shop.example")
    assert office.desk.show(number)["status"] == "pending_customer"
