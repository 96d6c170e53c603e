"""How a person signs in: by a browser, as at Google, or by a device's code; and what is refused."""

import pytest

from mailticket.oauth.discovered import DiscoveredServer
from mailticket.oauth.named import NamedServer
from mailticket.oauth.server import GrantRefused
from mailticket.store.engine import Store
from tests.integration.oauth2.granting import Process, by_browser, by_device, server_of, signed_in
from tests.servers.oauth2 import OAuth2


def test_browser_signs_in_and_the_token_is_rotated(server: OAuth2, store: Store) -> None:
    grant = by_browser(server)
    process, reused = Process(store, grant), server.control()["reused"]
    process.keeping.sign_in(grant, signed_in(server, grant))

    assert process.access(refused=process.access())
    assert server.control()["reused"] == reused
    kept = process.keeping.find(grant)
    assert kept is not None and kept.account == "support@acme.example"


@pytest.mark.parametrize(
    ("came_back", "refusal"),
    [
        ("http://127.0.0.1:1/?code=abc&state=another", "does not belong to the sign-in that was begun here"),
        ("http://127.0.0.1:1/?code=abc", "does not belong to the sign-in that was begun here"),
        ("http://127.0.0.1:1/?error=access_denied&state={state}", r"refuses the right to support \(access_denied\)"),
        ("http://127.0.0.1:1/?code=abc&state={state}", r"refuses the right to support \(invalid_grant"),
    ],
    ids=["foreign", "without state", "the person said no", "made up"],
)
def test_other_addresses_are_refused(server: OAuth2, came_back: str, refusal: str) -> None:
    asked = server_of(by_browser(server))
    assert isinstance(asked, NamedServer)
    sign_in = asked.begin("http://127.0.0.1:1")

    with pytest.raises(GrantRefused, match=refusal):
        asked.finish(sign_in, came_back.format(state=sign_in.state))


def test_revoked_right_of_a_browser_is_refused(server: OAuth2, store: Store) -> None:
    grant = by_browser(server)
    process = Process(store, grant)
    process.keeping.sign_in(grant, signed_in(server, grant))
    server.control(revoke=True)

    with pytest.raises(GrantRefused, match=r"Google refuses the right to support \(invalid_grant"):
        process.access()
    assert len(process.heard.refused) == 1


def test_device_that_nobody_signs_in_with_is_refused_when_its_time_is_over(server: OAuth2) -> None:
    asked = server_of(by_device(server))
    assert isinstance(asked, DiscoveredServer)
    device = asked.begin()
    device.flow["expires_at"] = 0

    with pytest.raises(GrantRefused, match="authorization_pending"):
        asked.wait(device)
