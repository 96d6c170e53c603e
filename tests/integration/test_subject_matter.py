"""What is a ticket about? Its type, by an agent's word; its order, by the first number that its customer names."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailticket import assembly, config
from mailticket.store.engine import Store
from tests.factories import ANN
from tests.integration.answering import Office
from tests.integration.nodes import node


@pytest.fixture
def returns(store: Store, tmp_path: Path) -> Iterator[Office]:
    """A desk whose settings name a type of their own."""
    settings = config.build({"type": [{"name": "refund"}]}, "mailticket.toml", tmp_path)
    types = assembly.rules_of(settings, "desk-1").types
    with node(store, tmp_path / "blobs", agents=(ANN,), notify="all", types=types) as desk:
        yield Office(desk)


def test_agent_says_what_type_it_is_and_reads_it_on_the_next_card(returns: Office) -> None:
    number = returns.open()

    returns.answers("#type refund")

    shown = returns.desk.show(number)
    assert (shown["type"], shown["type_final"]) == ("refund", True)
    returns.writes(number, "Any news?\n")
    assert returns.sent("agent_notification")[-1].details["type"] == "refund"


def test_first_order_that_the_customer_names_is_the_tickets(returns: Office) -> None:
    number = returns.open()
    assert returns.desk.show(number)["order_number"] is None

    returns.writes(number, "It is order 10023.\n")
    assert returns.sent("agent_notification")[-1].details["order_number"] == "10023"
    returns.writes(number, "And where is order 10024?\n")

    shown = returns.desk.show(number)
    assert shown["order_number"] == "10023"
    changes = [event["detail"] for event in shown["events"] if event["detail"].get("field") == "order_number"]
    assert changes == [{"field": "order_number", "from": "", "to": "10023"}]


def test_agents_read_which_order_a_new_ticket_is_about(returns: Office) -> None:
    number = returns.open(subject="Order 10023 is broken")

    assert returns.desk.show(number)["order_number"] == "10023"
    assert returns.sent("agent_notification")[-1].details["order_number"] == "10023"
