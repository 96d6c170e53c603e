"""OAuth2 in the settings: whatever is missing or too much is named before anything starts."""

from pathlib import Path
from typing import Any

import pytest

from mailticket import config
from mailticket.credentials import grants_of
from mailticket.errors import ConfigError
from mailticket.oauth.grant import Grant

MICROSOFT: dict[str, Any] = {"client_id": "1b7f", "tenant": "9c2e"}
GOOGLE: dict[str, Any] = {"client_id": "123.apps", "client_secret": "GOCSPX"}
OTHER: dict[str, Any] = {"client_id": "desk", "issuer": "https://login.acme.example/realms/acme", "scopes": ["mail"]}
APPLICATION = {"grant": "application"}


def mailbox(provider: str, oauth2: dict[str, Any], **more: Any) -> dict[str, Any]:
    host = {} if provider else {"host": "imap.acme.example"}
    return {"name": "support", "provider": provider, "user": "support@acme.example", **host, "oauth2": oauth2, **more}


def build(*mailboxes: dict[str, Any], **outbound: Any) -> config.Settings:
    return config.build({"intake": {"imap": list(mailboxes)}, "outbound": outbound}, "FILE", Path("/tmp"))


@pytest.mark.parametrize(
    ("provider", "oauth2"),
    [
        ("microsoft365", MICROSOFT),
        ("microsoft365", {**MICROSOFT, **APPLICATION, "client_secret_file": "secret"}),
        ("google", GOOGLE),
        ("google", {**APPLICATION, "service_account_credential": "google"}),
        ("", OTHER),
        ("fastmail", {**OTHER, "client_secret": "s", **APPLICATION}),
        ("", {"client_id": "d", "scopes": ["m"], "authorization_endpoint": "https://a", "token_endpoint": "https://t"}),
    ],
)
def test_whole_table_is_taken(provider: str, oauth2: dict[str, Any]) -> None:
    (grant,) = grants_of(build(mailbox(provider, oauth2)))

    assert grant.user == "support@acme.example"
    assert grant.scopes


@pytest.mark.parametrize(
    ("provider", "oauth2", "named"),
    [
        ("microsoft365", {"tenant": "9c2e"}, "oauth2: client_id is missing"),
        ("microsoft365", {"client_id": "1b7f"}, "oauth2: tenant is missing"),
        ("microsoft365", {**MICROSOFT, **APPLICATION}, "oauth2: client_secret (or client_secret_file"),
        ("microsoft365", {**MICROSOFT, "issuer": "https://a.example/b"}, "oauth2: issuer and endpoints of Microsoft"),
        ("microsoft365", {**MICROSOFT, "service_account_file": "x"}, "oauth2: service_account_file is for Google"),
        ("google", {"client_id": "123.apps"}, "oauth2: client_id and client_secret are missing"),
        ("google", APPLICATION, "oauth2: service_account_file is missing"),
        ("google", {**GOOGLE, "service_account_file": "x"}, "oauth2: service_account_file is for grant"),
        ("google", {**GOOGLE, "tenant": "x"}, "oauth2: tenant and issuer are not for Google"),
        ("", {"client_id": "desk", "scopes": ["mail"]}, "oauth2: issuer is missing"),
        ("", {**OTHER, "scopes": []}, "oauth2: scopes are missing"),
        ("", {**OTHER, "client_id": ""}, "oauth2: client_id is missing"),
        ("", {**OTHER, **APPLICATION}, "oauth2: client_secret (or client_secret_file"),
        ("", {**OTHER, "client_secret": "s"}, 'oauth2: client_secret is for grant = "application"'),
        ("microsoft365", {**MICROSOFT, "client_secret": "s"}, 'oauth2: client_secret is for grant = "application"'),
        ("", {**OTHER, "tenant": "x"}, 'oauth2: tenant is for provider = "microsoft365"'),
        (
            "",
            {**OTHER, "issuer": "https://login.acme.example"},
            "has no path such as https://login.acme.example/realms",
        ),
        ("", {**OTHER, "issuer": "http://login.acme.example/a"}, "begins with https://"),
        ("", {**OTHER, "token_endpoint": "https://t"}, "authorization_endpoint and token_endpoint are set together"),
        ("", {**OTHER, "token_endpoint": "https://t", "authorization_endpoint": "https://a"}, "takes an issuer, which"),
        ("", {**OTHER, "client_secret": "a", "client_secret_file": "b"}, "takes one of client_secret, client_secret"),
        ("", {**OTHER, "grant": "device"}, "is not one of: delegated, application"),
        ("", {**OTHER, "client_secret_expires": "soon"}, "client_secret_expires"),
    ],
)
def test_what_is_missing_or_too_much_is_named(provider: str, oauth2: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        build(mailbox(provider, oauth2))

    assert named in str(refusal.value)
    assert str(refusal.value).startswith("FILE: intake.imap[1]")


def test_password_beside_oauth2_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"a password or \[\.\.\.oauth2\], not both"):
        build(mailbox("google", GOOGLE, password="secret"))


def test_mailbox_has_to_be_named() -> None:
    with pytest.raises(ConfigError, match="oauth2: user is missing"):
        build(mailbox("google", GOOGLE, user=""))


def test_secret_of_the_wrong_kind_is_not_shown() -> None:
    with pytest.raises(ConfigError) as refusal:
        build(mailbox("", {**OTHER, "client_secret": 4711}))

    assert "client_secret" in str(refusal.value) and "4711" not in str(refusal.value)


def grants(*pairs: tuple[str, dict[str, Any]], user: str = "Support@acme.example") -> list[Grant]:
    (provider, first), (other, second) = pairs
    return grants_of(build(mailbox(provider, first), provider=other, user=user, oauth2=second))


def test_mailbox_and_relay_of_one_client_and_user_share_a_grant() -> None:
    (grant,) = grants(("microsoft365", MICROSOFT), ("microsoft365", {**MICROSOFT, "scopes": ["https://own/SMTP"]}))

    assert grant.names == ("support", "outbound")
    assert grant.scopes == (
        "https://outlook.office.com/IMAP.AccessAsUser.All", "https://outlook.office.com/SMTP.Send", "https://own/SMTP",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("oauth2", "user"),
    [
        ({**MICROSOFT, "client_id": "other"}, "support@acme.example"),
        ({**MICROSOFT, "tenant": "other"}, "support@acme.example"),
        ({**MICROSOFT, **APPLICATION, "client_secret": "s"}, "support@acme.example"),
        (MICROSOFT, "noreply@acme.example"),
    ],
    ids=["client", "tenant", "grant", "user"],
)
def test_another_client_tenant_grant_or_user_is_another_grant(oauth2: dict[str, Any], user: str) -> None:
    assert len(grants(("microsoft365", MICROSOFT), ("microsoft365", oauth2), user=user)) == 2


def test_known_servers_are_those_that_their_owners_document() -> None:
    microsoft, google = grants(("microsoft365", MICROSOFT), ("google", GOOGLE))

    assert microsoft.endpoints.issuer == "https://login.microsoftonline.com/9c2e"
    assert google.endpoints.token_endpoint == "https://oauth2.googleapis.com/token"
    assert google.scopes == ("https://mail.google.com/",)
