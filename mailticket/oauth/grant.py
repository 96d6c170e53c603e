"""Which grants do the settings ask for? One for each server, client and mailbox: IMAP and SMTP share it.

Google's device flow gives no scope for mail (only openid, email, profile and some of Drive and YouTube:
developers.google.com, "OAuth 2.0 for TV and Limited-Input Device Applications"). So people sign in to Google by the
authorization code flow of an installed app (RFC 8252, with PKCE), and to all others by the device flow (RFC 8628).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from mailticket.settings.login import Login
from mailticket.settings.oauth2 import OAuth2Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """What differs from one OAuth2 server to another."""

    #: As people call it.
    title: str
    #: Where all endpoints are found (OpenID Connect Discovery), "" where they are named here.
    issuer: str = ""
    authorization_endpoint: str = ""
    token_endpoint: str = ""
    delegated_scopes: tuple[str, ...] = ()
    application_scopes: tuple[str, ...] = ()
    #: A refresh token that nobody uses for so many days is dead; 0 where nothing is known.
    idle_days: int = 0


#: Microsoft: learn.microsoft.com, "Authenticate an IMAP, POP or SMTP connection using OAuth" (scopes), "Refresh tokens
#: in the Microsoft identity platform" (90 days, and each use gives a new one). Google: developers.google.com, "XOAUTH2
#: mechanism" (scope), "Using OAuth 2.0 to access Google APIs" (six months; 7 days for an app in testing, which its
#: answer says by refresh_token_expires_in).
KNOWN: Mapping[str, Endpoints] = {
    "microsoft365": Endpoints(
        title="Microsoft",
        issuer="https://login.microsoftonline.com/{tenant}",
        delegated_scopes=(
            "https://outlook.office.com/IMAP.AccessAsUser.All",
            "https://outlook.office.com/SMTP.Send",
        ),
        application_scopes=("https://outlook.office365.com/.default",),
        idle_days=90,
    ),
    "google": Endpoints(
        title="Google",
        authorization_endpoint="https://accounts.google.com/o/oauth2/v2/auth",
        token_endpoint="https://oauth2.googleapis.com/token",  # noqa: S106  an address, no secret
        delegated_scopes=("https://mail.google.com/",),
        application_scopes=("https://mail.google.com/",),
        idle_days=180,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """The right to open one mailbox."""

    #: Under which it is kept.
    key: str
    #: The logins that use it: names of [[intake.imap]], "outbound".
    names: tuple[str, ...]
    user: str
    provider: str
    endpoints: Endpoints
    scopes: tuple[str, ...]
    settings: OAuth2Settings

    @property
    def is_delegated(self) -> bool:
        """Whether a person has to sign in."""
        return self.settings.grant == "delegated"

    @property
    def mend(self) -> str:
        """What to do when it is refused."""
        if self.is_delegated:
            return f"Run: mailticket authorize {self.names[0]}"
        return "Look at the app's permissions and its secret, then run: mailticket authorize " + self.names[0]


def grants_of(logins: Iterable[tuple[str, Login]]) -> list[Grant]:
    """The grants of all `logins` (name, settings) that have OAuth2, each with all that its logins ask for."""
    found: dict[str, Grant] = {}
    for name, login in logins:
        if not login.oauth2.is_set:
            continue
        one = _grant(name, login)
        known = found.get(one.key)
        scopes = tuple(dict.fromkeys((*known.scopes, *one.scopes))) if known else one.scopes
        names = (*known.names, name) if known else (name,)
        found[one.key] = replace(known or one, names=names, scopes=scopes)
    return list(found.values())


def _grant(name: str, login: Login) -> Grant:
    oauth2, endpoints = login.oauth2, _endpoints(login)
    default = endpoints.delegated_scopes if oauth2.grant == "delegated" else endpoints.application_scopes
    where = endpoints.issuer or endpoints.token_endpoint
    client = oauth2.client_id or "service account"
    return Grant(
        key=" ".join((where, oauth2.grant, client, login.user.lower())),
        names=(name,),
        user=login.user,
        provider=login.provider if login.provider in KNOWN else "",
        endpoints=endpoints,
        scopes=oauth2.scopes or default,
        settings=oauth2,
    )


def _endpoints(login: Login) -> Endpoints:
    oauth2, known = login.oauth2, KNOWN.get(login.provider)
    if known is None:
        return Endpoints(
            title=oauth2.issuer or oauth2.token_endpoint,
            issuer=oauth2.issuer,
            authorization_endpoint=oauth2.authorization_endpoint,
            token_endpoint=oauth2.token_endpoint,
        )
    if oauth2.token_endpoint:
        return replace(
            known, authorization_endpoint=oauth2.authorization_endpoint, token_endpoint=oauth2.token_endpoint
        )
    return replace(known, issuer=known.issuer.format(tenant=oauth2.tenant))
