"""When will what leave, and why not now?"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mailticket.desk.urgency import Rank
from mailticket.outbound.forecast import Forecast, forecast
from mailticket.outbound.pace import Limits
from mailticket.store.outbox_view import Unsent
from mailticket.store.pace import RelayPace

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def mail(id_: int, rank: Rank = Rank.AWAITED, **over: Any) -> Unsent:
    values: dict[str, Any] = {
        "id": id_, "notice": "confirmation", "to": ("carla@shop.example",), "ticket": None, "priority": rank,
        "recipients": 1, "attempts": 0, "next_attempt_at": NOW - MINUTE, "last_error": "", "state": "queued",
    }  # fmt: skip
    return Unsent(**values | over)


def seen(
    *mails: Unsent,
    known: RelayPace | None = None,
    given: list[tuple[datetime, int]] | None = None,
    **limits: int,
) -> dict[int, Forecast]:
    return dict(forecast(mails, Limits(connections=4, **limits), known or RelayPace(), given or [], NOW))


def minutes(found: dict[int, Forecast]) -> list[tuple[int, float]]:
    """Ids in the order of their places, with the minutes until they leave."""
    leaving = sorted((one.place, id_, one.leaves_at) for id_, one in found.items() if one.place and one.leaves_at)
    return [(id_, (at - NOW) / MINUTE) for _, id_, at in leaving]


def test_without_a_limit_all_leaves_now_and_answers_first() -> None:
    found = seen(mail(1, Rank.SUMMARY), mail(2, Rank.UPDATE), mail(3), mail(4, Rank.ANSWER))

    assert minutes(found) == [(4, 0), (3, 0), (2, 0), (1, 0)]
    assert {one.why for one in found.values()} == {"leaves now"}


def test_pace_spreads_them_and_urgent_mail_that_comes_due_meanwhile_passes_the_others() -> None:
    answer = mail(9, Rank.ANSWER, next_attempt_at=NOW + 90 * MINUTE / 60, last_error="451 later", attempts=1)

    found = seen(*map(mail, range(1, 4)), answer, rate_per_minute=1)

    assert minutes(found) == [(1, 0), (2, 1), (9, 2), (3, 3)]
    assert [found[id_].why for id_ in (1, 2, 9)] == ["leaves now", "paced: 1 a minute", "retry: 451 later"]


def test_small_mail_passes_one_that_the_day_has_no_room_for() -> None:
    large = mail(1, Rank.ANSWER, recipients=3)

    found = seen(large, mail(2, Rank.ANSWER), mail(3, Rank.ANSWER), given=[(NOW + HOUR, 18)], per_day=20)

    assert minutes(found) == [(2, 0), (3, 0), (1, 60)]


def test_what_leaves_within_a_minute_makes_room_in_one_moment() -> None:
    of_each = [1] * 4 + [3, 1]

    found = seen(*(mail(id_, Rank.ANSWER, recipients=n) for id_, n in enumerate(of_each)), rate_per_minute=6, per_day=4)

    assert minutes(found)[4] == (4, 24 * 60), "the large one is not passed by the small one behind it"


def test_mail_behind_a_used_up_day_leaves_when_yesterdays_mails_no_longer_count() -> None:
    given = [(NOW + HOUR, 5), (NOW + 2 * HOUR, 90)]

    found = seen(mail(1, Rank.ANSWER), mail(2), mail(3, Rank.UPDATE), given=given, per_day=100)

    assert minutes(found) == [(1, 0), (2, 60), (3, 120)]
    assert found[2].why == "95 % of per_day = 100 reached, goes on at 2026-11-23 10:00 UTC"
    assert found[3].why == "80 % of per_day = 100 reached, goes on at 2026-11-23 11:00 UTC"


def test_mails_of_today_count_against_those_of_tomorrow() -> None:
    found = seen(*(mail(id_, Rank.ANSWER) for id_ in range(1, 4)), per_day=2)

    assert minutes(found) == [(1, 0), (2, 0), (3, DAY / MINUTE)]


def test_one_mail_that_is_larger_than_a_day_leaves_alone() -> None:
    found = seen(mail(1, recipients=7), mail(2), per_day=5)

    assert minutes(found) == [(1, 0), (2, DAY / MINUTE)]


def test_while_the_relay_wants_less_the_pace_rises_step_by_step() -> None:
    known = RelayPace(
        slowed_since=NOW, rising_since=NOW, share=0.5, full_rate=2.0, reply="450 4.7.1 slower", next_at=NOW + MINUTE
    )

    found = seen(*map(mail, range(1, 13)), known=known)

    moments = [at for _, at in minutes(found)]
    assert moments[:2] == [1, pytest.approx(1.83, abs=0.01)]
    assert moments[-1] == moments[-2], "the slow time is over"
    assert found[2].why == "the relay asked us to slow down: 450 4.7.1 slower"


def test_nobody_knows_when_a_relay_comes_back() -> None:
    known = RelayPace(away_since=NOW - HOUR, away_reason="mx:25 cannot be used: Connection refused")

    found = seen(mail(1), mail(2, Rank.ANSWER), known=known)

    assert [(found[id_].place, found[id_].leaves_at) for id_ in (2, 1)] == [(1, None), (2, None)]
    assert found[1].why == (
        "the relay is away since 2026-11-23 08:00 UTC: mx:25 cannot be used: Connection refused"
    )  # fmt: skip


def test_mail_that_has_failed_never_leaves() -> None:
    found = seen(mail(1, state="failed", last_error="550 5.1.1 unknown"))

    assert found[1] == Forecast(leaves_at=None, place=None, why="failed, not tried again: 550 5.1.1 unknown")


def test_ten_thousand_mails_are_foreseen_at_once() -> None:
    given = [(NOW + minute * MINUTE, 7) for minute in range(1, 1440)]

    found = seen(*map(mail, range(10_000)), given=given, rate_per_minute=30, per_day=10_000)

    assert len({one.place for one in found.values()}) == 10_000
