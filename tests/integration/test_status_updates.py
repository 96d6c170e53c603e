"""Mails about a status: one for several changes, none for what was taken back or overtaken."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from mailticket.store import leaving
from mailticket.store import tables as t
from mailticket.store.engine import Store
from tests.factories import NOW, make_raw
from tests.integration.nodes import Node, node

LEASE = timedelta(minutes=5)
MINUTE = timedelta(minutes=1)


def claim(store: Store, after: timedelta = timedelta(0)) -> list[int]:
    """What a node begins to send."""
    with store.writing() as connection:
        return [row.id for row in leaving.claim(connection, NOW + after, 10, LEASE, "a")]


def updates(store: Store) -> list[tuple[str, str]]:
    """Status updates that wait, and what they say that it was before."""
    with store.reading() as connection:
        found = connection.execute(
            select(t.outbox.c.kind, t.outbox.c.notice)
            .where(t.outbox.c.state == "queued", t.outbox.c.kind.in_(("status_changed", "resolved", "closed")))
            .order_by(t.outbox.c.id)
        )
        return [(row.kind, row.notice["details"]["before"]) for row in found]


def test_update_waits_for_more_changes(desk: Node) -> None:
    number = desk.open(make_raw())

    desk.change(number, status="resolved")

    assert updates(desk.store) == [("resolved", "open")]
    assert len(claim(desk.store)) == 2, "the confirmation, and the agent's notification"
    assert len(claim(desk.store, after=desk.context.policy.update_delay)) == 1


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ("resolved", [("resolved", "open")]),
        ("resolved closed", [("closed", "open")]),
        ("closed resolved closed", [("closed", "open")]),
        ("resolved open", []),
        ("resolved in_progress", []),
        ("resolved open resolved", [("resolved", "open")]),
        ("in_progress pending_customer", []),
    ],
)
def test_several_changes_make_one_mail(desk: Node, steps: str, told: list[tuple[str, str]]) -> None:
    number = desk.open(make_raw())

    for status in steps.split():
        desk.change(number, status=status)

    assert updates(desk.store) == told


def test_change_that_was_told_is_the_next_ones_beginning(desk: Node) -> None:
    number = desk.open(make_raw())
    desk.change(number, status="resolved")
    with desk.store.writing() as connection:
        for found in leaving.claim(connection, NOW + MINUTE, 10, LEASE, "a"):
            leaving.sent(connection, found.id, NOW + MINUTE)

    desk.change(number, status="open")

    assert updates(desk.store) == [("status_changed", "resolved")]


def test_update_that_is_being_sent_is_not_changed_any_more(desk: Node) -> None:
    number = desk.open(make_raw())
    desk.change(number, status="resolved")
    claim(desk.store, after=MINUTE)

    desk.change(number, status="closed")

    assert updates(desk.store) == [("resolved", "open"), ("closed", "resolved")]


def test_updates_of_two_tickets_do_not_mix(desk: Node) -> None:
    one, two = desk.open(make_raw()), desk.open(make_raw(message_id="<2@x>"))

    desk.change(one, status="resolved")
    desk.change(two, status="closed")

    assert updates(desk.store) == [("resolved", "open"), ("closed", "open")]


def test_customers_own_mail_sends_no_update(desk: Node) -> None:
    number = desk.open(make_raw())
    desk.change(number, status="resolved")
    claim(desk.store, after=MINUTE)

    desk.receive(make_raw(message_id="<2@x>", In_Reply_To="<vase@shop.example>"))

    assert desk.show(number)["status"] == "pending_agent"
    assert desk.events(number)["reopened"] == {"from": "resolved"}
    assert updates(desk.store) == [("resolved", "open")], "the one that was on its way"


def test_update_that_the_customer_has_overtaken_is_taken_back(desk: Node) -> None:
    number = desk.open(make_raw())
    desk.change(number, status="resolved")

    desk.receive(make_raw(message_id="<2@x>", In_Reply_To="<vase@shop.example>"))

    assert updates(desk.store) == []
    assert desk.show(number)["status"] == "pending_agent"


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ("in_progress", [("status_changed", "open")]),
        ("in_progress pending_customer", []),
        ("in_progress resolved", [("resolved", "open")]),
    ],
)
def test_that_somebody_takes_it_is_told_where_the_desk_wants_it(
    store: Store, tmp_path: Path, steps: str, told: list[tuple[str, str]]
) -> None:
    with node(store, tmp_path / "blobs", tell_when_taken=True) as desk:
        number = desk.open(make_raw())

        for status in steps.split():
            desk.change(number, status=status)

        assert updates(desk.store) == told
