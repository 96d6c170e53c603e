"""What each of an agent's commands orders, in all forms that people and mail programs give them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from mailticket.desk.command_words import ALONE, EITHER, EXAMPLES, NOTE, SHORTS, WITH_VALUE
from mailticket.desk.commands import read_commands
from mailticket.desk.orders import Away, Copy, Deed, Macro, Merge, Parent, PhoneCall, Release, Requester, Tag, WriteTo
from mailticket.desk.ticket import Priority, Status
from mailticket.mail.message import Address
from tests.factories import ANN, PAUL, make_ticket
from tests.unit.desk.scenes import CLEO, HIGH, JOERG, NEWCOMER, OTHER, RESOLVED, THANKS, scene, set_to


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "orders"),
    [
        *[(f"#status {one}", [set_to("status", str(one))]) for one in Status],
        *[(f"#{one}", [set_to("status", str(one))]) for one in Status],
        ("#status pending customer", [set_to("status", "pending_customer")]),
        ("#status in-progress", [set_to("status", "in_progress")]),
        ("#in-progress", [set_to("status", "in_progress")]),
        ("#pending customer", [set_to("status", "pending_customer")]),
        ("#pending_admin", [set_to("status", "pending_agent")]),
        ("#close", [set_to("status", "closed")]),
        ("#resolve", [RESOLVED]),
        ("#solved", [RESOLVED]),
        ("#reopen", [set_to("status", "open")]),
        *[(f"#priority {one}", [set_to("priority", str(one))]) for one in Priority],
        *[(f"#{one}", [set_to("priority", str(one))]) for one in Priority],
        ("#medium", [set_to("priority", "normal")]),
        ("#ask", [Deed.ASK]),
        ("#escalate", [Deed.ESCALATE]),
        ("#split", [Deed.SPLIT]),
        ("#help", [Deed.HELP]),
        ("#assign me", [set_to("assignee", ANN.address)]),
        ("#assign joerg@acme.example", [set_to("assignee", JOERG.address)]),
        ("#assign ann@home.example", [set_to("assignee", ANN.address)]),
        ("#assign Jörg Bauer", [set_to("assignee", JOERG.address)]),
        ("#assign joerg@acme.example<mailto:joerg@acme.example>", [set_to("assignee", JOERG.address)]),
        ("#assign [joerg@acme.example](mailto:joerg@acme.example)", [set_to("assignee", JOERG.address)]),
        ("#assign Jörg <joerg@acme.example>", [set_to("assignee", JOERG.address)]),
        ("#assign jorg", [set_to("assignee", JOERG.address)]),
        ("#assign bau", [set_to("assignee", JOERG.address)]),
        ("#assign ann", [set_to("assignee", ANN.address)]),
        ("#assign @cleo", [set_to("assignee", CLEO.address)]),
        ("#claim", [set_to("assignee", ANN.address)]),
        ("#unassign", [set_to("assignee", "")]),
        ("#team Returns", [set_to("team", "returns")]),
        ("#due 2026-12-01", [set_to("due_at", at("2026-12-01T17:00"))]),
        ("#due friday", [set_to("due_at", at("2026-11-27T17:00"))]),
        ("#due 3d", [set_to("due_at", at("2026-11-28T17:00"))]),
        ("#due none", [set_to("due_at", None)]),
        ("#tag a b", [Tag(tag="a"), Tag(tag="b")]),
        ("#tag #Broken, urgent-ish", [Tag(tag="broken"), Tag(tag="urgent-ish")]),
        ("#untag VIP", [Tag(tag="vip", off=True)]),
        ("#type general", [set_to("type", "general")]),
        ("#type Refund", [set_to("type", "refund")]),
        ("#field return_status=received", [set_to("fields", {"return_status": "received"})]),
        ("#field Size = 40 × 20", [set_to("fields", {"size": "40 × 20"})]),
        ("#order 10023", [set_to("order_number", "10023")]),
        ("#order 10023<tel:10023>", [set_to("order_number", "10023")]),
        ("#field url=https://t.example/1<https://t.example/1>", [set_to("fields", {"url": "https://t.example/1"})]),
        ("#order #10023.", [set_to("order_number", "10023")]),
        ("#outcome refunded", [set_to("outcome", "refunded")]),
        (
            "#outcome refunded by bank, in full.",
            [set_to("outcome", "refunded"), set_to("resolution", "by bank, in full.")],
        ),
        ("#cc add nora@shop.example", [Copy(person=Address(addr_spec="nora@shop.example"))]),
        ("#cc Nora <Nora@shop.example>", [Copy(person=NEWCOMER)]),
        ("#cc add Nora <nora@shop.example<mailto:nora@shop.example>>", [Copy(person=NEWCOMER)]),
        ("#cc remove paul@shop.example", [Copy(person=Address(addr_spec=PAUL.addr_spec), off=True)]),
        ("#requester nora@shop.example", [Requester(person=Address(addr_spec="nora@shop.example"))]),
        ("#requester Nora (nora@shop.example)", [Requester(person=NEWCOMER)]),
        ("#merge 2611-0001", [Merge(into=1)]),
        ("#merge [#2611-0001]", [Merge(into=1)]),
        ("#merge 2611–0001", [Merge(into=1)]),
        ("#parent 2611-0001", [Parent(ticket=1)]),
        ("#release 2", [Release(held=2)]),
        ("#release #2", [Release(held=2)]),
        ("#snooze 2d", [set_to("snoozed_until", at("2026-11-27T09:00"))]),
        ("#snooze 4h", [set_to("snoozed_until", at("2026-11-25T14:30"))]),
        ("#away until friday", [Away(until=at("2026-11-27T09:00"))]),
        ("#away bis nächsten Montag", [Away(until=at("2026-11-30T09:00"))]),
        ("#away off", [Away(until=None)]),
        ("#quiet", [set_to("quiet", True)]),
        ("#quiet off", [set_to("quiet", False)]),
        ("#macro refund-info", [Macro(name="Refund-info", text="Refunds take 3 days.")]),
        # as phones and mail programs put them
        ("#Status Resolved", [RESOLVED]),
        ("#STATUS RESOLVED.", [RESOLVED]),
        ("#resolved,", [RESOLVED]),
        ("#resolved.", [RESOLVED]),
        ("#resolved!", [RESOLVED]),
        ("#status: resolved", [RESOLVED]),
        ("#status=resolved", [RESOLVED]),
        ("#status “resolved”", [RESOLVED]),
        ("#status 'resolved'.", [RESOLVED]),
        ("#status «resolved»", [RESOLVED]),
        ("#status\u00a0resolved", [RESOLVED]),
        ("\u00a0#resolved\u00a0", [RESOLVED]),
        ("#status\u2003resolved", [RESOLVED]),
        ("#\u200bresolved", [RESOLVED]),
        ("\ufeff#resolved", [RESOLVED]),
        ("#reso\u00adlved", [RESOLVED]),
        ("\u200e#resolved\u200e", [RESOLVED]),
        ("＃resolved", [RESOLVED]),
        ("＃ｒｅｓｏｌｖｅｄ", [RESOLVED]),
        ("﹟resolved", [RESOLVED]),
        ("#\ufe0f\u20e3resolved", [RESOLVED]),
        ("*#resolved*", [RESOLVED]),
        ("**#status resolved**", [RESOLVED]),
        ("**#status** resolved", [RESOLVED]),
        ("_#resolved_", [RESOLVED]),
        ("`#status resolved`", [RESOLVED]),
        (" #resolved", [RESOLVED]),
        ("#resolved  \t", [RESOLVED]),
        ("#résolved", [RESOLVED]),
        ("#status pending–customer", [set_to("status", "pending_customer")]),
        ("#priority  high", [HIGH]),
    ],
    ids=str,
)  # fmt: skip
def test_line_orders(line: str, orders: list[Any]) -> None:
    read = read_commands(f"{line}\n\nHello Carla,\n\nit is on its way.\n", scene())

    assert read.problems == ()
    macros = [order.text for order in orders if isinstance(order, Macro)]
    assert list(read.orders) == orders
    assert read.text == "\n\n".join((*macros, "Hello Carla,\n\nit is on its way."))
    assert read.lines == (line,)
    assert read.note == ""


@pytest.mark.parametrize(
    ("line", "order"),
    [
        ("#to nora@shop.example", WriteTo(person=Address(addr_spec="nora@shop.example"))),
        ("#to Nora <nora@shop.example>", WriteTo(person=NEWCOMER)),
        (
            "#phone Nora Nell, +49 30 123-4567, nora@shop.example",
            PhoneCall(name="Nora Nell", address="nora@shop.example", number="+49 30 123-4567"),
        ),
        ("#phone +49 (30) 1234567", PhoneCall(name="", number="+49 (30) 1234567")),
        ("#phone Nora, +49 30 1234567<tel:+49301234567>", PhoneCall(name="Nora", number="+49 30 1234567")),
        ("#phone Nora Nell", PhoneCall(name="Nora Nell")),
        ("#phone nora@shop.example", PhoneCall(name="", address="nora@shop.example")),
    ],
)
def test_new_mail_opens_a_ticket_for_a_customer(line: str, order: Any) -> None:
    assert read_commands(f"{line}\nHello", scene(ticket=None)).orders == (order,)


def test_macro_sets_what_the_agent_has_not_ordered() -> None:
    read = read_commands("#macro thanks\n#high\n\nSee you, Ann", scene())

    assert read.text == "Thank you!\n\nSee you, Ann"
    assert read.orders == (THANKS, HIGH, RESOLVED)


def test_every_command_has_an_example_that_can_be_read() -> None:
    assert EXAMPLES.keys() == {NOTE, *WITH_VALUE, *ALONE, *EITHER}
    for word, example in EXAMPLES.items():
        there = make_ticket(tags=("broken",))
        about = scene(ticket=None if word in ("to", "phone") else there, find=lambda number: OTHER)
        assert read_commands(example, about).problems == (), example


def test_shorts_are_words_of_their_own() -> None:
    assert SHORTS.keys().isdisjoint({NOTE, *WITH_VALUE, *ALONE, *EITHER})
