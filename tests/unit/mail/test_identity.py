"""Verdicts from what trusted servers wrote."""

from datetime import UTC, datetime

import pytest

from mailticket.mail.identity import Verdict, identify
from mailticket.mail.message import Address, Envelope, InboundMail, Transport

PASS, NONE, FAIL = Verdict.PASS, Verdict.NONE, Verdict.FAIL


def verdict(
    *fields: str, address: str = "carla@shop.example", trusted: tuple[str, ...] = ("mx.acme.example",)
) -> Verdict:
    mail = InboundMail(from_=Address(addr_spec=address), authentication_results=fields)
    return identify(mail, envelope(trusted)).verdict


def envelope(trusted: tuple[str, ...] = ("mx.acme.example",)) -> Envelope:
    return Envelope(
        mail_from="carla@shop.example",
        transport=Transport.SMTP,
        received_at=datetime(2026, 11, 22, tzinfo=UTC),
        authserv_ids=trusted,
    )


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ("dmarc=pass header.from=shop.example", PASS),
        ("dmarc=pass (p=reject dis=none) header.from=Shop.Example", PASS),
        ("dmarc=pass", PASS),
        ("dmarc=pass header.from=evil.example", NONE),
        ("dmarc=none header.from=shop.example", NONE),
        ("dmarc=temperror header.from=shop.example", NONE),
        ("dmarc=fail header.from=shop.example", FAIL),
        ("dmarc=fail (p=reject sp=none dis=none) header.from=shop.example", FAIL),
        ("dmarc=fail (p=quarantine) header.from=shop.example", FAIL),
        ("dmarc=fail (p=NONE sp=NONE dis=NONE) header.from=shop.example", NONE),
        ("dmarc=fail policy.dmarc=none header.from=shop.example", NONE),
        ("dmarc=fail header.from=shop.example; dkim=pass header.d=shop.example", FAIL),
        ("dmarc=fail (p=none) header.from=shop.example; dkim=pass header.d=shop.example", NONE),
        ("arc=pass; dmarc=fail header.from=shop.example", NONE),
        ("arc=fail; dmarc=fail header.from=shop.example", FAIL),
        ("dkim=pass header.d=shop.example", PASS),
        ("dkim=pass (2048-bit key) header.d=shop.example header.s=a header.b=xyz", PASS),
        ("dkim=pass header.i=@shop.example", PASS),
        ("dkim=pass header.i=carla@shop.example", PASS),
        ("dkim=pass header.d=evil.example", NONE),
        ("dkim=pass header.d=notshop.example", NONE),
        ("dkim=pass header.d=example", NONE),
        ("dkim=fail header.d=shop.example", NONE),
        ("dkim=pass header.d=evil.example; dkim=pass header.d=shop.example", PASS),
        ("dkim=pass", NONE),
        ("spf=pass smtp.mailfrom=shop.example", PASS),
        ("spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=bounce@shop.example", PASS),
        ("spf=pass smtp.mailfrom=evil.example", NONE),
        ("spf=pass smtp.helo=shop.example", NONE),
        ("spf=softfail smtp.mailfrom=shop.example", NONE),
        ("auth=pass smtp.auth=carla@shop.example", NONE),
        ("none", NONE),
    ],
)
def test_each_result_has_its_verdict(results: str, expected: Verdict) -> None:
    assert verdict(f"mx.acme.example; {results}") == expected


@pytest.mark.parametrize(
    ("signer", "expected"), [("shop.example", PASS), ("mail.shop.example", PASS), ("a.mail.shop.example", NONE)]
)
def test_domain_above_vouches_for_those_below(signer: str, expected: Verdict) -> None:
    field = f"mx.acme.example; dkim=pass header.d={signer}"

    assert verdict(field, address="carla@mail.shop.example") == expected


@pytest.mark.parametrize(
    ("authserv_id", "expected"),
    [
        ("mx.acme.example", PASS),
        ("MX.Acme.Example", PASS),
        ("mx.acme.example 1", PASS),
        ("evil.mx.acme.example", NONE),
        ("mx.acme.example.evil.example", NONE),
        ("acme.example", NONE),
        ("mx.evil.example", NONE),
    ],
)
def test_only_a_trusted_server_is_believed(authserv_id: str, expected: Verdict) -> None:
    assert verdict(f"{authserv_id}; dkim=pass header.d=shop.example") == expected


def test_letter_that_only_becomes_a_trusted_servers_is_not_believed() -> None:
    field = "mx.ban\N{KELVIN SIGN}.example; dkim=pass header.d=shop.example"

    assert verdict(field, trusted=("mx.bank.example",)) == NONE


def test_nobody_is_trusted_unless_named() -> None:
    assert verdict("mx.acme.example; dkim=pass header.d=shop.example", trusted=()) == NONE


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (("dkim=none", "dkim=pass header.d=shop.example"), NONE),
        (("dkim=pass header.d=shop.example", "dmarc=fail header.from=shop.example"), FAIL),
        (("dmarc=pass header.from=shop.example", "dmarc=fail header.from=shop.example"), PASS),
        (('dkim=pass header.d="', "dkim=pass header.d=shop.example"), NONE),
    ],
    ids=["topmost counts", "each method by itself", "topmost counts again", "below an unreadable one nothing counts"],
)
def test_topmost_field_is_right(fields: tuple[str, ...], expected: Verdict) -> None:
    assert verdict(*(f"mx.acme.example; {field}" for field in fields)) == expected


def test_ambiguous_from_has_no_identity() -> None:
    mail = InboundMail(
        from_=Address(addr_spec="carla@shop.example"),
        from_defect="There are 2 From fields.",
        authentication_results=("mx.acme.example; dmarc=pass header.from=shop.example",),
    )

    assert identify(mail, envelope()).verdict == NONE
    assert identify(mail, envelope()).evidence == ("There are 2 From fields.",)


def test_nobody_has_no_identity() -> None:
    assert identify(InboundMail(), envelope()).verdict == NONE


def test_evidence_says_what_was_missing_or_found() -> None:
    mail = InboundMail(from_=Address(addr_spec="carla@shop.example"))
    assert "no Authentication-Results of a trusted server" in identify(mail, envelope()).evidence[0]

    mail = InboundMail(
        from_=Address(addr_spec="carla@shop.example"),
        authentication_results=("mx.acme.example; dkim=pass header.d=shop.example",),
    )
    assert identify(mail, envelope()).evidence == ("dkim=pass header.d=shop.example",)


@pytest.mark.parametrize(
    "field",
    ["", ";", "mx.acme.example", "mx.acme.example; " + "(" * 5000, "mx.acme.example; dkim", "mx.acme.example; \0"],
)
def test_unreadable_field_is_evidence_not_an_exception(field: str) -> None:
    assert verdict(field) == NONE
