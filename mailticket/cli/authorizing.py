"""`mailticket authorize`: a person lets mailticket into a mailbox by OAuth2; then it is tried."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from mailticket import assembly, credentials
from mailticket.cli.app import ConfigFile, Json, app, settings_of
from mailticket.cli.output import complain, print_json, say
from mailticket.config import Settings
from mailticket.errors import ConfigError, MailticketError
from mailticket.intake.imap_login import MailboxFault, connect, log_in
from mailticket.oauth.grant import Grant
from mailticket.oauth.listening import Answer
from mailticket.oauth.server import GrantRefused, Issued
from mailticket.oauth.tokens import Tokens
from mailticket.outbound.relay import Relay
from mailticket.settings.intake import ImapSettings

if TYPE_CHECKING:
    from mailticket.oauth.discovered import DiscoveredServer
    from mailticket.oauth.named import NamedServer

#: Seconds that a person has for it in the browser.
PATIENCE = 900

Name = Annotated[
    str,
    typer.Argument(
        metavar="NAME", help='Name of the [[intake.imap]], or "outbound"; not needed where there is one to choose.'
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What became of one login."""

    name: str
    server: str
    #: "" where it works.
    problem: str


@app.command()
def authorize(name: Name = "", as_json: Json = False, config_file: ConfigFile = None) -> None:
    """Let mailticket into a mailbox by OAuth2. Says what to open in a browser, keeps the sign-in, and tries it."""
    settings, _ = settings_of(config_file)
    grant = _chosen(credentials.grants_of(settings), name)
    tell = complain if as_json else say
    with credentials.command_tokens(settings) as tokens:
        keeping = tokens().keeping
        assembly.token_key(settings)  # to `check` a database without it looks as if it had been lost
        if grant.is_delegated:
            issued = signed_in(grant, tell)
            keeping.sign_in(grant, issued)
            who = f" as {issued.account}" if issued.account else ""
            tell(f"Signed in{who}. The sign-in is kept, encrypted.\n")
        tried = [_tried(settings, one, tokens()) for one in grant.names]
        kept = keeping.find(grant)
    for one in tried:
        tell(f"{one.name:<12} {one.server}: {one.problem or 'the login works'}")
    if as_json:
        logins = [{"name": one.name, "ok": not one.problem, "detail": one.problem or one.server} for one in tried]
        account, since = (kept.account, kept.granted_at) if kept else ("", None)
        ok = not any(one.problem for one in tried)
        print_json({"ok": ok, "user": grant.user, "signed_in_as": account, "since": since, "logins": logins})
    if any(one.problem for one in tried):
        raise typer.Exit(1)
    tell("A service that runs takes it up by itself, within five minutes.")


def _chosen(grants: list[Grant], name: str) -> Grant:
    """The grant that is meant. Raises ConfigError."""
    if not grants:
        raise ConfigError(
            "no login in the settings has OAuth2.\n  Add [intake.imap.oauth2] or [outbound.oauth2]: config/README.md."
        )
    named = [grant for grant in grants if name in grant.names] if name else grants
    if len(named) != 1:
        names = ", ".join(grant.names[0] for grant in grants)
        raise ConfigError(f"{f'{name} has no OAuth2' if name else 'which one?'}\n  Say one of these: {names}")
    return named[0]


def signed_in(grant: Grant, tell: Callable[[str], None]) -> Issued:
    """What the person at the terminal grants. Raises GrantRefused where nothing is granted."""
    from mailticket.oauth.discovered import DiscoveredServer  # no other command needs msal

    server = credentials.oauth_server(grant)
    issued = (
        _by_device(server, grant, tell) if isinstance(server, DiscoveredServer) else _by_browser(server, grant, tell)
    )
    if not issued.refresh_token:
        raise GrantRefused(
            f"{grant.endpoints.title} let us in for this moment only: it gave no refresh token.\n"
            "  The app must be allowed to have one (offline access); then do this again."
        )
    return issued


def _by_device(server: "DiscoveredServer", grant: Grant, tell: Callable[[str], None]) -> Issued:
    device = server.begin()
    tell(
        f"1. Open this in a browser, on any machine:   {device.address}\n"
        f"2. Type this code:                           {device.code}\n"
        f"3. Sign in as somebody who may open {grant.user}, and allow what is asked.\n\n"
        f"The code is good for {device.expires_in // 60} minutes. Waiting until you have done that ..."
    )
    return server.wait(device)


def _by_browser(server: "NamedServer", grant: Grant, tell: Callable[[str], None]) -> Issued:
    with Answer() as answer:
        sign_in = server.begin(answer.redirect_uri)
        tell(
            f"1. Open this in a browser:\n\n{sign_in.address}\n\n"
            f"2. Sign in as {grant.user}, and allow what is asked.\n"
            f"3. A browser on this machine then comes back here by itself. On another machine it shows that\n"
            f"   127.0.0.1 cannot be reached: copy the whole address of that page, and paste it here.\n\n"
            f"Waiting until you have done that, {PATIENCE // 60} minutes at most ..."
        )
        came_back = answer.wait(
            sign_in.state, sys.stdin, PATIENCE, lambda: tell("This is not that address, or that of an earlier sign-in.")
        )
    if not came_back:
        raise GrantRefused("nobody has signed in in time; begin anew: mailticket authorize")
    return server.finish(sign_in, came_back)


def _tried(settings: Settings, name: str, tokens: Tokens) -> Tried:
    token = tokens.of(name)
    if name == "outbound":
        relay = Relay(settings.outbound, lambda: "", token)
        return Tried(name=name, server=f"{settings.outbound.host}:{settings.outbound.port}", problem=relay.probe())
    box = next(one for one in settings.intake.imap if one.name == name)
    return Tried(name=name, server=f"{box.host}:{box.port}", problem=_imap_problem(box, tokens))


def _imap_problem(box: ImapSettings, tokens: Tokens) -> str:
    try:
        client = connect(box)
        try:
            log_in(client, box, tokens.of(box.name) or "")
        finally:
            client.shutdown()
    except (MailboxFault, MailticketError) as fault:
        return str(fault)
    return ""
