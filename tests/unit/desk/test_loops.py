"""Who is too fast for a person."""

from datetime import timedelta

import pytest

from mailticket.desk.loops import followed_scope, has_followed, is_machine, is_quick, quick_scope, silence_scope
from mailticket.mail.identity import Verdict
from tests.factories import NOW, make_policy

POLICY = make_policy()
BY_HAND = make_policy(quick_answer=timedelta())


@pytest.mark.parametrize(
    ("after", "quick", "followed"),
    [
        (timedelta(), True, True),
        (timedelta(seconds=15), True, True),
        (timedelta(seconds=16), False, True),
        (timedelta(minutes=1), False, True),
        (timedelta(seconds=61), False, False),
        (timedelta(seconds=-1), True, True),
        (timedelta(days=-3), False, False),
    ],
    ids=["at once", "in time", "too late", "a minute", "more than that", "by another clock", "long before"],
)
def test_a_mail_is_counted_from_when_ours_left(after: timedelta, quick: bool, followed: bool) -> None:
    assert is_quick(NOW, NOW + after, POLICY) is quick
    assert has_followed(NOW, NOW + after, POLICY) is followed


def test_where_nothing_left_nothing_was_answered() -> None:
    assert not is_quick(None, NOW, POLICY)


def test_a_desk_can_do_without() -> None:
    assert not is_quick(NOW, NOW, BY_HAND)
    assert not has_followed(NOW, NOW, BY_HAND)


@pytest.mark.parametrize(("times", "machine"), [(1, False), (2, False), (3, True), (4, True)])
def test_two_quick_answers_may_be_chance(times: int, machine: bool) -> None:
    assert is_machine(times) is machine


@pytest.mark.parametrize("scope", [quick_scope, followed_scope, silence_scope])
def test_forged_mail_is_not_counted_with_its_owners(scope: object) -> None:
    assert callable(scope)
    assert scope("carla@shop.example", Verdict.NONE) != scope("carla@shop.example", Verdict.PASS)
