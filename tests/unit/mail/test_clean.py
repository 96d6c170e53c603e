"""Characters that may go on into the store and into our own mails."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailticket.mail.clean import clean_line, clean_text, plain_line


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("a\0b", "ab"),
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("tab\tstays", "tab\tstays"),
        ("\x1b[31mred", "[31mred"),
        ("half \ud83d of a pair ü", "half  of a pair ü"),
        ("\x85ü\x9f", "ü"),
    ],
    ids=["NUL", "line ends", "tab", "escape", "lone surrogate", "C1"],
)
def test_text_loses_what_no_store_can_hold(dirty: str, clean: str) -> None:
    assert clean_text(dirty) == clean


@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\r", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029"])
def test_line_has_no_line_break(line_break: str) -> None:
    assert clean_line(f"Hello{line_break}Bcc: everybody@x.example{line_break}") == "Hello Bcc: everybody@x.example"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("\u2066Ann\u2069\u200b \ufeffAhlberg\u2060", "Ann Ahlberg"),
        ("می\u200cخواهم 👩\u200d🔧", "می\u200cخواهم 👩\u200d🔧"),
        ("\u200fשלום", "\u200fשלום"),
    ],
    ids=["override", "isolates and no width", "joiners", "mark of direction"],
)
def test_plain_line_loses_what_turns_or_hides_its_neighbours(text: str, plain: str) -> None:
    assert plain_line(text) == plain


@given(st.text(alphabet=st.characters()))
def test_anything_is_clean_afterwards(text: str) -> None:
    assert "\0" not in clean_text(text).encode().decode()
    assert len(clean_line(text).splitlines()) <= 1
