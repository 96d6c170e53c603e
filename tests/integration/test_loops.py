"""Machines that do not say what they are: three mails of ours at most, then silence and an event."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select, update

from mailticket.desk.buttons import Word
from mailticket.desk.policy import Agent, Caps
from mailticket.desk.receipt import Added, Held, Opened
from mailticket.mail.message import Address
from mailticket.store import absences, leaving, waiting
from mailticket.store import tables as t
from mailticket.store.engine import Store
from tests.factories import ANN, CARLA, make_raw
from tests.integration.nodes import Node, node

BEN = Agent(name="Ben", address="ben@acme.example", teams=("returns",))
#: No cap comes first.
MANY = Caps(per_address_per_hour=1000)
SECONDS, MINUTES = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Iterator[Node]:
    with node(store, tmp_path / "blobs", agents=(ANN, BEN), confirmations=MANY, quick_answer=15 * SECONDS) as running:
        yield running


def deliver(desk: Node, kind: str) -> str:
    """Everything leaves now; returns the Message-ID of the newest mail of this kind."""
    with desk.store.writing() as connection:
        for row in connection.execute(select(t.outbox.c.id).where(t.outbox.c.state == "queued")).all():
            leaving.sent(connection, row.id, desk.clock.time)
        newest = select(t.outbox.c.message_id).where(t.outbox.c.kind == kind).order_by(t.outbox.c.id.desc()).limit(1)
        return str(connection.execute(newest).scalar_one())


def later(desk: Node, by: timedelta) -> None:
    desk.clock.time += by


def kinds(desk: Node, number: str) -> list[str]:
    return [event["kind"] for event in desk.show(number)["events"]]


def new_mail(desk: Node, count: int, verdict: str = "pass") -> str:
    """Carla opens another ticket; its number."""
    return desk.open(make_raw(subject=f"Vase {count}", message_id=f"<n{count}@shop.example>", verdict=verdict))


# -- new mail on each confirmation


def test_desk_that_answers_each_confirmation_with_new_mail_gets_three(desk: Node) -> None:
    numbers = []
    for count in range(6):
        numbers.append(new_mail(desk, count))
        deliver(desk, "confirmation")
        later(desk, 5 * SECONDS)

    confirmed = [number for number in numbers if "confirmation_queued" in kinds(desk, number)]
    assert confirmed == numbers[:3]
    assert "loop_suspected" in kinds(desk, numbers[3])
    assert "loop_suspected" not in kinds(desk, numbers[4])
    for number in numbers[3:]:
        assert desk.events(number)["confirmation_suppressed"] == {"reason": "loop_suspected"}


def test_the_silence_ends_after_a_day(desk: Node) -> None:
    for count in range(4):
        new_mail(desk, count)
        deliver(desk, "confirmation")
        later(desk, 5 * SECONDS)

    later(desk, timedelta(hours=23))
    assert "confirmation_suppressed" in kinds(desk, new_mail(desk, 10))
    later(desk, timedelta(hours=1, minutes=5))
    assert "confirmation_queued" in kinds(desk, new_mail(desk, 11))


def test_somebody_who_writes_ten_mails_by_hand_gets_ten_confirmations(desk: Node) -> None:
    for count in range(10):
        number = new_mail(desk, count)
        deliver(desk, "confirmation")
        assert "confirmation_queued" in kinds(desk, number), count
        later(desk, 2 * MINUTES)


def test_a_thousand_customers_in_a_minute_are_no_loop(desk: Node) -> None:
    for count in range(50):
        sender = Address(name="", addr_spec=f"c{count}@provider.example")
        number = desk.open(make_raw(sender=sender, message_id=f"<{count}@provider.example>"))
        deliver(desk, "confirmation")
        assert "confirmation_queued" in kinds(desk, number)


def test_forger_does_not_silence_the_owner_of_an_address(desk: Node) -> None:
    for count in range(6):
        number = new_mail(desk, count, verdict="")
        deliver(desk, "confirmation")
        later(desk, 5 * SECONDS)
    assert "confirmation_suppressed" in kinds(desk, number)

    assert "confirmation_queued" in kinds(desk, new_mail(desk, 10))


# -- quick answers on a ticket


def answers(desk: Node, count: int, sender: Address = CARLA, **fields: str) -> object:
    over: dict[str, Any] = {"subject": "I am not here", "sender": sender, "message_id": f"<q{count}@{sender.domain}>"}
    return desk.receive(make_raw(**over | fields))


@pytest.mark.parametrize("by", ["In-Reply-To", "number"])
def test_customers_machine_reopens_twice_and_then_no_more(desk: Node, by: str) -> None:
    number = desk.open(make_raw())
    for count in range(3):
        desk.change(number, status="resolved")
        id_ = deliver(desk, "resolved")
        later(desk, 10 * SECONDS)
        if by == "number":
            desk.receive(make_raw(subject=f"Away: [#{number}] Broken vase", message_id=f"<q{count}@shop.example>"))
        else:
            answers(desk, count, In_Reply_To=id_)
        assert desk.show(number)["status"] == ("pending_agent" if count < 2 else "resolved"), count

    assert kinds(desk, number).count("loop_suspected") == 1
    assert len(desk.show(number)["messages"]) == 4, "nothing is lost"


def test_people_who_take_their_time_reopen_as_often_as_they_like(desk: Node) -> None:
    number = desk.open(make_raw())
    for count in range(5):
        desk.change(number, status="resolved")
        id_ = deliver(desk, "resolved")
        later(desk, 20 * SECONDS)
        answers(desk, count, In_Reply_To=id_)
        assert desk.show(number)["status"] == "pending_agent", count


def test_three_quick_answers_of_different_hours_are_chance(desk: Node) -> None:
    number = desk.open(make_raw())
    for count in range(5):
        desk.change(number, status="resolved")
        id_ = deliver(desk, "resolved")
        later(desk, 10 * SECONDS)
        answers(desk, count, In_Reply_To=id_)
        assert desk.show(number)["status"] == "pending_agent", count
        later(desk, 40 * MINUTES)


def test_where_our_mail_is_on_its_way_its_making_counts(desk: Node) -> None:
    number = desk.open(make_raw())
    for count in range(3):
        desk.change(number, status="resolved")
        with desk.store.writing() as connection:
            connection.execute(update(t.outbox).values(sent_at=None))
        id_ = deliver_nothing(desk)
        later(desk, 5 * SECONDS)
        answers(desk, count, In_Reply_To=id_)

    assert desk.show(number)["status"] == "resolved"


def deliver_nothing(desk: Node) -> str:
    """The Message-ID of a status update that delivery has in hand: a later change does not rewrite it."""
    with desk.store.writing() as connection:
        connection.execute(update(t.outbox).values(attempts=1))
        newest = select(t.outbox.c.message_id).where(t.outbox.c.kind == "resolved").order_by(t.outbox.c.id.desc())
        return str(connection.execute(newest.limit(1)).scalar_one())


# -- an agent who is away


ANNS = Address(name=ANN.name, addr_spec=ANN.address)


def notified(desk: Node, number: str, count: int) -> str:
    """Carla writes; the Message-ID of what Ann hears of it."""
    desk.receive(make_raw(subject=f"Re: [#{number}]", message_id=f"<c{count}@shop.example>", body=f"And {count}?\n"))
    with desk.store.writing() as connection:
        waiting_ones = update(t.outbox).where(t.outbox.c.state == "queued")
        connection.execute(waiting_ones.values(sent_at=desk.clock.time, state="sent"))
        mine = [
            row.message_id
            for row in connection.execute(select(t.outbox).order_by(t.outbox.c.id))
            if row.kind == "agent_notification" and row.notice["to"][0]["address"] == ANN.address
        ]
        return str(mine[-1])


def test_agents_machine_without_a_header_does_not_go_on_to_the_customer_a_third_time(desk: Node) -> None:
    number = desk.open(make_raw())
    receipts = []
    for count in range(5):
        id_ = notified(desk, number, count)
        later(desk, 3 * SECONDS)
        receipts.append(answers(desk, count, ANNS, In_Reply_To=id_))
        later(desk, MINUTES)

    assert receipts[:2] == [Added(ticket=number)] * 2
    assert [type(receipt) for receipt in receipts[2:]] == [Held] * 3
    assert {one.reason for one in desk.waiting(waiting.HELD)} == {"too_quick"}
    assert [kind for kind, _ in desk.queued()].count("reply") == 2
    assert [kind for kind, _ in desk.queued()].count("held") == 1, "she is asked once, or that would be answered, too"
    assert "loop_suspected" in kinds(desk, number)


def test_released_the_quick_answer_was_a_persons(desk: Node) -> None:
    number = desk.open(make_raw())
    for count in range(3):
        id_ = notified(desk, number, count)
        later(desk, 3 * SECONDS)
        answers(desk, count, ANNS, In_Reply_To=id_)

    (held,) = desk.waiting(waiting.HELD)
    assert desk.ledger.again(held, Word.RELEASE).result(20) == Added(ticket=number)
    assert [kind for kind, _ in desk.queued()].count("reply") == 3


def test_agent_who_answers_old_notifications_while_new_ones_come_is_a_person(desk: Node) -> None:
    number = desk.open(make_raw())
    old = notified(desk, number, 0)
    later(desk, 10 * MINUTES)
    for count in range(1, 5):
        notified(desk, number, count)
        later(desk, 2 * SECONDS)
        answers(desk, count, ANNS, In_Reply_To=old)

    # (she is asked because the customer has written since, and not because she is quick)
    assert {one.reason for one in desk.waiting(waiting.HELD)} == {"changed_since"}
    assert "loop_suspected" not in kinds(desk, number)


@pytest.mark.parametrize("verdict", ["pass", ""], ids=["proved", "by the token of her notification"])
def test_absence_notice_hands_a_ticket_back_that_was_just_given(desk: Node, verdict: str) -> None:
    number = desk.open(make_raw())
    desk.change(number, assignee=ANN.address)
    later(desk, timedelta(hours=1))
    id_ = notified(desk, number, 0)
    before = desk.queued(notifications=True)

    answers(desk, 0, ANNS, In_Reply_To=id_, Auto_Submitted="auto-replied", verdict=verdict)

    ticket = desk.show(number)
    assert (ticket["assignee"], ticket["status"]) == (None, "pending_agent")
    assert desk.events(number)["handed_back"] == {"agent": ANN.address, "team": ""}
    assert desk.queued(notifications=True)[len(before) :] == [("agent_notification", BEN.address)]


@pytest.mark.parametrize("away", [(), (BEN.address,)], ids=["others are there", "one of them has said #away"])
def test_where_the_whole_team_is_away_others_hear_of_its_ticket(
    store: Store, tmp_path: Path, away: tuple[str, ...]
) -> None:
    cid = Agent(name="Cid", address="cid@acme.example", teams=("vases",))
    with node(store, tmp_path / "blobs", agents=(ANN, BEN, cid), teams=("returns", "vases")) as desk:
        number = desk.open(make_raw())
        desk.change(number, team="vases", assignee=cid.address)
        desk.receive(make_raw(subject=f"Re: [#{number}]", message_id="<c@shop.example>"))
        with store.writing() as connection:
            for agent in away:
                absences.leave(connection, agent, desk.clock.time + timedelta(days=1))
        before = desk.queued(notifications=True)

        cids = Address(name="Cid", addr_spec=cid.address)
        answers(desk, 0, cids, In_Reply_To="<vase@shop.example>", Auto_Submitted="auto-replied")

        told = desk.queued(notifications=True)[len(before) :]
        there = [one for one in (ANN.address, BEN.address) if one not in away]
        assert told == [("agent_notification", one) for one in there]


def test_absence_notice_of_somebody_at_work_on_it_hands_nothing_back(desk: Node) -> None:
    number = desk.open(make_raw())
    desk.change(number, assignee=ANN.address)
    later(desk, timedelta(hours=1))
    answers(desk, 0, ANNS, In_Reply_To=notified(desk, number, 0))
    later(desk, timedelta(hours=1))

    answers(desk, 1, ANNS, In_Reply_To=notified(desk, number, 1), Auto_Submitted="auto-replied")

    assert desk.show(number)["assignee"] == ANN.address


def test_forged_absence_notice_hands_nothing_back(desk: Node) -> None:
    number = desk.open(make_raw())
    desk.change(number, assignee=ANN.address)

    answers(desk, 0, ANNS, In_Reply_To="<vase@shop.example>", Auto_Submitted="auto-replied", verdict="")

    assert desk.show(number)["assignee"] == ANN.address


# -- what goes round


def test_mail_of_ours_that_a_forwarder_sends_back_without_its_mark_is_ours(desk: Node) -> None:
    number = desk.open(make_raw())
    id_ = deliver(desk, "confirmation")
    back = make_raw(subject=f"[#{number}] Broken vase", sender=Address(name="", addr_spec=CARLA.addr_spec))

    receipt = desk.receive(back.replace(b"<vase@shop.example>", id_.encode()))

    assert not isinstance(receipt, Opened | Added)
    assert len(desk.show(number)["messages"]) == 1


def test_who_presses_buttons_at_once_is_no_machine(desk: Node) -> None:
    for count in range(3):
        number = new_mail(desk, count)
        deliver(desk, "agent_notification")
        (notice,) = [
            one for one in desk.notices() if one["number"] == number and one["to"][0]["address"] == ANN.address
        ][:1]
        link = urlsplit(next(one["mail"] for one in notice["details"]["buttons"] if one["name"] == "take"))
        later(desk, SECONDS)
        subject = parse_qs(link.query)["subject"][0]
        pressed = make_raw(
            subject, Address(name="Ann", addr_spec=ANN.address), f"<p{count}@acme.example>", "Just send.\n"
        )

        assert desk.receive(pressed) == Added(ticket=number)

    assert "loop_suspected" not in kinds(desk, number)
    assert desk.show(number)["assignee"] == ANN.address
