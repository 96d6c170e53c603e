"""Held mail and the words that people say about it: by button, by time, once."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from mailticket.actions.digest import send_digests
from mailticket.desk.receipt import Added, Held, Ignored
from mailticket.jobs import carry_out_words
from mailticket.mail.message import Address
from mailticket.store import waiting
from mailticket.store.engine import Store
from mailticket.store.tables import outbox
from tests.factories import ANN, CARLA, make_raw
from tests.integration.nodes import Node


def forged(number: str = "", **over: Any) -> bytes:
    """A mail under Carla's name of which her domain says that it is forged."""
    subject = f"Re: [#{number}] Broken vase" if number else "Broken chair"
    return make_raw(**{"message_id": "<forged@shop.example>", "subject": subject, "verdict": "fail"} | over)


def questions(store: Store) -> list[dict[str, Any]]:
    """What agents were asked about held mail, oldest first."""
    with store.reading() as connection:
        rows = connection.execute(select(outbox.c.notice).where(outbox.c.kind == "held").order_by(outbox.c.id))
        return [row.notice for row in rows]


def press(desk: Node, link: str, message_id: str) -> Any:
    """Ann clicks and sends the mail that opens."""
    subject, ann = parse_qs(urlsplit(link).query)["subject"][0], Address(name="Ann", addr_spec=ANN.address)
    return desk.receive(make_raw(sender=ann, subject=subject, message_id=message_id, verdict=""))


def carry_out(desk: Node) -> int:
    """Runs the job; returns how many mails it carried out."""
    before = len(desk.waiting(waiting.HELD))
    carry_out_words(desk.ledger, desk.clock.time)
    return before - len(desk.waiting(waiting.HELD))


@pytest.fixture
def number(desk: Node) -> str:
    """Carla's ticket."""
    return desk.open(make_raw())


def test_agents_in_charge_are_asked_once_about_a_known_persons_held_mail(desk: Node, number: str) -> None:
    assert isinstance(desk.receive(forged(number)), Held)
    desk.receive(forged(number))

    (asked,) = questions(desk.store)
    assert [to["address"] for to in asked["to"]] == [ANN.address]
    assert (asked["details"]["ticket"], asked["details"]["sender"]) == (number, CARLA.addr_spec)
    assert [kind for kind, to in desk.queued() if to == CARLA.addr_spec] == ["confirmation"]


def test_a_strangers_held_mail_is_in_the_digest_and_asked_about_by_nobody(desk: Node) -> None:
    desk.receive(forged())

    assert questions(desk.store) == []
    assert [one.reason for one in desk.waiting(waiting.HELD)] == ["failed_verdict"]


def test_join_puts_the_mail_onto_its_ticket_as_not_verified(desk: Node, number: str) -> None:
    desk.receive(forged(number))
    (asked,) = questions(desk.store)

    assert press(desk, asked["details"]["join"], "<click@acme.example>") == Added(ticket=number)
    assert carry_out(desk) == 1

    ticket = desk.show(number)
    assert [message["verdict"] for message in ticket["messages"]] == ["pass", "fail"]
    assert desk.events(number)["mail_decided"]["word"] == "join"
    assert desk.events(number)["message_added"]["unverified"] is True
    assert desk.waiting(waiting.HELD) == []
    assert carry_out(desk) == 0


def test_release_vouches_for_the_sender(desk: Node, number: str) -> None:
    desk.receive(forged(number))

    press(desk, questions(desk.store)[0]["details"]["release"], "<click@acme.example>")
    carry_out(desk)

    assert [message["verdict"] for message in desk.show(number)["messages"]] == ["pass", "pass"]


def test_discard_drops_the_mail_and_a_second_click_finds_nothing(desk: Node, number: str) -> None:
    desk.receive(forged(number))
    link = questions(desk.store)[0]["details"]["discard"]

    assert press(desk, link, "<click@acme.example>") == Added(ticket=number)
    assert press(desk, link, "<again@acme.example>") == Ignored(reason="held_mail_is_gone")

    assert desk.waiting(waiting.HELD) == []
    assert carry_out(desk) == 0
    assert len(desk.show(number)["messages"]) == 1


def test_a_known_persons_mail_becomes_a_ticket_of_its_own_when_nobody_decides(desk: Node, number: str) -> None:
    before = desk.queued()
    desk.receive(forged(number))
    # Sunday noon: the desk opens on Monday at nine
    desk.clock.time += timedelta(hours=24 + 0.9)
    assert carry_out(desk) == 0
    desk.clock.time += timedelta(hours=0.2)

    assert carry_out(desk) == 1

    (own,) = [one for one in desk.numbers() if one != number]
    ticket = desk.show(own)
    assert (ticket["possible_reply_to"], ticket["follows"], ticket["status"]) == (number, None, "open")
    assert desk.events(own)["confirmation_suppressed"] == {"reason": "nobody_decided"}
    outside = [kind for kind, to in desk.queued()[len(before) :] if to == CARLA.addr_spec]
    assert outside == [], "nothing is sent to somebody who may not have written"
    assert len(desk.show(number)["messages"]) == 1


def test_a_strangers_held_mail_waits_for_a_word_however_long(desk: Node) -> None:
    desk.receive(forged())
    desk.clock.time += timedelta(days=30)

    assert carry_out(desk) == 0
    assert len(desk.waiting(waiting.HELD)) == 1


def test_leads_get_the_digest_once_a_working_morning_and_discard_in_bulk(desk: Node) -> None:
    desk.receive(forged())
    desk.receive(forged(message_id="<other@shop.example>", subject="Broken table"))

    def digest() -> bool:
        with desk.store.writing() as connection:
            return bool(send_digests(connection, desk.context, desk.clock.time))

    assert digest() is False, "it is Sunday"
    desk.clock.time += timedelta(hours=22)
    assert digest() is True
    assert digest() is False, "once"
    with desk.store.reading() as connection:
        notice = connection.execute(select(outbox.c.notice).where(outbox.c.kind == "digest")).scalar_one()
    assert [one["subject"] for one in notice["details"]["held"]] == ["Broken table", "Broken chair"]
    desk.receive(forged(message_id="<later@shop.example>", subject="Broken lamp"))

    press(desk, notice["details"]["discard_failed"], "<click@acme.example>")

    assert [one.subject for one in desk.waiting(waiting.HELD)] == ["Broken lamp"]
