"""Ticket numbers: never twice, no gaps, whatever happens meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Select, func, select, text

from mailticket.desk.policy import Numbering
from mailticket.store import opening, tickets, views
from mailticket.store import tables as t
from mailticket.store.engine import Store
from tests.factories import NOW
from tests.integration.nodes import open_ticket

MONTHLY = Numbering()
BARE = Numbering(date="", separator="", padding=1, reset="never")


def test_first_number_of_a_month_is_one(store: Store) -> None:
    assert open_ticket(store).number == "2611-0001"
    assert open_ticket(store).number == "2611-0002"
    assert open_ticket(store, day=date(2026, 12, 1)).number == "2612-0001"
    assert open_ticket(store, day=date(2026, 11, 30)).number == "2611-0003"


def test_openers_at_the_same_time_leave_no_gap_and_no_double(store: Store, tmp_path: Path) -> None:
    another_node = Store(store.url, tmp_path / "data")

    def open_ten(node: Store) -> list[str]:
        return [open_ticket(node).number for _ in range(10)]

    with ThreadPoolExecutor(4) as pool:
        batches = list(pool.map(open_ten, [store, another_node, store, another_node]))
    another_node.close()

    assert sorted(chain(*batches)) == [f"2611-{count:04}" for count in range(1, 41)]


def test_opener_that_fails_leaves_no_gap(store: Store) -> None:
    def spoilt() -> None:
        with store.writing() as connection:
            opening.next_number(connection, MONTHLY, NOW.date())
            raise RuntimeError

    open_ticket(store)
    with pytest.raises(RuntimeError):
        spoilt()

    assert open_ticket(store).number == "2611-0002"


@pytest.mark.parametrize(
    ("before", "after", "number"),
    [
        (MONTHLY, Numbering(prefix="A", padding=2), "A2611-04"),
        (BARE, MONTHLY, "2611-0001"),
        (MONTHLY, Numbering(prefix="2611-", date="", reset="never"), "2611-0004"),
        (Numbering(date="%y", separator="", padding=2, reset="year"), BARE, "1"),
        (Numbering(date="", padding=1, reset="never"), Numbering(date="", padding=1, suffix="", reset="never"), "4"),
    ],
    ids=[
        "another look counts on",
        "another period begins anew",
        "a new counter passes over numbers that are taken",
        "numbers that could be mistaken are different ones",
        "no change",
    ],
)
def test_change_of_the_format_gives_no_number_twice(
    store: Store, before: Numbering, after: Numbering, number: str
) -> None:
    old = [open_ticket(store, title=str(count), numbering=before).number for count in range(3)]

    assert open_ticket(store, numbering=after).number == number
    for count in range(3):
        with store.reading() as connection:
            found = tickets.find_by_number(connection, old[count])
        assert found is not None
        assert found.title == str(count), "old numbers stay findable"


def test_number_that_is_taken_is_passed_over_for_good(store: Store) -> None:
    open_ticket(store, numbering=BARE)
    open_ticket(store, numbering=BARE)
    numbers = [open_ticket(store, numbering=Numbering(date="", padding=1, reset=reset)).number for reset in
               ("day", "month", "month")]  # fmt: skip

    assert numbers == ["3", "4", "5"]


def test_beyond_the_padding_the_counter_grows(store: Store) -> None:
    tight = Numbering(date="", padding=1, reset="never")

    numbers = [open_ticket(store, numbering=tight).number for _ in range(11)]

    assert numbers[8:] == ["9", "10", "11"]


def test_number_is_found_whatever_became_of_its_capitals(store: Store) -> None:
    ticket = open_ticket(store, numbering=Numbering(prefix="Acme-", date="", suffix="x"))

    with store.reading() as connection:
        found = [tickets.find_by_number(connection, number) for number in ("Acme-0001x", "ACME-0001X", "acme-0001x")]
        shown = views.show(connection, "ACME-0001x")

    assert [one.id if one else None for one in found] == [ticket.id] * 3
    assert shown is not None and shown["number"] == "Acme-0001x"


def test_numbers_that_differ_in_capitals_only_are_one(store: Store) -> None:
    numbers = [
        open_ticket(store, numbering=Numbering(prefix=prefix, date="", padding=1, reset="never")).number
        for prefix in ("a", "A", "a")
    ]

    assert numbers == ["a1", "A2", "a3"]


def test_number_is_found_by_index(store: Store) -> None:
    query = select(t.tickets.c.id).where(t.folded_number == func.lower("x"))
    with store.reading() as connection:
        if store.is_sqlite:
            plan = connection.execute(text(f"EXPLAIN QUERY PLAN {compiled(query, connection)}")).all()
        else:
            # an empty table is quicker read whole
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            plan = connection.execute(text(f"EXPLAIN {compiled(query, connection)}")).all()

    assert "uq_tickets_number" in str(plan)


def compiled(query: Select[Any], connection: Connection) -> str:
    return str(query.compile(connection.engine, compile_kwargs={"literal_binds": True}))
