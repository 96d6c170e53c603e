"""Agents' orders carried out: all in one transaction, each change an event, and mail finds its way afterwards."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from mailticket import jobs
from mailticket.actions.opening import open_for
from mailticket.actions.orders import carry_out, scene_of
from mailticket.desk.commands import read_commands
from mailticket.desk.orders import Macro, PhoneCall, WriteTo
from mailticket.desk.policy import Agent
from mailticket.desk.receipt import Added
from mailticket.desk.ticket import Source, Ticket
from mailticket.store import tables as t
from mailticket.store import tickets, waiting
from mailticket.store.engine import Store
from tests.factories import ANN, CARLA, MALLORY, NOW, PAUL, make_raw
from tests.integration.nodes import Node, node

BEN = Agent(name="Ben Bauer", address="ben@acme.example", teams=("returns",))
LEA = Agent(name="Lea Lead", address="lea@acme.example", lead=True)
THANKS = Macro(name="thanks", text="Thank you!", fields={"status": "resolved"})


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Iterator[Node]:
    """A node with three agents."""
    with node(store, tmp_path / "blobs", agents=(ANN, BEN, LEA)) as running:
        yield running


def order(desk: Node, number: str, text: str, agent: Agent = ANN, answered: bool = False) -> tuple[str, ...]:
    """What pipeline does with an agent's reply; the problems, where there are any."""
    with desk.store.writing() as connection:
        ticket = tickets.find_by_number(connection, number)
        assert ticket is not None
        scene = scene_of(connection, desk.context, ticket, agent, desk.clock.time, {"thanks": THANKS})
        orders = read_commands(text, scene)
        if not orders.problems:
            carry_out(connection, desk.context, ticket, orders, agent, desk.clock.time, _said if answered else None)
    return tuple(problem.message for problem in orders.problems)


def _said(ticket: Ticket) -> Ticket:
    """Stands for an answer that goes out with the orders."""
    return ticket


def changes(desk: Node, number: str) -> list[tuple[str, Any, Any]]:
    """Field, before, after of every change by an agent."""
    return [
        (event["detail"]["field"], event["detail"]["from"], event["detail"]["to"])
        for event in desk.show(number)["events"]
        if event["kind"] == "changed" and event["actor"] == ANN.address
    ]


def kinds(desk: Node, number: str) -> list[str]:
    return [event["kind"] for event in desk.show(number)["events"]]


def notified(desk: Node, since: int = 0) -> list[str]:
    return [to for kind, to in desk.queued(notifications=True)[since:] if kind == "agent_notification"]


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


# -- sleeping, and being away


def test_snoozed_ticket_comes_back_and_its_agents_hear_of_it(desk: Node) -> None:
    number = desk.open(make_raw())
    order(desk, number, "#claim\n#snooze 4h")
    before = len(desk.queued(notifications=True))
    jobs.wake_tickets(desk.ledger, NOW + timedelta(hours=3))
    assert "woken" not in kinds(desk, number)

    for _ in range(2):
        jobs.wake_tickets(desk.ledger, NOW + timedelta(hours=5))

    assert kinds(desk, number).count("woken") == 1
    assert desk.show(number)["status"] == "pending_agent"
    assert notified(desk, before) == [ANN.address]


@pytest.mark.parametrize("status", ["open", "in_progress"])
def test_customer_wakes_a_ticket(desk: Node, status: str) -> None:
    number = desk.open(make_raw())
    order(desk, number, f"#snooze 2d\n#{status}")

    desk.receive(make_raw(message_id="<2@x>", In_Reply_To="<vase@shop.example>"))
    jobs.wake_tickets(desk.ledger, NOW + timedelta(days=3))

    assert "woken" not in kinds(desk, number)


def test_mail_for_an_agent_who_is_away_goes_to_the_team(desk: Node) -> None:
    number = desk.open(make_raw())
    order(desk, number, "#team returns\n#claim\n#away until 2026-12-01")
    before = len(desk.queued(notifications=True))

    desk.receive(make_raw(message_id="<2@x>", In_Reply_To="<vase@shop.example>"))
    assert notified(desk, before) == [BEN.address]

    order(desk, number, "#away off")
    desk.receive(make_raw(message_id="<3@x>", In_Reply_To="<vase@shop.example>"))
    assert notified(desk, before) == [BEN.address, ANN.address]


def test_absence_ends_by_itself(desk: Node) -> None:
    number = desk.open(make_raw())
    order(desk, number, "#claim\n#away until 2026-11-24")
    before = len(desk.queued(notifications=True))
    desk.clock.time = NOW + timedelta(days=3)

    desk.receive(make_raw(message_id="<2@x>", In_Reply_To="<vase@shop.example>"))

    assert notified(desk, before) == [ANN.address]


def test_somebody_hears_of_it_when_all_are_away(desk: Node) -> None:
    number = desk.open(make_raw())
    for agent in (BEN, LEA, ANN):
        order(desk, number, "#away until 2026-12-01", agent=agent)
    before = len(desk.queued(notifications=True))

    desk.receive(make_raw(message_id="<2@x>", In_Reply_To="<vase@shop.example>"))

    assert notified(desk, before) == [ANN.address, BEN.address, LEA.address]


# -- tickets that belong together


def test_merged_ticket_lives_on_in_the_other_one(desk: Node) -> None:
    old = desk.open(make_raw(Cc=f"{PAUL.name} <{PAUL.addr_spec}>"))
    new = desk.open(make_raw(sender=MALLORY, message_id="<other@x>"))
    part = desk.open(make_raw(message_id="<part@x>"))
    order(desk, part, f"#parent {old}")
    order(desk, old, "#tag vip\n#note inside")

    assert order(desk, old, f"#merge {new}") == ()

    gone, there = desk.show(old), desk.show(new)
    assert (gone["status"], gone["merged_into"], gone["messages"]) == ("closed", new, [])
    assert len(there["messages"]) == 3
    assert there["tags"] == ["vip"]
    assert there["children"] == [part]
    assert {one["address"] for one in there["participants"]} == {CARLA.addr_spec, PAUL.addr_spec}
    assert desk.events(new)["merged"] == {"ticket": old, "messages": "2"}
    assert desk.events(old)["merged_into"] == {"ticket": new}
    assert [kind for kind, _ in desk.queued()] == ["confirmation"] * 3, "nobody is written to"


def test_mail_to_a_merged_ticket_comes_to_the_other_one(desk: Node) -> None:
    old, new = desk.open(make_raw()), desk.open(make_raw(message_id="<other@x>"))
    with desk.store.reading() as connection:
        confirmation = connection.execute(select(t.outbox.c.message_id).order_by(t.outbox.c.id)).scalars().first()
    last = desk.open(make_raw(message_id="<last@x>"))
    order(desk, old, f"#merge {new}")
    order(desk, new, f"#merge {last}")

    by_token = desk.receive(make_raw(message_id="<a@x>", In_Reply_To=str(confirmation)))
    by_reference = desk.receive(make_raw(message_id="<b@x>", In_Reply_To="<vase@shop.example>"))
    by_number = desk.receive(make_raw(message_id="<c@x>", subject=f"Re: [#{old}] Broken vase"))

    assert [by_token, by_reference, by_number] == [Added(ticket=last)] * 3
    assert len(desk.show(last)["messages"]) == 6


def test_words_that_nobody_has_answered_wait_on_the_other_ticket(desk: Node) -> None:
    old, new = desk.open(make_raw()), desk.open(make_raw(message_id="<other@x>"))
    desk.change(new, status="resolved")

    order(desk, old, f"#merge {new}")

    assert desk.show(new)["status"] == "pending_agent"


def test_no_circle_is_made(desk: Node) -> None:
    one, two, three = (desk.open(make_raw(message_id=f"<{n}@x>")) for n in range(3))
    order(desk, two, f"#parent {one}")
    order(desk, three, f"#parent {two}")

    assert order(desk, one, f"#parent {three}") == (f"#parent: {three} is itself a part of {one}.",)
    assert order(desk, one, f"#merge {one}") == (f"#merge: {one} is this very ticket.",)
    assert order(desk, one, f"#merge {two}") == ()
    assert order(desk, three, f"#merge {one}") == (
        f"#merge: {one} has itself been merged into another ticket; name that one.",
    )
    assert desk.show(two)["parent"] is None


def test_last_message_becomes_a_ticket_of_its_own(desk: Node) -> None:
    number = desk.open(make_raw())
    assert order(desk, number, "#split") == ("#split: needs a second message: nothing would be left of this ticket.",)
    desk.receive(make_raw(message_id="<lamp@x>", In_Reply_To="<vase@shop.example>", body="And a lamp.\n"))
    order(desk, number, "#claim")

    assert order(desk, number, "#split") == ()

    new = desk.events(number)["split"]["ticket"]
    shown = desk.show(new)
    assert [one["reply"].strip() for one in shown["messages"]] == ["And a lamp."]
    assert (shown["contact"]["address"], shown["assignee"], shown["status"]) == (
        CARLA.addr_spec, ANN.address, "in_progress",
    )  # fmt: skip
    assert desk.events(new)["opened"]["split_from"] == number
    assert len(desk.show(number)["messages"]) == 1
    again = desk.receive(make_raw(message_id="<3@x>", In_Reply_To="<lamp@x>"))
    assert again == Added(ticket=new)


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
        (PhoneCall(name="Nora", number="+49 30 1"), None, "phone", {"caller": "Nora", "phone": "+49 30 1"}, None),
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


def test_many_sleeping_tickets_cost_what_is_due(desk: Node) -> None:
    for count in range(5):
        order(desk, desk.open(make_raw(message_id=f"<{count}@x>")), f"#snooze {count + 1}h")

    jobs.wake_tickets(desk.ledger, NOW + timedelta(hours=3))

    with desk.store.reading() as connection:
        asleep = connection.execute(select(func.count(t.tickets.c.snoozed_until))).scalar_one()
    assert asleep == 2
