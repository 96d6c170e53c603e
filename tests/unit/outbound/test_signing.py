"""Does our signature hold, and does it break where somebody tampers? Verified by dkimpy, with keys made by openssl."""

from collections.abc import Sequence
from typing import Any

import dkim
import pytest

from mailticket.outbound.signing import Signer, UnusableKey, covers
from tests.unit.outbound.signers import ED25519, RSA, key, signer

MAIL = b"\r\n".join(
    [
        b"From: Acme Support <support@acme.example>",
        b"To: Carla <carla@shop.example>",
        b"Subject: [#2611-0042] a subject that is",
        b" folded",
        b"Date: Sun, 22 Nov 2026 10:30:00 +0000",
        b"Message-ID: <token@acme.example>",
        b"References: <a@shop.example>",
        b" <b@shop.example>",
        b"Auto-Submitted: auto-replied",
        b"X-Mailticket-Notice: confirmation",
        b"MIME-Version: 1.0",
        b"Content-Type: text/plain; charset=utf-8",
        b"",
        b"Hello Carla,  ",
        b"",
        b".",
        b"",
        b"",
    ]
)


def holds(raw: bytes, by: Signer, domain: str = "") -> bool:
    def record(name: bytes, **_: Any) -> bytes:
        return by.record.encode() if name.decode() == f"{by.record_name(domain)}." else b""

    return bool(dkim.verify(raw, dnsfunc=record))


def with_field(raw: bytes, field: bytes) -> bytes:
    return field + b"\r\n" + raw


@pytest.mark.parametrize(
    ("from_", "others", "domain"),
    [
        (b"support@acme.example", True, "acme.example"),
        (b"returns@eu.acme.example", True, "acme.example"),
        (b'"Acme <x@acme.example>" <Hello@Brand.example>', True, "brand.example"),
        (b"hello@brand.example", False, "acme.example"),
        (b"hello@notacme.example", True, "notacme.example"),
    ],
    ids=[
        "its own",
        "below its own",
        "another desk's",
        "another desk's, and one domain is wanted",
        "one that ends alike",
    ],
)
def test_mail_of_every_desk_is_signed_by_a_domain_that_speaks_for_it(from_: bytes, others: bool, domain: str) -> None:
    by = Signer("acme.example", "desk2026", key(*ED25519), others=others)
    raw = b"From: " + from_ + b"\r\nTo: carla@shop.example\r\nSubject: Vase\r\n\r\nHello\r\n"

    assert holds(by.sign(raw), by, domain)
    assert by.zone_line(domain).startswith(f"desk2026._domainkey.{domain}. IN TXT")


@pytest.mark.parametrize(("how", "algorithm"), [(RSA, b"rsa-sha256"), (ED25519, b"ed25519-sha256")])
def test_signature_holds_and_leaves_the_mail_alone(how: Sequence[str], algorithm: bytes) -> None:
    by = signer(how)

    signed = by.sign(MAIL)

    assert signed.endswith(MAIL)
    field = signed.removesuffix(MAIL)
    assert field.startswith(b"DKIM-Signature: v=1; a=" + algorithm + b"; c=relaxed/relaxed; d=acme.example;")
    assert field.endswith(b"\r\n")
    assert max(map(len, field.split(b"\r\n"))) <= 78
    assert b"l=" not in field.partition(b"bh=")[0]
    assert holds(signed, by)


def test_spaces_that_a_relay_changes_do_not_break_it() -> None:
    by = signer()

    refolded = by.sign(MAIL).replace(b"that is\r\n folded", b"that\r\n  is folded").replace(b"Carla,  \r", b"Carla,\r")

    assert holds(refolded, by)


@pytest.mark.parametrize(
    "name",
    ["From", "Subject", "To", "Reply-To", "Cc", "Date", "Message-ID", "In-Reply-To", "References", "MIME-Version",
     "Content-Type", "Content-Transfer-Encoding", "Auto-Submitted"],
)  # fmt: skip
def test_field_that_somebody_adds_breaks_it(name: str) -> None:
    by = signer(ED25519)

    assert not holds(with_field(by.sign(MAIL), f"{name}: x".encode()), by)


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"Hello Carla", b"Hello Mallory"), (b"carla@shop", b"mallory@evil"), (b".\r\n\r\n", b".\r\n\r\nmore\r\n")],
    ids=["words", "recipient", "words behind the end"],
)
def test_change_breaks_it(old: bytes, new: bytes) -> None:
    by = signer(ED25519)
    signed = by.sign(MAIL)

    assert signed.count(old) == 1
    assert not holds(signed.replace(old, new), by)


def test_field_that_relays_add_does_not_break_it() -> None:
    by = signer(ED25519)

    assert holds(with_field(by.sign(MAIL), b"Received: from desk by relay; Sun, 22 Nov 2026 10:30:01 +0000"), by)


@pytest.mark.parametrize("how", [RSA, ED25519])
def test_record_is_recognised_however_it_is_written(how: Sequence[str]) -> None:
    by = signer(how)
    reordered = ";".join(reversed(by.record.split(";")))

    assert by.is_published_by(by.record)
    assert by.is_published_by(reordered.replace(";", " ;  ") + ";")
    assert not by.is_published_by("v=DKIM1; k=rsa; p=")
    assert not by.is_published_by("")


def test_zone_line_keeps_strings_within_255_octets() -> None:
    by = signer()

    line = by.zone_line()

    strings = line.split('"')[1::2]
    assert line.startswith("desk2026._domainkey.acme.example. IN TXT ( ")
    assert "".join(strings) == by.record
    assert max(map(len, strings)) <= 255 < len(by.record)


@pytest.mark.parametrize(
    ("pem", "said"),
    [
        (b"", "no private key in PEM"),
        (b"-----BEGIN PRIVATE KEY-----\nc2VjcmV0LWNhbmFyeQ==\n-----END PRIVATE KEY-----\n", "no private key in PEM"),
        (key("genrsa", "-aes128", "-passout", "pass:x", "2048"), "protected by a password"),
        (key("genrsa", "768"), "too short"),
        (key("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"), "neither an RSA nor"),
    ],
    ids=["empty", "nonsense", "password", "short", "of another kind"],
)
def test_key_that_cannot_sign_is_named_and_not_shown(pem: bytes, said: str) -> None:
    with pytest.raises(UnusableKey, match=said) as raised:
        Signer("acme.example", "desk2026", pem)

    assert "canary" not in str(raised.value)
    assert raised.value.__cause__ is None


@pytest.mark.parametrize(
    ("domain", "address", "expected"),
    [
        ("acme.example", "support@acme.example", True),
        ("acme.example", "support@help.acme.example", True),
        ("help.acme.example", "support@acme.example", False),
        ("acme.example", "support@evilacme.example", False),
    ],
)
def test_signature_covers_addresses_below_its_domain(domain: str, address: str, expected: bool) -> None:
    assert covers(domain, address) == expected
