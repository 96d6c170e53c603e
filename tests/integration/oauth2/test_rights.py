"""What becomes of a right: refused, it is told once until it is mended; and it is used and warned of before it ends."""

import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from mailticket.oauth.grant import Grant
from mailticket.oauth.server import GrantRefused, Issued, ServerAway
from mailticket.oauth.tending import tend
from mailticket.oauth.tokens import NotSignedIn
from mailticket.store.engine import Store
from mailticket.store.tables import oauth_grants
from tests.integration.nodes import Clock
from tests.integration.oauth2.granting import BOTH, Process, asked, by_browser, by_device, signed_in
from tests.servers.oauth2 import OAuth2


@BOTH
def test_refused_right_is_told_once_whoever_finds_out(server: OAuth2, store: Store, process: Process) -> None:
    heard = process.heard
    others = [Process(store, *process.tokens.grants, heard=heard) for _ in range(3)]
    server.control(revoke=True)
    with capture_logs() as log:
        for one in (process, *others, process):
            with pytest.raises(GrantRefused, match=r"refuses the right to support .*Run: mailticket authorize support"):
                one.access()

    assert len(heard.refused) == 1
    assert [event["event"] for event in log] == ["oauth_grant_refused"]


def test_server_is_not_asked_again_and_again_about_a_dead_right(server: OAuth2, process: Process) -> None:
    server.control(revoke=True)
    with pytest.raises(GrantRefused):
        process.access()
    before = asked(server)

    for _ in range(5):
        with pytest.raises(GrantRefused, match="invalid_grant"):
            process.access()

    assert asked(server) == before


@BOTH
def test_signing_in_again_mends_it_for_processes_that_run(server: OAuth2, store: Store, process: Process) -> None:
    server.control(revoke=True)
    with pytest.raises(GrantRefused):
        process.access()
    grant = process.tokens.grants[0]

    Process(store, grant).keeping.sign_in(grant, signed_in(server, grant))

    assert process.access()
    assert process.heard.works == 1
    kept = process.keeping.find(grant)
    assert kept is not None and (kept.failed_at, kept.failure, kept.account) == (None, "", "support@acme.example")


def test_nobody_has_signed_in_yet(server: OAuth2, store: Store) -> None:
    process = Process(store, by_device(server))

    with pytest.raises(NotSignedIn, match=r"nobody has signed in for support yet\. Run: mailticket authorize support"):
        process.access()
    assert process.heard.refused == []


def test_server_that_is_away_is_no_refusal(store: Store) -> None:
    with OAuth2() as server:
        grant = by_device(server)
        process = Process(store, grant)
        process.keeping.sign_in(grant, signed_in(server, grant))
        server.stop()

        with pytest.raises(ServerAway, match="cannot be reached"):
            process.access()
    assert process.heard.refused == []


@pytest.mark.parametrize("kind", [by_device, by_browser], ids=["msal", "google-auth"])
@pytest.mark.parametrize(
    ("status", "body"),
    [
        (502, "<html>Bad Gateway</html>"), (502, '{"error": "server_error"}'), (200, "<html>Welcome, hush</html>"),
        (200, '{"refresh_token": "hush"}'), (200, "null"), (400, '["hush"]'),
        (200, '{"access_token": "hush", "expires_in": "soon"}'),
    ],
    ids=["proxy's page", "its own trouble", "another's page", "no token", "nothing", "a list", "nonsense"],
)  # fmt: skip
def test_answer_that_makes_no_sense_is_the_servers_moment(
    server: OAuth2,
    store: Store,
    caplog: pytest.LogCaptureFixture,
    kind: Callable[[OAuth2], Grant],
    status: int,
    body: str,
) -> None:
    grant = kind(server)
    process = Process(store, grant)
    process.keeping.sign_in(grant, Issued(access_token="", expires_in=0, refresh_token="hush"))
    server.control(broken={"status": status, "body": body})

    with pytest.raises(ServerAway) as away:
        process.access()

    assert process.heard.refused == []
    assert "hush" not in "".join(traceback.format_exception(away.value)) + caplog.text


@BOTH
def test_end_that_the_server_names_is_kept(server: OAuth2, store: Store) -> None:
    server.control(refreshTokenExpiresIn=7 * 86400)
    grant, clock = by_device(server), Clock()
    process = Process(store, grant, clock=clock)
    process.keeping.sign_in(grant, signed_in(server, grant))

    kept = process.keeping.find(grant)
    assert kept is not None and kept.expires_at == clock() + timedelta(days=7)


def test_right_that_nobody_uses_is_used_before_the_server_forgets_it(
    server: OAuth2, store: Store, process: Process
) -> None:
    clock, before = Clock(), server.control()["refreshed"]
    process.access()

    tend(process.tokens, clock() + timedelta(days=6), lambda *_: None, lambda *_: None)
    assert server.control()["refreshed"] == before + 1
    tend(process.tokens, clock() + timedelta(days=8), lambda *_: None, lambda *_: None)
    assert server.control()["refreshed"] == before + 2


def test_end_is_warned_of_and_shown_as_a_figure(server: OAuth2, store: Store, process: Process) -> None:
    now = Clock()()
    figures: dict[str, datetime] = {}
    warned: list[Any] = []
    with store.writing() as connection:
        connection.execute(update(oauth_grants).values(expires_at=now + timedelta(days=5)))

    tend(process.tokens, now, lambda *told: warned.append(told), figures.__setitem__)

    assert figures == {"sign-in support": now + timedelta(days=5)}
    (trouble, others), (nothing, _) = warned
    assert trouble is not None and nothing is None
    assert trouble.headline == f"The sign-in for support ends on {now + timedelta(days=5):%Y-%m-%d}"
    assert trouble.name.startswith("oauth2 sign-in 7 ") and trouble.name not in others
