"""Words of a sender that a trusted server copies: what they must not become."""

import pytest

from mailticket.mail.identity import Identity, Verdict, at_sight
from mailticket.mail.message import Provider
from mailticket.mail.parse import parse_mail
from tests.factories import make_envelope
from tests.senders import letter

PASS, NONE, FAIL = Verdict.PASS, Verdict.NONE, Verdict.FAIL
ANN = "ann@acme.example"
FAILED = "dmarc=fail (p=reject dis=none) header.from=acme.example"
PASSED = "dkim=pass header.d=acme.example"
BREAKING_OUT = '"x) ; dkim=pass header.d=acme.example (y"@evil.example'


def identity(*said: str, fields: bytes = b"", sender: str | None = "m@evil.example", **envelope: object) -> Identity:
    """What is known at sight of a mail in Ann's name with these fields of our relay."""
    told = "".join(f"Authentication-Results: mx.acme.example; {one}\r\n" for one in said)
    raw = told.encode() + fields + letter(ANN)
    over = {"authserv_ids": ("mx.acme.example",), "mail_from": sender} | envelope
    return at_sight(parse_mail(raw), make_envelope(**over), raw)


def copied(sender: str) -> str:
    """A field as spf-engine writes it, which quotes nothing."""
    return (
        "spf=pass (sender SPF authorized) smtp.mailfrom=evil.example"
        f" (client-ip=203.0.113.9; helo=evil.example; envelope-from={sender}; receiver=support@acme.example)"
    )


@pytest.mark.parametrize("written", [BREAKING_OUT, BREAKING_OUT.replace('"', "")], ids=["quoted", "bare"])
@pytest.mark.parametrize("door", ["SMTP", "mailbox"])
def test_comment_that_a_reverse_path_ends_grants_nothing(written: str, door: str) -> None:
    known = {"sender": BREAKING_OUT} if door == "SMTP" else {"sender": None}
    fields = b"" if door == "SMTP" else f"Return-Path: <{BREAKING_OUT}>\r\n".encode()

    found = identity(copied(written), fields=fields, **known)

    assert found.verdict == NONE
    assert found.evidence == ("The sender's reverse-path could pass for a server's words: only a failure is believed.",)


def test_comment_with_a_quote_grants_nothing_whatever_the_reverse_path_has_become() -> None:
    assert identity(copied(BREAKING_OUT), sender="SRS0=ab=cd=evil.example=x@relay.example").verdict == NONE


@pytest.mark.parametrize(
    "text",
    ["a)b", "a(b", "a;b", 'a"b', "a\\b", "a b", "a\tb", "a<b", "a>b", "a\x00b", "a\N{NO-BREAK SPACE}b"],
    ids=repr,
)
def test_sign_that_could_end_a_place_takes_all_belief_away(text: str) -> None:
    assert identity(PASSED, sender=f"{text}@evil.example").verdict == NONE
    assert identity(PASSED, helo=text).verdict == NONE


@pytest.mark.parametrize(
    "sender",
    [
        "",
        "ann@acme.example",
        "bounce+x=y.z@list.example",
        "prvs=12ab34cd=ann@acme.example",
        "SRS0=HHH=TT=acme.example=ann@relay.example",
        "bounces+123-a1b2-ann=acme.example@em.example",
        "o'brien/x400&co!y#1@acme.example",
        "msprvs1=18000abc-_:bounces-1@example.com",
        "m\N{LATIN SMALL LETTER U WITH DIAERESIS}ller@acme.example",
        "ann@[192.0.2.1]",
    ],
)
def test_address_as_real_servers_make_them_is_believed(sender: str) -> None:
    assert identity(PASSED, sender=sender, helo="[192.0.2.1]").verdict == PASS


@pytest.mark.parametrize(
    ("signature", "expected"),
    [
        (b"d=acme.example; s=a; i=@acme.example; bh=a+b/c==; b=(;", PASS),
        (b"d=acme.example;\r\n\ts=a;\r\n i=ann@acme.example", PASS),
        (b"v=1; i=x=3B=20dkim=3Dpass@evil.example; d=evil.example; s=a", NONE),
        (b'd=evil.example; i="x) (y"@evil.example', NONE),
        (b"d=evil.example; s=a)(b", NONE),
        (b"d=evil.example\r\n\t(x; s=a", NONE),
    ],
)
@pytest.mark.parametrize("name", [b"DKIM-Signature", b"dkim-signature ", b"ARC-Seal"])
def test_signature_with_a_name_that_could_end_a_place_takes_all_belief_away(
    name: bytes, signature: bytes, expected: Verdict
) -> None:
    assert identity(PASSED, fields=name + b": " + signature + b"\r\n").verdict == expected


def test_signature_may_not_hide_behind_a_long_header() -> None:
    long = b"".join(b"X-%d: %s\r\n" % (number, b"x" * 900) for number in range(80))

    assert identity(PASSED, fields=long).verdict == NONE


@pytest.mark.parametrize("sender", ["m@evil.example", BREAKING_OUT], ids=["plain", "breaking out"])
@pytest.mark.parametrize(
    "said",
    [
        "spf=pass smtp.mailfrom=dmarc=fail/policy.p=none@evil.example; " + FAILED,
        'spf=pass smtp.mailfrom="dmarc=fail/policy.p=none"@evil.example; ' + FAILED,
        "spf=pass (mx: domain of dmarc=fail/policy.p=none@evil.example designates 192.0.2.1) "
        "smtp.mailfrom=evil.example; " + FAILED,
        'spf=pass smtp.mailfrom="; dmarc=fail (p=none) "@evil.example; ' + FAILED,
        "spf=pass smtp.mailfrom=a=b/c;d@evil.example; " + FAILED,
        "spf=pass smtp.mailfrom=<m@evil.example>; " + FAILED,
        'spf=pass smtp.mailfrom="x("@evil.example; ' + FAILED,
        'spf=pass (mx: "a) ; dmarc=pass header.from=acme.example (" ok) smtp.mailfrom=evil.example; ' + FAILED,
        "spf=pass smtp.mailfrom=x(@evil.example; " + FAILED,
        'spf=pass smtp.mailfrom=x"@evil.example; ' + FAILED,
        "dmarc=fail (p=reject) smtp.mailfrom=p=none@evil.example header.from=acme.example",
        "dmarc=fail (p=reject; m of p=none@evil.example) header.from=acme.example",
    ],
)
def test_failure_stays_one_whatever_the_sender_is_called(said: str, sender: str) -> None:
    assert identity(said, sender=sender).verdict == FAIL


def test_failure_that_a_reverse_path_has_made_a_comment_stays_one() -> None:
    said = f"spf=pass smtp.mailfrom=x(@evil.example; {FAILED}; dkim=none header.d=x)"

    assert identity(said, sender='"x("@evil.example').verdict == FAIL


@pytest.mark.parametrize("top", ["spf=pass smtp.mailfrom=<x@y>", copied(BREAKING_OUT)], ids=["plain", "breaking out"])
def test_failure_below_an_unreadable_field_counts_and_a_pass_does_not(top: str) -> None:
    assert identity(top, FAILED).verdict == FAIL
    assert identity(top, FAILED.replace("p=reject", "p=none")).verdict == NONE
    assert identity(top, "arc=pass; " + FAILED).verdict == FAIL
    assert identity(top, PASSED).verdict == NONE


def test_result_that_is_planted_above_a_failure_does_not_hide_it() -> None:
    planted = copied('"x) ; dmarc=none (y"@evil.example').replace('"', "")

    assert identity(planted, FAILED, sender='"x) ; dmarc=none (y"@evil.example').verdict == FAIL


@pytest.mark.parametrize("said", ["dmarc=fail (p=none) header.from=<acme.example>", "arc=pass (dmarc=fail) x=<y>"])
def test_unreadable_field_of_a_plain_sender_is_no_failure_where_none_is_meant(said: str) -> None:
    assert identity(said).verdict == NONE


@pytest.mark.parametrize("provider", [Provider.MICROSOFT365, Provider.GOOGLE])
def test_presets_believe_a_planted_word_no_more(provider: Provider) -> None:
    server = "mx.google.com; " if provider is Provider.GOOGLE else ""
    for sender, expected in (("ann@acme.example", PASS), (BREAKING_OUT, NONE)):
        raw = f"Authentication-Results: {server}{PASSED}; dmarc=pass header.from=acme.example\r\n".encode()
        raw += letter(ANN)
        envelope = make_envelope(mail_from=sender, provider=provider)
        assert at_sight(parse_mail(raw), envelope, raw).verdict == expected
    raw = f"Authentication-Results: {server}spf=pass; {FAILED}\r\n".encode() + letter(ANN)
    envelope = make_envelope(mail_from=BREAKING_OUT, provider=provider)
    assert at_sight(parse_mail(raw), envelope, raw).verdict == FAIL
