"""A server that quotes what we said does not bring our secrets into the log."""

import base64

import pytest

from mailticket.unsaid import unsaid

SECRET = "horse battery"
PLAIN = base64.b64encode(f"\0desk\0{SECRET}".encode()).decode()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (f"535 AUTH PLAIN {PLAIN}: no", "535 AUTH PLAIN (hidden): no"),
        (f"535 what is {base64.b64encode(SECRET.encode()).decode()}", "535 what is (hidden)"),
        (f'b\'NO A1 LOGIN "desk" "{SECRET}"\'', 'b\'NO A1 LOGIN "desk" "(hidden)"\''),
        ("535 5.7.8 Authentication credentials invalid", "535 5.7.8 Authentication credentials invalid"),
    ],
    ids=["SASL PLAIN", "SASL LOGIN", "IMAP LOGIN", "other words"],
)
def test_quoted_secret_is_hidden(words: str, told: str) -> None:
    assert unsaid(words, SECRET) == told


def test_without_a_secret_there_is_nothing_to_hide() -> None:
    assert unsaid("530 log in first", "") == "530 log in first"
