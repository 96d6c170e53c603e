"""How does a settings file look with which a person goes on? What differs from the defaults, each with its meaning."""

import json
import textwrap
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from mailticket.settings.reference import SectionText, sections

#: Where meanings begin, as in config/mailticket.toml.
_COLUMN = 41
_WIDTH = 118

_HEAD = """\
# Settings of mailticket for {address}, written by `mailticket setup` on {today:%Y-%m-%d}.
#
# What is not said here has its default. `mailticket setup --reference` prints every setting with default and meaning;
# the names behind "#" are those that a section has besides. After a change: `mailticket check`, then a restart; agents,
# teams and templates are taken up by a reload (SIGHUP).
"""


def settings_file(values: Mapping[str, Any], today: date) -> str:
    """The text of a file that holds `values`, nested as TOML nests them, and names every section that there is."""
    parts = [_HEAD.format(address=values["desk"]["address"], today=today)]
    for section in sections():
        tables = list(_tables(values, section.name.split(".")))
        if not tables:
            parts.append(_mentioned(section))
        parts.extend(_written(section, table) for table in tables)
    text = "\n".join(parts)
    if tomllib.loads(text) != values:
        raise AssertionError("the settings file does not say what it should")
    return text


def _tables(values: Any, path: list[str]) -> Iterator[Mapping[str, Any]]:
    """Every table at `path`; in a list each of its tables."""
    if isinstance(values, list):
        for item in values:
            yield from _tables(item, path)
    elif not path:
        yield values
    elif path[0] in values:
        yield from _tables(values[path[0]], path[1:])


def _written(section: SectionText, table: Mapping[str, Any]) -> str:
    head = f"[[{section.name}]]" if section.is_list else f"[{section.name}]"
    lines = [_with_meaning(head, (section.meaning,) if section.meaning else ())]
    lines += [
        _with_meaning(f"{key} = {_value(table[key])}", meaning) for key, meaning in section.keys.items() if key in table
    ]
    lines += _named(key for key in section.keys if key not in table)
    return "\n".join(lines) + "\n"


def _mentioned(section: SectionText) -> str:
    head = f"#[[{section.name}]]" if section.is_list else f"#[{section.name}]"
    return "\n".join([_with_meaning(head, (section.meaning,) if section.meaning else ()), *_named(section.keys)]) + "\n"


def _named(keys: Iterable[str]) -> list[str]:
    """The names of what has its default, as comments."""
    return textwrap.wrap(", ".join(keys), _WIDTH, initial_indent="# ", subsequent_indent="# ")


def _with_meaning(line: str, meaning: tuple[str, ...]) -> str:
    if not meaning:
        return line
    first, *more = meaning
    return "\n".join([f"{line:<{_COLUMN - 1}} # {first}", *(f"{'':<{_COLUMN}}# {words}" for words in more)])


def _value(value: Any) -> str:
    """As TOML writes it: JSON, for all that stands in settings."""
    return json.dumps(value, ensure_ascii=False)
