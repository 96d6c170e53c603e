"""Verdicts as Google and Microsoft 365 write them into their mailboxes."""

import pytest

from mailticket.mail.identity import Verdict, at_sight
from mailticket.mail.message import Envelope, Provider, Transport
from mailticket.mail.parse import parse_mail
from tests.factories import NOW
from tests.senders import letter

PASS, NONE, FAIL = Verdict.PASS, Verdict.NONE, Verdict.FAIL


def verdict(provider: Provider, *head: str, sender: str = "carla@shop.example") -> Verdict:
    raw = "".join(f"{field}\r\n" for field in head).encode() + letter(sender)
    envelope = Envelope(
        mail_from=None, transport=Transport.IMAP, received_at=NOW, provider=provider, tenant="acme.example"
    )
    return at_sight(parse_mail(raw), envelope, raw).verdict


def ar(results: str) -> str:
    return f"Authentication-Results: {results}"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (
            [
                ar(
                    "mx.google.com; "
                    "dkim=pass header.i=@shop.example header.s=s1 header.b=AbC; "
                    "spf=pass (google.com: domain of carla@shop.example designates 192.0.2.1 as permitted sende"
                    "r) smtp.mailfrom=carla@shop.example; "
                    "dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=shop.example"
                )
            ],
            PASS,
        ),
        ([ar("mx.google.com; dkim=pass header.i=@shop.example header.s=s1 header.b=AbC")], PASS),
        (
            [
                ar(
                    "mx.google.com; "
                    "dkim=pass header.i=@evil.example; "
                    "spf=pass smtp.mailfrom=m@evil.example; "
                    "dmarc=fail (p=REJECT sp=REJECT dis=NONE) header.from=shop.example"
                )
            ],
            FAIL,
        ),
        (
            [
                ar(
                    "mx.google.com; "
                    "dkim=pass header.i=@evil.example; "
                    "dmarc=fail (p=NONE sp=NONE dis=NONE) header.from=shop.example"
                )
            ],
            NONE,
        ),
        (
            [
                ar(
                    "mx.google.com; "
                    "arc=pass (i=1 spf=pass dkim=pass); "
                    "dmarc=fail (p=REJECT sp=REJECT dis=NONE) header.from=shop.example"
                )
            ],
            NONE,
        ),
        (
            [
                ar("mx.google.com; spf=neutral smtp.mailfrom=x@shop.example"),
                ar("mx.google.com; dkim=pass header.i=@shop.example"),
            ],
            NONE,
        ),
        (
            [
                ar("evil.example; dkim=pass header.d=shop.example"),
                ar("mx.google.com; dkim=pass header.i=@shop.example"),
            ],
            NONE,
        ),
        ([ar("mx.evil.example; dkim=pass header.d=shop.example")], NONE),
        ([ar("dkim=pass header.d=shop.example")], NONE),
        ([], NONE),
    ],
    ids=[
        "all pass",
        "dkim",
        "reject",
        "p=none",
        "arc",
        "topmost only",
        "forged on top",
        "other server",
        "no server",
        "none",
    ],
)
def test_google(head: list[str], expected: Verdict) -> None:
    assert verdict(Provider.GOOGLE, *head) == expected


_SPF = "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=shop.example; "
_DKIM = "dkim=pass (signature was verified) header.d=shop.example;"


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        (_SPF + _DKIM + "dmarc=pass action=none header.from=shop.example;compauth=pass reason=100", PASS),
        (
            _SPF + "acme.example; " + _DKIM + "acme.example; "
            "dmarc=bestguesspass action=none header.from=shop.example;"
            "compauth=pass reason=109",
            PASS,
        ),
        ("spf=none (sender IP is 192.0.2.1) smtp.helo=mail.shop.example; " + _DKIM, PASS),
        (
            "dkim=pass (signature was verified) header.d=evil.example;"
            "dmarc=none action=none header.from=shop.example;"
            "compauth=pass reason=105",
            NONE,
        ),
        (
            "spf=fail (sender IP is 192.0.2.9) smtp.mailfrom=shop.example; "
            "dkim=none (message not signed) header.d=none;"
            "dmarc=fail action=oreject header.from=shop.example;"
            "compauth=fail reason=000",
            FAIL,
        ),
        (
            "spf=fail (sender IP is 192.0.2.9) smtp.mailfrom=shop.example; "
            "dkim=none (message not signed) header.d=none;"
            "dmarc=fail action=quarantine header.from=shop.example;"
            "compauth=fail reason=000",
            FAIL,
        ),
        (
            "spf=softfail (sender IP is 192.0.2.9) smtp.mailfrom=shop.example; "
            "dkim=none (message not signed) header.d=none;"
            "dmarc=fail action=none header.from=shop.example;"
            "compauth=fail reason=001",
            NONE,
        ),
        (
            "spf=fail smtp.mailfrom=list.example; "
            "dkim=fail (body hash did not verify) header.d=shop.example;"
            "dmarc=fail action=oreject header.from=shop.example;"
            "compauth=pass reason=130",
            NONE,
        ),
        (
            "spf=temperror smtp.mailfrom=shop.example; "
            "dkim=timeout (key query timeout) header.d=shop.example;"
            "dmarc=temperror action=none header.from=shop.example;"
            "compauth=fail reason=001",
            NONE,
        ),
        ("mx.evil.example; spf=pass smtp.mailfrom=shop.example; " + _DKIM, NONE),
        ("mx.microsoft.com 1; dkim=pass header.d=shop.example", NONE),
        ("", NONE),
        (";;=;dkim", NONE),
        ("dkim=pass (" * 5000, NONE),
    ],
    ids=[
        "all pass",
        "recipient's domain between",
        "dkim",
        "compauth alone",
        "reject",
        "quarantine",
        "p=none",
        "trusted arc",
        "trouble",
        "named server",
        "arc's own name",
        "empty",
        "nonsense",
        "comments",
    ],
)
def test_microsoft(results: str, expected: Verdict) -> None:
    assert verdict(Provider.MICROSOFT365, ar(results)) == expected


def test_microsoft_is_believed_in_the_topmost_field_only() -> None:
    first = "spf=none smtp.mailfrom=shop.example; dkim=none (message not signed) header.d=none;dmarc=none action=none"

    assert verdict(Provider.MICROSOFT365, ar(first), ar(_SPF + _DKIM)) == NONE


INSIDE = ar("dkim=none (message not signed) header.d=none;dmarc=none action=none header.from=acme.example;")
INTERNAL = "X-MS-Exchange-Organization-AuthAs: Internal"
FROM_ANOTHER_TENANT = "X-MS-Exchange-CrossTenant-AuthAs: Internal"


@pytest.mark.parametrize(
    ("head", "sender", "expected"),
    [
        ([INSIDE, INTERNAL, FROM_ANOTHER_TENANT], "ann@acme.example", PASS),
        ([INTERNAL], "ann@acme.example", PASS),
        ([INSIDE, INTERNAL], "ann@shop.example", NONE),
        ([INSIDE, INTERNAL], "ann@sub.acme.example", NONE),
        ([INSIDE, FROM_ANOTHER_TENANT], "ann@acme.example", NONE),
        ([INSIDE, "X-MS-Exchange-Organization-AuthAs: Anonymous"], "ann@acme.example", NONE),
        ([INSIDE, "X-MS-Exchange-Organization-AuthAs: Anonymous", INTERNAL], "ann@acme.example", NONE),
        ([INSIDE, INTERNAL, INTERNAL], "ann@acme.example", NONE),
        ([INSIDE, INTERNAL, "X-MS-Exchange-CrossTenant-AuthAs: Anonymous"], "ann@acme.example", NONE),
        ([INSIDE, INTERNAL, "X-MS-Exchange-Organization-MessageDirectionality: Incoming"], "ann@acme.example", NONE),
        (
            [
                ar(
                    "spf=fail (sender IP is 192.0.2.9) smtp.mailfrom=acme.example; "
                    "dkim=none header.d=none;"
                    "dmarc=none action=none header.from=acme.example"
                ),
                INTERNAL,
            ],
            "ann@acme.example",
            NONE,
        ),
        (
            [
                ar(
                    "spf=fail smtp.mailfrom=acme.example; "
                    "dkim=none header.d=none;"
                    "dmarc=fail action=oreject header.from=acme.example"
                ),
                INTERNAL,
            ],
            "ann@acme.example",
            FAIL,
        ),
        ([ar("mx.evil.example; dkim=pass header.d=acme.example"), INTERNAL], "ann@acme.example", NONE),
    ],
    ids=[
        "within the tenant",
        "without results",
        "other domain",
        "domain below",
        "another tenant",
        "from outside",
        "added below",
        "twice",
        "crossed as anonymous",
        "incoming",
        "checked, so from outside",
        "direct send",
        "not Exchange's",
    ],
)
def test_mail_within_the_tenant(head: list[str], sender: str, expected: Verdict) -> None:
    assert verdict(Provider.MICROSOFT365, *head, sender=sender) == expected


def test_words_of_exchange_are_worth_nothing_in_another_mailbox() -> None:
    assert verdict(Provider.GOOGLE, INSIDE, INTERNAL, sender="ann@acme.example") == NONE
