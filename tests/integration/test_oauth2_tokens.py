"""Tokens from a real OAuth2 server: fresh in time, each refresh token used once, and what becomes of a dead one."""

import json
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlalchemy import text, update
from structlog.testing import capture_logs

from mailticket.errors import ConfigError, TemporaryError
from mailticket.oauth.discovered import DiscoveredServer
from mailticket.oauth.grant import Grant, grants_of
from mailticket.oauth.keeping import LEASE, direct
from mailticket.oauth.named import NamedServer
from mailticket.oauth.sealing import Seal, Unsealable
from mailticket.oauth.server import GrantRefused, Issued, ServerAway
from mailticket.oauth.tending import tend
from mailticket.oauth.tokens import NotSignedIn
from mailticket.settings.login import Login
from mailticket.store import grants
from mailticket.store.engine import Store
from mailticket.store.tables import oauth_grants
from tests.acceptance.waiting import until
from tests.integration.granting import KEY, Process, by_browser, by_device, server_of, signed_in
from tests.integration.nodes import Clock
from tests.servers.oauth2 import OAuth2


@pytest.fixture(scope="module")
def running() -> Iterator[OAuth2]:
    with OAuth2() as server:
        yield server


@pytest.fixture
def server(running: OAuth2) -> OAuth2:
    running.control(accessTokenSeconds=3600, refreshTokenExpiresIn=0, delayMs=0, broken=None)
    return running


@pytest.fixture
def store(request: pytest.FixtureRequest) -> Store:
    """SQLite, but for the tests that say BOTH."""
    found: Store = request.getfixturevalue(getattr(request, "param", "sqlite"))
    return found


BOTH = pytest.mark.parametrize("store", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def process(server: OAuth2, store: Store) -> Process:
    """One that somebody has signed in for."""
    grant = by_device(server)
    process = Process(store, grant)
    process.keeping.sign_in(grant, signed_in(server, grant))
    process.heard.works = 0
    return process


def stored(store: Store) -> bytes:
    """The refresh token as it lies in the store."""
    with store.reading() as connection:
        found: bytes = connection.execute(text("SELECT refresh_token FROM oauth_grants")).scalar_one()
    return bytes(found)


def asked(server: OAuth2) -> int:
    """How often tokens were asked for."""
    return server.control()["asked"]


def test_token_is_asked_for_once_and_kept_in_memory(server: OAuth2, process: Process) -> None:
    before = asked(server)

    assert process.access() == process.access()
    assert asked(server) == before + 1


def test_token_near_its_end_is_renewed_before_somebody_uses_it(server: OAuth2, process: Process) -> None:
    server.control(accessTokenSeconds=1)
    first = process.access()

    until(lambda: process.access() != first, "another token")


def test_refused_token_is_renewed_once_for_all_who_were_refused(server: OAuth2, process: Process) -> None:
    first, before = process.access(), asked(server)

    second = process.access(refused=first)

    assert second != first
    assert process.access(refused=first) == second
    assert asked(server) == before + 1


@BOTH
def test_newest_refresh_token_is_stored_each_time_and_none_is_used_twice(
    server: OAuth2, store: Store, process: Process
) -> None:
    reused, seen = server.control()["reused"], {stored(store)}
    for _ in range(4):
        process.access(refused=process.access())
        seen.add(stored(store))

    assert len(seen) == 5
    assert server.control()["reused"] == reused


@BOTH
def test_processes_that_renew_at_once_take_turns(
    server: OAuth2, store: Store, process: Process, tmp_path: Path
) -> None:
    grant, reused = process.tokens.grants[0], server.control(delayMs=100)["reused"]
    stores = [store, Store(store.url, tmp_path / "data"), Store(store.url, tmp_path / "data")]
    processes = [Process(one, grant) for one in stores for _ in range(2)]
    with ThreadPoolExecutor(len(processes)) as threads:
        tokens = list(threads.map(lambda one: [one.access(), one.access(one.access())], processes))
    for one in stores[1:]:
        one.close()

    assert len({token for pair in tokens for token in pair}) == 2 * len(processes)
    assert server.control()["reused"] == reused


@BOTH
@pytest.mark.parametrize("step", [LEASE, -2 * LEASE], ids=["time goes by", "the clock is set back"])
def test_turn_of_a_process_that_died_is_over_after_its_lease(store: Store, process: Process, step: timedelta) -> None:
    clock = Clock()
    other = Process(store, *process.tokens.grants, clock=clock)
    with store.writing() as connection:
        assert grants.claim(connection, other.tokens.grants[0].key, "dead", clock(), LEASE)

    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(other.access)
        with pytest.raises(TimeoutError):
            waiting.result(0.5)
        clock.time += step
        assert waiting.result(20)


def test_store_that_is_away_when_the_new_refresh_token_comes_loses_nothing(
    server: OAuth2, store: Store, process: Process
) -> None:
    plain, failing = direct(store), [False]

    def write(action: Any) -> Any:
        if failing[0] and action.__qualname__.startswith("Keeping.renewed"):
            raise TemporaryError("away")
        return plain(action)

    other, reused = Process(store, *process.tokens.grants, write=write), server.control()["reused"]
    failing[0] = True
    with pytest.raises(TemporaryError):
        other.access()
    failing[0] = False

    assert other.access()
    assert other.access(refused=other.access())
    assert server.control()["reused"] == reused


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


# -- signing in by a browser, as at Google


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


# -- rights of the desk's own


def test_application_has_tokens_without_anybody_signing_in(server: OAuth2, store: Store) -> None:
    process = Process(store, by_device(server, grant="application", client_id="app", client_secret="app-secret"))

    assert process.access()
    assert process.heard.works == 1


@BOTH
def test_application_with_a_wrong_secret_is_told_once_until_it_is_mended(
    server: OAuth2, store: Store, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("expired\n")
    process = Process(store, by_device(server, grant="application", client_id="app", client_secret_file=secret))
    for _ in range(2):
        with pytest.raises(GrantRefused, match="invalid_client"):
            process.access()
    secret.write_text("app-secret\n")

    assert process.access()
    assert (len(process.heard.refused), process.heard.works) == (1, 1)
    kept = process.keeping.find(process.tokens.grants[0])
    assert kept is not None and kept.failed_at is None


@pytest.fixture
def service_account(server: OAuth2, tmp_path: Path) -> Path:
    """A key file as Google's console gives it, for our server."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    server.control(serviceAccountKey=public.decode())
    file = tmp_path / "key.json"
    values = {"type": "service_account", "client_email": "desk@project.iam.example", "private_key": private.decode()}
    file.write_text(json.dumps({**values, "token_uri": f"{server.issuer}/service"}))
    return file


def by_service_account(server: OAuth2, file: Path) -> Any:
    oauth2 = {"grant": "application", "service_account_file": file, "ca_file": server.ca_file}
    login = Login.model_validate({"user": "support@acme.example", "provider": "google", "oauth2": oauth2})
    return grants_of([("support", login)])[0]


def test_service_account_acts_for_the_mailbox(server: OAuth2, store: Store, service_account: Path) -> None:
    assert Process(store, by_service_account(server, service_account)).access()


def test_service_account_that_is_not_known_is_refused(server: OAuth2, store: Store, service_account: Path) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    pem = other.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    server.control(serviceAccountKey=pem.decode())

    with pytest.raises(GrantRefused, match="invalid_grant"):
        Process(store, by_service_account(server, service_account)).access()


def test_key_file_that_is_no_key_is_named_and_not_shown(server: OAuth2, store: Store, tmp_path: Path) -> None:
    file = tmp_path / "key.json"
    file.write_text('{"private_key": "hush"}')

    with pytest.raises(ConfigError, match="the service account's key cannot be used") as fault:
        Process(store, by_service_account(server, file)).access()
    assert "hush" not in "".join(traceback.format_exception(fault.value))


# -- what lies in the store, and what is said


def test_store_holds_no_token_that_can_be_read(server: OAuth2, store: Store) -> None:
    grant = by_device(server)
    issued = signed_in(server, grant)
    Process(store, grant).keeping.sign_in(grant, issued)

    sealed = stored(store)

    assert issued.refresh_token.encode() not in sealed
    assert Seal(KEY).open(sealed, grant.key) == issued.refresh_token
    for seal, key in ((Seal(b"another key, 32 bytes of it......"), grant.key), (Seal(KEY), "another grant")):
        with pytest.raises(Unsealable):
            seal.open(sealed, key)


def test_another_key_is_a_fault_and_no_refusal(store: Store, process: Process) -> None:
    other = Process(store, *process.tokens.grants, key=b"another key, 32 bytes of it......")

    with pytest.raises(Unsealable):
        other.access()
    assert other.heard.refused == []


def test_no_secret_is_in_what_is_logged_raised_or_shown(
    server: OAuth2, process: Process, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    access = process.access()
    secrets = [access, process.keeping.opened(process.tokens.grants[0], found(process))]
    said = [repr(process.tokens.__dict__), repr(server_of(process.tokens.grants[0]))]
    server.control(revoke=True)
    with capture_logs() as log, pytest.raises(GrantRefused) as refusal:
        process.access(refused=access)
    said += ["".join(traceback.format_exception(refusal.value)), repr(log), caplog.text]

    assert not [secret for secret in secrets if secret in "".join(said)]


def found(process: Process) -> grants.Kept:
    kept = process.keeping.find(process.tokens.grants[0])
    assert kept is not None
    return kept


# -- what has to be done from time to time


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


def test_device_that_nobody_signs_in_with_is_refused_when_its_time_is_over(server: OAuth2) -> None:
    asked = server_of(by_device(server))
    assert isinstance(asked, DiscoveredServer)
    device = asked.begin()
    device.flow["expires_at"] = 0

    with pytest.raises(GrantRefused, match="authorization_pending"):
        asked.wait(device)


def test_process_that_ends_waits_for_the_token_that_replaces_the_one_it_has_used(
    server: OAuth2, store: Store, process: Process
) -> None:
    grant, before = process.tokens.grants[0], stored(store)
    counts = server.control(delayMs=300)
    with ThreadPoolExecutor(1) as threads:
        renewing = threads.submit(process.access)
        until(lambda: asked(server) > counts["asked"], "the server to be asked")
        process.tokens.finish(20)

        assert stored(store) != before
        assert renewing.result(20)
    with pytest.raises(TemporaryError, match="about to end"):
        process.access()
    assert Process(store, grant).access()
    assert server.control()["reused"] == counts["reused"]
