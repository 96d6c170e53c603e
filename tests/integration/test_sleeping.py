"""Tickets that are put off, and agents who are away: both come back, and somebody hears of the mail meanwhile."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from mailticket import jobs
from mailticket.store import tables as t
from mailticket.store.engine import Store
from tests.factories import ANN, NOW, make_raw
from tests.integration.nodes import Node, node
from tests.integration.ordering import BEN, LEA, kinds, notified, order


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Iterator[Node]:
    """A node with three agents."""
    with node(store, tmp_path / "blobs", agents=(ANN, BEN, LEA)) as running:
        yield running


def test_snoozed_ticket_comes_back_and_its_agents_hear_of_it(desk: Node) -> None:
    number = desk.open(make_raw())
    order(desk, number, "#claim\n#snooze 4h")
    before = len(desk.queued(notifications=True))
    jobs.wake_tickets(desk.ledger, NOW + timedelta(hours=3))
    assert "woken" not in kinds(desk, number)

    for _ in range(2):
        jobs.wake_tickets(desk.ledger, NOW + timedelta(hours=5))

    assert kinds(desk, number).count("woken") == 1
    assert desk.show(number)["status"] == "pending_agent"
    assert notified(desk, before) == [ANN.address]


@pytest.mark.parametrize("status", ["open", "in_progress"])
def test_customer_wakes_a_ticket(desk: Node, status: str) -> None:
    number = desk.open(make_raw())
    order(desk, number, f"#snooze 2d\n#{status}")

    desk.receive(make_raw(message_id="<2@x>", In_Reply_To="<vase@shop.example>"))
    jobs.wake_tickets(desk.ledger, NOW + timedelta(days=3))

    assert "woken" not in kinds(desk, number)


def test_mail_for_an_agent_who_is_away_goes_to_the_team(desk: Node) -> None:
    number = desk.open(make_raw())
    order(desk, number, "#team returns\n#claim\n#away until 2026-12-01")
    before = len(desk.queued(notifications=True))

    desk.receive(make_raw(message_id="<2@x>", In_Reply_To="<vase@shop.example>"))
    assert notified(desk, before) == [BEN.address]

    order(desk, number, "#away off")
    desk.receive(make_raw(message_id="<3@x>", In_Reply_To="<vase@shop.example>"))
    assert notified(desk, before) == [BEN.address, ANN.address]


def test_absence_ends_by_itself(desk: Node) -> None:
    number = desk.open(make_raw())
    order(desk, number, "#claim\n#away until 2026-11-24")
    before = len(desk.queued(notifications=True))
    desk.clock.time = NOW + timedelta(days=3)

    desk.receive(make_raw(message_id="<2@x>", In_Reply_To="<vase@shop.example>"))

    assert notified(desk, before) == [ANN.address]


def test_somebody_hears_of_it_when_all_are_away(desk: Node) -> None:
    number = desk.open(make_raw())
    for agent in (BEN, LEA, ANN):
        order(desk, number, "#away until 2026-12-01", agent=agent)
    before = len(desk.queued(notifications=True))

    desk.receive(make_raw(message_id="<2@x>", In_Reply_To="<vase@shop.example>"))

    assert notified(desk, before) == [ANN.address, BEN.address, LEA.address]


def test_many_sleeping_tickets_cost_what_is_due(desk: Node) -> None:
    for count in range(5):
        order(desk, desk.open(make_raw(message_id=f"<{count}@x>")), f"#snooze {count + 1}h")

    jobs.wake_tickets(desk.ledger, NOW + timedelta(hours=3))

    with desk.store.reading() as connection:
        asleep = connection.execute(select(func.count(t.tickets.c.snoozed_until))).scalar_one()
    assert asleep == 2
