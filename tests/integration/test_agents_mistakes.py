"""A command that is wrong or cannot be carried out: nothing is done or sent before its agent was asked."""

from pathlib import Path

import pytest

from mailticket.actions.holding import decide_held
from mailticket.desk.buttons import Word
from mailticket.desk.decision import DecideHeld
from mailticket.desk.receipt import Added, Held, Ignored
from mailticket.jobs import carry_out_words
from mailticket.store import waiting
from mailticket.store.engine import Store
from mailticket.store.tables import tickets
from tests.factories import ANN, CARLA
from tests.integration.answering import BEN, Office, replies
from tests.integration.nodes import node

WRONG = "#priortiy high\n#tag vip\n\nWe send a new one.\n"


def test_a_mail_with_a_wrong_command_does_nothing_and_is_answered(office: Office, number: str) -> None:
    before = office.desk.show(number)

    receipt = office.answers(WRONG)

    assert isinstance(receipt, Held) and receipt.reason == "wrong_command"
    after = office.desk.show(number)
    assert (after["tags"], after["priority"], after["messages"]) == ([], "normal", before["messages"])
    assert replies(office) == []
    asked = office.asked()
    assert (asked.title, asked.number, asked.to) == ("Broken vase", number, (ANN.address,))
    assert asked.details["problems"][0]["line"] == "#priortiy high"
    assert asked.details["meant"] == "#priority high"
    assert asked.details["written"] == WRONG.strip("\n")


def test_who_names_a_customer_to_a_question_about_something_else_loses_no_words(office: Office) -> None:
    office.open()
    office.answers("We send a new one.\n", In_Reply_To="", verdict="none")
    question = office.sent("held", ANN.address)[-1]

    receipt = office.answers(f"#requester {CARLA.addr_spec}\n\nWe send two.\n", to=question)

    assert isinstance(receipt, Held) and receipt.reason == "answer_to_a_question"
    assert len(office.sent("held", ANN.address)) == 2
    assert replies(office) == []


def test_one_click_sends_it_corrected(office: Office, number: str) -> None:
    office.answers(WRONG)

    office.presses(office.asked(), "corrected")

    shown = office.desk.show(number)
    assert (shown["priority"], shown["tags"]) == ("high", ["vip"])
    assert office.words(number)[-1] == ("public", "We send a new one.")
    assert replies(office) == [(CARLA.addr_spec,)]
    assert office.desk.waiting(waiting.HELD) == []


def test_one_click_sends_it_without_the_line(office: Office, number: str) -> None:
    office.answers(WRONG)

    office.presses(office.asked(), "without")

    shown = office.desk.show(number)
    assert (shown["priority"], shown["tags"]) == ("normal", ["vip"])
    assert replies(office) == [(CARLA.addr_spec,)]


def test_words_that_were_meant_for_the_command_go_to_nobody(office: Office, number: str) -> None:
    office.answers("#escalate to Ben\n")

    assert office.asked().details["meant"] == "#escalate"
    office.presses(office.asked(), "corrected")

    assert replies(office) == [] and office.desk.show(number)["priority"] == "high"


def test_what_is_taken_for_the_text_is_shown_before_it_goes_out(office: Office, number: str) -> None:
    office.answers("#resolved Hello Carla, it is done.\n")

    (problem,) = office.asked().details["problems"]
    assert problem["meant"] == "#resolved ⏎ Hello Carla, it is done."


def test_one_click_drops_it(office: Office, number: str) -> None:
    office.answers(WRONG)

    office.presses(office.asked(), "discard")

    assert office.desk.waiting(waiting.HELD) == []
    assert len(office.desk.show(number)["messages"]) == 1


def test_a_button_does_its_work_once(office: Office, number: str) -> None:
    office.answers(WRONG)
    asked = office.asked()
    office.presses(asked, "corrected")

    again = office.presses(asked, "without")

    assert isinstance(again, Ignored)
    assert (office.asked().details["about"], office.asked().details["button"]) == ("gone", "Send it without (1)")
    assert len(replies(office)) == 1


def test_a_button_works_for_its_agent_only(office: Office, number: str) -> None:
    office.answers(WRONG)

    office.presses(office.asked(), "corrected", agent=BEN)

    assert replies(office) == []


def test_what_may_be_the_beginning_of_a_note_is_never_sent_without_it(office: Office, number: str) -> None:
    office.answers("#noet she has complained before\n\nWe send a new one.\n")

    asked = office.asked()
    assert asked.details["without"] == "" and asked.details["corrected"]
    office.presses(asked, "corrected")
    assert replies(office) == []
    assert office.words(number)[-1][0] == "internal"


@pytest.mark.parametrize("which", ["to the notification", "to the question"])
def test_who_replies_again_has_said_it(office: Office, number: str, which: str) -> None:
    office.answers(WRONG)
    asked = office.asked()

    office.answers("#high\n\nWe send a new one.\n", to=asked if which == "to the question" else None)

    assert len(replies(office)) == 1
    assert office.desk.waiting(waiting.HELD) == []
    assert isinstance(office.presses(asked, "corrected"), Ignored)
    assert len(replies(office)) == 1


def test_a_command_alone_leaves_the_held_answer_where_it_is(office: Office, number: str) -> None:
    office.answers(WRONG)

    office.answers("#claim\n")

    assert [one.reason for one in office.desk.waiting(waiting.HELD)] == ["wrong_command"]


def test_a_colleagues_answer_leaves_the_held_one_where_it_is(office: Office, number: str) -> None:
    office.answers(WRONG)

    office.answers("I do that.\n", agent=BEN)

    assert len(office.desk.waiting(waiting.HELD)) == 1


def test_a_release_by_whoever_runs_the_desk_sends_what_was_asked_about(office: Office, number: str) -> None:
    office.answers("Hello.\n\n#resolved\n")
    (one,) = office.desk.waiting(waiting.HELD)
    decision = DecideHeld(word=Word.RELEASE, held=one.id, agent=BEN.address)

    office.desk.ledger.write(lambda connection: decide_held(connection, decision, office.desk.clock.time)).result()
    carry_out_words(office.desk.ledger, office.desk.clock.time)

    assert replies(office) == [(CARLA.addr_spec,)]


def test_a_ticket_without_an_address_gets_one_with_the_answer(office: Office) -> None:
    nobodys = office.open()
    with office.desk.store.writing() as connection:
        connection.execute(tickets.update().values(contact_id=None))

    assert isinstance(office.answers("Hello.\n"), Held)
    assert office.answers("#requester max@shop.example\n\nHello Max.\n") == Added(ticket=nobodys)

    assert replies(office) == [("max@shop.example",)]


def test_agents_who_want_no_receipts_find_it_in_the_digest(store: Store, tmp_path: Path) -> None:
    with node(store, tmp_path / "quiet", agents=(ANN, BEN), notify="all", receipts="none") as desk:
        office = Office(desk)
        office.open()

        office.answers(WRONG)

        assert office.sent("receipt") == []
        assert len(desk.waiting(waiting.HELD)) == 1
