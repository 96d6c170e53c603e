"""What a command said, and what must hold of every JSON document."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on standard output."""
        return json.loads(self.out)


Run = Callable[..., Answer]


def no_naked_times(document: Any) -> None:
    """Every value under a name of time is null or RFC 3339 in UTC."""
    if isinstance(document, dict):
        for name, value in document.items():
            if name == "at" or name.endswith("_at"):
                assert value is None or TIME.fullmatch(value), f"{name}: {value}"
            no_naked_times(value)
    elif isinstance(document, list):
        for one in document:
            no_naked_times(one)
