"""Rights of the desk's own, for which nobody signs in: an application's secret, and a service account's key."""

import json
import traceback
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from mailticket.errors import ConfigError
from mailticket.oauth.grant import grants_of
from mailticket.oauth.server import GrantRefused
from mailticket.settings.login import Login
from mailticket.store.engine import Store
from tests.integration.oauth2.granting import BOTH, Process, by_device
from tests.servers.oauth2 import OAuth2


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
