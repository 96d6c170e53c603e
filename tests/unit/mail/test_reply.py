"""New words of a text: history and signature go, doubtful words stay."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailticket.mail.reply import new_words

QUOTE = "> My vase is broken.\n> Please help.\n"


@pytest.mark.parametrize(
    "above",
    [
        "On Sun, 22 Nov 2026 at 10:00, Acme Support <support@acme.example> wrote:\n",
        "On Sun, 22 Nov 2026 at 10:00, Acme Support\n<support@acme.example> wrote:\n\n",
        "Am 22.11.2026 um 10:00 schrieb Acme Support:\n",
        "Le dim. 22 nov. 2026 à 10:00, Acme <support@acme.example> a écrit :\n",
        "El 22/11/2026 a las 10:00, Acme escribió:\n",
        "2026-11-22 10:00 GMT+01:00 Acme <support@acme.example>:\n",
        "",
    ],
    ids=["en", "wrapped", "de", "fr", "es", "address", "none"],
)
def test_quotation_goes_with_the_line_above_it(above: str) -> None:
    assert new_words(f"Thank you!\n\n{above}{QUOTE}") == "Thank you!"


@pytest.mark.parametrize(
    "below",
    [
        "-----Original Message-----\nFrom: Acme\nMy vase is broken.",
        "From: Acme Support <support@acme.example>\nSent: Sunday\nTo: Carla\nSubject: Re: vase\n\nMy vase is broken.",
        "____________________\nVon: Acme\nGesendet: Sonntag\nAn: Carla\nBetreff: Vase\n\nMy vase is broken.",
        "On Sun, 22 Nov 2026 at 10:00, Acme <support@acme.example> wrote:\n\nMy vase is broken.",
        "-- \nCarla Customer\n+49 30 1234",
        "Sent from my iPhone",
    ],
    ids=["separator", "header block", "rule and header block", "unquoted", "signature", "phone"],
)
def test_everything_below_is_old(below: str) -> None:
    assert new_words(f"Thank you!\n\n{below}") == "Thank you!"


def test_answers_between_quotations_stay() -> None:
    text = f"Hello,\n\nOn Sunday, Acme wrote:\n> Which colour?\nBlue.\n> How many?\nTwo.\n-- \nCarla\n{QUOTE}"

    assert new_words(text) == "Hello,\n\n> Which colour?\nBlue.\n> How many?\nTwo."


@pytest.mark.parametrize(
    "text",
    [
        "On your page it says that you wrote:\nreturns are free.",
        "From: is a field.\nThat is all.",
        "Prices:\n-- small: 3\n-- large: 5",
        "On Monday I called.\nNobody answered.",
    ],
)
def test_doubtful_words_stay(text: str) -> None:
    assert new_words(text) == text


@pytest.mark.parametrize("text", [QUOTE, "-- \nCarla", " ", "-----Original Message-----\nx", ""])
def test_where_nothing_is_new_there_are_no_new_words(text: str) -> None:
    assert new_words(text) == ""


@given(
    st.lists(
        st.sampled_from(
            [
                "> a",
                "",
                "On x wrote:",
                "-- ",
                "From: a",
                "To: b",
                "Date: c",
                "words",
                " ",
                "_" * 30,
                "Thanks,",
                "\ufdd2",
            ]
        )
    )
)
def test_new_words_are_words_of_the_text(lines: list[str]) -> None:
    found = new_words("\n".join(lines)).split("\n")

    assert [line for line in found if line not in ("", *lines)] == []


def test_wrapped_link_is_as_quoted_as_its_beginning() -> None:
    text = f"Blue.\n\n{QUOTE}> See (https://shop.example/\nvases?id=7)\n> Bye\n"

    assert new_words(text) == "Blue."


def test_quotation_far_down_is_old() -> None:
    assert new_words("Blue.\n" + "> old\n" * 20_000) == "Blue."


@pytest.mark.parametrize(
    "line",
    [
        "a:",
        "On Mon, Tue, 3 " * 20 + ":",
        "-" * 150 + "x" + "-" * 150,
        "<a@b " * 60 + ":",
        "1 " * 150 + ":",
        "\xa0" * 300,
    ],
)
def test_work_is_proportional_to_the_text(line: str) -> None:
    calls = [0, 0]
    for at, length in enumerate((500, 2000)):
        lines = [line] * length

        def count(frame: object, event: str, argument: object, at: int = at) -> None:
            calls[at] += 1

        sys.setprofile(count)
        try:
            new_words("\n".join(lines))
        finally:
            sys.setprofile(None)

    assert calls[1] < 6 * calls[0]
