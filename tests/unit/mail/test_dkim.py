"""Which signatures speak for a sender (RFC 6376)."""

import time
from datetime import UTC, datetime, timedelta

import dkim
import pytest

from mailticket.mail.dkim import SignedMail, signatures
from mailticket.mail.identity import Verdict
from mailticket.mail.parse import parse_mail
from tests.senders import Key, Names, changed, key, letter, signed, signer
from tests.unit.mail.judged import judged

PASS, NONE = Verdict.PASS, Verdict.NONE
SHOP = "shop.example"
RECORDS = signer(SHOP)


def results(raw: bytes, records: object = RECORDS) -> list[str]:
    names = Names(records=records)  # type: ignore[arg-type]  # tables of every shape
    return [one.result for one in signatures(SignedMail(raw), "carla@shop.example", SHOP, datetime.now(UTC), names)]


@pytest.mark.parametrize("header", [b"relaxed", b"simple"])
@pytest.mark.parametrize("body", [b"relaxed", b"simple"])
@pytest.mark.parametrize(
    "words",
    ["My vase.\r\n", "", "\r\n\r\n", "a  b\t c \r\n \r\nd\r\n\r\n\r\n", "no line end", " \r\n", "\ttab\r\n.\r\n"],
    ids=["plain", "empty", "blank lines", "white space", "no end", "one blank", "tab"],
)
def test_signature_holds_in_every_canonicalization(header: bytes, body: bytes, words: str) -> None:
    raw = signed(letter(body=words), SHOP, canonicalize=(header, body))

    assert judged(raw, RECORDS).verdict == PASS


def test_signature_of_ed25519_holds() -> None:
    record = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
    pair = Key(private=b"nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=", record=record)
    raw = signed(letter(), SHOP, by=pair, signature_algorithm=b"ed25519-sha256")

    assert judged(raw, signer(SHOP, by=pair)).verdict == PASS


PROVES_NOTHING = {
    "changed body": (changed(signed(letter(), SHOP), "My vase", "Your vase"), "the body was changed"),
    "changed header": (changed(signed(letter(), SHOP), "Subject: Broken", "Subject: Stolen"), "the header was changed"),
    "part of the body": (signed(letter(), SHOP, length=True) + b"Buy!\r\n", "only the beginning of the body"),
    "expired": (changed(signed(letter(), SHOP), r"t=\d+", "t=1; x=2"), "x= value is past"),
    "SHA-1": (signed(letter(), SHOP, signature_algorithm=b"rsa-sha1"), "algorithm rsa-sha1 is not good enough"),
    "small key": (signed(letter(), SHOP, by=key(768), selector="small"), "too small: 768"),
    "no key": (signed(letter(), SHOP, selector="gone"), "no such key"),
    "second From": (b"From: ann@shop.example\r\n" + signed(letter(), SHOP), "There are 2 From fields"),
    "second Subject": (b"Subject: [#2611-0001]\r\n" + signed(letter(), SHOP), "Subject is there more than once"),
    "second Message-ID": (b"Message-ID: <2@b>\r\n" + signed(letter(), SHOP), "Message-ID is there more than once"),
    "second Cc": (b"Cc: m@b\r\n" + signed(letter(Cc="a@b"), SHOP), "Cc is there more than once"),
    "other version": (changed(signed(letter(), SHOP), "v=1", "v=2"), "v= value is not 1"),
    "From not signed": (changed(signed(letter(), SHOP), "(?s)h=from.*?bh=", "h=date; bh="), "From is not signed"),
    "no tags": (b"DKIM-Signature: nonsense\r\n" + letter(), "cannot be read"),
    "white space": (b"DKIM-Signature: d=shop.example;" + b" " * 200 + b"\r\n" + letter(), "cannot be read"),
}


@pytest.mark.parametrize(("raw", "why"), PROVES_NOTHING.values(), ids=PROVES_NOTHING)
def test_signature_that_proves_nothing_says_why(raw: bytes, why: str) -> None:
    found = judged(raw, {**RECORDS, **signer(SHOP, by=key(768), selector="small")})

    assert found.verdict == NONE
    assert why in " ".join(found.evidence)


def test_signature_past_its_time_when_the_mail_came_proves_nothing() -> None:
    now = int(time.time())
    raw = _with_expiry(now + 3600)

    assert judged(raw, RECORDS).verdict == PASS
    assert judged(raw, RECORDS, received_at=datetime.now(UTC) + timedelta(hours=2)).verdict == NONE


def _with_expiry(at: int) -> bytes:
    """dkimpy writes no x=, so it takes one in the place of its q=."""

    class Signing(dkim.DKIM):  # type: ignore[misc]  # dkimpy has no types
        def gen_header(self, fields: list[tuple[bytes, bytes]], *rest: object) -> bytes:
            fields = [(b"x", str(at).encode()) if name == b"q" else (name, value) for name, value in fields]
            made: bytes = super().gen_header(fields, *rest)
            return made

    raw = letter()
    made: bytes = Signing(raw).sign(b"s1", SHOP.encode(), key().private)
    return made + raw


@pytest.mark.parametrize(
    ("signing", "sender", "expected"),
    [
        ("shop.example", "carla@shop.example", PASS),
        ("SHOP.example", "carla@Shop.Example", PASS),
        ("shop.example", "carla@mail.shop.example", PASS),
        ("mail.shop.example", "carla@shop.example", NONE),
        ("evil.example", "carla@shop.example", NONE),
        ("notshop.example", "carla@shop.example", NONE),
        ("xn--mnchen-3ya.example", "carla@münchen.example", PASS),
        ("example", "carla@shop.example", NONE),
    ],
)
def test_without_a_policy_a_domain_speaks_for_itself_and_those_below(
    signing: str, sender: str, expected: Verdict
) -> None:
    assert judged(signed(letter(sender), signing), signer(signing.lower())).verdict == expected


def test_one_good_signature_is_enough() -> None:
    raw = signed(signed(letter(), SHOP), SHOP, selector="gone")

    assert results(raw) == ["fail", "pass"]


def test_signatures_of_others_cost_no_question() -> None:
    names = Names(records=RECORDS)
    raw = signed(signed(letter(), SHOP), "mailer.other.example")

    assert [
        one.result for one in signatures(SignedMail(raw), "carla@shop.example", SHOP, datetime.now(UTC), names)
    ] == [
        "none",
        "pass",
    ]
    assert names.asked == [("s1._domainkey.shop.example", "TXT")]


def test_many_signatures_are_not_all_verified() -> None:
    raw = letter()
    for number in range(9):
        raw = signed(raw, SHOP, selector=f"gone{number}")
    names = Names(records=RECORDS)
    signatures(SignedMail(raw), "carla@shop.example", SHOP, datetime.now(UTC), names)

    assert len(names.asked) == 4


def test_body_that_was_changed_costs_no_question() -> None:
    names = Names(records=RECORDS)
    signatures(SignedMail(signed(letter(), SHOP) + b"x\r\n"), "carla@shop.example", SHOP, datetime.now(UTC), names)

    assert names.asked == []


@pytest.mark.parametrize(
    "record",
    [
        "",
        "p=",
        "v=DKIM1; p=",
        "v=DKIM1; p=AAAA",
        "v=DKIM1; k=rot13; p=AAAA",
        "v=DKIM2; p=AAAA",
        "v=spf1 -all",
        "v=DKIM1; k=ed25519; p=AAAA",
        "\xff\xfe p=",
        f"{key().record}; s=other",
        f"p={'A' * 30_000}",
    ],
)
def test_strange_key_is_no_key(record: str) -> None:
    names = {"s1._domainkey.shop.example": {"TXT": [record]}}

    assert results(signed(letter(), SHOP), names) == ["fail"]


def test_key_that_nobody_answers_for_is_unknown_not_missing() -> None:
    names = Names(records=RECORDS, mute=["s1._domainkey.shop.example"])
    found = judged(signed(letter(), SHOP), names)

    assert found.verdict == NONE
    assert "the DNS did not answer for its key" in " ".join(found.evidence)


#: Mallory has a domain and signs whatever she likes; the agent's colleague Paul has once written to her.
AMBIGUOUS = {
    "two fields": b"From: ann@acme.example\r\nFrom: mallory@evil.example",
    "two fields, the other order": b"From: mallory@evil.example\r\nFrom: ann@acme.example",
    "two mailboxes": b"From: ann@acme.example, mallory@evil.example",
    "address as display name": b"From: ann@acme.example <mallory@evil.example>",
    "address as quoted display name": b'From: "ann@acme.example" <mallory@evil.example>',
    "two angles": b"From: <ann@acme.example> <mallory@evil.example>",
    "angle in a comment": b"From: mallory@evil.example (<ann@acme.example>)",
    "comment inside": b"From: ann@acme.example(@evil.example)",
    "two at signs": b"From: <ann@acme.example@evil.example>",
    "source route": b"From: <@evil.example:ann@acme.example>",
    "group": b"From: Agents: ann@acme.example;",
    "encoded word": b"From: =?utf-8?q?ann=40acme.example?= <mallory@evil.example>",
    "NUL": b"From: ann@acme.example\0@evil.example",
    "quoted local part": b'From: "ann@acme.example, "@evil.example',
    "bare CR": b"X-A: b\rFrom: ann@acme.example\r\nFrom: mallory@evil.example",
    "space before the colon": b"From : ann@acme.example\r\nFrom: mallory@evil.example",
    "folded": b"From:\r\n ann@acme.example,\r\n mallory@evil.example",
    "hidden behind an empty name": b": x\r\nFrom: ann@acme.example",
}


@pytest.mark.parametrize("field", AMBIGUOUS.values(), ids=AMBIGUOUS)
@pytest.mark.parametrize("genuine", [False, True], ids=["forged", "added to a genuine mail"])
def test_ambiguous_from_never_proves_the_agent(field: bytes, genuine: bool) -> None:
    records = {**signer("evil.example"), **signer("acme.example")}
    if genuine:
        raw = field + b"\r\n" + signed(letter("Paul <paul@acme.example>"), "acme.example")
    else:
        plain = field + b"\r\nTo: support@acme.example\r\n\r\nHi\r\n"
        try:
            raw = signed(plain, "evil.example")
        except dkim.DKIMException:
            raw = plain
    address = _from(raw)

    assert judged(raw, records, mail_from="mallory@evil.example").verdict != PASS or address != "ann@acme.example"


def _from(raw: bytes) -> str:
    mail = parse_mail(raw)
    return mail.from_.addr_spec if mail.from_ else ""


_FIELD = b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=shop.example; s=s1; %s; bh=AAAA; b=AAAA\r\n"


@pytest.mark.parametrize(
    ("field", "body"),
    [
        (_FIELD % b"h=from", " " * 2_000_000),
        (_FIELD % b"h=from", " \t" * 1_000_000 + "x\r\n"),
        (_FIELD % b"h=from", "\r\n" * 1_000_000),
        (_FIELD % (b"h=" + b":" * 3900), ""),
        (_FIELD % (b"h=" + b" \r\n " * 900 + b"from"), ""),
        (_FIELD % (b"h=" + b"from:" * 700), ""),
        (b"DKIM-Signature: v=1" + b";" * 60_000 + b"\r\n", ""),
        (_FIELD % b"h=from" * 450, ""),
        (b"X: y\r\n" + b" z\r\n" * 15_000 + _FIELD % b"h=from", ""),
    ],
    ids=["spaces", "spaces and tabs", "blank lines", "colons", "gaps", "names", "semicolons", "signatures", "folds"],
)
def test_costly_field_or_body_is_cheap_to_check(field: bytes, body: str) -> None:
    names = Names(records=RECORDS)
    began = time.process_time()
    signatures(SignedMail(field + letter(body=body)), "carla@shop.example", SHOP, datetime.now(UTC), names)

    # a pattern that looks back takes minutes for these
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("names", "fields"), [(1300, 100), (150, 12_000), (1300, 12_000)], ids=["many names", "many fields", "many of both"]
)
def test_many_names_are_cheap_to_look_for(names: int, fields: int) -> None:
    body_hash = SignedMail(letter()).body_hash(b"simple").decode()
    named = ":".join(["from", *(f"{number:x}" for number in range(names))])
    field = f"DKIM-Signature: v=1; a=rsa-sha256; d=shop.example; s=s1; h={named}; bh={body_hash}; b=AAAA\r\n"
    raw = b"a:\r\n" * fields + field.encode() + letter()
    began = time.process_time()

    assert "pass" not in results(raw)
    assert time.process_time() - began < 2
