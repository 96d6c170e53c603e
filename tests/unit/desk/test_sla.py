"""Which SLA is a ticket's, when is its answer due, and what is its customer told?"""

from datetime import UTC, datetime

import pytest

from mailticket.desk.hours import Hours
from mailticket.desk.policy import Sla
from mailticket.desk.sla import answer_due, promised
from mailticket.desk.ticket import Priority
from tests.factories import make_policy, make_ticket

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
FAST = Sla(name="fast", priorities=("urgent", "high"), answer_hours=2)
RETURNS = Sla(name="returns", teams=("returns",), types=("refund",), answer_hours=4)
ALL = Sla(name="all", answer_hours=16)


@pytest.mark.parametrize(
    ("slas", "ticket", "due"),
    [
        ((), {}, None),
        ((FAST,), {}, None),
        ((FAST, ALL), {"priority": Priority.URGENT}, "2026-11-23T12:00"),
        ((FAST, ALL), {"priority": Priority.LOW}, "2026-11-25T10:00"),
        ((ALL, FAST), {"priority": Priority.URGENT}, "2026-11-25T10:00"),
        ((RETURNS, ALL), {"team": "returns", "type": "refund"}, "2026-11-23T14:00"),
        ((RETURNS, ALL), {"team": "returns"}, "2026-11-25T10:00"),
        ((RETURNS,), {"type": "refund"}, None),
    ],
    ids=["none", "not for it", "first", "second", "order counts", "team and type", "team alone", "type alone"],
)
def test_the_first_sla_that_is_for_a_ticket_counts(slas: tuple[Sla, ...], ticket: dict[str, str], due: str) -> None:
    one = make_ticket(**ticket)

    found = answer_due(one.priority, one.type, one.team, MONDAY, make_policy(slas=slas))

    assert found == (datetime.fromisoformat(due).replace(tzinfo=UTC) if due else None)


def test_holidays_and_the_desks_place_count() -> None:
    policy = make_policy(slas=(ALL,), timezone="Europe/Berlin", hours=Hours(holidays="DE"))

    due = answer_due("normal", "general", "", datetime(2026, 12, 24, 9, 0, tzinfo=UTC), policy)

    # seven hours on Thursday, holidays and a weekend, eight on Monday, one on Tuesday
    assert due == datetime(2026, 12, 29, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("due", "told"),
    [
        ("2026-11-24T11:00:00", "2026-11-24T12:00:00+01:00"),
        ("2026-11-24T11:00:01", "2026-11-24T12:30:00+01:00"),
        ("2026-11-24T11:29:59", "2026-11-24T12:30:00+01:00"),
        ("2026-11-24T11:30:00", "2026-11-24T12:30:00+01:00"),
        ("2026-11-24T22:45:00", "2026-11-25T00:00:00+01:00"),
        ("2026-10-25T00:10:00", "2026-10-25T02:30:00+02:00"),
        ("2026-10-25T01:10:00", "2026-10-25T02:30:00+01:00"),
        ("2026-03-29T00:40:00", "2026-03-29T03:00:00+02:00"),
    ],
)
def test_what_is_promised_is_a_round_time_and_never_too_early(due: str, told: str) -> None:
    assert promised(datetime.fromisoformat(due).replace(tzinfo=UTC), "Europe/Berlin") == told


def test_nothing_is_promised_where_nothing_is_due() -> None:
    assert promised(None, "UTC") == ""
