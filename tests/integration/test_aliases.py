"""Addresses that agents have added: what a process knows of them, and when it looks again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailticket.actions.aliases import Aliases, add, remove
from mailticket.desk.policy import Agent
from mailticket.errors import NotValid
from mailticket.store import aliases
from mailticket.store.engine import Store
from tests.factories import ANN, CARLA, DESK, NOW
from tests.integration.nodes import Node, node

PHONE = "ann@phone.example"
BEN = Agent(name="Ben Bauer", address="ben@acme.example", aliases=("ben@home.example",))


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Iterator[Node]:
    with node(store, tmp_path / "blobs", agents=(ANN, BEN)) as running:
        yield running


def owner(desk: Node, view: Aliases, address: str, *, certain: bool = False) -> str:
    """Whose address it is in this view."""
    with desk.store.reading() as connection:
        agent = view.known_to(connection, desk.context, certain=certain).policy.agent(address)
    return agent.address if agent else ""


def added(desk: Node, address: str, agent: Agent = ANN) -> bool:
    with desk.store.writing() as connection:
        return add(connection, desk.context.policy, address, agent.address, agent.address, NOW)


def test_another_process_knows_it_when_it_has_to_be_sure_or_some_seconds_later(desk: Node) -> None:
    time = [0.0]
    view, hurried = Aliases(clock=lambda: time[0]), Aliases(clock=lambda: time[0])
    assert owner(desk, view, PHONE) == owner(desk, hurried, PHONE) == ""

    added(desk, PHONE)

    assert owner(desk, hurried, PHONE, certain=True) == ANN.address
    assert owner(desk, view, PHONE) == ""
    time[0] = 21.0
    assert owner(desk, view, PHONE) == ANN.address
    with desk.store.writing() as connection:
        assert remove(connection, PHONE, "cli", NOW) == ANN.address
    assert owner(desk, view, PHONE, certain=True) == ""


def test_settings_count_more_than_what_was_added(desk: Node) -> None:
    with desk.store.writing() as connection:
        aliases.add(connection, "ben@home.example", ANN.address, NOW)
        aliases.add(connection, DESK, ANN.address, NOW)
        aliases.add(connection, "old@phone.example", "gone@acme.example", NOW)

    view = Aliases()

    assert owner(desk, view, "ben@home.example") == BEN.address
    assert owner(desk, view, DESK) == owner(desk, view, "old@phone.example") == ""


@pytest.mark.parametrize(
    ("address", "why"),
    [
        (DESK, "is an address of the desk"),
        (DESK.replace("@", "+anything@"), "is an address of the desk"),
        ("ben@acme.example", "is Ben Bauer's"),
        ("ben@home.example", "is Ben Bauer's"),
        ("ann@acme.example", "by the settings"),
    ],
)
def test_what_is_somebody_elses_is_refused(address: str, why: str, desk: Node) -> None:
    with pytest.raises(NotValid, match=why):
        added(desk, address)


def test_second_agent_cannot_have_it_too(desk: Node) -> None:
    assert added(desk, PHONE)
    assert not added(desk, PHONE)

    with pytest.raises(NotValid, match=f"is {ANN.address}'s already"):
        added(desk, PHONE, BEN)


def test_customers_address_is_taken_and_the_event_says_so(desk: Node) -> None:
    desk.open(b"From: Carla <" + CARLA.addr_spec.encode() + b">\r\nTo: support@acme.example\r\n\r\nHello.\r\n")

    assert added(desk, CARLA.addr_spec)
