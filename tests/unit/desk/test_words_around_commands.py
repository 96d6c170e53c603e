"""For whom are the words around an agent's commands? Each is kept for somebody, and a note is never public."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailticket.desk.commands import read_commands
from mailticket.desk.orders import Tag
from tests.unit.desk.scenes import HIGH, RESOLVED, scene


@pytest.mark.parametrize(
    ("text", "orders", "public", "note"),
    [
        ("Hello", [], "Hello", ""),
        ("", [], "", ""),
        ("\n\n#high\n\n#resolved\n\n\nHello\n#high", [HIGH, RESOLVED], "Hello\n#high", ""),
        ("# Heading\n#high", [], "# Heading\n#high", ""),
        ("#10023 is your order", [], "#10023 is your order", ""),
        ("#2 thing", [], "#2 thing", ""),
        ("#", [], "#", ""),
        ("##high", [], "##high", ""),
        ("> #high", [], "> #high", ""),
        ("a #high", [], "a #high", ""),
        ("    #high", [], "    #high", ""),
        ("#note look at this", [], "", "look at this"),
        ("#note\nlook\n\n#high\nat this", [], "", "look\n\n#high\nat this"),
        ("#high\n#note: look", [HIGH], "", "look"),
        ("*#Note* look …", [], "", "look …"),
        ("#note \U0001f468\u200d\U0001f469 smile", [], "", "\U0001f468\u200d\U0001f469 smile"),
        ("#high\nHello\n#note not for you\n#resolved", [HIGH], "Hello", "not for you\n#resolved"),
        ("Hello\n＃Note\nnot for you", [], "Hello", "not for you"),
        ("#high\r\nHello", [HIGH], "Hello", ""),
        ("#high\n#high\nHello", [HIGH, HIGH], "Hello", ""),
        ("#tag a\n#tag a b", [Tag(tag="a"), Tag(tag="a"), Tag(tag="b")], "", ""),
        ("  indented\n  text", [], "  indented\n  text", ""),
    ],
    ids=str,
)  # fmt: skip
def test_words_go_to_whom_they_are_for(text: str, orders: list[Any], public: str, note: str) -> None:
    read = read_commands(text, scene())

    assert (list(read.orders), read.text, read.note, read.problems) == (orders, public, note, ())


PIECES = st.sampled_from(
    [
        "#",
        "#note",
        "#high",
        "#resolved",
        "#due friday",
        "#tag",
        "*",
        "_",
        "\n",
        "\n\n",
        " ",
        "\u00a0",
        "\u200b",
        "＃",
        "Hello",
    ]
)
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=30).map("".join)


@given(TEXTS)
def test_every_line_of_any_text_is_kept_for_somebody(text: str) -> None:
    read = read_commands(text, scene())

    kept = [*read.lines, *read.text.split("\n")]
    lost = [line for line in text.split("\n") if line.strip() and line not in kept and line.strip() not in read.note]
    assert lost == []
    assert read.text in text


SECRET = "internal-7f3a"


@given(TEXTS, TEXTS)
def test_words_of_a_note_are_never_public(before: str, after: str) -> None:
    read = read_commands(f"{before}\n#note {SECRET}\n{after} {SECRET}", scene())

    assert SECRET not in read.text
    assert SECRET in read.note
