"""`mailticket ticket list` and `ticket show`: what there is to see."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.rule import Rule

from mailticket import assembly
from mailticket.cli.app import ConfigFile, Json, Number, app, settings_of
from mailticket.cli.output import console, print_json, print_table, say, when, who
from mailticket.desk.policy import Policy
from mailticket.desk.ticket import Status
from mailticket.desk.validation import FIELDS
from mailticket.errors import MailticketError, NotValid
from mailticket.mail.clean import plain_line
from mailticket.store import aliases, views

ticket = typer.Typer(help="Tickets.", no_args_is_help=True)
app.add_typer(ticket, name="ticket")


@ticket.command("list")
def list_tickets(
    status: Annotated[
        str, typer.Option(metavar="STATUS", help=f"Only tickets of this status: {', '.join(Status)}.")
    ] = "",
    assignee: Annotated[str, typer.Option(metavar="AGENT", help="Only tickets of this agent: name or address.")] = "",
    team: Annotated[str, typer.Option(metavar="TEAM", help="Only tickets of this team.")] = "",
    query: Annotated[
        str, typer.Option(metavar="TEXT", help="Only tickets with this in number, title or contact.")
    ] = "",
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=10_000, help="So many at most.")] = 50,
    as_json: Json = False,
    config_file: ConfigFile = None,
) -> None:
    """Tickets, last changed first."""
    settings, _ = settings_of(config_file)
    store = assembly.open_store(settings)
    with store.reading() as connection:
        policy = assembly.rules_of(settings, "").with_added(aliases.owners(connection))
        wanted, unknown = _meant({"status": status, "assignee": assignee.lower(), "team": team}, policy)
        found = views.listing(connection, **wanted, query=query, limit=limit)
    store.close()
    if unknown and not found["total"]:
        raise typer.BadParameter(f"--{unknown[0]}")
    if as_json:
        print_json(found)
        return
    rows = [
        [one["number"], one["status"], one["priority"], who(one["contact"]), one["title"], when(one["updated_at"])]
        for one in found["tickets"]
    ]
    if rows:
        print_table(["number", "status", "priority", "from", "title", "changed (UTC)"], rows)
    more = f", {len(rows)} of them shown" if len(rows) < found["total"] else ""
    say(f"{found['total']} tickets{more}." if found["total"] != 1 else "1 ticket.")


def _meant(filters: Mapping[str, str], policy: Policy) -> tuple[dict[str, str], list[NotValid]]:
    """What `filters` stand for, read as `ticket set` reads them, and what nobody knows of it.

    That is looked for as it is: tickets still have agents and teams that are gone from the settings.
    """
    meant: dict[str, str] = {}
    unknown: list[NotValid] = []
    for name, text in filters.items():
        meant[name] = text
        try:
            meant[name] = FIELDS[name](name, text, policy) if text else ""
        except NotValid as fault:
            unknown.append(fault)
    return meant, unknown


@ticket.command("show")
def show(number: Number, as_json: Json = False, config_file: ConfigFile = None) -> None:
    """One ticket with its messages and events."""
    settings, _ = settings_of(config_file)
    store = assembly.open_store(settings)
    with store.reading() as connection:
        found = views.show(connection, bare(number))
    store.close()
    if found is None:
        raise no_ticket(number)
    if as_json:
        print_json(found)
    else:
        _print_ticket(found)


def bare(number: str) -> str:
    """A number as the subject shows it, `[#2611-0042]`, is taken too."""
    return number.strip("[]").lstrip("#")


#: Beside what every ticket has.
_SHOWN = (
    "follows", "possible_reply_to", "team", "due_at", "outcome", "resolution", "order_number", "satisfaction",
)  # fmt: skip


def no_ticket(number: str) -> MailticketError:
    """The same words wherever a number leads nowhere."""
    return MailticketError(f"There is no ticket {bare(number)}. `mailticket ticket list` shows those there are.")


def _print_ticket(found: dict[str, Any]) -> None:
    out = console()
    out.print(f"{found['number']}  {plain_line(found['title']) or '(no subject)'}", style="bold")
    facts = [found["status"], found["priority"], found["type"], found["assignee"] or "nobody has it", *found["tags"]]
    out.print(" · ".join(facts))
    opened, changed = when(found["created_at"]), when(found["updated_at"])
    out.print(f"From {_customer(found['contact'])}, opened {opened}, changed {changed}")
    for fact, words in (("bounced_at", "mail there comes back"), ("complained_at", "our mail was called spam there")):
        if since := found["contact"][fact]:
            out.print(f"{words} since {when(since)}: only agents' answers go there")
    for label in _SHOWN:
        if value := found[label]:
            out.print(f"{label.replace('_', ' ')}: {when(value) if label == 'due_at' else value}")
    if found["participants"]:
        out.print("with " + ", ".join(map(who, found["participants"])))
    for message in found["messages"]:
        out.print()
        note = " · internal note" if message["visibility"] == "internal" else ""
        verdict = f" · verdict {message['verdict']}" if message["direction"] == "inbound" else ""
        delivery = f" · {message['delivery']}" if message["delivery"] else ""
        out.print(Rule(f"{when(message['at'])}  {who(message['from'])}{note}{verdict}{delivery}", align="left"))
        out.print(message["reply"] or "(no text)")
        _print_files(out, message["attachments"])
    out.print()
    out.print(Rule("events", align="left"))
    for event in found["events"]:
        detail = ", ".join(f"{key} {_plain(value)}" for key, value in event["detail"].items())
        out.print(f"{when(event['at'])}  {event['kind']}  {detail}  ({event['actor']})")


def _customer(contact: dict[str, Any]) -> str:
    return who(contact) + (f", {contact['phone']}" if contact["phone"] else "")


def _print_files(out: Console, files: list[dict[str, Any]]) -> None:
    logos = sum(file["logo"] for file in files)
    for file in files:
        if file["logo"]:
            continue
        state = "" if file["state"] == "kept" else f", set aside: {file['reason']}"
        out.print(f"  [{file['filename']}, {file['content_type']}, {file['size']:,} bytes{state}]")
        for line in (file["summary"] or "").splitlines():
            out.print(f"    {line}")
    if logos:
        out.print(f"  and {logos} signature image{'s' if logos > 1 else ''}", style="dim")


def _plain(value: object) -> str:
    """A detail of an event as people write it."""
    if value is None or value == "":
        return "nothing"
    return " and ".join(map(_plain, value)) if isinstance(value, list) else str(value)
