"""What does each setting mean, in one line? As config/mailticket.toml says it; it travels with the package."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_PACKAGED = Path(__file__).with_name("reference.toml")
_SOURCES = Path(__file__).parents[2] / "config" / "mailticket.toml"

_SECTION = re.compile(r"#?(\[\[?)([\w.]+)\]\]?(?: +# (.*))?")
_KEY = re.compile(r"#?(\w+) = .*? +# (.*)")
_MORE = re.compile(r"#? {3,}# (.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionText:
    """One table of the file."""

    #: Dotted: `intake.imap`.
    name: str
    #: Written in double brackets, once for each.
    is_list: bool
    #: What stands behind its head; "" mostly.
    meaning: str
    #: Keys in their order, each with the lines of its meaning.
    keys: Mapping[str, tuple[str, ...]]


@cache
def text() -> str:
    """The whole file: that of the package, else that of the sources which we run from."""
    return (_PACKAGED if _PACKAGED.exists() else _SOURCES).read_text(encoding="utf-8")


@cache
def sections() -> tuple[SectionText, ...]:
    """Its tables in their order."""
    found: list[tuple[re.Match[str], dict[str, tuple[str, ...]]]] = []
    last = ""
    for line in text().splitlines():
        if head := _SECTION.fullmatch(line):
            found.append((head, {}))
        elif found and (key := _KEY.fullmatch(line)):
            last = key[1]
            found[-1][1][last] = (key[2],)
        elif found and last in found[-1][1] and (more := _MORE.fullmatch(line)):
            found[-1][1][last] += (more[1],)
    return tuple(
        SectionText(name=head[2], is_list=head[1] == "[[", meaning=head[3] or "", keys=keys) for head, keys in found
    )
