"""Which macros are there? Markdown files; TOML between two lines of +++ says what else a macro does."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mailticket.desk.orders import Macro
from mailticket.desk.prepared import VALUES, MacroFault, PreparedAnswer
from mailticket.desk.validation import OWN_FIELD, TEXT_LENGTH
from mailticket.errors import NotValid

#: What a macro may set: fields of a ticket, as `ticket set` takes them.
_SETTABLE = frozenset({"status", "priority", "tags", "type", "team", "outcome", "resolution", "due_at"})
_FENCE = "+++"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


def read_macro(name: str, source: str) -> PreparedAnswer:
    """The macro of this file. Raises MacroFault, which says what is wrong with it."""
    if not _NAME.fullmatch(name):
        raise MacroFault('its name must have small letters, digits, "-" and "_" only, up to 40 of them')
    head, words = _parted(source.replace("\r\n", "\n").removeprefix("\ufeff"))
    try:
        told = tomllib.loads(head)
    except tomllib.TOMLDecodeError as error:
        raise MacroFault(f"what stands between the lines of {_FENCE} is not valid TOML: {error}") from None
    title = told.pop("title", name.replace("-", " ").capitalize())
    macro = PreparedAnswer(name=name, title=str(title), fields=dict(_fields(told)), words=words.strip())
    if not macro.words and not macro.fields:
        raise MacroFault("it has no words and sets nothing")
    for values in (VALUES, {}):
        if len(macro.text(values)) > TEXT_LENGTH:
            raise MacroFault(f"its words have more than {TEXT_LENGTH:,} characters")
    return macro


def _parted(source: str) -> tuple[str, str]:
    first, _, rest = source.partition("\n")
    if first.strip() != _FENCE:
        return "", source
    lines = rest.split("\n")
    end = next((at for at, line in enumerate(lines) if line.strip() == _FENCE), None)
    if end is None:
        raise MacroFault(f"its first line is {_FENCE}, and no second one ends what it begins")
    return "\n".join(lines[:end]), "\n".join(lines[end + 1 :])


def _fields(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in told.items():
        if name == "fields" and isinstance(value, dict):
            yield from ((OWN_FIELD + own, _plain(OWN_FIELD + own, one)) for own, one in value.items())
        elif name not in _SETTABLE:
            known = ", ".join(sorted((*_SETTABLE, "title", "[fields]")))
            raise MacroFault(f'it sets "{name}", which a macro cannot; it can: {known}')
        elif name == "tags" and isinstance(value, list):
            yield name, " ".join(_plain(name, one) for one in value)
        else:
            yield name, _plain(name, value)


def _plain(name: str, value: Any) -> str:
    if isinstance(value, bool | list | dict):
        raise MacroFault(f"{name}: takes text, such as {name} = {_EXAMPLE.get(name, 'received')!r}")
    return str(value)


_EXAMPLE = {"status": "resolved", "priority": "high", "tags": "shipping"}


class Macros(Mapping[str, Macro]):
    """The desk's macros for one ticket: whichever is named gets its words then."""

    def __init__(self, prepared: tuple[PreparedAnswer, ...], values: Callable[[], Mapping[str, str]]) -> None:
        """`values` is asked when the first one is named."""
        self._prepared = {one.name: one for one in prepared}
        self._values = values

    def __getitem__(self, name: str) -> Macro:
        """Raises NotValid where its words fail for this ticket."""
        one = self._prepared[name]
        try:
            return Macro(name=name, text=one.text(self._values()), fields=one.fields)
        except MacroFault as fault:
            raise NotValid("macro", f"{name} cannot be used: {fault}") from fault

    def __iter__(self) -> Iterator[str]:
        return iter(self._prepared)

    def __len__(self) -> int:
        return len(self._prepared)
