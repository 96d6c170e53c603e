"""`mailticket ticket set`, `reply`, `note` and `new`: what an agent can do, for scripts."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from mailticket import assembly
from mailticket.actions import opening
from mailticket.actions import tickets as actions
from mailticket.actions.context import Context
from mailticket.cli.app import As, ConfigFile, Json, Number, settings_of
from mailticket.cli.output import print_json, say
from mailticket.cli.tickets import bare, no_ticket, ticket
from mailticket.desk.command_people import addressee, caller
from mailticket.desk.policy import Agent
from mailticket.desk.ticket import Source, Ticket
from mailticket.errors import NotValid
from mailticket.mail.clean import plain_line
from mailticket.store import tickets as store
from mailticket.store import views

Text = Annotated[str, typer.Argument(metavar="TEXT", help="The words; `-` or nothing reads standard input.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A write transaction, and who acts in it."""

    connection: Connection
    context: Context
    agent: Agent | None
    actor: str
    now: datetime


@ticket.command("set")
def set_fields(
    number: Number,
    fields: Annotated[
        list[str], typer.Argument(metavar="FIELD=VALUE", help="Such as status=resolved or priority=high.")
    ],
    as_agent: As = "",
    as_json: Json = False,
    config_file: ConfigFile = None,
) -> None:
    """Change fields of a ticket; the customer is told what concerns them."""
    requested = dict(_assignment(field) for field in fields)

    def act(desk: Desk, before: Ticket) -> str:
        after = actions.change(desk.connection, desk.context, before, requested, desk.actor, desk.now)
        became = {name: getattr(after, name, None) for name in requested}
        # (a name that was taken for another one is said as it is now; all else as it was written)
        said = {name: is_now if isinstance(is_now, str) else requested[name] for name, is_now in became.items()}
        return f"{after.number}: {', '.join(f'{name} = {value}' for name, value in said.items())}."

    act_on(number, as_agent, as_json, config_file, act)


@ticket.command("reply")
def reply(
    number: Number,
    text: Text = "-",
    to_all: Annotated[bool, typer.Option("--all", help="To everybody on the ticket, now and from now on.")] = False,
    as_agent: As = "",
    as_json: Json = False,
    config_file: ConfigFile = None,
) -> None:
    """Answer the customer in the desk's name."""
    words = _words(text)

    def act(desk: Desk, on: Ticket) -> str:
        actions.answer(desk.connection, desk.context, on, words, desk.agent, desk.actor, desk.now, to_all)
        assert on.contact is not None
        return f"{on.number}: the answer to {on.contact.addr_spec} is in the outbox."

    act_on(number, as_agent, as_json, config_file, act)


@ticket.command("note")
def note(
    number: Number, text: Text = "-", as_agent: As = "", as_json: Json = False, config_file: ConfigFile = None
) -> None:
    """Write an internal note; customers never see it."""
    words = _words(text)

    def act(desk: Desk, on: Ticket) -> str:
        actions.note(desk.connection, desk.context, on, words, desk.agent, desk.actor, desk.now)
        return f"{on.number}: noted."

    act_on(number, as_agent, as_json, config_file, act)


@ticket.command("new")
def new(
    customer: Annotated[
        str,
        typer.Argument(
            metavar="CUSTOMER", help="Their address, with or without a name; with --phone name, number or address."
        ),
    ],
    text: Text = "-",
    title: Annotated[str, typer.Option(metavar="TEXT", help="What it is about; the subject of the mail.")] = "",
    by_phone: Annotated[
        bool, typer.Option("--phone", help="They have called: the words are a note, nobody is written to.")
    ] = False,
    as_agent: As = "",
    as_json: Json = False,
    config_file: ConfigFile = None,
) -> None:
    """Open a ticket: write to a customer first, or note a call."""
    words = _words(text)
    if not by_phone and not title.strip():
        raise typer.BadParameter("a mail needs a subject, such as --title 'Your chair is ready'")
    with _desk(as_agent, config_file) as desk:
        order = caller(customer) if by_phone else addressee("CUSTOMER", customer, "x@shop.example", desk.context.policy)
        opened = opening.open_for(
            desk.connection, desk.context, order, plain_line(title), Source.CLI, desk.agent, desk.actor, desk.now
        )
        act = actions.note if by_phone else actions.answer
        act(desk.connection, desk.context, opened, words, desk.agent, desk.actor, desk.now)
        after = views.show(desk.connection, opened.number)
    to = opened.contact.addr_spec if opened.contact else ""
    done = "the call is noted" if by_phone else f"the mail to {to} is in the outbox"
    _report(after, f"{opened.number}: {done}.", as_json)


def act_on(
    number: str, as_agent: str, as_json: bool, config_file: Path | None, act: Callable[[Desk, Ticket], str]
) -> None:
    """Runs `act` on one ticket in a transaction of its own, and says what it says."""
    with _desk(as_agent, config_file) as desk:
        found = named(desk, number)
        done = act(desk, found)
        after = views.show(desk.connection, found.number)
    _report(after, done, as_json)


def named(desk: Desk, number: str) -> Ticket:
    """The ticket that a person has named."""
    found = store.find_by_number(desk.connection, bare(number))
    if found is None:
        raise no_ticket(number)
    return store.ours(desk.connection, found)


def _report(after: dict[str, Any] | None, done: str, as_json: bool) -> None:
    if as_json:
        print_json(after)
    else:
        say(done)


@contextmanager
def _desk(as_agent: str, config_file: Path | None) -> Iterator[Desk]:
    """A write transaction, committed at the end."""
    settings, _ = settings_of(config_file)
    opened = assembly.open_store(settings)
    context = assembly.context_of(settings, opened)
    agent = context.policy.agent(as_agent.lower()) if as_agent else None
    if as_agent and agent is None:
        known = ", ".join(one.address for one in context.policy.agents) or "none so far, add an [[agent]]"
        raise NotValid("--as", f'"{as_agent}" is not an agent; agents: {known}')
    with opened.writing() as connection:
        actor = agent.address if agent else "cli"
        yield Desk(connection=connection, context=context, agent=agent, actor=actor, now=datetime.now(UTC))
    opened.close()


def _assignment(text: str) -> tuple[str, str]:
    field, equals, value = text.partition("=")
    if not equals or not field:
        raise typer.BadParameter(f'"{text}" is not FIELD=VALUE, such as status=resolved')
    return field, value


def _words(text: str) -> str:
    return sys.stdin.read() if text == "-" else text
