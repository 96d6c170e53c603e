"""Where in an Authentication-Results does each result begin and end? Resinfos with their comments (RFC 8601 §2.2).

Servers copy what senders choose into comments and values. So a word counts only at its place, and a field whose
comments and strings could be read in two ways has no places at all.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_TOKEN = re.compile(r'\\.|[()";\\]|[^()";\\]++')
_FAILS = re.compile(r"\s*+dmarc(?:/\d+)?\s*=\s*fail(?!\S)", re.IGNORECASE)
_FAILS_SOMEWHERE = re.compile(r"\bdmarc(?:/\d+)?\s*=\s*fail\b", re.IGNORECASE)
#: How servers say that the domain asks for nothing to happen to its forgeries.
_COMMENT_ASKS_FOR_NOTHING = re.compile(r"(?:^|[\s,;])p=none(?=[\s,;]|$)", re.IGNORECASE | re.MULTILINE)
_PROPERTY_ASKS_FOR_NOTHING = re.compile(r"\spolicy\.[a-z-]*+=none(?!\S)", re.IGNORECASE)


@dataclass(slots=True)
class Resinfo:
    """What stands between two semicolons."""

    #: Without comments; strings as they stand there.
    words: str = ""
    #: A line each.
    comments: str = ""

    @property
    def fails(self) -> bool:
        """It is a DMARC failure."""
        return _FAILS.match(self.words) is not None

    @property
    def is_lenient(self) -> bool:
        """The domain asks that nothing happens."""
        return bool(_COMMENT_ASKS_FOR_NOTHING.search(self.comments) or _PROPERTY_ASKS_FOR_NOTHING.search(self.words))


def divided(value: str) -> list[Resinfo] | None:
    """The parts of a field, its authserv-id first; None where a comment or a string does not end, or a comment holds
    what an address of somebody who wants out of it would bring along: a quote or a backslash."""
    parts = [Resinfo()]
    depth, in_string = 0, False
    for token in _TOKEN.findall(value):
        if depth:
            if token[0] in '"\\':
                return None
            depth += (token == "(") - (token == ")")
            parts[-1].comments += token if depth else "\n"
        elif in_string or token == '"':
            in_string ^= token == '"'
            parts[-1].words += token
        elif token == "(":
            depth = 1
            parts[-1].words += " "
        elif token == ";":
            parts.append(Resinfo())
        else:
            parts[-1].words += token
    return None if depth or in_string else parts


def fails(parts: Iterable[Resinfo]) -> bool | None:
    """Whether there is a DMARC failure that something ought to happen for; None where there is no failure."""
    failures = [part for part in parts if part.fails]
    return not all(part.is_lenient for part in failures) if failures else None


def fails_somewhere(value: str) -> bool:
    """Whether a field speaks of a DMARC failure at all, in whatever place."""
    return _FAILS_SOMEWHERE.search(value) is not None
