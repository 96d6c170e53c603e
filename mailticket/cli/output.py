"""How do commands speak? Results on standard output, as text or one JSON document; trouble on standard error."""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from mailticket.mail.clean import plain_line

#: Columns of words.
_FOLDED = frozenset(
    {"from", "to", "title", "subject", "reason", "why not yet", "sender", "by", "address", "agent", "sets", "your own"}
)

#: Characters: below that whole columns would vanish, and a narrower terminal breaks the lines by itself.
_NARROWEST = 80

#: Characters: a row is one line where programs read it.
_WIDTH_OF_A_FILE = 10_000


def console() -> Console:
    """Standard output as it is now; what came by mail is never read as markup."""
    return Console(markup=False, highlight=False, emoji=False, soft_wrap=not sys.stdout.isatty())


def complain(message: str) -> None:
    """Says what is wrong, on standard error."""
    print(message, file=sys.stderr)  # noqa: T201  the one place that speaks to standard error


def say(message: str) -> None:
    """One line of text for people."""
    console().print(message)


def print_json(document: Any) -> None:
    """Exactly one JSON document; times are RFC 3339 in UTC."""
    sys.stdout.write(as_json(document) + "\n")
    sys.stdout.flush()


def as_json(document: Any) -> str:
    """`document` in one line."""
    return json.dumps(document, default=_plain, ensure_ascii=False)


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Rows under their columns; where a terminal's room is scarce words fold, numbers don't, elsewhere nothing does."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column not in _FOLDED)
    for row in rows:
        table.add_row(*[Text(plain_line(cell)) for cell in row])
    out = console()
    out.width = max(out.width, _NARROWEST) if out.is_terminal else _WIDTH_OF_A_FILE
    out.print(table)


def when(moment: datetime | None) -> str:
    """A time as people read it, in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M") if moment else ""


def who(person: Mapping[str, Any]) -> str:
    """`Carla Customer <carla@shop.example>`."""
    name, address = person.get("name") or "", person.get("address") or ""
    return plain_line(f"{name} <{address}>" if name and address else name or address or "(unknown)")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    raise TypeError(f"{type(value).__name__} has no JSON form")
