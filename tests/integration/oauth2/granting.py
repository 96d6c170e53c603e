"""What do the tests of OAuth2 share? Grants at the real server, people who sign in, processes that share a store."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import Connection, text

from mailticket.config import client_secret_of, service_account_of
from mailticket.oauth.discovered import DiscoveredServer
from mailticket.oauth.grant import Grant, grants_of
from mailticket.oauth.keeping import Keeping, Told, Write, direct
from mailticket.oauth.named import NamedServer
from mailticket.oauth.sealing import Seal
from mailticket.oauth.server import Issued
from mailticket.oauth.tokens import Tokens
from mailticket.settings.login import Login
from mailticket.store.engine import Store
from tests.integration.nodes import Clock
from tests.servers.oauth2 import OAuth2

KEY = b"0123456789abcdef0123456789abcdef"
#: For tests that have to hold on stores of either kind.
BOTH = pytest.mark.parametrize("store", ["sqlite", "postgresql"], indirect=True)


def by_device(server: OAuth2, user: str = "support", **more: Any) -> Grant:
    """A grant that a person gives by the device flow."""
    oauth2 = {
        "issuer": server.issuer, "client_id": "desk", "scopes": ["imap", "smtp"], "ca_file": server.ca_file, **more,
    }  # fmt: skip
    (grant,) = grants_of([("support", Login.model_validate({"user": user, "oauth2": oauth2}))])
    return grant


def by_browser(server: OAuth2, **more: Any) -> Grant:
    """A grant of Google's kind, with the endpoints of our server."""
    oauth2 = {
        "authorization_endpoint": f"{server.issuer}/auth", "token_endpoint": f"{server.issuer}/token",
        "client_id": "desktop", "client_secret": "desktop-secret", "scopes": ["imap", "smtp"],
        "ca_file": server.ca_file, **more,
    }  # fmt: skip
    login = Login.model_validate({"user": "support", "provider": "google", "oauth2": oauth2})
    (grant,) = grants_of([("support", login)])
    return grant


def server_of(grant: Grant) -> DiscoveredServer | NamedServer:
    """As the service has it."""
    if grant.endpoints.issuer:
        return DiscoveredServer(grant, lambda: client_secret_of(grant.settings))
    return NamedServer(grant, lambda: client_secret_of(grant.settings), lambda: service_account_of(grant.settings))


def signed_in(server: OAuth2, grant: Grant) -> Issued:
    """What a person grants who does as told."""
    asked = server_of(grant)
    if isinstance(asked, DiscoveredServer):
        device = asked.begin()
        server.type_code(device.address, device.code, "support")
        return asked.wait(device)
    browser = asked.begin("http://127.0.0.1:1")
    return asked.finish(browser, server.sign_in(browser.address, "support"))


def asked(server: OAuth2) -> int:
    """How often tokens were asked for."""
    return server.control()["asked"]


def stored(store: Store) -> bytes:
    """The refresh token as it lies in the store."""
    with store.reading() as connection:
        found: bytes = connection.execute(text("SELECT refresh_token FROM oauth_grants")).scalar_one()
    return bytes(found)


@dataclass(slots=True)
class Heard:
    """What was told of grants."""

    refused: list[str] = field(default_factory=list)
    works: int = 0

    def told(self) -> Told:
        return Told(refused=self._refused, works=self._works)

    def _refused(self, _: Connection, grant: Grant, failure: str) -> None:
        self.refused.append(failure)

    def _works(self, *_: object) -> None:
        self.works += 1


class Process:
    """A process of the service as far as OAuth2 goes: its own tokens and claims, on a store that others share."""

    _numbers = iter(range(1, 1_000_000))

    def __init__(
        self, store: Store, *grants: Grant, heard: Heard | None = None, clock: Clock | None = None,
        write: Write | None = None, key: bytes = KEY,
    ) -> None:  # fmt: skip
        self.heard = heard or Heard()
        by = f"process{next(self._numbers)}"
        self.keeping = Keeping(store, write or direct(store), Seal(key), by, clock or Clock(), self.heard.told())
        self.tokens = Tokens(grants, server_of, self.keeping)

    def access(self, refused: str = "") -> str:
        return self.tokens.access(self.tokens.grants[0], refused)
