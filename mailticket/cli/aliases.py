"""`mailticket alias …`: addresses that agents have added to their own by a click."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from mailticket import assembly
from mailticket.actions.aliases import remove
from mailticket.cli.app import As, ConfigFile, Json, app, settings_of
from mailticket.cli.output import print_json, print_table, say, when
from mailticket.errors import MailticketError
from mailticket.store import aliases

alias = typer.Typer(
    help="Addresses that agents have added to their own by a click. Those in the settings are not among them.",
    no_args_is_help=True,
)
app.add_typer(alias, name="alias")


@alias.command("list")
def list_aliases(as_json: Json = False, config_file: ConfigFile = None) -> None:
    """Who has added which address, and when."""
    settings, _ = settings_of(config_file)
    store = assembly.open_store(settings)
    with store.reading() as connection:
        found = aliases.listing(connection)
    store.close()
    if as_json:
        items = [{"address": one.address, "agent": one.agent, "added_at": one.added_at} for one in found]
        print_json({"aliases": items})
    elif not found:
        say("No agent has added an address.")
    else:
        rows = [[one.address, one.agent, when(one.added_at)] for one in found]
        print_table(["address", "agent", "since (UTC)"], rows)


@alias.command("remove")
def remove_alias(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="As `list` shows it.")],
    by: As = "",
    as_json: Json = False,
    config_file: ConfigFile = None,
) -> None:
    """Mail from this address is no agent's any more. A running service knows it within half a minute."""
    settings, _ = settings_of(config_file)
    store = assembly.open_store(settings)
    with store.writing() as connection:
        owner = remove(connection, address.strip().lower(), by or "cli", datetime.now(UTC))
    store.close()
    if not owner:
        raise MailticketError(f"{address} is no address that an agent has added.\n  All of them: mailticket alias list")
    if as_json:
        print_json({"address": address.strip().lower(), "agent": owner})
    else:
        say(f"{address} is no alias of {owner} any more.")
