"""What do words of ours that come as a value say in a mail's language? A status, a reason, a step to take.

The program has them in English, and so do events and logs; `LANGUAGE/words.toml` says each in another language:

    "larger than {0}" = "größer als {0}"        # {0} stands for whatever is there
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

#: Name of the file in a language's folder.
WORDS_FILE = "words.toml"

#: Nothing longer is a phrase of ours.
_LONGEST = 1_000
_GAP = re.compile(r"\{(\d)\}")


class Phrases:
    """All phrases of one language."""

    def __init__(self, phrases: Mapping[str, str] | None = None) -> None:
        self._exact = dict(phrases or {})
        self._with_gaps = [(_pattern(phrase), phrase) for phrase in self._exact if _GAP.search(phrase)]

    def said(self, phrase: str) -> str:
        """`phrase` in this language; one that nobody has put into words stays as it is, its underscores as spaces."""
        known = self._known(phrase)
        return known if known is not None else phrase if " " in phrase else phrase.replace("_", " ")

    def _known(self, phrase: str) -> str | None:
        if phrase in self._exact:
            return self._exact[phrase]
        for pattern, known in self._with_gaps if len(phrase) <= _LONGEST else ():
            if match := pattern.fullmatch(phrase):
                # what stands in a gap may be a sentence itself
                return _GAP.sub(lambda gap: self._said_in_gap(match[f"gap{gap[1]}"]), self._exact[known])
        return None

    def _said_in_gap(self, words: str) -> str:
        known = self._known(words) if " " in words else None  # a single word may be what somebody has typed
        return words if known is None else known


def read(path: Path) -> dict[str, str]:
    """The phrases of a file; its tables are headings for people. Raises ValueError, OSError for one of no use."""
    tables = tomllib.loads(path.read_text("utf-8"))
    return dict(_entries(tables))


def _entries(table: Mapping[str, object], heading: str = "") -> Iterable[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping) and not heading:
            yield from _entries(value, key)
        elif isinstance(value, str):
            yield key, value
        else:
            raise ValueError(f"{key!r} has to be a text in quotes")


def _pattern(phrase: str) -> re.Pattern[str]:
    """Each gap takes as little as it can, so that the words around it are found in linear time for a few gaps."""
    parts = _GAP.split(phrase)
    words = "".join(re.escape(part) if at % 2 == 0 else f"(?P<gap{part}>.+?)" for at, part in enumerate(parts))
    return re.compile(words, re.DOTALL)
