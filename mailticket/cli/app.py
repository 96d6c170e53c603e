"""Which words do all commands share? The typer application and the options that every command takes."""

from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from mailticket import config, log
from mailticket.config import Settings


class _InOrder(TyperGroup):
    """Lists commands by name: the order in which they register themselves says nothing."""

    def list_commands(self, ctx: Any) -> list[str]:
        """By name."""
        return sorted(super().list_commands(ctx))


app = typer.Typer(
    cls=_InOrder,
    name="mailticket",
    help="A support desk that needs nothing but its mail clients.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

ConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="Settings file; else $MAILTICKET_CONFIG, ./config/mailticket.toml, /etc/mailticket/mailticket.toml.",
    ),
]
Number = Annotated[str, typer.Argument(metavar="NUMBER", help="Of the ticket, such as 2611-0042.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document instead of text.")]
As = Annotated[str, typer.Option("--as", metavar="AGENT", help="Address of the agent who acts; else the actor is cli.")]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mailticket {version('mailticket')}")
        raise typer.Exit


@app.callback()
def _options(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """A support desk that needs nothing but its mail clients."""


def settings_of(file: Path | None) -> tuple[Settings, Path | None]:
    """The settings and where they came from; for a command, which logs only what is wrong. Raises ConfigError."""
    origin = config.find(file)
    settings = config.load(origin)
    log.configure(settings.service.log, "warning")
    return settings, origin
