"""Which commands are refused, why, and what was meant by them; one of them stops all orders of the mail."""

from typing import Any

import pytest

from mailticket.desk.commands import read_commands
from mailticket.desk.orders import Macro
from mailticket.desk.ticket import Status
from tests.factories import make_ticket
from tests.unit.desk.scenes import scene


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
        ("#type complaint", "allowed: general, refund", ""),
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


def test_a_page_of_wrong_lines_is_answered_with_what_was_meant_by_the_first() -> None:
    problems = read_commands("#priortiy high\n" * 500, scene()).problems

    assert [bool(one.did_you_mean) for one in problems] == [True] * 10 + [False] * 91
    assert (problems[-1].at, problems[-1].message) == (100, "There are more than 100 commands.")
