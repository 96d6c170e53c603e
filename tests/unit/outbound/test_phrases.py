"""What the program says in English, said in another language."""

from pathlib import Path

import pytest

from mailticket.outbound.phrases import Phrases, read

PHRASES = Phrases(
    {
        "in_progress": "in Arbeit",
        "larger than {0}": "größer als {0}",
        "#{0}: {1}.": "#{0} – {1}.",
        "{0} is the desk": "{0} ist der Support",
        "from {0} to {1}": "nach {1} von {0}",
    }
)


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("in_progress", "in Arbeit"),
        ("larger than 10 MB", "größer als 10 MB"),
        ("from here to there", "nach there von here"),
        ("#cc: x@y is the desk.", "#cc – x@y ist der Support."),
        ("returns_desk", "returns desk"),
        ("snake_case stays in a sentence", "snake_case stays in a sentence"),
        ("larger than a_b", "größer als a_b"),
        ("larger than {1}", "größer als {1}"),
        ("larger than in_progress", "größer als in_progress"),
        ("", ""),
    ],
    ids=[
        "whole",
        "gap",
        "other order",
        "phrase in a gap",
        "nobody's",
        "sentence",
        "a name in a gap",
        "braces",
        "one word in a gap",
        "none",
    ],
)
def test_phrase_is_said(phrase: str, said: str) -> None:
    assert PHRASES.said(phrase) == said


def test_tables_of_a_file_are_headings(tmp_path: Path) -> None:
    file = tmp_path / "words.toml"
    file.write_text('open = "offen"\n[files]\n"larger than {0}" = "größer als {0}"\n', encoding="utf-8")

    assert read(file) == {"open": "offen", "larger than {0}": "größer als {0}"}


@pytest.mark.parametrize("text", ["open = 3", "[a.b]\nopen = 'offen'", "open = ", "\xff"])
def test_file_of_no_use_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "words.toml"
    file.write_bytes(text.encode("latin-1"))

    with pytest.raises(ValueError):
        read(file)
