"""Who is named in the header; a From in doubt names nobody for certain."""

import pytest

from mailticket.mail.addresses import read_names
from mailticket.mail.fields import Fields
from mailticket.mail.message import Address


@pytest.mark.parametrize(
    ("value", "name", "addr_spec"),
    [
        ("carla@shop.example", "", "carla@shop.example"),
        ("Carla Customer <Carla@Shop.Example>", "Carla Customer", "carla@shop.example"),
        ('"Customer, Carla" <carla@shop.example>', "Customer, Carla", "carla@shop.example"),
        ("=?utf-8?q?Zo=C3=AB?= <zoe@shop.example>", "Zoë", "zoe@shop.example"),
        ("Zoë <zoe@shop.example>", "Zoë", "zoe@shop.example"),
        ("carla@shop.example (Carla)", "Carla", "carla@shop.example"),
        ('"ann@acme.example" <evil@evil.example>', "ann@acme.example", "evil@evil.example"),
        ("(ann@acme.example) evil@evil.example", "ann@acme.example", "evil@evil.example"),
        ("=?utf-8?q?a=3Ab?= <carla@shop.example>", "a:b", "carla@shop.example"),
        ("Carla\r\n <carla@shop.example>", "Carla", "carla@shop.example"),
        ("=?utf-8?q?a=0D=0Ab?= <carla@shop.example>", "a b", "carla@shop.example"),
        ("=?utf-8?b?Wm/DqwA?= <carla@shop.example>", "Zoë", "carla@shop.example"),
        ("=?utf-8?b?Q2FybGEx1?= <carla@shop.example>", "Carla1", "carla@shop.example"),
        ("=?punycode?q?abc-def?= <carla@shop.example>", "abc-def", "carla@shop.example"),
        ("=?utf-8?q?" + "a" * 80 + "?= <carla@shop.example>", "a" * 80, "carla@shop.example"),
    ],
)
def test_one_sender_is_beyond_doubt(value: str, name: str, addr_spec: str) -> None:
    names = read_names(Fields(f"From: {value}\r\n".encode()))

    assert names.from_ == Address(name=name, addr_spec=addr_spec)
    assert names.from_defect == ""


@pytest.mark.parametrize(
    "block",
    [
        "",
        "From:\r\n",
        "From: Carla\r\n",
        "From: ann@acme.example <evil@evil.example>\r\n",
        "From: <ann@acme.example> <evil@evil.example>\r\n",
        "From: ann@acme.example, evil@evil.example\r\n",
        "From: ann@acme.example\r\nFrom: evil@evil.example\r\n",
        "From: friends: ann@acme.example;\r\n",
        "From: friends:;\r\n",
        "From: <ann@acme.example\r\n",
        "From: ann@acme.example>\r\n",
        "From: ann@acme.example\0 <evil@evil.example>\r\n",
        "From: ann@@acme.example\r\n",
        "From: ann@acme.example@evil.example\r\n",
        "From: ann @acme.example, \r\n <evil@evil.example>\r\n",
        "From: " + "(" * 1000 + ")" * 1000 + "ann@acme.example" + " " * 3000 + "\r\n",
        'From: "ann@acme.example\r\n',
        "From: <@evil.example:ann@acme.example>\r\n",
        "From: ann(@evil.example)@acme.example\r\n",
        "From: ann@(evil.example)acme.example\r\n",
    ],
)
def test_sender_in_doubt_is_said_to_be(block: str) -> None:
    assert read_names(Fields(block.encode())).from_defect


def test_broken_sender_is_still_shown() -> None:
    assert read_names(Fields(b"From: Carla carla@shop.example <>\r\n")).from_ == Address(addr_spec="carla@shop.example")


def test_repeated_recipients_are_joined() -> None:
    names = read_names(
        Fields(
            b"To: a@x.example, B <b@x.example>\r\nTo: c@x.example\r\nCc: team: d@x.example;\r\nReply-To: e@x.example"
        )
    )

    assert [to.addr_spec for to in names.to] == ["a@x.example", "b@x.example", "c@x.example"]
    assert [cc.addr_spec for cc in names.cc] == ["d@x.example"]
    assert [address.addr_spec for address in names.reply_to] == ["e@x.example"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Sun, 22 Nov 2026 11:00:00 +0100", "2026-11-22T10:00:00+00:00"),
        ("22 Nov 2026 10:00 GMT", "2026-11-22T10:00:00+00:00"),
        ("Sun, 22 Nov 2026 10:00:00 -0000 (UTC)", "2026-11-22T10:00:00+00:00"),
        ("Sun Nov 22 10:00:00 2026", "2026-11-22T10:00:00+00:00"),
        ("yesterday", None),
        ("Sun, 99 Nov 2026 10:00:00 +0000", None),
        ("Sun, 22 Nov 99999 10:00:00 +0000", None),
        ("", None),
    ],
)
def test_date_is_aware_utc_or_none(value: str, expected: str | None) -> None:
    date = read_names(Fields(f"Date: {value}\r\n".encode())).date

    assert (date.isoformat() if date else None) == expected
