"""Tokens: ours are read back, and nothing else is."""

import base64
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailticket.mail.tokens import TokenKey, bounce_address, find_tokens, message_id, without_tokens

KEY = TokenKey(bytes(range(32)))
TODAY = date(2026, 11, 22)
EXPIRES = TODAY + timedelta(days=90)
ANN = "ann@acme.example"


def minted(**over: object) -> str:
    values: dict[str, object] = {"kind": "n", "ticket": 42, "address": ANN, "expires": EXPIRES, "nonce": b"\0\1\2"}
    return KEY.mint(**values | over)  # type: ignore[arg-type]  # one table of values for all tests


@given(
    kind=st.sampled_from("nrb"),
    ticket=st.integers(0, 2**32 - 1),
    days=st.integers(0, 30000),
    nonce=st.binary(min_size=3, max_size=3),
)
def test_token_says_what_it_was_minted_with(kind: str, ticket: int, days: int, nonce: bytes) -> None:
    expires = TODAY + timedelta(days=days)

    token = KEY.read(minted(kind=kind, ticket=ticket, expires=expires, nonce=nonce), today=TODAY)

    assert token is not None
    assert (token.kind, token.ticket, token.expires) == (kind, ticket, expires)


def test_token_is_short_enough_and_survives_every_mail_server() -> None:
    token = minted()

    assert len(token) == 48
    assert token.islower()
    assert token.isalnum()
    assert KEY.read(token.upper(), today=TODAY) == KEY.read(token, today=TODAY)


@pytest.mark.parametrize(
    ("address", "is_hers"),
    [(ANN, True), ("Ann@ACME.example", True), ("bob@acme.example", False), ("", False), ("\ud800@x", False)],
    ids=["the address itself", "in other letter case", "somebody else", "nobody", "no text at all"],
)
def test_token_knows_whom_it_was_sent_to(address: str, is_hers: bool) -> None:
    token = KEY.read(minted(), today=TODAY)

    assert token is not None
    assert token.is_for(address) is is_hers


def test_token_counts_on_its_last_day_and_not_after() -> None:
    assert KEY.read(minted(), today=EXPIRES) is not None
    assert KEY.read(minted(), today=EXPIRES + timedelta(days=1)) is None


@pytest.mark.parametrize("bit", range(0, 240, 7))
def test_altered_token_is_not_ours(bit: int) -> None:
    data = bytearray(base64.b32decode(minted().upper()))
    data[bit // 8] ^= 1 << bit % 8

    assert KEY.read(base64.b32encode(bytes(data)).decode().lower(), today=TODAY) is None


def test_token_of_another_key_is_not_ours() -> None:
    assert TokenKey(bytes(32)).read(minted(), today=TODAY) is None


@given(st.text(max_size=100) | st.text("abcdefghijklmnopqrstuvwxyz234567=", min_size=40, max_size=56))
def test_anything_else_is_no_token(text: str) -> None:
    assert KEY.read(text, today=TODAY) is None


def test_two_tokens_of_one_day_differ_by_their_nonce() -> None:
    assert minted(nonce=b"abc") != minted(nonce=b"abd")


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "no"},
        {"kind": "ß"},
        {"ticket": -1},
        {"ticket": 2**32},
        {"nonce": b"ab"},
        {"expires": date(2199, 1, 1)},
        {"expires": date(1969, 1, 1)},
    ],
    ids=str,
)
def test_what_does_not_fit_is_not_minted(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        minted(**wrong)


def test_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        TokenKey(b"secret")


def test_key_and_person_do_not_show_in_logs() -> None:
    assert "key" not in repr(KEY).lower().removeprefix("tokenkey")
    assert "person" not in repr(KEY.read(minted(), today=TODAY))


TOKEN = minted()


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        ([message_id(TOKEN, "acme.example")], (TOKEN,)),
        ([message_id(TOKEN.upper(), "acme.example")], (TOKEN,)),
        ([f"<one@x.example> {message_id(TOKEN, 'acme.example')} <two@y.example>"], (TOKEN,)),
        ([f"support+b-{TOKEN}@acme.example"], (TOKEN,)),
        ([bounce_address(TOKEN, "support@acme.example")], (TOKEN,)),
        ([message_id(TOKEN, "a.example"), f"support+b-{TOKEN}@acme.example"], (TOKEN,)),
        ([f"<{TOKEN}>", TOKEN, f"<{TOKEN[:-1]}@acme.example>", f"<x{TOKEN}@acme.example>"], ()),
        ([f"support+{TOKEN}@acme.example"], ()),
        ([], ()),
    ],
    ids=[
        "message-id",
        "message-id in capitals",
        "among others",
        "plus-address",
        "reverse-path of ours",
        "twice is once",
        "of the wrong form",
        "without its letter",
        "nothing",
    ],
)
def test_tokens_are_found_where_mail_carries_them(texts: list[str], found: tuple[str, ...]) -> None:
    assert find_tokens(texts) == found


def test_long_local_part_gets_no_token_that_would_not_fit() -> None:
    assert bounce_address(TOKEN, "customer-service@acme.example") == "customer-service@acme.example"
    assert len(bounce_address(TOKEN, "support@acme.example").partition("@")[0]) <= 64


@pytest.mark.parametrize(
    "form",
    [
        "{}", "<{}@acme.example>", "mailto:a?subject=x%20%7Bmt-{}%7D", "support+b-{}@acme.example",
        "https://safe.example/?url=https%3A%2F%2Fdesk.example%2Fact%2F{}&data=1", "https://a?u=b%252Fact%252F{}",
    ],
)  # fmt: skip
@pytest.mark.parametrize("spelt", [str.lower, str.upper], ids=["small", "capitals"])
def test_text_for_others_has_no_token_in_any_form(form: str, spelt: Callable[[str], str]) -> None:
    token = spelt(minted())

    assert without_tokens(f"See {form.format(token)}.") == f"See {form.format('…')}."


@pytest.mark.parametrize("text", ["a" * 47, "a" * 49, "7" * 64, "Order 10023, two vases", "x" * 48 + "1"])
def test_other_long_words_stay(text: str) -> None:
    assert without_tokens(text) == text
