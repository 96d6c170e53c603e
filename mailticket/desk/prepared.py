"""What does a prepared answer say? Its words are a Jinja template in a sandbox, made ready for one ticket."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mailticket.errors import MailticketError

#: What the words may name, each with an example.
VALUES: Mapping[str, str] = {
    "greeting_name": "Carla Customer",
    "number": "2611-0042",
    "title": "Broken vase",
    "order_number": "10023",
    "agent_name": "Ann Ahlberg",
    "desk_name": "Acme Support",
}


class MacroFault(MailticketError):
    """A macro cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedAnswer:
    """A macro as its file has it."""

    #: Of the file, without .md.
    name: str
    #: For a button.
    title: str
    #: Fields that it sets, as a person writes them.
    fields: Mapping[str, str]
    #: A Jinja template; "" where it only sets fields.
    words: str

    def text(self, values: Mapping[str, str]) -> str:
        """The words; `values` is whatever of VALUES has a value. Raises MacroFault."""
        try:
            return _compiled(self.words).render(dict.fromkeys(VALUES, "") | dict(values)).strip()
        except Exception as error:  # whatever an operator's template may divide or add
            raise MacroFault(f"its words fail: {type(error).__name__}: {error}") from error


@lru_cache(maxsize=256)
def _compiled(words: str) -> Template:
    return _SANDBOX.from_string(words)


_SANDBOX = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=False
)
