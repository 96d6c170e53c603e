"""What do we tell people of a grant that is refused, or will end? Values; others send them."""

from datetime import datetime

from mailticket.desk.alerts import Trouble
from mailticket.oauth.expiry import End
from mailticket.oauth.grant import Grant

_IN, _OUT = "Customers' mail waits in the mailbox, and nobody gets a confirmation.", "Our mail waits in the outbox."


def refused(grant: Grant, failure: str, now: datetime) -> Trouble:
    """The OAuth2 server takes the grant no longer."""
    return Trouble(
        name=refused_name(grant),
        headline=f"{grant.endpoints.title} lets us into {grant.user} no longer",
        since=now,
        happened=f"{failure}.",
        means=f"{_means(grant)} Nothing is lost: it goes on by itself when the right is there again.",
        mend=(*_steps(grant), "mailticket check says how it stands."),
    )


def refused_name(grant: Grant) -> str:
    """Under which that trouble is remembered."""
    return f"oauth2 {grant.key}"


def ends_soon(grant: Grant, end: End, days: int, now: datetime) -> Trouble:
    """`end` comes in `days` days at most."""
    steps = _steps(grant)
    if end.what == "client secret":
        steps = (
            f"Make a new secret for the app {grant.settings.client_id} where it is registered.",
            "Put it into the settings, with its last day as client_secret_expires, and restart the service.",
        )
    return Trouble(
        name=ends_soon_name(grant, end.what, days),
        headline=f"The {end.what} for {grant.user} ends on {end.at:%Y-%m-%d}",
        since=now,
        happened=f"The {end.what} at {grant.endpoints.title} is good until {end.at:%Y-%m-%d %H:%M} UTC.",
        means=f"After that: {_means(grant)}",
        mend=steps,
    )


def ends_soon_name(grant: Grant, what: str, days: int) -> str:
    """Under which that trouble is remembered."""
    return f"oauth2 {what} {days} {grant.key}"


def _means(grant: Grant) -> str:
    words = [_IN] if any(name != "outbound" for name in grant.names) else []
    return " ".join([*words, _OUT] if "outbound" in grant.names else words)


def _steps(grant: Grant) -> tuple[str, ...]:
    run = f"as the service's user, where it runs: mailticket authorize {grant.names[0]}"
    if grant.is_delegated:
        return (f"Sign in again, {run}",)
    return ("Look at the app's secret and permissions where it is registered.", f"Try it, {run}")
