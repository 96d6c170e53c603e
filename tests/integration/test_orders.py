"""Agents' orders carried out: all in one transaction, and each change an event."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from mailticket import jobs
from mailticket.actions.opening import open_for
from mailticket.desk.orders import PhoneCall, WriteTo
from mailticket.desk.ticket import Source
from mailticket.store import tables as t
from mailticket.store import waiting
from mailticket.store.engine import Store
from tests.factories import ANN, CARLA, NOW, PAUL, make_raw
from tests.integration.nodes import Node, node
from tests.integration.ordering import BEN, LEA, changes, kinds, notified, order


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Iterator[Node]:
    """A node with three agents."""
    with node(store, tmp_path / "blobs", agents=(ANN, BEN, LEA)) as running:
        yield running


def test_all_of_a_mail_is_done_and_each_change_is_an_event(desk: Node) -> None:
    number = desk.open(make_raw())

    assert order(
        desk, number, "#assign ben\n#high\n#team returns\n#due 2026-12-01\n#tag vip vase\n#field size=xl\n"
        "#order 10023\n#outcome refunded by bank\n#type general\n#note she called",
    ) == ()  # fmt: skip

    shown = desk.show(number)
    expected = {
        "assignee": BEN.address, "status": "in_progress", "priority": "high", "team": "returns",
        "due_at": datetime(2026, 12, 1, 17, tzinfo=UTC), "tags": ["vip", "vase"], "fields": {"size": "xl"},
        "order_number": "10023", "outcome": "refunded", "resolution": "by bank", "type_final": True,
    }  # fmt: skip
    assert {name: shown[name] for name in expected} == expected
    assert sorted(name for name, _, _ in changes(desk, number)) == [
        "assignee", "due_at", "fields.size", "order_number", "outcome", "priority", "resolution", "status", "tags",
        "team",
    ]  # fmt: skip
    assert ("due_at", None, "2026-12-01T17:00:00Z") in changes(desk, number)
    note = shown["messages"][-1]
    assert (note["reply"], note["visibility"]) == ("she called", "internal")


def test_nothing_is_done_where_one_line_is_wrong(desk: Node) -> None:
    number = desk.open(make_raw())
    before = desk.show(number)

    assert order(desk, number, "#high\n#resolvd\n#note x") == ("There is no #resolvd.",)

    assert desk.show(number) == before


def test_tags_and_fields_are_added_to_what_is_there(desk: Node) -> None:
    number = desk.open(make_raw())
    order(desk, number, "#tag a b\n#field one=1\n#field two=2")

    order(desk, number, "#tag c\n#untag a\n#field two=3\n#field three=3")

    shown = desk.show(number)
    assert shown["tags"] == ["b", "c"]
    assert shown["fields"] == {"one": "1", "two": "3", "three": "3"}
    assert order(desk, number, "#untag a") == ('#untag: "a" is not on this ticket; its tags: b, c.',)


def test_macro_sets_its_fields(desk: Node) -> None:
    number = desk.open(make_raw())

    order(desk, number, "#macro thanks")

    assert desk.show(number)["status"] == "resolved"


@pytest.mark.parametrize(
    ("text", "answered", "told"),
    [
        ("#resolved", False, ["resolved"]),
        ("#resolved", True, []),
        ("#quiet\n#resolved", False, []),
        ("#resolved\n#quiet", False, []),
        ("#high", False, []),
    ],
)
def test_customer_hears_of_the_status_once_or_not_at_all(
    desk: Node, text: str, answered: bool, told: list[str]
) -> None:
    number = desk.open(make_raw())

    order(desk, number, text, answered=answered)

    assert [kind for kind, _ in desk.queued() if kind != "confirmation"] == told


def test_quiet_ends_when_an_agent_says_so(desk: Node) -> None:
    number = desk.open(make_raw())
    order(desk, number, "#quiet")
    order(desk, number, "#quiet off\n#resolved")

    assert ("resolved", CARLA.addr_spec) in desk.queued()


def test_what_somebody_gives_back_the_others_hear_of(desk: Node) -> None:
    number = desk.open(make_raw())
    order(desk, number, "#claim")
    before = len(desk.queued(notifications=True))

    order(desk, number, "#unassign")

    assert notified(desk, before) == [BEN.address, LEA.address]


def test_people_come_and_go(desk: Node) -> None:
    number = desk.open(make_raw(Cc=f"{PAUL.name} <{PAUL.addr_spec}>"))

    order(desk, number, f"#cc remove {PAUL.addr_spec}\n#cc add Nora <nora@shop.example>")

    assert desk.show(number)["participants"] == [{"name": "Nora", "address": "nora@shop.example"}]
    assert kinds(desk, number)[-2:] == ["participant_removed", "participant_added"]


def test_requester_can_be_corrected(desk: Node) -> None:
    number = desk.open(make_raw(Cc=f"{PAUL.name} <{PAUL.addr_spec}>"))

    order(desk, number, f"#requester Paul <{PAUL.addr_spec}>\n#resolved")

    shown = desk.show(number)
    assert shown["contact"]["address"] == PAUL.addr_spec
    assert shown["participants"] == []
    assert ("requester", CARLA.addr_spec, PAUL.addr_spec) in changes(desk, number)
    assert ("resolved", PAUL.addr_spec) in desk.queued(), "the mail of the same orders goes to the right customer"


def test_what_waits_for_the_old_requester_goes_to_the_new_one_or_to_nobody(desk: Node) -> None:
    number = desk.open(make_raw())
    order(desk, number, "#ask", answered=True)
    order(desk, number, "#resolved")

    order(desk, number, f"#requester {PAUL.addr_spec}")

    with desk.store.reading() as connection:
        waits = (t.outbox.c.kind == "resolved") & (t.outbox.c.state == "queued")
        (notice,) = connection.execute(select(t.outbox.c.notice).where(waits)).scalars()
        assert connection.execute(select(t.tickets.c.asked_at)).scalar_one() is None
    assert [one["address"] for one in notice["to"]] == [PAUL.addr_spec]


def test_escalation_raises_the_priority_and_tells_the_leads(desk: Node) -> None:
    number = desk.open(make_raw())
    before = len(desk.queued(notifications=True))

    order(desk, number, "#escalate")

    assert desk.show(number)["priority"] == "high"
    assert desk.events(number)["escalated"] == {"to": [LEA.address]}
    assert notified(desk, before) == [LEA.address]


def test_asking_waits_for_the_customer_until_there_is_an_answer(desk: Node) -> None:
    number = desk.open(make_raw())
    asked = select(t.tickets.c.asked_at)

    order(desk, number, "#ask", answered=True)

    assert desk.show(number)["status"] == "pending_customer"
    with desk.store.reading() as connection:
        assert connection.execute(asked).scalar_one() == NOW
    desk.receive(make_raw(message_id="<2@x>", In_Reply_To="<vase@shop.example>"))
    with desk.store.reading() as connection:
        assert connection.execute(asked).scalar_one() is None


def test_held_mail_is_released(desk: Node) -> None:
    number = desk.open(make_raw())
    desk.receive(make_raw(message_id="<2@x>", In_Reply_To="<vase@shop.example>", verdict="fail"))
    (held,) = desk.waiting(waiting.HELD)

    assert order(desk, number, f"#release {held.id}") == ()
    jobs.carry_out_words(desk.ledger, NOW)

    assert len(desk.show(number)["messages"]) == 2
    assert order(desk, number, f"#release {held.id}") == (
        f"#release: no mail of number {held.id} is held; perhaps somebody has decided already.",
    )


# -- tickets that agents open


@pytest.mark.parametrize(
    ("what", "contact", "source", "fields", "phone"),
    [
        (WriteTo(person=CARLA), CARLA.addr_spec, "smtp", {}, None),
        (PhoneCall(name="Nora", address="no@x.example", number="+49 30 1"), "no@x.example", "phone", {}, "+49 30 1"),
        (PhoneCall(name="Nora", number="+49 30 1"), None, "phone", {"caller": "Nora", "phone": "+49 30 1"}, "+49 30 1"),
    ],
    ids=["written to", "called, with an address", "called, without one"],
)  # fmt: skip
def test_agent_opens_a_ticket_for_somebody(
    desk: Node, what: WriteTo | PhoneCall, contact: str | None, source: str, fields: dict[str, str], phone: str | None
) -> None:
    with desk.store.writing() as connection:
        number = open_for(connection, desk.context, what, "Vase", Source.SMTP, ANN, ANN.address, NOW).number

    shown = desk.show(number)
    assert (shown["contact"]["address"], shown["source"], shown["fields"]) == (contact, source, fields)
    assert (shown["assignee"], shown["status"], shown["contact"]["phone"]) == (ANN.address, "in_progress", phone)
    assert desk.queued() == []
