"""How do we speak with Microsoft, and with every server that describes itself (OpenID Connect Discovery)? By msal.

People sign in by the device flow (RFC 8628): no browser on this machine, no address that leads back to it.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msal

from mailticket.oauth.grant import Grant
from mailticket.oauth.http import Session, asking
from mailticket.oauth.server import PASSING, GrantRefused, Issued, ServerAway, issued, words

# at DEBUG it writes what it sends, and as an error what it was sent where it can make nothing of it
logging.getLogger("msal").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCode:
    """What a person has to do: open `address` on any machine and type `code`."""

    address: str
    code: str
    #: Seconds in which that has to be done.
    expires_in: int
    #: What msal wants back.
    flow: dict[str, Any]


class DiscoveredServer:
    """One server and client, asked anew each time: nothing of an old answer is in the way of a mended grant."""

    def __init__(self, grant: Grant, secret: Callable[[], str]) -> None:
        self._grant, self._secret = grant, secret

    def by_application(self) -> Issued:
        """See TokenServer."""
        return self._issued(lambda app: app.acquire_token_for_client(list(self._grant.scopes)))

    def by_refresh_token(self, refresh_token: str) -> Issued:
        """See TokenServer."""
        return self._issued(lambda app: app.acquire_token_by_refresh_token(refresh_token, list(self._grant.scopes)))

    def begin(self) -> DeviceCode:
        """Asks for a code that a person types in a browser."""
        with asking(self._grant.endpoints.title):
            answer = self._ask(lambda app: app.initiate_device_flow(list(self._grant.scopes)))
            return DeviceCode(
                address=answer["verification_uri"],
                code=answer["user_code"],
                expires_in=int(answer["expires_in"]),
                flow=dict(answer),
            )

    def wait(self, device: DeviceCode) -> Issued:
        """Returns when the person has signed in. Raises GrantRefused where nobody did in time, or did not want to."""
        return self._issued(lambda app: app.acquire_token_by_device_flow(device.flow))

    def _issued(self, ask: Callable[[Any], Mapping[str, Any]]) -> Issued:
        with asking(self._grant.endpoints.title):
            answer = self._ask(ask)
            claims = answer.get("id_token_claims") or {}
            return issued(answer, str(claims.get("preferred_username") or claims.get("email") or ""))

    def _ask(self, ask: Callable[[Any], Mapping[str, Any]]) -> Mapping[str, Any]:
        try:
            answer = ask(self._app())
        except msal.exceptions.MsalServiceError as error:
            raise ServerAway(f"{self._grant.endpoints.title} cannot answer now ({error})") from None
        if "error" not in answer:
            return answer
        code, description = str(answer["error"]), str(answer.get("error_description", ""))
        if code in PASSING:
            raise ServerAway(f"{self._grant.endpoints.title} cannot answer now ({code})")
        raise GrantRefused(words(self._grant, code, description))

    def _app(self) -> Any:
        oauth2 = self._grant.settings
        kind = msal.ConfidentialClientApplication if oauth2.has_secret else msal.PublicClientApplication
        where = "authority" if self._grant.provider else "oidc_authority"
        return kind(
            oauth2.client_id,
            client_credential=self._secret() if oauth2.has_secret else None,
            http_client=Session(oauth2),
            **{where: self._grant.endpoints.issuer},
        )
