"""The one validator: what may be set, and what a refusal says."""

from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

import pytest

from mailticket.desk.policy import Agent
from mailticket.desk.ticket import Priority, Status
from mailticket.desk.validation import FIELDS, TEXT_LENGTH, NoText, checked_answer, checked_changes, refuse_final_type
from mailticket.errors import NotValid
from tests.factories import ANN, NOW, make_policy, make_ticket

POLICY = make_policy()


@pytest.mark.parametrize(
    ("field", "value", "stored"),
    [
        *[pytest.param("status", str(one), str(one), id=f"status {one}") for one in Status],
        pytest.param("status", " Resolved ", "resolved", id="status in capitals"),
        pytest.param("status", "pending_admin", "pending_agent", id="status by its old name"),
        *[pytest.param("priority", str(one), str(one), id=f"priority {one}") for one in Priority],
        pytest.param("priority", "medium", "normal", id="priority by its other name"),
        pytest.param("type", "General", "general", id="type"),
        pytest.param("team", "returns", "returns", id="team"),
        pytest.param("team", "", "", id="no team"),
        pytest.param("assignee", ANN.address, ANN.address, id="assignee"),
        pytest.param("assignee", ANN.aliases[0].upper(), ANN.address, id="assignee by an alias"),
        pytest.param("assignee", "", "", id="nobody"),
        pytest.param("title", "Broken\r\nvase", "Broken vase", id="title on one line"),
        pytest.param("title", "x" * 250, "x" * 250, id="title as long as may be"),
        pytest.param("tags", "VIP, vase vip", ["vip", "vase"], id="tags"),
        pytest.param("tags", "", [], id="no tags"),
        pytest.param("order_number", "10023", "10023", id="order number"),
        pytest.param("outcome", "refunded", "refunded", id="outcome"),
        pytest.param("resolution", "x" * 200, "x" * 200, id="resolution as long as may be"),
        pytest.param("status", "pending customer", "pending_customer", id="status in two words"),
        pytest.param("team", "Returns", "returns", id="team in capitals"),
        pytest.param("assignee", "Ann", ANN.address, id="assignee by a part of the name"),
        pytest.param("tags", "#vip", ["vip"], id="tag with its sign"),
        pytest.param("quiet", "Yes", True, id="quiet"),
        pytest.param("due_at", "2026-12-01", datetime(2026, 12, 1, 17, tzinfo=UTC), id="due by the end of a day"),
        pytest.param("due_at", "none", None, id="due no more"),
        pytest.param("snoozed_until", "2026-12-01", datetime(2026, 12, 1, 9, tzinfo=UTC), id="snoozed until a morning"),
    ],
)
def test_value_is_taken(field: str, value: str, stored: Any) -> None:
    assert checked_changes({field: value}, POLICY, NOW) == {field: stored}


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        (
            "status",
            "done",
            '"done" is not known; allowed: open, in_progress, pending_customer, pending_agent, resolved, closed',
        ),
        ("status", "", "allowed: open"),
        ("priority", "asap", '"asap" is not known; allowed: low, normal, high, urgent'),
        ("type", "refund", "allowed: general"),
        ("team", "sales", "allowed: returns"),
        ("assignee", "bob@acme.example", '"bob@acme.example" is not an agent; agents: ann@acme.example'),
        ("title", "", "must have 1 to 250 characters"),
        ("title", " \n ", "must have 1 to 250 characters"),
        ("title", "x" * 251, "must have 1 to 250 characters"),
        ("tags", "x" * 41, "up to 30 words"),
        ("tags", " ".join(f"t{n}" for n in range(31)), "up to 30 words"),
        ("outcome", "x" * 201, "at most 200"),
        ("due_at", "soon", '"soon" is no date; write 2026-12-01'),
        ("due_at", "2026-11-01", "is past"),
        ("quiet", "perhaps", "allowed: on, off"),
        ("fields.", "x", "must begin with a letter"),
        ("fields.size", "x" * 201, "at most 200"),
        ("number", "2611-0001", "cannot be set; fields that can: status, priority,"),
        ("contact", "x@y", "cannot be set"),
    ],
)
def test_refusal_names_the_field_and_what_is_allowed(field: str, value: str, says: str) -> None:
    with pytest.raises(NotValid) as refusal:
        checked_changes({field: value}, POLICY, NOW)

    assert refusal.value.field == field
    assert str(refusal.value).startswith(f"{field}: ")
    assert says in str(refusal.value)


@pytest.mark.parametrize("field", ["team", "assignee"])
def test_refusal_says_where_there_are_none_so_far(field: str) -> None:
    with pytest.raises(NotValid, match="none so far"):
        checked_changes({field: "x"}, make_policy(agents=(), teams=()), NOW)


def test_own_fields_come_together() -> None:
    requested = {"fields.Size": " xl ", "status": "open", "fields.colour": ""}

    assert checked_changes(requested, POLICY, NOW) == {"fields": {"size": "xl", "colour": ""}, "status": "open"}


def test_name_of_two_agents_is_nobodys() -> None:
    policy = make_policy(agents=(ANN, Agent(name="Anna Cruz", address="anna@acme.example")))

    with pytest.raises(NotValid, match=r"may be ann@acme\.example or anna@acme\.example; write the address"):
        checked_changes({"assignee": "an"}, policy, NOW)


@pytest.mark.parametrize(
    ("final", "to", "refused"), [(True, "refund", True), (True, "general", False), (False, "refund", False)]
)
def test_final_type_is_not_changed(final: bool, to: str, refused: bool) -> None:
    with pytest.raises(NotValid, match="stays general") if refused else nullcontext():
        refuse_final_type(make_ticket(type_final=final), {"type": to})


def test_one_bad_field_refuses_all() -> None:
    with pytest.raises(NotValid):
        checked_changes({"status": "open", "priority": "asap"}, POLICY, NOW)


def test_number_is_never_set_by_hand() -> None:
    assert "number" not in FIELDS


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("We send a new one.\n", "We send a new one."),
        ("a\r\nb\0c", "a\nbc"),
        ("x" * TEXT_LENGTH, "x" * TEXT_LENGTH),
        ("\n" * 50 + "x" * TEXT_LENGTH, "x" * TEXT_LENGTH),
    ],
    ids=["words", "line ends and control characters", "as long as may be", "white space around does not count"],
)
def test_answer_is_cleaned(text: str, cleaned: str) -> None:
    assert checked_answer(text) == cleaned


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "is empty"), (" \r\n\0", "is empty"), ("x" * 12_001, "has 12,001 characters; at most 12,000")],
    ids=["empty", "nothing to be seen", "too long"],
)
def test_answer_that_cannot_be_sent_says_why(text: str, says: str) -> None:
    with pytest.raises(NoText, match=f"^text: {says}"):
        checked_answer(text)
