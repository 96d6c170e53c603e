"""No token can be read: not in the store, not in what is logged, raised or shown."""

import traceback

import pytest
from structlog.testing import capture_logs

from mailticket.oauth.sealing import Seal, Unsealable
from mailticket.oauth.server import GrantRefused
from mailticket.store import grants
from mailticket.store.engine import Store
from tests.integration.oauth2.granting import KEY, Process, by_device, server_of, signed_in, stored
from tests.servers.oauth2 import OAuth2


def found(process: Process) -> grants.Kept:
    kept = process.keeping.find(process.tokens.grants[0])
    assert kept is not None
    return kept


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
