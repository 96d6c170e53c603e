"""A notification stays small and shows what there is, however much was written."""

import email
from collections.abc import Iterator
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import select

from mailticket.actions.tickets import note
from mailticket.outbound.letter import write
from mailticket.outbound.render import Templates
from mailticket.store import outbox as store
from mailticket.store import tables, tickets
from mailticket.store.engine import Store
from tests.factories import ANN, NOW, make_raw
from tests.integration.nodes import Node, node


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Iterator[Node]:
    with node(store, tmp_path / "blobs", agents=(ANN,)) as running:
        yield running


def notification(desk: Node) -> bytes:
    """The newest one, as it would leave."""
    with desk.store.reading() as connection:
        newest = select(tables.outbox.c.id).where(tables.outbox.c.kind == "agent_notification")
        id_ = connection.execute(newest.order_by(tables.outbox.c.id.desc()).limit(1)).scalar_one()
        row = store.find(connection, id_)
        assert row is not None
        facts = store.facts(connection, desk.context.blobs, row)
    return write(row, facts, Templates(None), desk.context.policy, NOW)


def words(raw: bytes) -> str:
    """Its text part."""
    body = email.message_from_bytes(raw, policy=default).get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


@pytest.mark.parametrize(
    "line",
    ["<&>" * 20, "猫" * 30, "\U0001f408" * 20, "x" * 3000, "plain words " * 6],
    ids=["HTML", "CJK", "emoji", "long", "ASCII"],
)
def test_stays_below_100_kb_whatever_is_in_it(line: str, desk: Node) -> None:
    text = "\n".join([line] * 4000)
    number = desk.open(make_raw(body=text))
    for mail in range(6):
        desk.receive(make_raw(f"[#{number}] more", message_id=f"<{mail}@shop.example>", body=text))

    raw = notification(desk)

    assert len(raw) < 100_000
    assert words(raw).count(line[:10]) > 10
    assert "shortened; all of it: mailticket ticket show" in words(raw)


def test_shows_the_conversation_newest_first_with_notes_marked(desk: Node) -> None:
    number = desk.open(make_raw(body="First words.\n"))
    with desk.store.writing() as connection:
        ticket = tickets.find_by_number(connection, number)
        assert ticket is not None
        note(connection, desk.context, ticket, "She has complained before.", ANN, ANN.address, NOW)

    desk.receive(make_raw(f"[#{number}] more", message_id="<2@shop.example>", body="Last words.\n"))

    text = words(notification(desk))
    assert text.startswith("Last words.\n\n----")
    assert text.index("Last words.") < text.index("She has complained before.") < text.index("First words.")
    assert ", internal:\n> She has complained before." in text
    assert all(len(one) <= 78 for one in text.split("\n") if not one.startswith("mailto:"))


def test_tells_of_earlier_tickets(desk: Node) -> None:
    desk.open(make_raw(subject="Where is my parcel"))
    desk.open(make_raw("Broken vase", message_id="<2@shop.example>"))

    text = " ".join(words(notification(desk)).split())

    assert '1 earlier ticket, last one "Where is my parcel" (open, ' in text
