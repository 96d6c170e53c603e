"""Texts are shortened by lines and by what they take as HTML, and say whether they were."""

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailticket.desk.shortened import shortened


@pytest.mark.parametrize(
    ("text", "lines", "octets", "shown"),
    [
        ("one\ntwo", 5, 100, ("one\ntwo", False)),
        ("one\ntwo\n\n", 2, 100, ("one\ntwo", False)),
        ("one\ntwo\nthree", 2, 100, ("one\ntwo", True)),
        ("one\ntwo", 5, 5, ("one\nt", True)),
        ("<<<<", 5, 8, ("<<", True)),
        ("äöü", 5, 4, ("äö", True)),
        ("", 5, 4, ("", False)),
        ("x" * 3_000_000, 5, 10, ("x" * 10, True)),
    ],
    ids=["short", "blank end", "lines", "octets", "as HTML", "umlauts", "nothing", "megabytes"],
)
def test_what_fits(text: str, lines: int, octets: int, shown: tuple[str, bool]) -> None:
    assert shortened(text, lines, octets) == shown


@given(st.text(max_size=200), st.integers(1, 10), st.integers(1, 300))
def test_what_is_shown_is_a_beginning_within_bounds(text: str, lines: int, octets: int) -> None:
    shown, cut = shortened(text, lines, octets)

    assert text.strip("\n").startswith(shown)
    assert len(escape(shown).encode("utf-8", "replace")) <= octets
    assert shown.count("\n") < lines
    assert cut == (shown != text.strip("\n").rstrip())
