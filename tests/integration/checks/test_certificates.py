"""Certificates of our own doors: whether key, names and chain fit, and how long they hold."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from mailticket.checks import doors
from mailticket.checks.certificates import Certificate
from mailticket.checks.finding import Finding
from mailticket.settings.intake import SmtpSettings
from tests.factories import NOW
from tests.integration.checks.sites import seen, site
from tests.servers.authority import Authority


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


def looked(tmp_path: Path, chain: Path, key: Path, **door: Any) -> Finding:
    one = SmtpSettings(tls_cert=chain, tls_key=key, **door)
    (found,) = seen(partial(doors.certificate, one), site(tmp_path))
    return found


@pytest.mark.parametrize(
    ("door", "days", "ok", "says"),
    [
        ({}, 30, True, "made out to mail.acme.example, until 20"),
        ({}, 13, False, "its certificate expires on 20"),
        ({"protocol": "submission"}, 30, False, "a mail program does not trust it (unable to get local issuer"),
        ({"protocol": "lmtp"}, 30, True, "not trusted by strangers (unable to get local issuer"),
    ],
    ids=["for mail servers", "ends soon", "a private CA for agents", "a private CA for a relay"],
)
def test_a_certificate_of_ours(
    authority: Authority, tmp_path: Path, door: dict[str, Any], days: int, ok: bool, says: str
) -> None:
    found = looked(tmp_path, *authority.issue("DNS:mail.acme.example", days), **door)

    assert (found.ok, says in found.detail) == (ok, True), found


def test_a_key_of_another_certificate_is_told(authority: Authority, tmp_path: Path) -> None:
    chain, _ = authority.issue()
    _, key = authority.issue()

    found = looked(tmp_path, chain, key)

    assert not found.ok and "cannot be used together: KEY_VALUES_MISMATCH" in found.detail


def test_a_file_that_is_no_certificate_is_told(authority: Authority, tmp_path: Path) -> None:
    _, key = authority.issue()
    (tmp_path / "chain").write_text("nothing")

    assert "cannot be used together" in looked(tmp_path, tmp_path / "chain", key).detail


@pytest.mark.parametrize(
    ("names", "hostname", "reason"),
    [
        ("DNS:mail.acme.example", "mail.acme.example", ""),
        ("DNS:*.acme.example", "mail.acme.example", ""),
        ("DNS:other.example", "mail.acme.example", "Hostname mismatch"),
        ("DNS:other.example", "", ""),
    ],
    ids=["its name", "a wildcard", "another name", "no name is set"],
)
def test_names_are_compared_as_clients_do(authority: Authority, names: str, hostname: str, reason: str) -> None:
    from mailticket.checks.certificates import distrust

    assert distrust(*authority.issue(names), hostname, authority.ca_file).startswith(reason or "")
    assert bool(distrust(*authority.issue(names), hostname, authority.ca_file)) is bool(reason)


@pytest.mark.parametrize(
    ("left", "says"),
    [(timedelta(days=15), ""), (timedelta(days=13, hours=1), "in 13 days"), (timedelta(days=1), "in 1 day"),
     (timedelta(hours=-1), "has expired on")],
    ids=["far away", "soon", "tomorrow", "over"],
)  # fmt: skip
def test_how_long_it_holds(left: timedelta, says: str) -> None:
    trouble = Certificate(ends=NOW + left, names=(), issuer="").trouble(NOW)

    assert trouble.endswith(says) if left > timedelta() else says in trouble
    assert bool(trouble) is bool(says)


def test_the_time_of_the_end_is_aware(authority: Authority) -> None:
    from mailticket.checks.certificates import first_of

    assert timedelta(days=29) < first_of(authority.issue()[0]).ends - datetime.now(UTC) < timedelta(days=31)
