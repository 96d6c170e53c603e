"""What of an answer looks as if it were for agents only?"""

import pytest

from mailticket.desk.leaks import leaks

NOTE = "Her card was declined twice, ask the bank of Carla before anything is sent."
SHORT = "She is difficult"
CARLA = "My vase arrived broken, the box was open on one side. It was a present."
TOKEN = "ab" * 24


@pytest.mark.parametrize(
    "text",
    [
        f"Hello.\n{NOTE}\nBye.",
        "her card was declined twice - ask the bank of carla",
        "> Her card\n> was declined\n> twice, ask the bank of Carla",
        "Well, she is DIFFICULT!",
        "2611-0042 · open · normal · general",
        "> 2611-0042 · open · normal · general",
        f"Take it\nmailto:support@acme.example?subject=Take%20it%20%7Bmt-{TOKEN}%7D",
        f"see {{mt-{TOKEN}}}",
        "#noet: she is not nice",
        "Hello,\n\n#resolved",
    ],
    ids=[
        "a note", "a part of one", "over several lines", "a short one", "the card", "the card, quoted", "a link",
        "a button's token", "a note that was mistyped", "a command",
    ],
)  # fmt: skip
def test_looks_internal(text: str) -> None:
    assert leaks(text, [NOTE, SHORT], [CARLA], "2611-0042")


@pytest.mark.parametrize(
    "text",
    [
        "Your card was declined; we look into it.",
        "It is difficult.",
        f"You wrote: {CARLA}",
        "Your number is 2611-0042.",
        "Order #10023 is on its way. #1 is done",
        "",
    ],
    ids=["other words", "part of a short note", "what the customer wrote", "the number", "an order", "nothing"],
)
def test_does_not(text: str) -> None:
    assert leaks(text, [NOTE, SHORT, f"She writes: {CARLA}"], [CARLA], "2611-0042") == ()


def test_what_the_customer_knows_is_no_secret_where_a_note_has_it_too() -> None:
    assert leaks(CARLA, [CARLA], [CARLA], "") == ()
    assert leaks(CARLA, [CARLA], [], "") != ()
