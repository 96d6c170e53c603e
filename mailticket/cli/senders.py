"""`mailticket block …` and `mailticket allow …`: senders whose mail is not wanted, or never taken for spam."""

import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from mailticket import assembly
from mailticket.cli.app import As, ConfigFile, Json, app, settings_of
from mailticket.cli.output import print_json, print_table, say, when
from mailticket.desk.senders import ListedSender, Listing
from mailticket.errors import MailticketError
from mailticket.store import contacts, senders

block = typer.Typer(help="Senders whose mail becomes nothing. It is recorded and kept raw.", no_args_is_help=True)
allow = typer.Typer(help="Senders whose mail is never held as spam. It proves nobody's identity.", no_args_is_help=True)
app.add_typer(block, name="block")
app.add_typer(allow, name="allow")

Pattern = Annotated[
    str, typer.Argument(metavar="PATTERN", help="An address, or a domain, which stands for those below it too.")
]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; whoever looks later reads it.")]
Until = Annotated[str, typer.Option("--until", metavar="DATE", help="Last day, such as 2026-12-31; else for ever.")]


@block.command("add")
def block_sender(
    pattern: Pattern, reason: Reason, until: Until = "", by: As = "", as_json: Json = False,
    config_file: ConfigFile = None,
) -> None:  # fmt: skip
    """Block an address or a domain."""
    _add(Listing.BLOCK, pattern, reason, until, by, as_json, config_file)


@allow.command("add")
def allow_sender(
    pattern: Pattern, reason: Reason, until: Until = "", by: As = "", as_json: Json = False,
    config_file: ConfigFile = None,
) -> None:  # fmt: skip
    """Allow an address or a domain. An address gets automatic mail again, even where it complained of some."""
    _add(Listing.ALLOW, pattern, reason, until, by, as_json, config_file)


@block.command("remove")
def unblock(pattern: Pattern, by: As = "", as_json: Json = False, config_file: ConfigFile = None) -> None:
    """Block no longer."""
    _remove(Listing.BLOCK, pattern, by, as_json, config_file)


@allow.command("remove")
def disallow(pattern: Pattern, by: As = "", as_json: Json = False, config_file: ConfigFile = None) -> None:
    """Allow no longer."""
    _remove(Listing.ALLOW, pattern, by, as_json, config_file)


@block.command("list")
def list_blocked(as_json: Json = False, config_file: ConfigFile = None) -> None:
    """Who is blocked, why, by whom and how long."""
    _list(Listing.BLOCK, as_json, config_file)


@allow.command("list")
def list_allowed(as_json: Json = False, config_file: ConfigFile = None) -> None:
    """Who is allowed, why, by whom and how long."""
    _list(Listing.ALLOW, as_json, config_file)


def _add(
    listing: Listing, pattern: str, reason: str, until: str, by: str, as_json: bool, config_file: Path | None
) -> None:
    settings, _ = settings_of(config_file)
    now = datetime.now(UTC)
    one = ListedSender(
        pattern=_pattern(pattern), listing=listing, reason=reason, actor=by or "cli", at=now,
        until=_end(until, settings.desk.timezone, now),
    )  # fmt: skip
    store = assembly.open_store(settings)
    with store.writing() as connection:
        senders.put(connection, one)
        if listing is Listing.ALLOW:
            # the way out for somebody who complained by mistake, too; a domain is no contact
            contacts.forgive(connection, one.pattern)
    store.close()
    if as_json:
        print_json(_item(one))
    else:
        say(f"{one.pattern}: {listing}ed" + (f" until {until}." if until else "."))


def _remove(listing: Listing, pattern: str, by: str, as_json: bool, config_file: Path | None) -> None:
    settings, _ = settings_of(config_file)
    store = assembly.open_store(settings)
    with store.writing() as connection:
        done = senders.remove(connection, _pattern(pattern), listing, by or "cli", datetime.now(UTC))
    store.close()
    if not done:
        raise MailticketError(f"{pattern} is not on the list. `mailticket {listing} list` shows who is.")
    if as_json:
        print_json({"removed": _pattern(pattern)})
    else:
        say(f"{pattern}: taken off the list.")


def _list(listing: Listing, as_json: bool, config_file: Path | None) -> None:
    settings, _ = settings_of(config_file)
    store = assembly.open_store(settings)
    with store.reading() as connection:
        found = senders.all_listed(connection, listing)
    store.close()
    if as_json:
        print_json({str(listing): [_item(one) for one in found]})
    elif not found:
        say(f"Nobody is {listing}ed.")
    else:
        rows = [[one.pattern, one.reason, when(one.until) or "for ever", one.actor, when(one.at)] for one in found]
        print_table(["sender", "reason", "until (UTC)", "by", "since (UTC)"], rows)


def _item(one: ListedSender) -> dict[str, object]:
    return {"pattern": one.pattern, "reason": one.reason, "until": one.until, "by": one.actor, "at": one.at}


def _pattern(text: str) -> str:
    pattern = text.strip().lower().removeprefix("@").removeprefix("*.")
    if not re.fullmatch(r"(?:[^\s@<>]{1,64}@)?[^\s@<>.]+(?:\.[^\s@<>.]+)*", pattern):
        raise MailticketError(f"{text} is neither an address (carla@shop.example) nor a domain (shop.example).")
    return pattern


def _end(until: str, timezone: str, now: datetime) -> datetime | None:
    """The end of that day at the desk."""
    if not until:
        return None
    try:
        day = date.fromisoformat(until)
    except ValueError:
        raise MailticketError(f"{until} is not a date such as 2026-12-31.") from None
    end = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(timezone)).astimezone(UTC)
    if end <= now:
        raise MailticketError(f"{until} is over already; name a day from today on.")
    return end
