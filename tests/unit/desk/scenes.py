"""A mail with commands in front of its agent: Ann reads about Carla's ticket, on a Wednesday."""

from datetime import UTC, datetime
from typing import Any

from mailticket.desk.command_words import Scene
from mailticket.desk.orders import Change, Macro
from mailticket.desk.policy import Agent
from mailticket.mail.message import Address
from tests.factories import ANN, make_policy, make_ticket

JOERG = Agent(name="Jörg Bauer", address="joerg@acme.example", lead=True)
CLEO = Agent(name="Anna Cruz", address="cleo@acme.example", teams=("sales",))
#: A Wednesday.
NOW = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)
TICKET = make_ticket(tags=("vip", "vase"))
OTHER = make_ticket(id=1, number="2611-0001")
THANKS = Macro(name="thanks", text="Thank you!\n", fields={"status": "resolved", "priority": "low"})


def scene(**over: Any) -> Scene:
    """Ann reads about Carla's ticket."""
    values: dict[str, Any] = {
        "policy": make_policy(agents=(ANN, JOERG, CLEO), teams=("returns", "sales"), types=("general", "refund")),
        "agent": ANN,
        "now": NOW,
        "ticket": TICKET,
        "macros": {"thanks": THANKS, "Refund-info": Macro(name="Refund-info", text="Refunds take 3 days.")},
        "find": {OTHER.number: OTHER, TICKET.number: TICKET}.get,
        "is_held": lambda held: held == 2,
    }
    return Scene(**values | over)


def set_to(field: str, value: Any) -> Change:
    return Change(field=field, value=value)


RESOLVED, HIGH = set_to("status", "resolved"), set_to("priority", "high")
NEWCOMER = Address(name="Nora", addr_spec="nora@shop.example")
