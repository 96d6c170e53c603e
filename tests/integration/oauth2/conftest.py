"""The OAuth2 server of these tests, and a process of the service for which somebody has signed in at it."""

from collections.abc import Iterator

import pytest

from mailticket.store.engine import Store
from tests.integration.oauth2.granting import Process, by_device, signed_in
from tests.servers.oauth2 import OAuth2


@pytest.fixture(scope="session")
def running() -> Iterator[OAuth2]:
    with OAuth2() as server:
        yield server


@pytest.fixture
def server(running: OAuth2) -> OAuth2:
    """The server that all of them share, as it is by itself."""
    running.control(accessTokenSeconds=3600, refreshTokenExpiresIn=0, delayMs=0, broken=None)
    return running


@pytest.fixture
def store(request: pytest.FixtureRequest) -> Store:
    """SQLite, but for the tests that say BOTH."""
    found: Store = request.getfixturevalue(getattr(request, "param", "sqlite"))
    return found


@pytest.fixture
def process(server: OAuth2, store: Store) -> Process:
    """One that somebody has signed in for."""
    grant = by_device(server)
    process = Process(store, grant)
    process.keeping.sign_in(grant, signed_in(server, grant))
    process.heard.works = 0
    return process
