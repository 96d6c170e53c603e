"""`mailticket ticket merge`, `split` and `link`: what belongs together."""

from typing import Annotated

import typer

from mailticket.actions import relating
from mailticket.cli.answering import Desk, act_on, named
from mailticket.cli.app import As, ConfigFile, Json, Number
from mailticket.cli.tickets import ticket
from mailticket.desk.ticket import Ticket


@ticket.command("merge")
def merge(
    number: Number,
    into: Annotated[str, typer.Argument(metavar="INTO", help="Number of the ticket that gets everything.")],
    as_agent: As = "",
    as_json: Json = False,
    config_file: ConfigFile = None,
) -> None:
    """Move all of a ticket to another one and close it. Its customer is not written to."""

    def act(desk: Desk, on: Ticket) -> str:
        after = relating.merge(desk.connection, desk.context, on, named(desk, into), desk.actor, desk.now)
        return f"{on.number} is part of {after.number} now; mail to the old number comes there."

    act_on(number, as_agent, as_json, config_file, act)


@ticket.command("split")
def split(number: Number, as_agent: As = "", as_json: Json = False, config_file: ConfigFile = None) -> None:
    """Make the customer's last message a ticket of its own. The customer is not written to."""

    def act(desk: Desk, on: Ticket) -> str:
        new = relating.split(desk.connection, desk.context, on, desk.actor, desk.now)
        return f"The customer's last message on {on.number} is ticket {new.number} now."

    act_on(number, as_agent, as_json, config_file, act)


@ticket.command("link")
def link(
    number: Number,
    parent: Annotated[str, typer.Argument(metavar="PARENT", help="Number of the ticket that it is a part of.")] = "",
    off: Annotated[bool, typer.Option("--off", help="It is a part of nothing any more.")] = False,
    as_agent: As = "",
    as_json: Json = False,
    config_file: ConfigFile = None,
) -> None:
    """Make a ticket a part of another one."""
    if off == bool(parent):
        raise typer.BadParameter("name the ticket that it is a part of, or say --off")

    def act(desk: Desk, on: Ticket) -> str:
        above = None if off else named(desk, parent)
        relating.hang(desk.connection, on, above, desk.actor, desk.now)
        return f"{on.number} is a part of {above.number if above else 'nothing'} now."

    act_on(number, as_agent, as_json, config_file, act)
