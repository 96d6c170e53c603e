"""`ticket …`: the JSON of the contract, and what an agent can do by script."""

from pathlib import Path

import pytest
from sqlalchemy import event

from mailticket.store import views
from mailticket.store.engine import Store
from tests.factories import ANN, CARLA, MALLORY, PAUL, PDF, make_raw
from tests.integration.commands.typed import TIME, Run, no_naked_times
from tests.integration.nodes import Node, node

TICKET = {
    "number", "title", "status", "priority", "type", "type_final", "team", "source", "contact", "assignee",
    "participants", "tags", "fields", "order_number", "language", "outcome", "resolution", "parent", "children",
    "follows", "merged_into", "possible_reply_to", "created_at", "updated_at", "first_response_at", "resolved_at",
    "closed_at", "due_at", "satisfaction",
}  # fmt: skip
MESSAGE = {
    "id", "at", "direction", "visibility", "from", "to", "cc", "from_customer", "message_id", "text", "reply", "html",
    "verdict", "read_at", "delivery", "attachments",
}  # fmt: skip
ATTACHMENT = {"filename", "content_type", "size", "sha256", "inline", "state", "reason"}
EVENT = {"at", "actor", "kind", "detail"}


def test_ticket_show_has_the_keys_of_the_contract(desk: Node, run: Run) -> None:
    number = desk.open(make_raw(files=(("vase.pdf", PDF), ("run.exe", b"MZ")), Cc="Paul <paul@shop.example>"))

    answer = run("ticket", "show", number, "--json")

    assert (answer.code, answer.err) == (0, "")
    ticket = answer.json
    assert ticket.keys() == TICKET | {"messages", "events"}
    contact: dict[str, object] = {"name": CARLA.name, "address": CARLA.addr_spec, "phone": None, "tags": []}
    assert ticket["contact"] == contact | {"bounced_at": None, "complained_at": None}
    assert ticket["participants"] == [{"name": "Paul", "address": "paul@shop.example"}]
    assert ticket["type_final"] is False
    assert ticket["source"] == "smtp"
    (message,) = ticket["messages"]
    assert message.keys() == MESSAGE
    assert message["from"] == {"name": CARLA.name, "address": CARLA.addr_spec}
    assert isinstance(message["id"], str)
    assert message["from_customer"] is True
    assert (message["direction"], message["visibility"], message["verdict"]) == ("inbound", "public", "pass")
    kept, withheld = message["attachments"]
    assert kept.keys() >= ATTACHMENT
    assert (kept["state"], kept["reason"], kept["size"]) == ("kept", None, len(PDF))
    assert (withheld["state"], withheld["reason"]) == ("withheld", "type not allowed")
    assert all(event.keys() == EVENT for event in ticket["events"])
    no_naked_times(ticket)


def test_signs_that_turn_a_line_round_do_not_reach_the_terminal(desk: Node, run: Run) -> None:
    number = desk.open(make_raw(subject="Broken\u202e vase"))

    assert "Broken vase" in run("ticket", "list").out
    assert "\u202e" not in run("ticket", "show", number).out


def test_ticket_list_has_tickets_without_messages_and_events(desk: Node, run: Run) -> None:
    for count in range(3):
        desk.open(make_raw(message_id=f"<{count}@x>"))

    answer = run("ticket", "list", "--limit", "2", "--json").json

    assert answer.keys() == {"tickets", "total"}
    assert answer["total"] == 3
    assert [one["number"] for one in answer["tickets"]] == ["2611-0003", "2611-0002"]
    assert all(one.keys() == TICKET for one in answer["tickets"])
    no_naked_times(answer)


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ([], ["2611-0003", "2611-0002", "2611-0001"]),
        (["--status", "open"], ["2611-0002"]),
        (["--status", "in_progress"], ["2611-0001"]),
        (["--assignee", "ANN@acme.example"], ["2611-0001"]),
        (["--assignee", "ann"], ["2611-0001"]),
        (["--team", "Returns"], ["2611-0001"]),
        (["--status", "in progress"], ["2611-0001"]),
        (["--query", "VASE"], ["2611-0001"]),
        (["--query", "mallory"], ["2611-0002"]),
        (["--query", "0002"], ["2611-0002"]),
        (["--query", "100%"], ["2611-0002"]),
        (["--query", "%"], ["2611-0002"]),
        (["--query", "_"], []),
        (["--query", "äRGER"], ["2611-0003"]),
        (["--query", "\\"], []),
        (["--status", "open", "--query", "vase"], []),
    ],
    ids=lambda words: " ".join(words) or "none",
)
def test_ticket_list_filters(desk: Node, run: Run, words: list[str], numbers: list[str]) -> None:
    desk.open(make_raw())
    desk.open(make_raw(subject="100% off", sender=MALLORY, message_id="<2@x>"))
    desk.open(make_raw(subject="Ärger", sender=PAUL, message_id="<3@x>"))
    desk.change("2611-0003", status="closed")
    run("ticket", "set", "2611-0001", f"assignee={ANN.address}", "team=returns")

    found = run("ticket", "list", "--json", *words).json

    assert sorted(one["number"] for one in found["tickets"]) == sorted(numbers)
    assert found["total"] == len(numbers)


def test_list_asks_the_store_no_more_for_many_tickets_than_for_one(sqlite: Store, tmp_path: Path) -> None:
    asked: list[str] = []
    with node(sqlite, tmp_path / "blobs") as desk:
        for count in range(3):
            desk.open(make_raw(message_id=f"<{count}@x>"))
        event.listen(sqlite.engine, "before_cursor_execute", lambda *about: asked.append(about[2]))
        with sqlite.reading() as connection:
            views.listing(connection, limit=1)
            for_one = len(asked)
            views.listing(connection)

    assert len(asked) - for_one <= for_one


def test_set_changes_fields_and_answers_with_the_ticket(desk: Node, run: Run) -> None:
    number = desk.open(make_raw())

    answer = run("ticket", "set", number, "priority=high", "tags=vip,vase", "--as", ANN.address, "--json")

    assert answer.code == 0
    assert (answer.json["priority"], answer.json["tags"]) == ("high", ["vip", "vase"])
    changed = [event for event in answer.json["events"] if event["kind"] == "changed"]
    assert {event["actor"] for event in changed} == {ANN.address}
    assert changed[0]["detail"] == {"field": "priority", "from": "normal", "to": "high"}


def test_set_says_what_was_set_as_a_person_writes_it(desk: Node, run: Run) -> None:
    number = desk.open(make_raw())

    said = run("ticket", "set", number, "status=close", "tags=vip vase", "quiet=on", "fields.size=M").out

    assert said == f"{number}: status = closed, tags = vip vase, quiet = on, fields.size = M.\n"


def test_number_is_taken_as_the_subject_shows_it(desk: Node, run: Run) -> None:
    number = desk.open(make_raw())

    assert run("ticket", "show", f"[#{number}]", "--json").json["number"] == number


def test_reply_is_stored_and_queued(desk: Node, run: Run) -> None:
    number = desk.open(make_raw())

    ticket = run("ticket", "reply", number, "We send a new one.", "--as", ANN.address, "--json").json

    message = ticket["messages"][1]
    assert (message["direction"], message["delivery"], message["reply"]) == ("outbound", "queued", "We send a new one.")
    assert (ticket["status"], ticket["assignee"], ticket["type_final"]) == ("pending_customer", ANN.address, True)
    assert TIME.fullmatch(ticket["first_response_at"])
    assert [one["notice"] for one in run("outbox", "list", "--json").json["outbox"]] == ["reply", "confirmation"]


def test_note_is_never_mailed(desk: Node, run: Run) -> None:
    number = desk.open(make_raw())

    message = run("ticket", "note", number, "He calls every day.", "--json").json["messages"][1]

    assert (message["visibility"], message["delivery"]) == ("internal", None)
    assert [one["notice"] for one in run("outbox", "list", "--json").json["outbox"]] == ["confirmation"]


def test_agent_to_whom_a_script_gives_a_ticket_hears_of_it(desk: Node, run: Run) -> None:
    number = desk.open(make_raw())
    told = ("agent_notification", ANN.address)
    assert told not in desk.queued(notifications=True)

    assert run("ticket", "set", number, "assignee=ann").code == 0

    assert desk.queued(notifications=True).count(told) == 1
    assert run("ticket", "set", number, "assignee=ann", "priority=high").code == 0
    assert desk.queued(notifications=True).count(told) == 1


def test_change_from_nothing_is_shown_in_words(desk: Node, run: Run) -> None:
    number = desk.open(make_raw())
    run("ticket", "set", number, f"assignee={ANN.address}", "due_at=2026-12-01")

    shown = " ".join(run("ticket", "show", number).out.split())

    assert shown.count("from nothing") == 2
