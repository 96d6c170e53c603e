"""What does an agent hear of in the morning, and why?"""

from datetime import timedelta
from typing import Any

import pytest

from mailticket.desk.policy import Agent
from mailticket.desk.ticket import Priority, Status
from mailticket.desk.worklist import Line, Section, by_section, others_teams
from tests.factories import ANN, NOW, make_policy

BEN = Agent(name="Ben", address="ben@acme.example", teams=("returns",))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def line(**over: Any) -> Line:
    values: dict[str, Any] = {
        "id": 1, "number": "1", "title": "Vase", "customer": "Carla", "status": Status.IN_PROGRESS,
        "priority": Priority.NORMAL, "team": "", "assignee": ANN.address, "created_at": NOW - DAY,
    }  # fmt: skip
    return Line(**values | over)


@pytest.mark.parametrize(
    ("one", "section"),
    [
        pytest.param(line(), Section.WAITING, id="her own"),
        pytest.param(line(status=Status.PENDING_AGENT), Section.WAITING, id="the customer has written"),
        pytest.param(line(status=Status.PENDING_CUSTOMER), None, id="it waits for the customer"),
        pytest.param(line(due_at=NOW - HOUR), Section.OVERDUE, id="overdue"),
        pytest.param(
            line(due_at=NOW - HOUR, status=Status.PENDING_CUSTOMER), Section.OVERDUE, id="overdue at the customer"
        ),
        pytest.param(line(due_at=NOW + HOUR), Section.TODAY, id="due today"),
        pytest.param(line(due_at=NOW + DAY), Section.WAITING, id="due tomorrow"),
        pytest.param(line(due_at=NOW - HOUR, status=Status.RESOLVED), None, id="overdue and done"),
        pytest.param(line(assignee=""), Section.UNASSIGNED, id="nobody's"),
        pytest.param(line(assignee="", due_at=NOW - HOUR), Section.OVERDUE, id="nobody's and overdue"),
        pytest.param(line(assignee=BEN.address, due_at=NOW - HOUR), None, id="somebody else's"),
        pytest.param(line(assignee="gone@acme.example"), Section.UNASSIGNED, id="of an agent who has left"),
        pytest.param(line(snoozed_until=NOW + HOUR), None, id="put off"),
        pytest.param(line(snoozed_until=NOW - HOUR), Section.WAITING, id="put off until now"),
    ],
)
def test_section_of_a_ticket(one: Line, section: Section | None) -> None:
    assert list(by_section([one], ANN, NOW, make_policy(agents=(ANN, BEN)))) == ([section] if section else [])


@pytest.mark.parametrize(
    ("due", "section"), [(-HOUR, Section.OVERDUE), (HOUR, Section.TODAY), (DAY, None), (None, None)]
)
def test_of_who_is_away_others_hear_what_is_due(due: timedelta | None, section: Section | None) -> None:
    one = line(assignee=BEN.address, due_at=due and NOW + due)
    policy = make_policy(agents=(ANN, BEN))

    assert list(by_section([one], ANN, NOW, policy, {BEN.address})) == ([section] if section else [])


def test_today_is_the_agents_own() -> None:
    # NOW is noon in UTC; in Auckland it is one in the morning of the next day
    far = Agent(name="Ann", address=ANN.address, timezone="Pacific/Auckland")
    at_midnight = line(due_at=NOW + 12 * HOUR)

    assert list(by_section([at_midnight], ANN, NOW, make_policy())) == [Section.WAITING]
    assert list(by_section([at_midnight], far, NOW, make_policy())) == [Section.TODAY]


def test_the_most_urgent_comes_first() -> None:
    lines = [
        line(id=1, number="old", created_at=NOW - 3 * DAY),
        line(id=2, number="due", due_at=NOW + 2 * DAY),
        line(id=3, number="new", created_at=NOW - HOUR),
    ]

    (found,) = by_section(lines, ANN, NOW, make_policy()).values()

    assert [one.number for one in found] == ["due", "old", "new"]


@pytest.mark.parametrize(
    ("agents", "agent", "others"),
    [
        pytest.param((ANN, BEN), ANN, ["returns"], id="a team of others"),
        pytest.param((ANN, BEN), BEN, [], id="the own team"),
        pytest.param((ANN,), ANN, [], id="teams without people are everybody's"),
    ],
)
def test_teams_of_others(agents: tuple[Agent, ...], agent: Agent, others: list[str]) -> None:
    assert list(others_teams(agent, make_policy(agents=agents))) == others
