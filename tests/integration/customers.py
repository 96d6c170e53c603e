"""What customers send, and what the desk has for them, for tests of a running node."""

import itertools
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from mailticket.actions.tickets import answer
from mailticket.desk.receipt import Receipt
from mailticket.mail.message import Address
from mailticket.store import leaving, tickets
from tests.factories import ANN, CARLA, make_raw
from tests.integration.nodes import Node

_count = itertools.count()


def notices(desk: Node, kind: str) -> list[dict[str, Any]]:
    return [notice for notice in desk.notices() if notice["kind"] == kind]


def links(desk: Node, kind: str = "resolved") -> dict[str, str]:
    """The buttons of the newest mail of this kind."""
    details = notices(desk, kind)[-1]["details"]
    return {name: value for name, value in details.items() if str(value).startswith("mailto:")}


def click(desk: Node, link: str, sender: Address = CARLA, body: str | None = None, **more: Any) -> Receipt:
    """Sends the mail that a link opens."""
    query = parse_qs(urlsplit(link).query)
    words = query["body"][0] + "\n" if body is None else body
    raw = make_raw(query["subject"][0], sender, f"<click{next(_count)}@{sender.domain}>", words, **more)
    return desk.receive(raw)


def write(desk: Node, body: str, sender: Address = CARLA, **more: Any) -> Receipt:
    """Sends an answer to the ticket's first mail."""
    fields = {"In_Reply_To": "<vase@shop.example>", **more}
    return desk.receive(make_raw("Re: Broken vase", sender, f"<w{next(_count)}@{sender.domain}>", body, **fields))


def state(desk: Node, number: str) -> tuple[str, int]:
    shown = desk.show(number)
    return shown["status"], len(shown["messages"])


def told(desk: Node) -> int:
    return len(notices(desk, "agent_notification"))


def say(desk: Node, number: str, text: str, **more: Any) -> None:
    """An answer of Ann's, which has left."""
    with desk.store.writing() as connection:
        ticket = tickets.find_by_number(connection, number)
        assert ticket is not None
        answer(connection, desk.context, ticket, text, ANN, ANN.address, desk.clock.time, **more)


def leave(desk: Node) -> None:
    """All that is due leaves."""
    with desk.store.writing() as connection:
        for row in leaving.claim(connection, desk.clock.time, 100, timedelta(minutes=5), "a"):
            leaving.sent(connection, row.id, desk.clock.time)


def resolved(desk: Node) -> str:
    number = desk.open(make_raw())
    desk.change(number, status="resolved")
    return number
