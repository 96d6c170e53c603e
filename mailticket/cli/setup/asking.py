"""How does a command ask? A person at a terminal, until the answer is one; else a missing answer names its flag."""

import shutil
import textwrap
from collections.abc import Callable, Sequence
from typing import TypeVar

import typer

from mailticket.errors import ConfigError

Value = TypeVar("Value")

_WIDTH = 110


class Person:
    """Who answers: somebody at the terminal, or flags and defaults alone."""

    def __init__(self, *, is_there: bool, takes_defaults: bool = False, quiet: bool = False) -> None:
        """`takes_defaults`: asked only for what has none. `quiet`: standard output is kept for a JSON document."""
        self.is_there, self.takes_defaults, self.quiet = is_there, takes_defaults, quiet

    def attentive(self) -> "Person":
        """The same one, asked for everything: what was taken for granted did not work."""
        return Person(is_there=self.is_there, quiet=self.quiet)

    def say(self, text: str = "") -> None:
        """Lines for whoever looks on, each kept to its indentation."""
        width = min(_WIDTH, shutil.get_terminal_size((_WIDTH, 0)).columns)
        for line in text.split("\n"):
            indent = " " * (len(line) - len(line.lstrip()))
            lines = textwrap.wrap(line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
            typer.echo("\n".join(lines), err=self.quiet)

    def asked(
        self,
        question: str,
        flag: str,
        *,
        given: str = "",
        default: str | None = None,
        read: Callable[[str], Value],
    ) -> Value:
        """The answer as `read` makes it of the words; that raises ValueError, whose words the person gets to see.

        Raises ConfigError where the flag's value does not do, and where there is neither value nor default nor person.
        """
        if given:
            try:
                return read(given)
            except ValueError as error:
                raise ConfigError(f"{flag} {given}\n  {error}") from None
        if default is not None and (self.takes_defaults or not self.is_there):
            return read(default)
        self._needs_somebody(question, flag)
        while True:
            words = str(typer.prompt(question, default=default, err=self.quiet, show_default=bool(default))).strip()
            try:
                return read(words)
            except ValueError as error:
                self.say(f"  {error}")

    def chosen(self, question: str, flag: str, *, given: str = "", default: str, among: Sequence[str]) -> str:
        """One of a few words."""

        def read(words: str) -> str:
            if words.lower() not in among:
                raise ValueError(f"is not one of: {', '.join(among)}.")
            return words.lower()

        return self.asked(question, flag, given=given, default=default, read=read)

    def agrees(self, question: str, *, default: bool) -> bool:
        """Yes or no; the default where nobody is asked."""
        if not self.is_there or self.takes_defaults:
            return default
        return typer.confirm(question, default=default, err=self.quiet)

    def secret(self, question: str, flag: str) -> str:
        """What is typed without being shown. Raises ConfigError where nobody is there."""
        self._needs_somebody(question, flag)
        return str(typer.prompt(question, hide_input=True, err=self.quiet))

    def _needs_somebody(self, question: str, flag: str) -> None:
        if not self.is_there:
            raise ConfigError(
                f"{flag} is missing: {question}.\n  Standard input is no terminal, so nobody can be asked. "
                "Nothing was written."
            )
