"""Until when an answer is due, what the customer is told of it, and when that changes: on both stores."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mailticket.actions.tickets import answer
from mailticket.desk.policy import Sla
from mailticket.store import tickets
from mailticket.store.engine import Store
from tests.factories import ANN, NOW, make_raw
from tests.integration.nodes import Node, node

#: NOW is a Sunday at noon; sixteen business hours are two days, four are Monday until one.
SLAS = (Sla(name="fast", priorities=("urgent",), answer_hours=4), Sla(name="all", answer_hours=16))
TUESDAY_EVENING, MONDAY_AT_ONE = datetime(2026, 11, 24, 17, tzinfo=UTC), datetime(2026, 11, 23, 13, tzinfo=UTC)


@pytest.fixture
def promising(store: Store, tmp_path: Path) -> Iterator[Node]:
    """A desk with SLAs."""
    with node(store, tmp_path / "blobs", slas=SLAS) as running:
        yield running


def confirmation(desk: Node) -> dict[str, Any]:
    return next(notice for notice in desk.notices() if notice["kind"] == "confirmation")


def say(desk: Node, number: str) -> None:
    with desk.store.writing() as connection:
        ticket = tickets.find_by_number(connection, number)
        assert ticket is not None
        answer(connection, desk.context, ticket, "On its way.", ANN, ANN.address, desk.clock.time)


def test_a_new_ticket_is_due_by_its_sla_and_the_customer_hears_when(promising: Node) -> None:
    number = promising.open(make_raw())

    assert promising.show(number)["due_at"] == TUESDAY_EVENING
    assert confirmation(promising)["details"]["answer_by"] == "2026-11-24T17:00:00+00:00"


def test_without_an_sla_nothing_is_due_or_promised(desk: Node) -> None:
    number = desk.open(make_raw())

    assert desk.show(number)["due_at"] is None and confirmation(desk)["details"]["answer_by"] == ""


def test_a_sender_without_verdict_hears_when_and_nothing_more(promising: Node) -> None:
    promising.open(make_raw(verdict=""))

    details = confirmation(promising)["details"]
    assert details["answer_by"] and not details["title"]


def test_another_priority_moves_it_until_the_first_answer(promising: Node) -> None:
    number = promising.open(make_raw())

    promising.change(number, priority="urgent")
    assert promising.show(number)["due_at"] == MONDAY_AT_ONE
    promising.change(number, priority="low")
    assert promising.show(number)["due_at"] == TUESDAY_EVENING

    say(promising, number)
    assert promising.show(number)["due_at"] is None, "the answer is there"
    promising.change(number, priority="urgent")
    assert promising.show(number)["due_at"] is None


def test_what_a_person_has_set_is_left_alone(promising: Node) -> None:
    number = promising.open(make_raw())
    promising.change(number, due_at="2026-12-01")
    chosen = promising.show(number)["due_at"]

    promising.change(number, priority="urgent")
    say(promising, number)

    assert promising.show(number)["due_at"] == chosen


def test_due_counts_from_the_mail_and_not_from_the_change(promising: Node) -> None:
    number = promising.open(make_raw())
    promising.clock.time = NOW + timedelta(days=3)

    promising.change(number, priority="urgent")

    assert promising.show(number)["due_at"] == MONDAY_AT_ONE


def test_what_is_imported_is_not_due(promising: Node) -> None:
    number = promising.open(make_raw(), confirm=False)

    assert promising.show(number)["due_at"] is None


@pytest.mark.parametrize("slas", [(Sla(name="all", answer_hours=8),), ()], ids=["another one", "none"])
def test_an_answer_after_a_reload_settles_what_was_due_before(promising: Node, slas: tuple[Sla, ...]) -> None:
    number, other = (promising.open(make_raw(message_id=f"<{count}@x>")) for count in range(2))
    promising.change(other, due_at="2026-12-01")
    chosen = promising.show(other)["due_at"]
    promising.context = replace(promising.context, policy=replace(promising.context.policy, slas=slas))

    say(promising, number)
    say(promising, other)

    assert promising.show(number)["due_at"] is None
    assert promising.show(other)["due_at"] == chosen, "a person has set it"


def test_a_reload_moves_nothing_that_is_due_by_what_was_in_force(promising: Node) -> None:
    number = promising.open(make_raw())
    promising.context = replace(promising.context, policy=replace(promising.context.policy, slas=SLAS[:1]))

    promising.change(number, priority="urgent")

    assert promising.show(number)["due_at"] == TUESDAY_EVENING
