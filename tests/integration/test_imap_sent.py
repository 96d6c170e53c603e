"""People who answer from the mailbox itself: their mail in Sent is on the ticket, and nobody is written to for it."""

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mailticket.mail.message import Address
from mailticket.store import receipts
from mailticket.store.engine import Store
from tests.factories import CARLA, DESK, make_raw
from tests.integration.imap_desk import eventually
from tests.integration.nodes import node
from tests.integration.shop import NOW, RITA, Shop, answer
from tests.servers.dovecot import Dovecot

_users = (f"desk{number}" for number in itertools.count())


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with Dovecot({f"desk{n}": "secret" for n in range(40)}, folders={"Sent": r"\Sent"}) as dovecot:
        yield dovecot


@pytest.fixture
def shop(request: pytest.FixtureRequest, dovecot: Dovecot, tmp_path: Path) -> Iterator[Shop]:
    store: Store = request.getfixturevalue(getattr(request, "param", "sqlite"))
    with node(store, tmp_path / "blobs", agents=(), reads_sent=True) as desk:
        desk.clock.time = NOW + timedelta(hours=1)
        yield Shop(desk, dovecot, next(_users))


@pytest.mark.parametrize("shop", ["sqlite", "postgresql"], indirect=True)
def test_an_answer_from_the_mailbox_is_on_the_ticket_and_so_is_what_the_customer_says_to_it(shop: Shop) -> None:
    with shop.open():
        shop.hears(make_raw())
        assert shop.has(1)["status"] == "open"
        queued = shop.desk.queued()

        shop.sends(answer(Cc=f"{RITA.addr_spec}"))
        ticket = shop.has(2)
        assert ticket["status"] == "pending_customer"
        assert ticket["first_response_at"] == shop.desk.clock.time
        assert [one["address"] for one in ticket["participants"]] == [RITA.addr_spec]
        _, said = ticket["messages"]
        assert (said["direction"], said["visibility"], said["delivery"]) == ("outbound", "public", "sent")
        assert (said["from"]["address"], said["from_customer"], said["verdict"]) == (DESK, False, "pass")
        assert (said["reply"].strip(), said["message_id"]) == ("A new vase is on its way.", "<answer@acme.example>")
        assert {event["actor"] for event in ticket["events"] if event["kind"] == "answered"} == {"mailbox:support"}
        waiting = [mail for mail in shop.desk.queued() if mail not in queued]
        assert waiting == [("reply", CARLA.addr_spec)], "nothing but the record of what has left"

        shop.hears(make_raw("Re: Broken vase", message_id="<thanks@shop.example>", In_Reply_To="<answer@acme.example>"))
        assert shop.has(3)["status"] == "pending_agent"

    with shop.dovecot.imap(shop.user) as client:
        for folder, flags in (("INBOX", {b"$Mailticket"}), ("Sent", {rb"\Seen"})):
            client.select_folder(folder, readonly=True)
            found = client.get_flags(client.search("ALL"))
            assert all(set(one) - {rb"\Recent"} == flags for one in found.values())


@pytest.mark.parametrize(
    ("heard_last", "status"),
    [
        pytest.param(NOW - timedelta(hours=1), "pending_customer", id="the answer came last"),
        pytest.param(NOW + timedelta(hours=1), "open", id="the customer has written since"),
    ],
)
def test_a_thread_that_went_on_while_we_were_away_is_whole(shop: Shop, heard_last: datetime, status: str) -> None:
    shop.desk.clock.time = NOW + timedelta(days=1)
    shop.hears(make_raw(), NOW - timedelta(hours=2))
    shop.hears(make_raw("Re: Broken vase", message_id="<2@shop.example>", References="<vase@shop.example>"), heard_last)
    shop.sends(answer(), NOW)

    with shop.open():
        assert shop.has(3)["status"] == status


def test_an_answer_from_a_machine_whose_clock_is_slow_is_an_answer_all_the_same(shop: Shop) -> None:
    with shop.open():
        shop.hears(make_raw(), NOW)
        shop.has(1)
        shop.sends(answer(), NOW - timedelta(minutes=10))
        assert shop.has(2)["status"] == "pending_customer"


def test_what_lay_in_sent_before_us_stays_there(shop: Shop) -> None:
    shop.sends(answer(message_id="<old@acme.example>"))
    with shop.open(start="now") as watcher:
        eventually(lambda: watcher.state.last_success_at)
        shop.hears(make_raw())
        shop.has(1)
        shop.sends(answer())
        assert shop.has(2)["messages"][1]["message_id"] == "<answer@acme.example>"


def test_an_answer_takes_back_the_status_update_that_it_overtakes(shop: Shop) -> None:
    with shop.open():
        shop.hears(make_raw())
        number = shop.has(1)["number"]
        shop.desk.change(number, status="resolved")

        shop.sends(answer())
        assert shop.has(2)["status"] == "pending_customer"
        assert shop.desk.events(number)["delivery_cancelled"] == {"notice": "resolved"}


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        pytest.param(answer(reply_to=""), "sent_without_ticket", id="about something else"),
        pytest.param(
            answer(reply_to="", subject="[#2611-0001] Vases", to=RITA.addr_spec), "sent_without_ticket",
            id="a number, to somebody who has no part in it",
        ),
        pytest.param(answer(X_Mailticket_Loop="desk-1"), "own_loop", id="ours, which the provider has put there"),
        pytest.param(
            answer().replace(f"Acme <{DESK}>".encode(), b"Ann <ann@home.example>"), "sent_from_another_address",
            id="from a private address",
        ),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_recorded_as_ignored(shop: Shop, raw: bytes, reason: str) -> None:
    with shop.open():
        shop.hears(make_raw())
        number = shop.has(1)["number"]
        shop.sends(raw)
        shop.sends(answer(message_id="<last@acme.example>"))
        ticket = shop.has(2)

    assert [message["message_id"] for message in ticket["messages"]][1:] == ["<last@acme.example>"], number
    found = _receipt(shop, "<answer@acme.example>")
    assert found is not None and (found["receipt"], found["reason"]) == ("ignored", reason)


def test_a_number_in_the_subject_leads_to_the_ticket_of_the_one_who_is_written_to(shop: Shop) -> None:
    with shop.open():
        shop.hears(make_raw())
        number = shop.has(1)["number"]
        shop.sends(answer(reply_to="", subject=f"[#{number}] Your vase"))
        assert shop.has(2)["status"] == "pending_customer"


def test_who_was_written_to_first_and_answers_opens_a_ticket_that_goes_on(shop: Shop) -> None:
    with shop.open():
        shop.sends(answer("Your order is late.\n", reply_to="", subject="Your order"))
        eventually(lambda: _receipt(shop, "<answer@acme.example>"))
        shop.hears(make_raw("Re: Your order", message_id="<1@shop.example>", In_Reply_To="<answer@acme.example>"))
        assert shop.has(1)["title"] == "Re: Your order"
        shop.sends(answer(reply_to="<1@shop.example>", message_id="<2@acme.example>"))
        assert shop.has(2)["status"] == "pending_customer"


def test_what_a_supplier_is_asked_is_for_agents_only_and_the_answer_comes_to_the_ticket(shop: Shop) -> None:
    with shop.open():
        shop.hears(make_raw())
        shop.has(1)
        shop.sends(answer("Have you got one more?\n", to=RITA.addr_spec, subject="Fwd: Broken vase"))
        ticket = shop.has(2)
        assert (ticket["status"], ticket["messages"][1]["visibility"]) == ("open", "internal")

        shop.hears(
            make_raw("Re: Fwd: Broken vase", RITA, "<yes@supplier.example>", In_Reply_To="<answer@acme.example>")
        )
        assert shop.has(3)["messages"][2]["from"]["address"] == RITA.addr_spec


def test_a_report_that_an_answer_did_not_arrive_finds_its_ticket(shop: Shop) -> None:
    report = make_raw(
        "Undelivered Mail Returned to Sender", Address(name="", addr_spec="mailer-daemon@mx.acme.example"),
        "<dsn@mx.acme.example>",
        "Final-Recipient: rfc822; carla@shop.example\r\nAction: failed\r\nStatus: 5.1.1\r\n",
    )  # fmt: skip
    parts = (
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n--b\r\n'
        b"Content-Type: text/plain\r\n\r\nIt did not arrive.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        b"Reporting-MTA: dns; mx.acme.example\r\n\r\nFinal-Recipient: rfc822; carla@shop.example\r\n"
        b"Action: failed\r\nStatus: 5.1.1\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        b"Message-ID: <answer@acme.example>\r\n\r\n--b--\r\n"
    )
    head = report.partition(b"\r\n\r\n")[0].split(b"Content-Type")[0]
    with shop.open():
        shop.hears(make_raw())
        number = shop.has(1)["number"]
        shop.sends(answer())
        shop.has(2)
        shop.hears(head + parts)
        eventually(lambda: "bounced" in shop.desk.events(number))
        ticket = shop.desk.show(number)

    assert ticket["messages"][1]["delivery"] == "bounced"
    assert ticket["status"] == "pending_agent"


def _receipt(shop: Shop, message_id: str) -> dict[str, Any] | None:
    with shop.desk.store.reading() as connection:
        return receipts.find(connection, message_id)
