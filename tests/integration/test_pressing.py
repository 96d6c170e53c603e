"""Buttons that must not work any more, and such that must not work twice, on one node and on two."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest

from mailticket.actions.buttons import mint
from mailticket.actions.pressing import ENDED, Pressed, button_of, press
from mailticket.actions.relating import merge
from mailticket.desk.buttons import ACT_KINDS, Act
from mailticket.desk.decision import PressButton
from mailticket.desk.policy import Agent
from mailticket.mail.message import Address
from mailticket.store import tickets
from mailticket.store.engine import Store
from tests.factories import ANN, NOW, make_raw
from tests.integration.nodes import Node, node

BEN = Agent(name="Ben Bauer", address="ben@acme.example")
GONE = Agent(name="Gone", address="gone@acme.example")


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Iterator[Node]:
    with node(store, tmp_path / "blobs", agents=(ANN, BEN)) as running:
        yield running


def token_for(desk: Node, number: str, act: Act, agent: Agent = ANN) -> str:
    with desk.store.reading() as connection:
        ticket = tickets.find_by_number(connection, number)
    assert ticket is not None
    return mint(desk.context, ACT_KINDS[act], ticket.id, agent, NOW)


def pressed(desk: Node, token: str, days: int = 0) -> Pressed | None:
    """What the page of the button does so many days later."""
    now = NOW + timedelta(days=days)
    with desk.store.writing() as connection:
        found = button_of(connection, desk.context, token, now)
        return press(connection, desk.context, found[0], now) if found else None


@pytest.mark.parametrize(("days", "works"), [(0, True), (30, True), (31, False), (400, False)])
def test_button_expires(days: int, works: bool, desk: Node) -> None:
    number = desk.open(make_raw())

    done = pressed(desk, token_for(desk, number, Act.CLOSE), days)

    assert (done is not None) is works
    assert (desk.show(number)["status"] == "closed") is works


def test_expired_button_by_mail_is_held_and_its_agent_told(desk: Node) -> None:
    number = desk.open(make_raw())
    token = token_for(desk, number, Act.CLOSE)
    desk.clock.time = NOW + timedelta(days=31)

    receipt = desk.receive(make_raw(f"Close {{mt-{token}}}", Address(addr_spec=ANN.address), "<2@acme.example>"))

    assert (receipt.kind, getattr(receipt, "reason", "")) == ("held", "button_expired")
    assert desk.show(number)["status"] == "open"


def test_former_agents_button_does_nothing(desk: Node) -> None:
    number = desk.open(make_raw())

    assert pressed(desk, token_for(desk, number, Act.CLOSE, GONE)) is None


def test_altered_and_foreign_tokens_do_nothing(desk: Node) -> None:
    number = desk.open(make_raw())
    token = token_for(desk, number, Act.CLOSE)

    for other in (token[:-1] + ("a" if token[-1] != "a" else "b"), token[::-1], "", "x" * 48, "é" * 48, token + token):
        assert pressed(desk, other) is None
    assert pressed(desk, token.upper()) is not None


def test_first_press_counts_and_second_says_when_that_was(desk: Node) -> None:
    number = desk.open(make_raw())
    with desk.store.reading() as connection:
        ticket = tickets.find_by_number(connection, number)
    assert ticket is not None
    button = PressButton(act=Act.TAKE, ticket=ticket.id, token="t" * 48, agent=ANN.address)

    with desk.store.writing() as connection:
        first = press(connection, desk.context, button, NOW)
    with desk.store.writing() as connection:
        second = press(connection, desk.context, button, NOW + timedelta(hours=1))

    assert (first.before, second.before) == (None, NOW)


def test_who_presses_take_second_does_not_take_it_from_the_first(desk: Node) -> None:
    number = desk.open(make_raw())
    anns, bens = token_for(desk, number, Act.TAKE), token_for(desk, number, Act.TAKE, BEN)

    first, second = pressed(desk, anns), pressed(desk, bens)

    assert first is not None and not first.problem
    assert second is not None and "Ann Ahlberg has it" in second.problem
    assert desk.show(number)["assignee"] == ANN.address


@pytest.mark.parametrize(("act", "status"), [(Act.RESOLVE, "closed"), (Act.SNOOZE, "closed"), (Act.SNOOZE, "resolved")])
def test_what_has_ended_since_is_not_brought_back_by_an_old_button(desk: Node, act: Act, status: str) -> None:
    number = desk.open(make_raw())
    token = token_for(desk, number, act)
    desk.change(number, status=status)
    before = desk.queued()

    done = pressed(desk, token)

    assert done is not None and done.problem == ENDED
    assert (desk.show(number)["status"], desk.queued()) == (status, before)


def test_of_two_who_press_take_at_the_same_moment_on_two_nodes_one_has_it(desk: Node) -> None:
    numbers = [desk.open(make_raw(message_id=f"<{at}@shop.example>")) for at in range(8)]
    start = Barrier(2)

    def takes(token: str) -> Pressed | None:
        start.wait(30)
        return pressed(desk, token)

    with ThreadPoolExecutor(2) as both:
        for number in numbers:
            tokens = [token_for(desk, number, Act.TAKE, agent) for agent in (ANN, BEN)]
            done = list(both.map(takes, tokens))
            assert sorted(bool(one and one.problem) for one in done) == [False, True]
            assert desk.show(number)["assignee"] == (BEN if done[0] and done[0].problem else ANN).address


def test_merged_ticket_passes_the_button_on(desk: Node) -> None:
    old, into = desk.open(make_raw()), desk.open(make_raw("Another vase", message_id="<2@shop.example>"))
    token = token_for(desk, old, Act.TAKE)
    with desk.store.writing() as connection:
        one, two = tickets.find_by_number(connection, old), tickets.find_by_number(connection, into)
        assert one is not None and two is not None
        merge(connection, desk.context, one, two, "cli", NOW)

    assert pressed(desk, token) is not None
    assert desk.show(into)["assignee"] == ANN.address


def test_join_that_cannot_be_says_why_and_changes_nothing(desk: Node) -> None:
    number = desk.open(make_raw())

    done = pressed(desk, token_for(desk, number, Act.JOIN))

    assert done is not None and "#merge needs" in done.problem
    assert desk.show(number)["status"] == "open"
