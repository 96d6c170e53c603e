"""`ticket merge`, `split` and `link`, and what `ticket set` takes besides: the same functions as agents' mail."""

from tests.factories import ANN, make_raw
from tests.integration.commands.typed import Run
from tests.integration.nodes import Node


def test_merge_says_where_everything_is(desk: Node, run: Run) -> None:
    old, new = desk.open(make_raw()), desk.open(make_raw(message_id="<2@x>"))

    answer = run("ticket", "merge", old, f"[#{new}]", "--as", ANN.address)

    assert (answer.code, answer.err) == (0, "")
    assert answer.out == f"{old} is part of {new} now; mail to the old number comes there.\n"
    assert run("ticket", "show", old, "--json").json["merged_into"] == new
    again = run("ticket", "merge", old, new)
    assert (again.code, f"{old} has been merged already" in again.err) == (1, True)


def test_split_shows_the_ticket_that_is_left(desk: Node, run: Run) -> None:
    number = desk.open(make_raw())
    refused = run("ticket", "split", number)
    assert (refused.code, "needs a second message" in refused.err) == (1, True)
    desk.receive(make_raw(message_id="<2@x>", In_Reply_To="<vase@shop.example>"))

    answer = run("ticket", "split", number, "--json")

    assert answer.code == 0
    assert len(answer.json["messages"]) == 1
    assert answer.json["events"][-1]["kind"] == "split"


def test_link_makes_a_part_and_takes_it_off(desk: Node, run: Run) -> None:
    part, whole = desk.open(make_raw()), desk.open(make_raw(message_id="<2@x>"))

    assert run("ticket", "link", part, whole).out == f"{part} is a part of {whole} now.\n"
    assert run("ticket", "show", whole, "--json").json["children"] == [part]
    assert run("ticket", "link", whole, part).code == 1
    assert run("ticket", "link", part, "2611-9999").code == 1
    assert run("ticket", "link", part).code == 2
    assert run("ticket", "link", part, "--off", "--json").json["parent"] is None


def test_set_takes_dates_names_and_own_fields(desk: Node, run: Run) -> None:
    number = desk.open(make_raw())

    answer = run("ticket", "set", number, "due_at=2h", "assignee=ann", "fields.size=xl", "quiet=yes", "--json")

    assert answer.code == 0, answer.err
    assert (answer.json["assignee"], answer.json["fields"]) == (ANN.address, {"size": "xl"})
    assert answer.json["due_at"].endswith("Z")
    assert run("ticket", "set", number, "fields.size=", "due_at=none", "--json").json["fields"] == {}
    assert run("ticket", "set", number, "due_at=2001-01-01").code == 1
