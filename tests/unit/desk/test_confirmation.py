"""Who gets no confirmation, and why."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from mailticket.desk.confirmation import breaks, capped, is_acquaintance, is_own, scopes, why_silent
from mailticket.desk.policy import Caps
from mailticket.desk.ticket import Standing
from mailticket.mail.identity import Verdict
from mailticket.mail.message import Address
from tests.factories import DESK, NOW, make_envelope, make_mail, make_policy, make_sender

NEVER = make_policy(confirmations=Caps(unverified=False))


@pytest.mark.parametrize(
    ("mail", "reason"),
    [
        ({}, ""),
        ({"auto_submitted": True}, "automatic_mail"),
        ({"is_list": True}, "mailing_list"),
        ({"loop_marks": ("another desk",)}, ""),
        ({"from_defect": "There are two From fields."}, "no_unambiguous_sender"),
        ({"return_path": ""}, ""),
    ],
    ids=["an ordinary mail", "a machine's", "a list's", "another desk's", "of nobody in particular", "header only"],
)
def test_mail_that_is_not_answered(mail: dict[str, Any], reason: str) -> None:
    assert why_silent(make_mail(**mail), make_envelope(), make_sender(), make_policy(), NOW) == reason


@pytest.mark.parametrize(
    ("envelope", "return_path", "reason"),
    [
        ({"mail_from": ""}, None, "null_reverse_path"),
        ({"mail_from": ""}, "carla@shop.example", "null_reverse_path"),
        ({"mail_from": None}, "", "null_reverse_path"),
        ({"mail_from": None}, None, ""),
        ({"confirm": False}, None, "not_wanted"),
        ({"received_at": NOW - timedelta(hours=24)}, None, ""),
        ({"received_at": NOW - timedelta(hours=24, seconds=1)}, None, "too_old"),
    ],
    ids=[
        "null reverse-path",
        "the envelope knows better than the header",
        "null Return-Path in a mailbox",
        "a mailbox that knows no reverse-path",
        "not wanted",
        "as old as may be",
        "older",
    ],
)
def test_envelope_that_is_not_answered(envelope: dict[str, Any], return_path: str | None, reason: str) -> None:
    mail = make_mail(return_path=return_path)

    assert why_silent(mail, make_envelope(**envelope), make_sender(), make_policy(), NOW) == reason


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("no-reply@shop.example", "no_reply_address"),
        ("noreply@shop.example", "no_reply_address"),
        ("mailer-daemon@shop.example", "no_reply_address"),
        (DESK, "own_address"),
        ("support+x@acme.example", "own_address"),
        ("returns@acme.example", "own_address"),
        ("replying@shop.example", ""),
    ],
)
def test_address_that_is_not_answered(address: str, reason: str) -> None:
    sender = make_sender(Address(addr_spec=address))

    assert why_silent(make_mail(), make_envelope(), sender, make_policy(), NOW) == reason


def test_nobody_is_not_answered() -> None:
    silent = why_silent(make_mail(), make_envelope(), make_sender(None), make_policy(), NOW)

    assert silent == "no_unambiguous_sender"


@pytest.mark.parametrize(
    ("verdict", "where_capped", "where_never"),
    [(Verdict.PASS, "", ""), (Verdict.NONE, "", "not_verified"), (Verdict.FAIL, "failed_verdict", "failed_verdict")],
    ids=str,
)
def test_verdict_that_is_not_answered(verdict: Verdict, where_capped: str, where_never: str) -> None:
    sender = make_sender(verdict=verdict)

    assert why_silent(make_mail(), make_envelope(), sender, make_policy(), NOW) == where_capped
    assert why_silent(make_mail(), make_envelope(), sender, NEVER, NOW) == where_never


@pytest.mark.parametrize(
    ("address", "own"),
    [
        (DESK, True),
        ("support+b-token@acme.example", True),
        ("support+a+b@acme.example", True),
        ("support@other.example", False),
        ("supporter@acme.example", False),
        ("support", False),
        ("", False),
    ],
)
def test_own_addresses_are_known_in_all_their_forms(address: str, own: bool) -> None:
    assert is_own(address, make_policy()) is own


def test_confirmation_counts_towards_address_domain_and_all() -> None:
    assert scopes("carla@shop.example", Verdict.NONE) == ("address:carla@shop.example", "domain:shop.example", "all")


def test_proved_mail_counts_towards_its_address_only_and_apart_from_forged_mail() -> None:
    assert scopes("carla@shop.example", Verdict.PASS) == ("proved:carla@shop.example",)
    assert capped([3], make_policy(confirmations=CAPS)) == "capped_by_address"
    assert capped([2], make_policy(confirmations=CAPS)) == ""


CAPS = Caps(per_address_per_hour=3, per_domain_per_hour=60, per_hour=600)


@pytest.mark.parametrize(
    ("counts", "caps", "reason"),
    [
        ((0, 0, 0), CAPS, ""),
        ((2, 59, 599), CAPS, ""),
        ((3, 3, 3), CAPS, "capped_by_address"),
        ((0, 60, 60), CAPS, "capped_by_domain"),
        ((0, 0, 600), CAPS, "capped_in_all"),
        ((3, 60, 600), CAPS, "capped_by_address"),
        ((0, 0, 0), Caps(per_address_per_hour=0), "capped_by_address"),
    ],
    ids=["none yet", "one below each", "address", "domain", "all", "the narrowest is named", "0 means none at all"],
)
def test_cap_that_is_reached_is_named(counts: tuple[int, int, int], caps: Caps, reason: str) -> None:
    assert capped(counts, make_policy(confirmations=caps)) == reason


@pytest.mark.parametrize(
    ("strangers", "known", "per_hour", "result"),
    [
        (20, 0, 600, False),
        (21, 0, 600, True),
        (21, 4, 600, True),
        (21, 5, 600, False),
        (25, 5, 600, False),
        (26, 5, 600, True),
        (5000, 1000, 600, False),
        (20, 0, 10, False),
        (100, 0, 3000, False),
        (101, 0, 3000, True),
    ],
)
def test_too_many_strangers_beside_those_whom_we_know_break(
    strangers: int, known: int, per_hour: int, result: bool
) -> None:
    policy = make_policy(confirmations=Caps(per_hour=per_hour))

    assert breaks(strangers, known, policy) is result


@pytest.mark.parametrize(
    ("since", "result"),
    [(None, False), (NOW, False), (NOW - timedelta(hours=23), False), (NOW - timedelta(days=1), True)],
    ids=["its first mail", "met just now", "met today", "met yesterday"],
)
def test_an_address_is_known_a_day_after_its_first_mail(since: datetime | None, result: bool) -> None:
    assert is_acquaintance(Standing(since=since), NOW) is result
