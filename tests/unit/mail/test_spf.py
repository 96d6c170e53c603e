"""Which clients may send for a domain (RFC 7208)."""

import pytest

from mailticket.mail import spf
from mailticket.mail.identity import Verdict
from tests.senders import Names, Records, asks, letter
from tests.unit.mail.judged import judged

PASS, NONE, FAIL = Verdict.PASS, Verdict.NONE, Verdict.FAIL


def says(record: str, **others: dict[str, list[object]]) -> Records:
    return {"shop.example": {"TXT": ["some words", record]}, **others}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ("v=spf1 ip4:192.0.2.1 -all", "pass"),
        ("v=spf1 ip4:192.0.2.0/24 -all", "pass"),
        ("v=spf1 a -all", "pass"),
        ("v=spf1 a:mail.shop.example -all", "pass"),
        ("v=spf1 mx -all", "pass"),
        ("v=spf1 include:_spf.shop.example -all", "pass"),
        ("v=spf1 redirect=_spf.shop.example", "pass"),
        ("v=spf1 exists:%{i}.shop.example -all", "pass"),
        ("v=spf1 ptr -all", "pass"),
        ("v=spf1 ip4:198.51.100.1 -all", "fail"),
        ("v=spf1 ip4:198.51.100.1 -all exp=why.shop.example", "fail"),
        ("v=spf1 ip4:198.51.100.1 ~all", "softfail"),
        ("v=spf1 ?all", "neutral"),
        ("v=spf2 -all", "none"),
        ("v=spf1 nonsense:x -all", "permerror"),
        ("v=spf1 include:shop.example -all", "permerror"),
        ("v=spf1 a:1.gone.example a:2.gone.example a:3.gone.example ip4:192.0.2.1 -all", "permerror"),
        ("v=spf1 a:1.gone.example a:2.gone.example ip4:192.0.2.1 -all", "pass"),
        ("v=spf1 " + " ".join(f"a:{n}.is.example" for n in range(11)) + " ip4:192.0.2.1 -all", "permerror"),
        ("v=spf1 a:%{l}%{l}.shop.example a:" + "x" * 80 + " -all", "permerror"),
        ("v=spf1 a:silent.example ip4:192.0.2.1 -all", "temperror"),
    ],
    ids=lambda value: value[:60],
)
def test_result(record: str, expected: str) -> None:
    there = {"A": ["198.51.100.9"]}
    names = Names(
        records={
            "shop.example": {"TXT": [record], "A": ["192.0.2.1"], "MX": [(10, "mail.shop.example")]},
            "mail.shop.example": {"A": ["192.0.2.1"]},
            "_spf.shop.example": {"TXT": ["v=spf1 ip4:192.0.2.1 ?all"]},
            "192.0.2.1.shop.example": {"A": ["127.0.0.2"]},
            "1.2.0.192.in-addr.arpa": {"PTR": ["mail.shop.example"]},
            **{f"{n}.is.example": there for n in range(11)},
        },
        mute=["silent.example"],
    )

    assert spf.check("192.0.2.1", "mail.shop.example", "carla@shop.example", names) == expected


@pytest.mark.parametrize(
    ("client", "record"),
    [("2001:db8::1", "v=spf1 ip6:2001:db8::/32 -all"), ("2001:db8::1", "v=spf1 a -all")],
)
def test_client_may_have_ipv6(client: str, record: str) -> None:
    names = Names(records={"shop.example": {"TXT": [record], "AAAA": ["2001:db8::1"]}})

    assert spf.check(client, "mail.shop.example", "carla@shop.example", names) == "pass"


@pytest.mark.parametrize(
    ("mail_from", "helo", "domain"),
    [
        ("carla@shop.example", "mail.shop.example", "shop.example"),
        ("", "mail.shop.example", "mail.shop.example"),
        ('"carla@evil.example"@shop.example', "x.example", "shop.example"),
        ("carla@Münch.example", "x.example", "xn--mnch-0ra.example"),
        ("carla", "x.example", ""),
        ("", "[192.0.2.1]", ""),
        ("", "localhost", ""),
        ("carla@a..example", "x.example", ""),
        ("carla@" + "a" * 300 + ".example", "x.example", ""),
    ],
)
def test_domain_that_is_asked_for(mail_from: str, helo: str, domain: str) -> None:
    assert spf.sender_domain(mail_from, helo) == domain


@pytest.mark.parametrize(
    ("mail_from", "sender", "tags", "expected"),
    [
        ("carla@shop.example", "shop.example", "p=reject", PASS),
        ("b@bounce.shop.example", "shop.example", "p=reject", PASS),
        ("b@bounce.shop.example", "shop.example", "p=reject; aspf=s", FAIL),
        ("b@shop.example", "news.shop.example", "p=reject", PASS),
        ("", "shop.example", "p=reject", PASS),
        ("m@evil.example", "shop.example", "p=reject", FAIL),
        ("m@evil.example", "shop.example", "p=none", NONE),
        (None, "shop.example", "p=none", NONE),
    ],
)
def test_pass_counts_where_it_is_aligned(mail_from: str | None, sender: str, tags: str, expected: Verdict) -> None:
    ours = {"TXT": ["v=spf1 ip4:192.0.2.1 -all"]}
    records = dict.fromkeys(("shop.example", "bounce.shop.example", "evil.example", "mail.shop.example"), ours) | asks(
        "shop.example", tags
    )
    found = judged(
        letter(f"carla@{sender}"), records, mail_from=mail_from, client="192.0.2.1", helo="mail.shop.example"
    )

    assert found.verdict == expected


@pytest.mark.parametrize(("client", "expected"), [("192.0.2.1", PASS), ("192.0.2.2", NONE), (None, NONE)])
def test_without_a_policy_spf_proves_but_condemns_nobody(client: str | None, expected: Verdict) -> None:
    assert judged(letter(), says("v=spf1 ip4:192.0.2.1 -all"), client=client).verdict == expected


def test_spf_that_nobody_answers_for_is_no_failure() -> None:
    names = Names(records=asks("shop.example", "p=reject"), mute=["shop.example"])

    assert judged(letter(), names, client="192.0.2.1").verdict == NONE
