"""format=flowed: lines become paragraphs."""

import pytest

from mailticket.mail.flowed import unflowed


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("one \ntwo\nthree", "one two\nthree"),
        ("one \n\ntwo", "one \n\ntwo"),
        ("> one \n> two\n>> three \n>> four", "> one two\n>> three four"),
        ("> one \ntwo", "> one \ntwo"),
        ("one\n-- \nCarla", "one\n-- \nCarla"),
        ("one \n-- \nCarla", "one \n-- \nCarla"),
        (" From here", "From here"),
        ("  >no quote", " >no quote"),
        ("last \n", "last \n"),
        ("", ""),
    ],
    ids=["paragraph", "empty line ends it", "quoted", "another depth ends it", "signature", "signature ends it",
         "stuffed", "stuffed twice", "goes on at the end", "empty"],
)  # fmt: skip
def test_lines_are_joined(text: str, plain: str) -> None:
    assert unflowed(text, delete_space=False) == plain


def test_space_is_deleted() -> None:
    assert unflowed("va \nse", delete_space=True) == "vase"
