"""`mailticket canary`: one mail of the desk to itself, and where it is stuck."""

from typing import Annotated

import typer

from mailticket import canary as probing
from mailticket.canary import RoundTrip
from mailticket.cli.app import ConfigFile, Json, app, settings_of
from mailticket.cli.output import print_json, say

Timeout = Annotated[float, typer.Option("--timeout", metavar="SECONDS", min=1, help="How long it is waited for.")]
To = Annotated[str, typer.Option("--to", metavar="ADDRESS", help="Which desk; else the main one.")]


@app.command()
def canary(timeout: Timeout = 120, to: To = "", as_json: Json = False, config_file: ConfigFile = None) -> None:
    """Send a mail from the desk to itself. Says how long it takes, or where it is stuck."""
    settings, origin = settings_of(config_file)
    if to and to.lower() not in settings.own_addresses:
        raise typer.BadParameter(f"{to} is no address of this desk: {', '.join(settings.own_addresses)}")
    trip = probing.round_trip(settings, timeout, origin, to.lower())
    if as_json:
        print_json(_as_json(trip))
    else:
        say(words_of(trip))
    if trip.problem:
        raise typer.Exit(1)


def words_of(trip: RoundTrip) -> str:
    """The way of a probe, for people."""
    if trip.out_seconds is None:
        return f"{trip.address}: {trip.problem}"
    left = f"{trip.address}: the relay had it after {trip.out_seconds:.1f} s"
    if trip.in_seconds is None:
        return f"{left}; {trip.problem}"
    return f"{left}, and it was back after {trip.in_seconds:.1f} s more. Mail leaves, and comes in."


def _as_json(trip: RoundTrip) -> dict[str, object]:
    return {
        "ok": not trip.problem, "address": trip.address, "out_seconds": trip.out_seconds,
        "in_seconds": trip.in_seconds, "problem": trip.problem or None,
    }  # fmt: skip
