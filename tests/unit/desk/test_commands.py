"""Agents' commands: what each orders, what is refused, and which words are for whom."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailticket.desk.command_words import ALONE, EITHER, EXAMPLES, NOTE, SHORTS, WITH_VALUE, Scene
from mailticket.desk.commands import read_commands
from mailticket.desk.orders import (
    Away,
    Change,
    Copy,
    Deed,
    Macro,
    Merge,
    Parent,
    PhoneCall,
    Release,
    Requester,
    Tag,
    WriteTo,
)
from mailticket.desk.policy import Agent
from mailticket.desk.ticket import Priority, Status
from mailticket.mail.message import Address
from tests.factories import ANN, PAUL, make_policy, make_ticket

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
        "policy": make_policy(agents=(ANN, JOERG, CLEO), teams=("returns", "sales")),
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


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


RESOLVED, HIGH = set_to("status", "resolved"), set_to("priority", "high")
NEWCOMER = Address(name="Nora", addr_spec="nora@shop.example")


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


@pytest.mark.parametrize(
    ("text", "orders", "public", "note"),
    [
        ("Hello", [], "Hello", ""),
        ("", [], "", ""),
        ("\n\n#high\n\n#resolved\n\n\nHello\n#high", [HIGH, RESOLVED], "Hello\n#high", ""),
        ("# Heading\n#high", [], "# Heading\n#high", ""),
        ("#10023 is your order", [], "#10023 is your order", ""),
        ("#2 thing", [], "#2 thing", ""),
        ("#", [], "#", ""),
        ("##high", [], "##high", ""),
        ("> #high", [], "> #high", ""),
        ("a #high", [], "a #high", ""),
        ("    #high", [], "    #high", ""),
        ("#note look at this", [], "", "look at this"),
        ("#note\nlook\n\n#high\nat this", [], "", "look\n\n#high\nat this"),
        ("#high\n#note: look", [HIGH], "", "look"),
        ("*#Note* look …", [], "", "look …"),
        ("#note \U0001f468\u200d\U0001f469 smile", [], "", "\U0001f468\u200d\U0001f469 smile"),
        ("#high\nHello\n#note not for you\n#resolved", [HIGH], "Hello", "not for you\n#resolved"),
        ("Hello\n＃Note\nnot for you", [], "Hello", "not for you"),
        ("#high\r\nHello", [HIGH], "Hello", ""),
        ("#high\n#high\nHello", [HIGH, HIGH], "Hello", ""),
        ("#tag a\n#tag a b", [Tag(tag="a"), Tag(tag="a"), Tag(tag="b")], "", ""),
        ("  indented\n  text", [], "  indented\n  text", ""),
    ],
    ids=str,
)  # fmt: skip
def test_words_go_to_whom_they_are_for(text: str, orders: list[Any], public: str, note: str) -> None:
    read = read_commands(text, scene())

    assert (list(read.orders), read.text, read.note, read.problems) == (orders, public, note, ())


def test_macro_sets_what_the_agent_has_not_ordered() -> None:
    read = read_commands("#macro thanks\n#high\n\nSee you, Ann", scene())

    assert read.text == "Thank you!\n\nSee you, Ann"
    assert read.orders == (THANKS, HIGH, RESOLVED)


@pytest.mark.parametrize(
    ("text", "says", "meant"),
    [
        ("#priortiy high", "There is no #priortiy.", "#priority high"),
        ("#priortiy hihg", "There is no #priortiy.", "#priority high"),
        ("#ntoe secret", "There is no #ntoe.", "#note secret"),
        ("#resolvd", "There is no #resolvd.", "#resolved"),
        ("#returns", "There is no #returns.", "#team returns"),
        ("#thanks", "There is no #thanks.", "#macro thanks"),
        ("#xqzzy", "There is no #xqzzy.", ""),
        ("#status resolvd", '"resolvd" is not known; allowed: open, in_progress', "#status resolved"),
        ("#priority hgih", "allowed: low, normal, high, urgent", "#priority high"),
        ("#status", "#status needs a value, such as: #status resolved", ""),
        ("#due", "needs a value, such as: #due", ""),
        ("#due firday", "is no date", "#due friday"),
        ("#due 2026-11-01", "is past", ""),
        ("#due yesterday", "is past", ""),
        ("#due 2062-11-01", "more than five years away", ""),
        ("#snooze", "needs a value", ""),
        ("#snooze today", "is past", ""),
        ("#assign an", "may be ann@acme.example or cleo@acme.example; write the address", ""),
        ("#assign jeorg", "is not an agent; agents: ann@acme.example", "#assign Jörg"),
        ("#assign bob@acme.example", "is not an agent", ""),
        ("#team salse", "allowed: returns, sales", "#team sales"),
        ("#untag vpi", "is not on this ticket; its tags: vip, vase", "#untag vip"),
        ("#untag vip rose", '"rose" is not on this ticket', ""),
        ("#tag " + "x" * 41, "up to 40 characters", ""),
        ("#type refund", "allowed: general", ""),
        ("#field x", "takes a name and a value", ""),
        ("#field 1x=y", "must begin with a letter", ""),
        ("#outcome " + "x" * 201, "at most 200", ""),
        ("#macro thanx", '"thanx" is not a macro; macros: Refund-info, thanks', "#macro thanks"),
        ("#cc remove paul@shop.exmple", "not on this ticket; on it: paul@shop.example", "#cc remove paul@shop.example"),
        ("#cc add support@acme.example", "belongs to the desk itself", ""),
        ("#cc add joerg@acme.example", "belongs to the desk itself", ""),
        ("#cc add Nora", "needs an address", ""),
        ("#cc add a@x.example b@x.example", "names 2 addresses", ""),
        ("#requester support+x@acme.example", "is the desk itself", ""),
        ("#to nora@shop.example", "opens a ticket", ""),
        ("#phone Nora", "opens a ticket", ""),
        ("#merge 2611-0042", "2611-0042 is this very ticket", ""),
        ("#merge 2611-9999", "there is no ticket 2611-9999", ""),
        ("#mrege 2611-0001", "There is no #mrege.", "#merge 2611-0001"),
        ("#parent 2611-0042", "is this very ticket", ""),
        ("#release 3", "no mail of number 3 is held", ""),
        ("#release all", "needs the number", ""),
        ("#quiet please", "is not known; allowed: on, off", ""),
        ("#note", "#note needs words", ""),
        ("#note\n \n", "#note needs words", ""),
        ("#close Hello Carla, thanks", "#close stands alone on its line", "#close\nHello Carla, thanks"),
        ("#status resolved Hello Carla, thanks", "is not known", "#status resolved\nHello Carla, thanks"),
        ("#status resolved #high", "shares its line", "#status resolved\n#high"),
        ("#resolved #high", "stands alone", "#resolved\n#high"),
        ("#claim now", "stands alone", "#claim"),
        ("#escalate to Jörg please", "stands alone", "#escalate"),
        ("#due end of month", "is no date", ""),
        ("#resolved\n#open", '#open contradicts "#resolved".', ""),
        ("#ask\n#resolved", '#resolved contradicts "#ask".', ""),
        ("#assign me\n#unassign", "contradicts", ""),
        ("#tag a\n#untag vip\n#tag vip", "contradicts", ""),
        ("#cc add paul@shop.example\n#cc remove paul@shop.example", "contradicts", ""),
        ("#merge 2611-0001\n#open", "contradicts", ""),
        ("#merge 2611-0001\n#split", "", ""),
        ("#merge 2611-0001\n#parent 2611-0001", "contradicts", ""),
        ("#snooze 2d\n#resolved", "contradicts", ""),
        ("#field a=1\n#field a=2", "contradicts", ""),
        ("#macro thanks\n#macro refund-info", "contradicts", ""),
        ("#due friday\n#due monday", "contradicts", ""),
    ],
    ids=str,
)  # fmt: skip
def test_problem_says_what_is_wrong_and_what_was_meant(text: str, says: str, meant: str) -> None:
    read = read_commands(f"{text}", scene(can_split=lambda ticket: False))

    assert read.orders == ()
    problem = read.problems[-1]
    assert says in problem.message
    assert problem.message.endswith(".") or "such as" in problem.message
    assert problem.did_you_mean == meant
    assert problem.line == text.split("\n")[problem.at].strip()[:200]


def test_one_problem_stops_all_orders() -> None:
    read = read_commands("#high\n#resolvd\n#claim\n\nHello", scene())

    assert read.orders == ()
    assert [(one.at, one.line) for one in read.problems] == [(1, "#resolvd")]
    assert read.text == "Hello"


def test_final_type_stays() -> None:
    (problem,) = read_commands("#type general", scene(ticket=make_ticket(type="refund", type_final=True))).problems

    assert problem.message == "#type: stays refund: it is final once an agent has answered or has set it."


@pytest.mark.parametrize(
    ("text", "over", "says"),
    [
        ("#merge 2611-0001", {"ticket": None}, "works in a reply about a ticket"),
        ("#split", {"ticket": None}, "works in a reply about a ticket"),
        ("#split", {"can_split": lambda ticket: False}, "needs a second message"),
        ("#parent 2611-0001", {"lineage": lambda ticket: (5, 7)}, "2611-0001 is itself a part of 2611-0042"),
        ("#merge 2611-0001", {"find": lambda number: make_ticket(id=1, merged_into=9)}, "name that one"),
        ("#merge 2611-0001", {"find": lambda number: make_ticket(id=1, status=Status.CLOSED)}, "is closed"),
        ("#macro bad", {"macros": {"bad": Macro(name="bad", fields={"status": "gone"})}}, '"gone" is not known'),
    ],
)
def test_what_cannot_be_depends_on_the_ticket(text: str, over: dict[str, Any], says: str) -> None:
    (problem,) = read_commands(text, scene(**over)).problems

    assert says in problem.message


def test_every_command_has_an_example_that_can_be_read() -> None:
    assert EXAMPLES.keys() == {NOTE, *WITH_VALUE, *ALONE, *EITHER}
    for word, example in EXAMPLES.items():
        there = make_ticket(tags=("broken",))
        about = scene(ticket=None if word in ("to", "phone") else there, find=lambda number: OTHER)
        assert read_commands(example, about).problems == (), example


def test_shorts_are_words_of_their_own() -> None:
    assert SHORTS.keys().isdisjoint({NOTE, *WITH_VALUE, *ALONE, *EITHER})


def test_a_page_of_wrong_lines_is_answered_with_what_was_meant_by_the_first() -> None:
    problems = read_commands("#priortiy high\n" * 500, scene()).problems

    assert [bool(one.did_you_mean) for one in problems] == [True] * 10 + [False] * 91
    assert (problems[-1].at, problems[-1].message) == (100, "There are more than 100 commands.")


PIECES = st.sampled_from(
    [
        "#",
        "#note",
        "#high",
        "#resolved",
        "#due friday",
        "#tag",
        "*",
        "_",
        "\n",
        "\n\n",
        " ",
        "\u00a0",
        "\u200b",
        "＃",
        "Hello",
    ]
)
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=30).map("".join)


@given(TEXTS)
def test_every_line_of_any_text_is_kept_for_somebody(text: str) -> None:
    read = read_commands(text, scene())

    kept = [*read.lines, *read.text.split("\n")]
    lost = [line for line in text.split("\n") if line.strip() and line not in kept and line.strip() not in read.note]
    assert lost == []
    assert read.text in text


SECRET = "internal-7f3a"


@given(TEXTS, TEXTS)
def test_words_of_a_note_are_never_public(before: str, after: str) -> None:
    read = read_commands(f"{before}\n#note {SECRET}\n{after} {SECRET}", scene())

    assert SECRET not in read.text
    assert SECRET in read.note
