"""What `check` says about the desk's domain, asked of a real name server with right and with wrong zones."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from mailticket.checks import looks
from mailticket.checks.finding import Finding
from mailticket.checks.running import findings
from tests.integration.checks.sites import site
from tests.servers.nsd import NameServer

#: Three domains of one server: all is well, nothing is, and one that no provider's customer should have.
ZONES: Mapping[str, Mapping[str, Any]] = {
    "right.acme.org": {"TXT": ["v=spf1 include:_spf.google.com ~all"], "MX": [(1, "smtp.google.com")]},
    "_dmarc.right.acme.org": {"TXT": ["v=DMARC1; p=quarantine"]},
    "google._domainkey.right.acme.org": {"TXT": ["v=DKIM1; k=rsa; p=MII"]},
    "wrong.acme.org": {"TXT": ["v=spf1 mx -all", "something else"], "MX": [(10, "mail.wrong.acme.org")]},
    "mail.wrong.acme.org": {"A": ["198.51.100.25"]},
    "_dmarc.wrong.acme.org": {"TXT": ["v=DMARC; p=none"]},
    "_spf.google.com": {"TXT": ["v=spf1 ip4:198.51.100.0/24 ~all"]},
    "smtp.google.com": {"A": ["198.51.100.26"]},
}


@pytest.fixture(scope="module")
def names() -> Iterator[NameServer]:
    with NameServer(ZONES) as server:
        yield server


def looked(folder: Path, names: str, domain: str) -> dict[str, Finding]:
    mailbox = {"name": "support", "provider": "google", "user": f"support@{domain}", "password": "x"}
    here = site(
        folder,
        desk={"address": f"support@{domain}"},
        identity={"dns": [names]},
        intake={"imap": [mailbox]},
        outbound={"provider": "google", "user": f"support@{domain}", "password": "x"},
    )
    only = [look for look in looks.looks_for(here.settings) if look.name.startswith("DNS ")]
    return {one.name.partition(" ")[0]: one for one in findings(only, here)}


def test_a_domain_whose_records_are_right(names: NameServer, tmp_path: Path) -> None:
    found = looked(tmp_path, names.address, "right.acme.org")

    assert {name: one.ok for name, one in found.items()} == dict.fromkeys(("SPF", "DKIM", "DMARC", "MX"), True)


def test_a_domain_whose_records_are_wrong_is_told_the_right_ones(names: NameServer, tmp_path: Path) -> None:
    found = looked(tmp_path, names.address, "wrong.acme.org")

    assert not any(one.ok for one in found.values())
    assert found["SPF"].mend == (
        'change the record to:\nwrong.acme.org. IN TXT "v=spf1 mx include:_spf.google.com -all"'
    )
    assert '_dmarc.wrong.acme.org. IN TXT "v=DMARC1; p=none"' in found["DMARC"].mend
    assert "there is no key at google._domainkey.wrong.acme.org" in found["DKIM"].detail
    assert "mail goes to mail.wrong.acme.org, and we look into a mailbox at Google" in found["MX"].detail


def test_what_is_told_mends_it(names: NameServer, tmp_path: Path) -> None:
    told = looked(tmp_path, names.address, "wrong.acme.org")
    lines = [line for one in told.values() for line in one.mend.splitlines() if " IN TXT " in line]
    mended = {line.partition(". ")[0]: {"TXT": [line.partition('"')[2].rstrip('"')]} for line in lines}

    with NameServer({**ZONES, **mended}) as server:
        found = looked(tmp_path, server.address, "wrong.acme.org")

    assert found["SPF"].ok and found["DMARC"].ok


@pytest.mark.parametrize(
    ("domain", "ok", "says"),
    [("nobody.acme.org", False, "the DNS knows no such domain"), ("acme.example", True, "of this house only")],
    ids=["not registered", "a name of the house"],
)
def test_a_domain_that_is_not_in_the_dns(names: NameServer, tmp_path: Path, domain: str, ok: bool, says: str) -> None:
    (found,) = looked(tmp_path, names.address, domain).values()

    assert (found.ok, says in found.detail) == (ok, True)


def test_a_dns_that_does_not_answer_makes_nobody_wrong(tmp_path: Path) -> None:
    found = looked(tmp_path, "127.0.0.1:1", "right.acme.org")

    assert all(one.ok for one in found.values())
    assert all("does not answer" in found[name].detail for name in ("SPF", "DMARC", "MX"))
