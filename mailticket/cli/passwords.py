"""`mailticket password`: an agent's password for submission, as the settings keep it."""

import sys

import typer

from mailticket.cli.app import ConfigFile, Json, app
from mailticket.cli.output import print_json, say
from mailticket.errors import MailticketError
from mailticket.intake.logins import hashed

#: Shorter ones are guessed.
_SHORTEST = 10


@app.command()
def password(as_json: Json = False, config_file: ConfigFile = None) -> None:
    """Make the line that gives an agent a password. Asks for it, or reads it from standard input."""
    words = _asked() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    if len(words) < _SHORTEST:
        raise MailticketError(f"A password has at least {_SHORTEST} characters. Nothing was changed.")
    if as_json:
        print_json({"password_hash": hashed(words)})
    else:
        say(f'password_hash = "{hashed(words)}"')


def _asked() -> str:
    """What a person types twice without seeing it. Raises MailticketError where the two differ."""
    first = str(typer.prompt("Password", hide_input=True, err=True))
    if typer.prompt("Once more", hide_input=True, err=True) != first:
        raise MailticketError("The two are not the same. Nothing was changed; try again.")
    return first
