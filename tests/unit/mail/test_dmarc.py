"""What the owners of domains ask for, found by the tree walk (RFC 9989)."""

import pytest

from mailticket.mail import dmarc
from mailticket.mail.dmarc import Wish
from mailticket.mail.identity import Verdict
from tests.senders import Names, Records, asks, letter, signed, signer
from tests.unit.mail.judged import judged

PASS, NONE, FAIL = Verdict.PASS, Verdict.NONE, Verdict.FAIL


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ({}, NONE),
        (asks("shop.example", "p=none"), NONE),
        (asks("shop.example", "p=quarantine"), FAIL),
        (asks("shop.example", "p=reject"), FAIL),
        (asks("shop.example", "p=REJECT ; sp=none"), FAIL),
        (asks("shop.example", "p=reject; t=y"), FAIL),
        (asks("shop.example", "p=quarantine; t=y"), NONE),
        (asks("shop.example", "p=reject; pct=0; rua=mailto:d@shop.example"), FAIL),
        (asks("shop.example", "p=nonsense"), NONE),
        (asks("shop.example", "rua=mailto:d@shop.example"), NONE),
        (asks("shop.example", "sp=reject"), NONE),
        ({"_dmarc.shop.example": {"TXT": ["v=DMARC1; p=reject", "v=DMARC1; p=reject"]}}, NONE),
        ({"_dmarc.shop.example": {"TXT": ["v=spf1 -all", "v=DMARC1; p=reject"]}}, FAIL),
        ({"_dmarc.shop.example": {"TXT": ["v = DMARC1 ;p=reject"]}}, FAIL),
        ({"_dmarc.shop.example": {"TXT": ["v=dmarc1; p=reject"]}}, NONE),
        ({"_dmarc.shop.example": {"TXT": ["p=reject; v=DMARC1"]}}, NONE),
        ({"_dmarc.shop.example": {"TXT": ["v=DMARC1;" + ";" * 4000 + "p=reject"]}}, NONE),
    ],
)
def test_unproven_mail_has_the_verdict_that_the_domain_asks_for(records: Records, expected: Verdict) -> None:
    assert judged(letter(), records).verdict == expected


@pytest.mark.parametrize(
    ("tags", "sender", "expected"),
    [
        ("p=reject", "mail.shop.example", FAIL),
        ("p=reject; sp=none", "mail.shop.example", NONE),
        ("p=none; sp=reject", "mail.shop.example", FAIL),
        ("p=none; sp=reject", "shop.example", NONE),
        ("p=none; np=reject", "mail.shop.example", NONE),
        ("p=none; np=reject", "gone.shop.example", FAIL),
        ("p=none; sp=none; np=reject", "gone.shop.example", FAIL),
        ("p=reject; np=none", "gone.shop.example", NONE),
        ("p=none; sp=reject", "gone.shop.example", FAIL),
        ("p=reject", "a.b.c.d.e.f.g.h.shop.example", FAIL),
    ],
)
def test_policy_for_those_below(tags: str, sender: str, expected: Verdict) -> None:
    records: Records = {**asks("shop.example", tags), "mail.shop.example": {"A": ["192.0.2.1"]}}

    assert judged(letter(f"carla@{sender}"), records).verdict == expected


@pytest.mark.parametrize(
    ("records", "domain", "organization", "source"),
    [
        ({**asks("shop.example", "p=none")}, "a.b.shop.example", "shop.example", "shop.example"),
        (
            {**asks("shop.example", "p=none"), **asks("b.shop.example", "p=reject")},
            "a.b.shop.example",
            "shop.example",
            "shop.example",
        ),
        (
            {**asks("shop.example", "p=none"), **asks("b.shop.example", "p=reject")},
            "b.shop.example",
            "shop.example",
            "b.shop.example",
        ),
        (
            {**asks("shop.example", "p=none"), **asks("b.shop.example", "p=reject; psd=n")},
            "a.b.shop.example",
            "b.shop.example",
            "b.shop.example",
        ),
        ({**asks("example", "p=reject; psd=y")}, "a.shop.example", "shop.example", "example"),
        (
            {**asks("example", "p=reject; psd=y"), **asks("shop.example", "p=none")},
            "a.shop.example",
            "shop.example",
            "shop.example",
        ),
        ({**asks("example", "p=reject; psd=y")}, "example", "example", "example"),
        ({**asks("example", "p=reject")}, "a.shop.example", "example", "example"),
    ],
    ids=[
        "record above",
        "topmost is the organization",
        "own record is the policy",
        "psd=n ends the walk",
        "below a public suffix",
        "organization before its suffix",
        "the suffix itself",
        "no psd tag",
    ],
)
def test_walk_finds_organization_and_policy(records: Records, domain: str, organization: str, source: str) -> None:
    found = dmarc.policy(domain, Names(records=records))

    assert found is not None
    assert (found.organization, found.source) == (organization, source)


def test_walk_asks_eight_names_at_most() -> None:
    names = Names(records={})
    dmarc.walk("a.b.c.d.e.f.g.h.i.shop.example", names)

    assert [name for name, _ in names.asked] == [
        "_dmarc.a.b.c.d.e.f.g.h.i.shop.example", "_dmarc.e.f.g.h.i.shop.example", "_dmarc.f.g.h.i.shop.example",
        "_dmarc.g.h.i.shop.example", "_dmarc.h.i.shop.example", "_dmarc.i.shop.example", "_dmarc.shop.example",
        "_dmarc.example",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("signing", "sender", "tags", "expected"),
    [
        ("shop.example", "mail.shop.example", "p=reject", PASS),
        ("mail.shop.example", "shop.example", "p=reject", PASS),
        ("a.shop.example", "b.shop.example", "p=reject", PASS),
        ("shop.example", "mail.shop.example", "p=reject; adkim=s", FAIL),
        ("mail.shop.example", "shop.example", "p=reject; adkim=s", FAIL),
        ("shop.example", "shop.example", "p=reject; adkim=s", PASS),
        ("other.example", "shop.example", "p=reject", FAIL),
    ],
)
def test_signature_is_aligned_by_organization(signing: str, sender: str, tags: str, expected: Verdict) -> None:
    records = {**asks("shop.example", tags), **signer(signing), **signer("other.example")}

    assert judged(signed(letter(f"carla@{sender}"), signing), records).verdict == expected


def test_domains_of_two_customers_of_one_suffix_are_two_organizations() -> None:
    records = {
        **asks("co.example", "p=none; psd=y"),
        **asks("shop.co.example", "p=reject"),
        **signer("evil.co.example"),
    }

    assert judged(signed(letter("carla@shop.co.example"), "evil.co.example"), records).verdict == FAIL


@pytest.mark.parametrize("mute", ["_dmarc.shop.example", "_dmarc.mail.shop.example", "mail.shop.example"])
def test_policy_that_nobody_answers_for_is_no_failure(mute: str) -> None:
    names = Names(records=asks("shop.example", "p=reject; np=reject"), mute=[mute])

    assert judged(letter("carla@mail.shop.example"), names).verdict == NONE


def test_signature_that_could_not_be_looked_at_is_no_failure() -> None:
    names = Names(
        records={**asks("shop.example", "p=reject"), **signer("shop.example")}, mute=["s1._domainkey.shop.example"]
    )

    assert judged(signed(letter(), "shop.example"), names).verdict == NONE


def test_wish_of_a_domain_is_shown() -> None:
    found = dmarc.policy("shop.example", Names(records=asks("shop.example", "p=quarantine")))

    assert found is not None
    assert (found.wish, str(found)) == (Wish.QUARANTINE, "p=quarantine at shop.example")
