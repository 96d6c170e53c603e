"""A shop's contact form writes for its customers: what becomes of that, and what nobody gains by it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mailticket.mail.message import Address
from mailticket.store.engine import Store
from tests.factories import ANN, CARLA, PNG, make_raw
from tests.integration.nodes import Node, node

FORM = Address(name="Web shop", addr_spec="no-reply@shop.example")


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Iterator[Node]:
    with node(store, tmp_path / "blobs", forms=frozenset({FORM.addr_spec})) as running:
        yield running


def filled_in(subject: str = "Question", customer: str = CARLA.addr_spec, count: int = 0, **over: object) -> bytes:
    """What the form sends."""
    values = {"subject": subject, "sender": FORM, "Reply_To": customer, "message_id": f"<form-{count}@shop.example>"}
    return make_raw(**values | over)  # type: ignore[arg-type]  # one table of values for all tests


def test_the_customer_is_who_filled_it_in_and_is_confirmed_without_words(desk: Node) -> None:
    number = desk.open(filled_in(Auto_Submitted="auto-generated"))

    ticket = desk.show(number)
    assert (ticket["contact"]["address"], ticket["source"]) == (CARLA.addr_spec, "contact_form")
    assert [(one["from"]["address"], one["verdict"]) for one in ticket["messages"]] == [(CARLA.addr_spec, "none")]
    assert desk.queued() == [("confirmation", CARLA.addr_spec)]
    assert "Question" not in str(desk.notices()[0])


def test_confirmations_of_a_form_are_capped(desk: Node) -> None:
    numbers = []
    for count in range(4):
        desk.clock.time += timedelta(minutes=5)
        numbers.append(desk.open(filled_in(count=count)))

    assert len(desk.queued()) == 3
    assert desk.events(numbers[3])["confirmation_suppressed"] == {"reason": "capped_by_address"}


def test_no_ticket_is_joined_by_a_form_not_even_an_own_one(desk: Node) -> None:
    own = desk.open(make_raw())

    number = desk.open(filled_in(f"[#{own}] news", In_Reply_To="<vase@shop.example>"))

    assert desk.show(number)["possible_reply_to"] == own
    assert len(desk.show(own)["messages"]) == 1


def test_nobody_is_an_agent_by_a_form(desk: Node) -> None:
    own = desk.open(make_raw())

    number = desk.open(filled_in(f"[#{own}] answer", customer=ANN.address, body="#close\nGo away.\n"))

    assert number != own
    assert [kind for kind, _ in desk.queued()] == ["confirmation", "confirmation"]
    assert desk.show(own)["status"] == "open"


def test_an_unproved_form_off_our_ways_is_an_ordinary_sender(desk: Node) -> None:
    number = desk.open(filled_in(verdict=""), trusted=False)

    assert desk.show(number)["contact"]["address"] == FORM.addr_spec
    assert desk.events(number)["confirmation_suppressed"] == {"reason": "no_reply_address"}


def test_files_of_a_form_are_counted_as_an_agents(desk: Node) -> None:
    number = desk.open(filled_in(files=tuple((f"{count}.png", PNG + bytes([count])) for count in range(6))))

    states = [file["state"] for file in desk.show(number)["messages"][0]["attachments"]]
    assert states == ["kept"] * 5 + ["withheld"]
