"""Who may vouch for a mail that was changed on its way (RFC 8617)."""

import pytest

from mailticket.mail.identity import Verdict
from tests.senders import Names, asks, changed, letter, sealed, signed, signer
from tests.unit.mail.judged import judged

NONE, FAIL = Verdict.NONE, Verdict.FAIL
GENUINE = "dkim=pass header.d=shop.example; dmarc=pass header.from=shop.example"
RECORDS = {
    **asks("shop.example", "p=reject"),
    **signer("shop.example"),
    **signer("list.example"),
    **signer("evil.example"),
    **signer("second.example"),
}


def with_footer(raw: bytes) -> bytes:
    """As a mailing list sends it on."""
    return raw + b"-- \r\nlist-leave@list.example\r\n"


LISTED = with_footer(signed(letter(), "shop.example"))
BY_LIST = sealed(LISTED, "list.example", GENUINE)


@pytest.mark.parametrize(
    ("raw", "sealers", "expected"),
    [
        (BY_LIST, ("list.example",), NONE),
        (BY_LIST, (), FAIL),
        (BY_LIST, ("other.example",), FAIL),
        (LISTED, ("list.example",), FAIL),
        (changed(BY_LIST, "vase is broken", "house is on fire"), ("list.example",), FAIL),
        (changed(BY_LIST, "dkim=pass", "dkim=none"), ("list.example",), FAIL),
        (
            sealed(LISTED, "list.example", "dkim=fail header.d=shop.example; dmarc=fail header.from=shop.example"),
            ("list.example",),
            FAIL,
        ),
        (
            sealed(LISTED, "list.example", "dkim=pass header.d=evil.example; dmarc=pass header.from=evil.example"),
            ("list.example",),
            FAIL,
        ),
        (sealed(LISTED, "evil.example", GENUINE), ("list.example",), FAIL),
        (sealed(LISTED, "gone.example", GENUINE), ("gone.example",), FAIL),
        (b"ARC-Seal: i=1000000000; d=list.example\r\n" + LISTED, ("list.example",), FAIL),
        (b"ARC-Seal: i=1; d=list.example; b=" + b" " * 4000 + b"\r\n" + LISTED, ("list.example",), FAIL),
        (b"ARC-Seal: nonsense list.example\r\nARC-Message-Signature:i=1\r\n" + LISTED, ("list.example",), FAIL),
    ],
    ids=[
        "trusted",
        "nobody trusted",
        "another one trusted",
        "not sealed",
        "changed later",
        "results changed later",
        "had failed there",
        "was another's there",
        "sealed by anybody",
        "no key",
        "no chain",
        "costly",
        "nonsense",
    ],
)
def test_only_a_trusted_sealer_excuses_a_failure(raw: bytes, sealers: tuple[str, ...], expected: Verdict) -> None:
    assert judged(raw, RECORDS, arc_sealers=sealers).verdict == expected


@pytest.mark.parametrize(
    ("first", "second", "sealers", "expected"),
    [
        ("list.example", "second.example", ("list.example", "second.example"), NONE),
        ("evil.example", "list.example", ("list.example",), FAIL),
        ("list.example", "evil.example", ("list.example",), FAIL),
    ],
    ids=["both trusted", "a stranger first", "a stranger last"],
)
def test_chain_is_believed_from_the_top_without_a_gap(
    first: str, second: str, sealers: tuple[str, ...], expected: Verdict
) -> None:
    once = sealed(LISTED, first, GENUINE)
    twice = sealed(with_footer(once), second, "arc=pass; dkim=fail header.d=shop.example")

    assert judged(twice, RECORDS, arc_sealers=sealers).verdict == expected


def test_seal_that_nobody_answers_for_is_no_failure() -> None:
    names = Names(records=RECORDS, mute=["s1._domainkey.list.example"])

    assert judged(BY_LIST, names, arc_sealers=("list.example",)).verdict == NONE


def test_seals_are_not_asked_for_where_they_change_nothing() -> None:
    names = Names(records=signer("shop.example"))
    judged(sealed(signed(letter(), "shop.example"), "list.example", GENUINE), names, arc_sealers=("list.example",))

    assert names.asked == [("s1._domainkey.shop.example", "TXT")]
