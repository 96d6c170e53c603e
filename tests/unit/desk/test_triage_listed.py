"""What do a spam filter of ours, and people's lists of senders, decide?"""

from dataclasses import replace
from typing import Any

import pytest

from mailticket.desk.buttons import Word
from mailticket.desk.confirmation import scopes
from mailticket.desk.decision import Ignore
from mailticket.desk.sender import Role
from mailticket.desk.senders import ListedSender, Listing
from mailticket.desk.triage import triage
from mailticket.mail.identity import Verdict
from tests.factories import NOW, make_mail
from tests.unit.desk.cases import KNOWN, WRITERS, make_case

BLOCKED = ListedSender(
    pattern="shop.example", listing=Listing.BLOCK, reason="sells lists", until=None, actor="cli", at=NOW
)
ALLOWED = replace(BLOCKED, listing=Listing.ALLOW)


@pytest.mark.parametrize(
    ("role", "verdict", "over", "held"),
    [
        (Role.STRANGER, Verdict.PASS, {}, True),
        (Role.REQUESTER, Verdict.PASS, {}, True),
        (Role.AGENT, Verdict.NONE, {}, True),
        (Role.AGENT, Verdict.PASS, {}, False),
        (Role.STRANGER, Verdict.NONE, {"filtered": False}, False),
        (Role.STRANGER, Verdict.NONE, {"listed": ALLOWED}, False),
        (Role.STRANGER, Verdict.NONE, {"word": Word.RELEASE}, False),
    ],
    ids=["stranger", "requester", "doubtful agent", "agent", "nobody of ours has looked", "allowed", "released"],
)
def test_spam_is_held_where_a_filter_of_ours_says_so(
    role: Role, verdict: Verdict, over: dict[str, Any], held: bool
) -> None:
    mail = make_mail(from_=WRITERS[role], spam="x-spam-flag: YES")
    case = make_case(role, verdict, KNOWN, **{"mail": mail, "filtered": True} | over)

    assert (getattr(triage(case), "reason", "") == "spam") is held


def test_what_no_filter_calls_spam_is_none() -> None:
    assert getattr(triage(make_case(Role.STRANGER, Verdict.PASS, None, filtered=True)), "reason", "") != "spam"


@pytest.mark.parametrize("verdict", list(Verdict))
@pytest.mark.parametrize("role", WRITERS)
def test_mail_of_who_is_blocked_becomes_nothing(role: Role, verdict: Verdict) -> None:
    decision = triage(make_case(role, verdict, KNOWN, listed=BLOCKED))

    assert decision == Ignore(reason="blocked: shop.example: sells lists")


@pytest.mark.parametrize("verdict", list(Verdict))
@pytest.mark.parametrize("role", WRITERS)
def test_who_is_allowed_is_no_better_known(role: Role, verdict: Verdict) -> None:
    assert triage(make_case(role, verdict, KNOWN, listed=ALLOWED)) == triage(make_case(role, verdict, KNOWN))


def test_who_is_allowed_counts_for_no_cap_but_that_of_the_address() -> None:
    address = "carla@shop.example"

    assert scopes(address, Verdict.NONE, allowed=True) == scopes(address, Verdict.NONE)[:1]
    assert scopes(address, Verdict.PASS, allowed=True) == scopes(address, Verdict.PASS)
