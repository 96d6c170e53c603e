"""How fast may mail leave? The arithmetic, by a clock that is moved."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from mailticket.desk.urgency import Rank
from mailticket.outbound import pace
from mailticket.outbound.pace import Limits
from mailticket.outbound.throttle import Throttle
from mailticket.store.pace import RelayPace

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def leaving(limits: Limits, known: RelayPace, minutes: int) -> list[datetime]:
    """When mails leave where there is always one more, looked at ten times a second."""
    moments, now = [], NOW
    while now < NOW + minutes * MINUTE:
        while pace.next_turn(limits, known, now) <= now:
            moments.append(now)
            known = pace.taken(limits, known, now)
        now += SECOND / 10
    return moments


def complained(known: RelayPace, at: datetime, throttle: Throttle = Throttle.RATE, **over: int) -> RelayPace:
    limits = Limits(**{"connections": 4, "rate_per_minute": 60} | over)
    return pace.slowed(limits, known, throttle, "450 4.7.1 too much mail", 0, at)


@pytest.mark.parametrize("limit", [1, 2, 7, 10, 30, 100, 600])
def test_no_minute_has_more_mails_than_the_limit_and_none_has_many_less(limit: int) -> None:
    moments = leaving(Limits(connections=4, rate_per_minute=limit), RelayPace(), 3)

    most = max(sum(begin <= one < begin + MINUTE for one in moments) for begin in moments)
    assert 0.85 * limit <= most <= limit


def test_mails_leave_evenly_after_a_small_burst() -> None:
    moments = leaving(Limits(connections=4, rate_per_minute=30), RelayPace(), 2)

    gaps = [(after - before) / SECOND for before, after in pairwise(moments)]
    assert gaps[:2] == [0, 0]
    assert all(2 < gap < 2.3 for gap in gaps[2:])


def test_without_a_limit_nothing_waits_and_nothing_is_counted() -> None:
    limits = Limits(connections=4)

    assert pace.is_free(limits, RelayPace())
    assert pace.next_turn(limits, RelayPace(next_at=NOW + MINUTE), NOW) == NOW
    assert not pace.is_free(limits, RelayPace(slowed_since=NOW))


def test_complaint_halves_the_pace_and_quiet_minutes_bring_it_back() -> None:
    limits, known = Limits(connections=4, rate_per_minute=60), complained(RelayPace(), NOW)

    seen = [pace.rate(limits, known, NOW + minutes * MINUTE) for minutes in range(6)]

    assert seen == pytest.approx([30, 36, 42, 48, 54, 60])
    assert [pace.connections(limits, known, NOW + minutes * MINUTE) for minutes in (0, 3, 5)] == [2, 3, 4]
    assert not pace.is_over(known, NOW + 4 * MINUTE)
    assert pace.is_over(known, NOW + 5 * MINUTE)
    assert pace.resumed(known).slowed_since is None


def test_complaints_of_mails_that_were_on_their_way_together_count_once() -> None:
    known = RelayPace()
    for seconds in (0, 1, 3):
        known = complained(known, NOW + seconds * SECOND)

    assert known.share == pytest.approx(0.5, abs=0.02)
    assert complained(known, NOW + 15 * SECOND).share == pytest.approx(0.25, abs=0.03)
    assert complained(known, NOW + 15 * SECOND).slowed_since == NOW, "it is still the same slow time"


def test_pace_never_falls_below_a_mail_a_minute_and_one_connection() -> None:
    known = RelayPace()
    for count in range(40):
        known = complained(known, NOW + count * 11 * SECOND)
    now = NOW + 440 * SECOND

    assert pace.rate(Limits(connections=4, rate_per_minute=60), known, now) >= 1
    assert pace.connections(Limits(connections=4), known, now) == 1
    assert known.next_at is not None
    assert known.next_at <= now + MINUTE


@pytest.mark.parametrize(("recently", "expected"), [(0, 15), (1200, 600)])
def test_pace_without_a_limit_is_halved_by_what_really_left(recently: int, expected: int) -> None:
    limits = Limits(connections=4)

    known = pace.slowed(limits, RelayPace(), Throttle.RATE, "450 too much", recently, NOW)

    assert pace.rate(limits, known, NOW) == expected


def test_days_that_are_used_up_are_asked_again_after_an_hour() -> None:
    known = complained(RelayPace(), NOW, Throttle.DAY)

    limits = Limits(connections=4, rate_per_minute=60)
    assert pace.next_turn(limits, known, NOW) == NOW + 60 * MINUTE
    assert not pace.is_over(known, NOW + 61 * MINUTE)
    again = complained(known, NOW + 60 * MINUTE, Throttle.DAY)
    assert pace.next_turn(limits, again, NOW + 60 * MINUTE) == NOW + 120 * MINUTE


@pytest.mark.parametrize(
    ("used", "left"),
    [
        (0, None),
        (79, {Rank.ANSWER: 21, Rank.AWAITED: 16, Rank.UPDATE: 1, Rank.SUMMARY: 1}),
        (80, {Rank.ANSWER: 20, Rank.AWAITED: 15, Rank.UPDATE: 0, Rank.SUMMARY: 0}),
        (95, {Rank.ANSWER: 5, Rank.AWAITED: 0, Rank.UPDATE: -15, Rank.SUMMARY: -15}),
        (100, {Rank.ANSWER: 0, Rank.AWAITED: -5, Rank.UPDATE: -20, Rank.SUMMARY: -20}),
    ],
)
def test_end_of_a_day_is_kept_for_those_who_need_it(used: int, left: dict[Rank, int] | None) -> None:
    assert pace.left_today(Limits(connections=4, per_day=100), used) == left


def test_what_a_wrong_clock_has_written_keeps_no_mail_back() -> None:
    limits, jump = Limits(connections=4, rate_per_minute=60), timedelta(days=1000)
    poisoned = complained(pace.taken(limits, RelayPace(), NOW + jump), NOW + jump, Throttle.DAY)

    believed = pace.believed(poisoned, NOW)

    assert pace.next_turn(limits, poisoned, NOW) > NOW + jump
    assert pace.next_turn(limits, believed, NOW) <= NOW
    assert pace.is_over(believed, NOW)


def test_every_turn_and_pause_of_a_right_clock_is_believed() -> None:
    limits, known = Limits(connections=4, rate_per_minute=1), RelayPace()
    for second in range(5):
        known = complained(pace.taken(limits, known, NOW), NOW + second * 20 * SECOND, Throttle.DAY, rate_per_minute=1)

    assert pace.believed(known, NOW) == known
