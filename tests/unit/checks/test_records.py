"""Situation in the DNS -> what `check` says, and the record that mends it."""

import pytest

from mailticket.checks import records
from mailticket.checks.records import Way
from mailticket.presets import PRESETS
from tests.senders import Names

DOMAIN = "acme.example"
OWN = Way(relay="127.0.0.1", outgoing=None, addresses=("203.0.113.25",), is_here=True)
BOTH = Way(relay="127.0.0.1", outgoing=None, addresses=("203.0.113.25", "2001:db8::25"), is_here=True)
ELSEWHERE = Way(relay="relay.acme.example", outgoing=None, addresses=("203.0.113.25", "2001:db8::25"))
UNKNOWN = Way(relay="10.0.0.5", outgoing=None)
HERE = Way(relay="x", outgoing=None, listening=("203.0.113.9",))
THERE = Way(relay="x", outgoing=None, listening=("203.0.113.77",))
GOOGLE = Way(relay="smtp.gmail.com", outgoing=PRESETS["google"], incoming=PRESETS["google"])
MICROSOFT = Way(relay="smtp.office365.com", outgoing=PRESETS["microsoft365"], incoming=PRESETS["microsoft365"])
INCLUDED = {
    "_spf.google.com": {"TXT": ["v=spf1 ip4:198.51.100.0/24 ~all"]},
    "relay.acme.example": {"A": ["203.0.113.25"]},
}


def txt(*values: str) -> Names:
    return Names(records={DOMAIN: {"TXT": ["google-site-verification=x", *values], "A": ["203.0.113.80"]}, **INCLUDED})


@pytest.mark.parametrize(
    ("way", "there", "ok", "line"),
    [
        (OWN, [], False, 'acme.example. IN TXT "v=spf1 ip4:203.0.113.25 ~all"'),
        (BOTH, ["v=spf1 ip4:203.0.113.25 -all"], False, '"v=spf1 ip4:203.0.113.25 ip6:2001:db8::25 -all"'),
        (ELSEWHERE, ["v=spf1 ip4:203.0.113.25 -all"], True, "allows what sends for us (relay.acme.example)"),
        (ELSEWHERE, ["v=spf1 mx -all"], False, '"v=spf1 mx a:relay.acme.example -all"\nor as relay.acme'),
        (UNKNOWN, [], False, 'acme.example. IN TXT "v=spf1 mx ~all"'),
        (GOOGLE, [], False, 'acme.example. IN TXT "v=spf1 include:_spf.google.com ~all"'),
        (OWN, ["v=spf1 ip4:203.0.113.0/24 -all"], True, ""),
        (OWN, ["v=spf1 a:relay.acme.example -all"], True, ""),
        (OWN, ["V=SPF1  ip4:203.0.113.25  -all"], True, ""),
        (OWN, ["v=spf1 ip4:192.0.2.7 -all"], False, '"v=spf1 ip4:192.0.2.7 ip4:203.0.113.25 -all"'),
        (OWN, ["v=spf1 redirect=_spf.google.com"], False, '"v=spf1 ip4:203.0.113.25 redirect=_spf.google.com"'),
        (OWN, ["v=spf1 ip4:192.0.2.7"], False, '"v=spf1 ip4:192.0.2.7 ip4:203.0.113.25"'),
        (GOOGLE, ["v=spf1 include:_spf.google.com ~all"], True, ""),
        (GOOGLE, ["v=spf1 mx -all"], False, '"v=spf1 mx include:_spf.google.com -all"'),
        (MICROSOFT, ["v=spf1 -all"], False, '"v=spf1 include:spf.protection.outlook.com -all"'),
        (UNKNOWN, ["v=spf1 ip4:192.0.2.7 -all"], True, ""),
        (OWN, ["v=spf1 ip4:203.0.113.25 ~all", "v=spf1 mx -all"], False, '"v=spf1 ip4:203.0.113.25 mx ~all"'),
        (OWN, ["v=spf1 ip4:203.0.113.25 +all"], False, '"v=spf1 ip4:203.0.113.25 ~all"'),
        (UNKNOWN, ["v=spf1 ip4:999.0.2.1 -all"], False, "receivers cannot work it out"),
    ],
    ids=[
        "none, and we know what sends", "an address is forgotten", "one of another machine's addresses suffices",
        "another machine is missing", "none, and we do not know", "none, at a provider",
        "a network that holds the relay", "the relay by name", "capitals and spaces", "other addresses only",
        "a redirect goes last", "no all",
        "a provider's include is there", "a provider's include is missing", "nobody may send",
        "we do not know what sends", "two records count as none", "everybody may send", "a mistake in it",
    ],
)  # fmt: skip
def test_spf(way: Way, there: list[str], ok: bool, line: str) -> None:
    found = records.spf(DOMAIN, way, txt(*there))

    assert found.ok is ok
    assert line in f"{found.detail}\n{found.mend}"


def test_a_long_record_is_cut_into_strings_as_zone_files_want_it() -> None:
    networks = " ".join(f"ip4:192.0.2.{number}" for number in range(30))

    found = records.spf(DOMAIN, OWN, txt(f"v=spf1 {networks} -all"))

    line = found.mend.splitlines()[1]
    pieces = [piece for piece in line.partition("( ")[2].rpartition(" )")[0].split('"') if piece.strip()]
    assert line.startswith("acme.example. IN TXT ( ") and all(len(piece) <= 255 for piece in pieces)
    assert "".join(pieces) == f"v=spf1 {networks} ip4:203.0.113.25 -all"


@pytest.mark.parametrize(
    ("way", "there", "ok", "says"),
    [
        (Way(relay="x", outgoing=None, signs=True), {}, True, "mailticket signs by itself"),
        (GOOGLE, {"google._domainkey.acme.example": {"TXT": ["v=DKIM1; p=abc"]}}, True, "has its key in the DNS"),
        (GOOGLE, {}, False, "there is no key at google._domainkey.acme.example"),
        (MICROSOFT, {"selector2._domainkey.acme.example": {"TXT": ["v=DKIM1; p=abc"]}}, True, "has its key in the DNS"),
        (OWN, {}, True, "cannot be seen from here"),
        (Way(relay="x", outgoing=None, signers=frozenset({"acme.example"})), {}, True, "was signed by acme.example"),
        (Way(relay="x", outgoing=None, signers=frozenset({"relay.example"})), {}, True, "cannot be seen from here"),
    ],
    ids=[
        "we sign",
        "Google signs",
        "Google does not sign",
        "Microsoft's second selector",
        "nobody knows",
        "what came back was signed",
        "what came back was signed by another",
    ],
)
def test_dkim(way: Way, there: dict[str, dict[str, list[str]]], ok: bool, says: str) -> None:
    found = records.dkim(DOMAIN, way, Names(records=there))

    assert (found.ok, says in found.detail) == (ok, True), found


@pytest.mark.parametrize(
    ("there", "ok", "says"),
    [
        ({}, False, '_dmarc.acme.example. IN TXT "v=DMARC1; p=none"'),
        ({"_dmarc.acme.example": {"TXT": ["v=DMARC1; p=reject"]}}, True, "p=reject at acme.example"),
        ({"_dmarc.acme.example": {"TXT": ["DMARC1; p=reject"]}}, False, 'is no policy: "DMARC1; p=reject"'),
        (
            {"_dmarc.acme.example": {"TXT": ["v=DMARC1; p=reject", "v=DMARC1; p=none"]}},
            False,
            '"v=DMARC1; p=reject" and "v=DMARC1; p=none"',
        ),
    ],
    ids=["none", "a policy", "a mistake in it", "two records"],
)
def test_dmarc(there: dict[str, dict[str, list[str]]], ok: bool, says: str) -> None:
    found = records.dmarc_policy(DOMAIN, Names(records={DOMAIN: {"A": ["203.0.113.80"]}, **there}))

    assert (found.ok, says in f"{found.detail}\n{found.mend}") == (ok, True), found


@pytest.mark.parametrize(
    ("way", "there", "ok", "says"),
    [
        (OWN, {DOMAIN: {"MX": [(20, "b.acme.example"), (10, "a.acme.example")]}}, True, "a.acme.example, b.acme."),
        (OWN, {DOMAIN: {"TXT": ["x"]}}, False, "acme.example. IN MX 10 mail.acme.example."),
        (OWN, {DOMAIN: {"A": ["203.0.113.80"]}}, True, "the domain's own address"),
        (OWN, {DOMAIN: {"MX": [(0, "")]}}, False, "takes no mail (null MX)"),
        (OWN, {DOMAIN: {"MX": [(10, "gone.acme.example")]}}, False, "gone.acme.example stands there"),
        (HERE, {DOMAIN: {"MX": [(10, "a.acme.example")]}}, True, "a.acme.example"),
        (THERE, {DOMAIN: {"MX": [(10, "a.acme.example")]}}, True, "that is not this machine (203.0.113.77)"),
        (GOOGLE, {DOMAIN: {"MX": [(1, "smtp.google.com")]}}, True, "smtp.google.com"),
        (GOOGLE, {DOMAIN: {"MX": [(10, "a.acme.example")]}}, False, "we look into a mailbox at Google"),
        (GOOGLE, {DOMAIN: {"TXT": ["x"]}}, False, "the MX records that Google Workspace or Gmail names"),
    ],
    ids=[
        "two servers", "nobody", "an address and no MX", "null MX", "a server without address", "this machine",
        "another one", "at the provider", "elsewhere than we look", "a provider's domain without MX",
    ],
)  # fmt: skip
def test_mx(way: Way, there: dict[str, dict[str, list[object]]], ok: bool, says: str) -> None:
    hosts = {name: {"A": ["203.0.113.9"]} for name in ("a.acme.example", "b.acme.example", "smtp.google.com")}
    found = records.mx(DOMAIN, way, Names(records={**hosts, **there}))

    assert (found.ok, says in f"{found.detail}\n{found.mend}") == (ok, True), found


@pytest.mark.parametrize("name", ["spf", "dmarc_policy", "mx"])
def test_a_dns_that_does_not_answer_is_said_and_is_nobodys_fault(name: str) -> None:
    mute = Names(records={}, mute=[DOMAIN, f".{DOMAIN}", ".example", "example", "_dmarc.example"])
    arguments = (DOMAIN, mute) if name == "dmarc_policy" else (DOMAIN, OWN, mute)

    found = getattr(records, name)(*arguments)

    assert found.ok and "does not answer" in found.detail
