"""Verdicts from what trusted servers wrote."""

from datetime import UTC, datetime, timedelta

import pytest

from mailticket.mail.identity import Verdict, at_sight
from mailticket.mail.message import Address, Envelope, InboundMail, Transport
from mailticket.mail.parse import parse_mail
from tests.senders import Names, asks, letter, signed, signer
from tests.unit.mail.judged import judged

PASS, NONE, FAIL = Verdict.PASS, Verdict.NONE, Verdict.FAIL


def verdict(
    *fields: str, address: str = "carla@shop.example", trusted: tuple[str, ...] = ("mx.acme.example",)
) -> Verdict:
    mail = InboundMail(from_=Address(addr_spec=address), authentication_results=fields)
    return at_sight(mail, envelope(trusted)).verdict


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


@pytest.mark.parametrize(
    "name",
    [
        b"\x1cmx.acme.example", b"mx\0.acme.example", b"mx.acme\x01.example", b"\xc2\xa0mx.acme.example",
        b"\xe2\x80\xa8mx.acme.example", b"mx.acme.example(x)", b'mx.acme.example"x"', b"mx.acme.example\x0b1",
    ],
    ids=repr,
)  # fmt: skip
def test_name_that_a_relay_may_not_take_for_its_own_is_not_believed(name: bytes) -> None:
    raw = b"Authentication-Results: " + name + b"; dkim=pass header.d=shop.example\r\n" + letter()

    assert at_sight(parse_mail(raw), envelope(), raw).verdict == NONE


def test_folded_name_is_believed() -> None:
    raw = b"Authentication-Results:\r\n\tmx.acme.example;\r\n dkim=pass header.d=shop.example\r\n" + letter()

    assert at_sight(parse_mail(raw), envelope(), raw).verdict == PASS


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

    assert at_sight(mail, envelope()).verdict == NONE
    assert at_sight(mail, envelope()).evidence == ("There are 2 From fields.",)


def test_nobody_has_no_identity() -> None:
    assert at_sight(InboundMail(), envelope()).verdict == NONE


def test_evidence_says_what_was_missing_or_found() -> None:
    mail = InboundMail(from_=Address(addr_spec="carla@shop.example"))
    assert "no Authentication-Results of a trusted server" in at_sight(mail, envelope()).evidence[0]

    mail = InboundMail(
        from_=Address(addr_spec="carla@shop.example"),
        authentication_results=("mx.acme.example; dkim=pass header.d=shop.example",),
    )
    assert at_sight(mail, envelope()).evidence == ("dkim=pass header.d=shop.example",)


@pytest.mark.parametrize(
    "field",
    ["", ";", "mx.acme.example", "mx.acme.example; " + "(" * 5000, "mx.acme.example; dkim", "mx.acme.example; \0"],
)
def test_unreadable_field_is_evidence_not_an_exception(field: str) -> None:
    assert verdict(field) == NONE


REJECT = {**asks("shop.example", "p=reject"), **signer("shop.example")}
_TOLD = "Authentication-Results: mx.acme.example; "


@pytest.mark.parametrize(
    ("told", "raw", "expected"),
    [
        ("", letter(), FAIL),
        ("", signed(letter(), "shop.example"), PASS),
        ("dmarc=fail (p=reject) header.from=shop.example", signed(letter(), "shop.example"), PASS),
        ("dmarc=fail (p=reject) header.from=shop.example", letter(), FAIL),
        ("dmarc=fail (p=none) header.from=shop.example", letter(), FAIL),
        ("dmarc=fail (p=none) header.from=shop.example", signed(letter(), "shop.example"), PASS),
        ("dmarc=temperror header.from=shop.example", letter(), FAIL),
        ("dmarc=pass header.from=shop.example", letter(), PASS),
        ("spf=pass smtp.mailfrom=shop.example", letter(), PASS),
        ("arc=pass; dmarc=fail (p=reject) header.from=shop.example", letter(), NONE),
        ("arc=pass; dmarc=fail (p=reject) header.from=shop.example", signed(letter(), "shop.example"), PASS),
    ],
)
def test_own_checks_and_trusted_words_together(told: str, raw: bytes, expected: Verdict) -> None:
    raw = f"{_TOLD}{told}\r\n".encode() + raw if told else raw

    assert judged(raw, REJECT, authserv_ids=("mx.acme.example",)).verdict == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("dkim=pass header.d=shop.example", NONE),
        ("dmarc=pass header.from=shop.example", NONE),
        ("spf=pass smtp.mailfrom=shop.example", PASS),
        ("dmarc=fail (p=reject) header.from=shop.example", FAIL),
    ],
)
def test_signature_vouches_for_no_field_that_was_put_on_top(told: str, expected: Verdict) -> None:
    raw = f"{_TOLD}{told}\r\nSubject: [#2611-0001]\r\n".encode() + letter()

    assert judged(raw, {}, authserv_ids=("mx.acme.example",)).verdict == expected


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (b"Subject: [#2611-0001]\r\n", NONE),
        (b"To: ann@acme.example\r\n", NONE),
        (b"SUBJECT: Broken\r\n vase\r\n", PASS),
    ],
    ids=["another subject", "another addressee", "the same twice"],
)
def test_field_that_stands_twice_proves_nothing_and_forges_nothing(field: bytes, expected: Verdict) -> None:
    assert judged(signed(field + letter(), "shop.example"), REJECT).verdict == expected


def test_trusted_failure_stays_one_where_the_dns_is_down() -> None:
    raw = f"{_TOLD}dmarc=fail (p=reject) header.from=shop.example\r\n".encode() + signed(letter(), "shop.example")

    found = judged(raw, Names(records={}, mute=[".example"]), authserv_ids=("mx.acme.example",))
    assert found.verdict == FAIL


def test_who_is_known_by_a_trusted_word_costs_no_question() -> None:
    names = Names(records=REJECT)
    raw = f"{_TOLD}dmarc=pass header.from=shop.example\r\n".encode() + signed(letter(), "shop.example")
    judged(raw, names, authserv_ids=("mx.acme.example",))

    assert names.asked == []


def test_old_mail_is_not_condemned_for_a_key_that_is_gone() -> None:
    long_ago = datetime.now(UTC) - timedelta(days=8)

    assert judged(signed(letter(), "shop.example", selector="gone"), REJECT, received_at=long_ago).verdict == NONE
    assert judged(signed(letter(), "shop.example"), REJECT, received_at=long_ago).verdict == PASS


@pytest.mark.parametrize(
    "sender", ["carla@localhost", "carla@[192.0.2.1]", "carla@-", "carla@" + "a" * 70 + ".example"]
)
def test_domain_that_is_none_proves_nothing(sender: str) -> None:
    assert judged(letter(sender), REJECT).verdict == NONE
