"""`mailticket ticket set`, `reply` and `note`: what an agent can do, for scripts."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from mailticket import assembly
from mailticket.actions import tickets as actions
from mailticket.actions.context import Context
from mailticket.cli.app import As, ConfigFile, Json, settings_of
from mailticket.cli.output import print_json, say
from mailticket.cli.tickets import bare, no_ticket, ticket
from mailticket.desk.policy import Agent
from mailticket.desk.ticket import Ticket
from mailticket.errors import NotValid
from mailticket.store import tickets as store
from mailticket.store import views

Text = Annotated[str, typer.Argument(metavar="[TEXT]", help="The words; `-` or nothing reads standard input.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One ticket in a write transaction, and who acts."""

    connection: Connection
    context: Context
    ticket: Ticket
    agent: Agent | None
    actor: str
    now: datetime


@ticket.command("set")
def set_fields(
    number: str,
    fields: Annotated[list[str], typer.Argument(metavar="FIELD=VALUE...", help="status=resolved priority=high ...")],
    as_agent: As = "",
    as_json: Json = False,
    config_file: ConfigFile = None,
) -> None:
    """Change fields of a ticket; the customer is told what concerns them."""
    requested = dict(_assignment(field) for field in fields)

    def act(desk: Desk) -> str:
        after = actions.change(desk.connection, desk.context, desk.ticket, requested, desk.actor, desk.now)
        became = {name: getattr(after, name, value) for name, value in requested.items()}
        return f"{after.number}: {', '.join(f'{name} = {value}' for name, value in became.items())}."

    act_on(number, as_agent, as_json, config_file, act)


@ticket.command("reply")
def reply(
    number: str,
    text: Text = "-",
    to_all: Annotated[bool, typer.Option("--all", help="To everybody on the ticket, now and from now on.")] = False,
    as_agent: As = "",
    as_json: Json = False,
    config_file: ConfigFile = None,
) -> None:
    """Answer the customer in the desk's name."""
    words = _words(text)

    def act(desk: Desk) -> str:
        actions.answer(desk.connection, desk.context, desk.ticket, words, desk.agent, desk.actor, desk.now, to_all)
        assert desk.ticket.contact is not None
        return f"{desk.ticket.number}: the answer to {desk.ticket.contact.addr_spec} is in the outbox."

    act_on(number, as_agent, as_json, config_file, act)


@ticket.command("note")
def note(
    number: str, text: Text = "-", as_agent: As = "", as_json: Json = False, config_file: ConfigFile = None
) -> None:
    """Write an internal note; customers never see it."""
    words = _words(text)

    def act(desk: Desk) -> str:
        actions.note(desk.connection, desk.context, desk.ticket, words, desk.agent, desk.actor, desk.now)
        return f"{desk.ticket.number}: noted."

    act_on(number, as_agent, as_json, config_file, act)


def act_on(number: str, as_agent: str, as_json: bool, config_file: Path | None, act: Callable[[Desk], str]) -> None:
    """Runs `act` on one ticket in a transaction of its own, and says what it says."""
    with _desk(number, as_agent, config_file) as desk:
        done = act(desk)
        after = views.show(desk.connection, desk.ticket.number)
    if as_json:
        print_json(after)
    else:
        say(done)


@contextmanager
def _desk(number: str, as_agent: str, config_file: Path | None) -> Iterator[Desk]:
    """The ticket in a write transaction of its own, committed at the end."""
    settings, _ = settings_of(config_file)
    opened = assembly.open_store(settings)
    context = assembly.context_of(settings, opened)
    agent = context.policy.agent(as_agent.lower()) if as_agent else None
    if as_agent and agent is None:
        known = ", ".join(one.address for one in context.policy.agents) or "none so far, add an [[agent]]"
        raise NotValid("--as", f'"{as_agent}" is not an agent; agents: {known}')
    with opened.writing() as connection:
        found = store.find_by_number(connection, bare(number))
        if found is None:
            raise no_ticket(number)
        yield Desk(
            connection=connection, context=context, ticket=found, agent=agent,
            actor=agent.address if agent else "cli", now=datetime.now(UTC),
        )  # fmt: skip
    opened.close()


def _assignment(text: str) -> tuple[str, str]:
    field, equals, value = text.partition("=")
    if not equals or not field:
        raise typer.BadParameter(f'"{text}" is not FIELD=VALUE, such as status=resolved')
    return field, value


def _words(text: str) -> str:
    return sys.stdin.read() if text == "-" else text
