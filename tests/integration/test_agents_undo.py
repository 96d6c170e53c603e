"""An answer that waits can be taken back; and what agents hear of what was done."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mailticket.store import answers, due, leaving
from mailticket.store.engine import Store
from tests.factories import ANN, CARLA
from tests.integration.answering import BEN, Office
from tests.integration.customers import leave
from tests.integration.nodes import node


@pytest.fixture
def slow(store: Store, tmp_path: Path) -> Iterator[Office]:
    """A desk whose answers can be taken back."""
    with node(store, tmp_path / "blobs", agents=(ANN, BEN), notify="all", undo=timedelta(minutes=5)) as desk:
        yield Office(desk)


def test_an_answer_that_waits_is_taken_back(slow: Office) -> None:
    number = slow.open()
    slow.answers("#resolved\n#high\n\nWe send a new one.\n")
    waits = slow.asked()
    assert (waits.details["about"], waits.details["sent_to"]) == ("waits", [CARLA.addr_spec])

    slow.presses(waits, "undo")

    shown = slow.desk.show(number)
    assert (shown["status"], shown["priority"], shown["first_response_at"]) == ("open", "high", None)
    assert [mail.state for mail in slow.sent("reply")] == ["cancelled"]
    assert slow.words(number)[-1] == ("internal", "We send a new one.")
    told = slow.asked().details
    assert (told["about"], told["written"]) == ("taken_back", "We send a new one.")
    slow.presses(waits, "undo")
    assert slow.asked().details == told, "whoever presses twice has been told"
    slow.answers("We send two new ones.\n")
    assert [mail.state for mail in slow.sent("reply")] == ["cancelled", "queued"]


def test_what_has_left_cannot_be_taken_back(slow: Office) -> None:
    number = slow.open()
    slow.answers("We send a new one.\n")
    waits = slow.asked()
    with slow.desk.store.writing() as connection:
        row = answers.find(connection, int(slow.desk.show(number)["messages"][-1]["id"]))
        assert row is not None
        leaving.sent(connection, row.row, slow.desk.clock.time)

    slow.presses(waits, "undo")

    assert slow.asked().details["about"] == "too_late"
    assert slow.desk.show(number)["status"] == "pending_customer"


def test_a_status_that_somebody_has_changed_since_stays(slow: Office) -> None:
    number = slow.open()
    slow.answers("We send a new one.\n")
    slow.desk.clock.time += timedelta(seconds=1)
    slow.desk.change(number, status="in_progress")

    slow.presses(slow.asked(), "undo")

    assert slow.desk.show(number)["status"] == "in_progress"


def test_of_a_question_that_was_taken_back_nobody_is_reminded(slow: Office) -> None:
    number = slow.open()
    slow.answers("We look into it.\n")
    slow.answers("#ask\n\nWhich colour was it?\n")

    slow.presses(slow.asked(), "undo")

    assert slow.desk.show(number)["status"] == "pending_customer"
    with slow.desk.store.writing() as connection:
        assert due.asked_before(connection, slow.desk.clock.time, 10) == []


def test_an_update_that_an_answer_has_overtaken_is_told_when_that_is_taken_back(slow: Office) -> None:
    number = slow.open()
    slow.answers("#resolved\n")
    slow.desk.clock.time -= timedelta(seconds=40)
    slow.answers("One more thing.\n")
    assert [mail.state for mail in slow.sent("resolved")] == ["cancelled"]

    slow.presses(slow.asked(), "undo")

    assert slow.desk.show(number)["status"] == "resolved"
    told = slow.sent("resolved")
    assert [mail.state for mail in told] == ["cancelled", "queued"] and told[1].details["before"] == "open"


def test_what_the_customer_has_heard_by_an_answer_is_not_told_again(slow: Office) -> None:
    slow.open()
    slow.answers("#resolved\n")
    slow.answers("#resolved\n\nWe send a new one.\n")
    slow.answers("One more thing.\n")

    slow.presses(slow.asked(), "undo")

    assert [mail.state for mail in slow.sent("resolved")] == ["cancelled"]


def test_an_answer_says_no_more_that_it_is_solved_when_a_colleague_reopens_before_it_leaves(slow: Office) -> None:
    slow.open()
    slow.answers("#resolved\n\nWe send a new one.\n")
    assert slow.sent("reply")[0].details["resolved"]

    slow.answers("#open\n", agent=BEN)

    (answer,) = slow.sent("reply")
    assert (answer.state, answer.details["resolved"]) == ("queued", False)
    assert slow.sent("status_changed") == []


def test_nor_when_the_customer_writes_before_it_leaves(slow: Office) -> None:
    number = slow.open()
    slow.answers("#close\n\nWe send a new one.\n")
    slow.desk.change(number, status="resolved")

    slow.writes(number, "It was two vases.\n")

    assert [mail.details["closed"] for mail in slow.sent("reply")] == [False]


def test_what_has_left_is_told_as_reopened(slow: Office) -> None:
    slow.open()
    slow.answers("#resolved\n\nWe send a new one.\n")
    slow.desk.clock.time += timedelta(minutes=5)
    leave(slow.desk)

    slow.answers("#open\n", agent=BEN)

    assert slow.sent("reply")[0].details["resolved"]
    assert [mail.details["before"] for mail in slow.sent("status_changed")] == ["resolved"]


def test_a_note_needs_no_undo(slow: Office) -> None:
    slow.open()
    slow.answers("#note she is nice\n")

    assert slow.sent("receipt") == []


# -- receipts


def test_who_wants_all_receipts_hears_of_everything(store: Store, tmp_path: Path) -> None:
    with node(store, tmp_path / "blobs", agents=(ANN, BEN), notify="all", receipts="all") as desk:
        office = Office(desk)
        office.open()

        office.answers("#high\n\nWe send a new one.\n\n#note she is nice\n")

        told = office.asked().details
        assert (told["about"], told["sent_to"], told["noted"], told["commands"]) == (
            "done", [CARLA.addr_spec], True, ["#high"],
        )  # fmt: skip
