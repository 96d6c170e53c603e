"""How do we speak with Google, and with a server whose endpoints are named? By google-auth; one exchange by ourselves.

People sign in by the authorization code flow with PKCE (RFC 7636, RFC 8252 §7.3): the browser is sent back to an
address of its own machine. google-auth does not exchange that code for tokens; it is one request (RFC 6749 §4.1.3).
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from google.auth.exceptions import GoogleAuthError, RefreshError, TransportError
from google.auth.transport.requests import Request
from google.oauth2.credentials import Credentials
from google.oauth2.service_account import Credentials as ServiceAccount

from mailticket.errors import ConfigError
from mailticket.oauth.grant import Grant
from mailticket.oauth.http import Session, asking, cause_of
from mailticket.oauth.server import PASSING, GrantRefused, Issued, ServerAway, issued, words


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserSignIn:
    """What a person has to do: open `address`; the browser comes back to `redirect_uri` with a code."""

    address: str
    redirect_uri: str
    state: str
    verifier: str = field(repr=False)


class NamedServer:
    """One server and client."""

    def __init__(self, grant: Grant, secret: Callable[[], str], service_account: Callable[[], str]) -> None:
        """`service_account` is the key file of Google, JSON."""
        self._grant, self._secret, self._service_account = grant, secret, service_account
        self._endpoints = grant.endpoints

    def by_application(self) -> Issued:
        """See TokenServer: a service account acts for the mailbox's owner (domain-wide delegation)."""
        try:
            key = json.loads(self._service_account())
            credentials = ServiceAccount.from_service_account_info(  # type: ignore[no-untyped-call]
                key, scopes=list(self._grant.scopes), subject=self._grant.user
            )
        except (ValueError, GoogleAuthError) as error:
            # not chained: it may quote the key
            raise ConfigError(f"the service account's key cannot be used: {type(error).__name__}") from None
        return self._refreshed(credentials)

    def by_refresh_token(self, refresh_token: str) -> Issued:
        """See TokenServer."""
        oauth2 = self._grant.settings
        credentials = Credentials(  # type: ignore[no-untyped-call]
            None,
            refresh_token=refresh_token,
            token_uri=self._endpoints.token_endpoint,
            client_id=oauth2.client_id,
            client_secret=self._secret(),
        )
        return self._refreshed(credentials)

    def begin(self, redirect_uri: str) -> BrowserSignIn:
        """Where a person signs in."""
        verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
        digest = hashlib.sha256(verifier.encode()).digest()
        asked = {
            "client_id": self._grant.settings.client_id,
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "scope": " ".join((*self._grant.scopes, "openid", "email")),
            "state": state,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            # Google gives a refresh token only where both are said; others pass over the first
            "access_type": "offline",
            "prompt": "consent",
            "login_hint": self._grant.user,
        }
        address = f"{self._endpoints.authorization_endpoint}?{urlencode(asked)}"
        return BrowserSignIn(address=address, redirect_uri=redirect_uri, state=state, verifier=verifier)

    def finish(self, sign_in: BrowserSignIn, came_back: str) -> Issued:
        """Tokens for the address to which the browser `came_back`. Raises GrantRefused for any other address."""
        found = {key: values[0] for key, values in parse_qs(urlsplit(came_back.strip()).query).items()}
        if not secrets.compare_digest(found.get("state", "").encode(), sign_in.state.encode()):
            raise GrantRefused("this address does not belong to the sign-in that was begun here")
        if "code" not in found:
            raise GrantRefused(words(self._grant, found.get("error", "no code"), found.get("error_description", "")))
        form = {
            "grant_type": "authorization_code",
            "code": found["code"],
            "redirect_uri": sign_in.redirect_uri,
            "client_id": self._grant.settings.client_id,
            "code_verifier": sign_in.verifier,
        }
        if secret := self._secret():
            form["client_secret"] = secret
        with asking(self._endpoints.title):
            reply = Session(self._grant.settings).post(self._endpoints.token_endpoint, data=form)
            answer = reply.json()
            if reply.status_code != 200:
                code = str(answer.get("error", reply.status_code))
                raise self._refusal(code, str(answer.get("error_description", "")))
            return issued(answer, _account(answer.get("id_token", "")))

    def _refreshed(self, credentials: Any) -> Issued:
        with asking(self._endpoints.title):
            try:
                credentials.refresh(Request(Session(self._grant.settings)))
            except RefreshError as error:
                answer = error.args[1] if len(error.args) > 1 and isinstance(error.args[1], dict) else {}
                if error.retryable or "error" not in answer:
                    # what it has instead may hold tokens, or what was sent
                    what = answer.get("error") or "its answer says neither yes nor no"
                    raise ServerAway(f"{self._endpoints.title} cannot answer now ({what})") from None
                raise self._refusal(str(answer["error"]), str(answer.get("error_description", ""))) from None
            except TransportError as error:
                raise ServerAway(f"{self._endpoints.title} cannot be reached: {cause_of(error)}") from None
        left = credentials.expiry - datetime.now(UTC).replace(tzinfo=None) if credentials.expiry else None
        return Issued(
            access_token=credentials.token,
            expires_in=int(left.total_seconds()) if left else 3600,
            refresh_token=getattr(credentials, "refresh_token", None) or "",
        )

    def _refusal(self, code: str, description: str) -> GrantRefused | ServerAway:
        if code in PASSING or code.startswith("5"):
            return ServerAway(f"{self._endpoints.title} cannot answer now ({code})")
        return GrantRefused(words(self._grant, code, description))


def _account(id_token: str) -> str:
    """Who signed in, by the token's own words: it came from the server itself, over TLS (OpenID Connect §3.1.3.7)."""
    try:
        payload = id_token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return str(claims.get("email") or claims.get("preferred_username") or "")
    except (IndexError, ValueError, AttributeError):
        return ""
