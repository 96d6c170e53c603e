"""Tickets that agents merge, split, or make a part of another one; later mail finds its way."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from mailticket.desk.receipt import Added
from mailticket.mail.message import Address
from mailticket.store import tables as t
from mailticket.store.engine import Store
from tests.factories import ANN, CARLA, MALLORY, PAUL, make_raw
from tests.integration.nodes import Node, node
from tests.integration.ordering import BEN, LEA, notified, order


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Iterator[Node]:
    """A node with three agents."""
    with node(store, tmp_path / "blobs", agents=(ANN, BEN, LEA)) as running:
        yield running


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


@pytest.mark.parametrize("taken", [True, False], ids=["taken, not answered", "nobody's"])
def test_words_that_nobody_has_answered_wait_on_the_other_ticket_and_its_agent_hears(desk: Node, taken: bool) -> None:
    old, new = desk.open(make_raw()), desk.open(make_raw(message_id="<other@x>"))
    desk.change(new, status="resolved", assignee=BEN.address)
    before = len(desk.queued(notifications=True))

    order(desk, old, f"{'#claim' if taken else ''}\n#merge {new}")

    assert desk.show(new)["status"] == "pending_agent"
    assert notified(desk, before) == [BEN.address]


def test_who_is_given_both_parts_of_a_ticket_is_shown_what_is_on_each(desk: Node) -> None:
    old = desk.open(make_raw())
    desk.receive(make_raw(message_id="<second@x>", In_Reply_To="<vase@shop.example>", body="My chair, too.\n"))
    before = len(desk.notices())

    order(desk, old, f"#assign {BEN.address}\n#split")

    shown = {notice["number"]: str(notice["message"]) for notice in desk.notices()[before:]}
    assert shown == {number: desk.show(number)["messages"][-1]["id"] for number in desk.numbers()}


def test_words_that_were_answered_wait_for_nobody(desk: Node) -> None:
    old, new = desk.open(make_raw()), desk.open(make_raw(message_id="<other@x>"))
    desk.change(old, status="pending_customer")
    desk.change(new, status="resolved", assignee=BEN.address)
    before = len(desk.queued(notifications=True))

    order(desk, old, f"#merge {new}")

    assert desk.show(new)["status"] == "resolved"
    assert notified(desk, before) == []


def test_who_writes_to_a_closed_ticket_again_goes_on_where_its_follow_up_went(desk: Node) -> None:
    older, ended = desk.open(make_raw()), desk.open(make_raw(message_id="<ended@x>"))
    desk.change(ended, status="closed")
    order(desk, desk.open(make_raw(message_id="<2@x>", In_Reply_To="<ended@x>")), f"#merge {older}")

    assert desk.receive(make_raw(message_id="<3@x>", In_Reply_To="<ended@x>")) == Added(ticket=older)

    desk.change(older, status="closed")
    assert desk.show(desk.open(make_raw(message_id="<4@x>", In_Reply_To="<ended@x>")))["follows"] == ended


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
    before = len(desk.queued(notifications=True))

    assert order(desk, number, "#split") == ()

    new = desk.events(number)["split"]["ticket"]
    assert notified(desk, before) == [ANN.address], "whoever is to answer it needs its number"
    assert desk.notices()[-1]["number"] == new
    shown = desk.show(new)
    assert [one["reply"].strip() for one in shown["messages"]] == ["And a lamp."]
    assert (shown["contact"]["address"], shown["assignee"], shown["status"]) == (
        CARLA.addr_spec, ANN.address, "in_progress",
    )  # fmt: skip
    assert desk.events(new)["opened"]["split_from"] == number
    assert len(desk.show(number)["messages"]) == 1
    again = desk.receive(make_raw(message_id="<3@x>", In_Reply_To="<lamp@x>"))
    assert again == Added(ticket=new)


def test_an_answer_to_the_notification_of_what_was_split_off_goes_with_it(desk: Node) -> None:
    number = desk.open(make_raw())
    desk.receive(make_raw(message_id="<lamp@x>", In_Reply_To="<vase@shop.example>", body="And a lamp.\n"))
    order(desk, number, "#split")
    new = desk.events(number)["split"]["ticket"]
    to_ben = select(t.outbox.c.message_id, t.outbox.c.notice).where(t.outbox.c.kind == "agent_notification")
    with desk.store.reading() as connection:
        rows = connection.execute(to_ben.order_by(t.outbox.c.id)).all()
    vase, lamp = [row.message_id for row in rows if row.notice["to"][0]["address"] == BEN.address][:2]
    ben, subject = Address(name=BEN.name, addr_spec=BEN.address), f"Re: [#{number}] Broken vase"

    about_lamp = desk.receive(make_raw(subject, ben, "<1@acme.example>", "A lamp comes.\n", In_Reply_To=lamp))
    about_vase = desk.receive(make_raw(subject, ben, "<2@acme.example>", "A vase comes.\n", In_Reply_To=vase))

    assert (about_lamp, about_vase) == (Added(ticket=new), Added(ticket=number))
    said = {one: desk.show(one)["messages"][-1]["reply"].strip() for one in (number, new)}
    assert said == {number: "A vase comes.", new: "A lamp comes."}
