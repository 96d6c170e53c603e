"""`ticket new`: the desk writes first, or notes a call; nobody has sent a mail."""

import io

import pytest

from tests.factories import ANN, DESK
from tests.integration.commands.typed import Run
from tests.integration.nodes import Node


def test_new_ticket_is_a_mail_to_the_customer(desk: Node, run: Run) -> None:
    words = ("ticket", "new", "Carla <Carla@shop.example>", "Your chair is ready.", "--title", "Your chair")

    answer = run(*words, "--as", ANN.address)

    number = desk.numbers()[0]
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == f"{number}: the mail to carla@shop.example is in the outbox.\n"
    assert desk.queued() == [("reply", "carla@shop.example")]
    shown = run("ticket", "show", number, "--json").json
    assert (shown["title"], shown["source"], shown["assignee"]) == ("Your chair", "cli", ANN.address)
    assert (shown["status"], shown["contact"]["name"]) == ("pending_customer", "Carla")


def test_new_ticket_without_agent_is_nobodys_yet(desk: Node, run: Run) -> None:
    shown = run("ticket", "new", "carla@shop.example", "Ready.", "--title", "Chair", "--json").json

    assert (shown["assignee"], shown["messages"][0]["from"]["address"]) == (None, DESK)
    assert {event["actor"] for event in shown["events"]} == {"cli"}


def test_new_ticket_of_a_call_writes_to_nobody(desk: Node, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("Wants to know when the chair comes.\n"))

    shown = run("ticket", "new", "Nora, +49 30 1234567", "--phone", "--as", ANN.address, "--json").json

    assert (shown["title"], shown["source"]) == ("Telephone call: Nora", "phone")
    contact = shown["contact"]
    assert (contact["name"], contact["address"], contact["phone"]) == ("Nora", None, "+49 30 1234567")
    assert "From Nora, +49 30 1234567, opened" in run("ticket", "show", shown["number"]).out
    assert shown["fields"] == {"caller": "Nora", "phone": "+49 30 1234567"}
    assert [message["visibility"] for message in shown["messages"]] == ["internal"]
    assert desk.queued() == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["carla", "Ready.", "--title", "Chair"], "CUSTOMER"),
        ([DESK, "Ready.", "--title", "Chair"], f"{DESK} is the desk itself"),
        (["carla@shop.example", " ", "--title", "Chair"], "text"),
        (["carla@shop.example", "Ready.", "--title", "Chair", "--as", "who@acme.example"], "is not an agent"),
    ],
    ids=["no address", "the desk's own", "no words", "no such agent"],
)
def test_new_ticket_that_cannot_be_opens_nothing(desk: Node, run: Run, words: list[str], says: str) -> None:
    answer = run("ticket", "new", *words)

    assert (answer.code, says in answer.err) == (1, True), answer.err
    assert desk.numbers() == []
