"""What customers say by a click, by "thanks" and by "stop": on both stores."""

from datetime import timedelta
from urllib.parse import unquote

import pytest
from sqlalchemy import select

from mailticket.desk.receipt import Added, Ignored, Opened
from mailticket.store import tables as t
from tests.factories import CARLA, MALLORY, PAUL, make_raw
from tests.integration.customers import click, links, notices, resolved, say, state, told, write
from tests.integration.nodes import Node


def test_the_mail_of_a_resolved_ticket_has_all_buttons(desk: Node) -> None:
    resolved(desk)

    found = links(desk)

    assert set(found) == {"solved", "broken", "great", "ok", "bad", "stop"}
    assert len(set(found.values())) == 6
    written = unquote(found["solved"])
    assert written.startswith("mailto:support@acme.example?subject=[#2611-0001] Solved, thank you {mt-")


def test_found_solved_is_noted_and_nothing_else_happens(desk: Node) -> None:
    number = resolved(desk)
    before = told(desk)

    assert click(desk, links(desk)["solved"]) == Added(ticket=number)

    assert state(desk, number) == ("resolved", 1)
    assert "found_solved" in desk.events(number)
    assert told(desk) == before and not desk.queued()[2:]


def test_a_button_works_once(desk: Node) -> None:
    number = resolved(desk)
    link = links(desk)["great"]
    click(desk, link)
    desk_events = len(desk.show(number)["events"])

    assert click(desk, link) == Ignored(reason="button_used_before")

    assert len(desk.show(number)["events"]) == desk_events


@pytest.mark.parametrize(("press", "kept"), [("great", 1), ("ok", 1), ("bad", 2)])
def test_a_rating_is_the_tickets_satisfaction_and_a_bad_one_is_told(desk: Node, press: str, kept: int) -> None:
    number = resolved(desk)
    before = told(desk)

    click(desk, links(desk)[press])

    assert desk.show(number)["satisfaction"] == press
    assert state(desk, number) == ("resolved", kept)
    assert told(desk) - before == (press == "bad")


def test_words_with_a_rating_are_kept_and_told(desk: Node) -> None:
    number = resolved(desk)
    before = told(desk)

    click(desk, links(desk)["great"], body="The help was great.\n\nBut the new vase is blue.\n")

    assert desk.show(number)["satisfaction"] == "great"
    assert "the new vase is blue" in desk.show(number)["messages"][-1]["text"]
    assert state(desk, number) == ("resolved", 2) and told(desk) == before + 1


def test_a_rating_can_be_thought_over(desk: Node) -> None:
    number = resolved(desk)

    click(desk, links(desk)["bad"])
    click(desk, links(desk)["ok"])

    assert desk.show(number)["satisfaction"] == "ok"


def test_still_broken_reopens_with_what_they_write(desk: Node) -> None:
    number = resolved(desk)
    before = told(desk)

    click(desk, links(desk)["broken"], body="It is not solved yet. What is still wrong:\nThe handle.\n")

    assert state(desk, number) == ("pending_agent", 2)
    assert desk.events(number)["reopened"] == {"from": "resolved"}
    assert "The handle." in desk.show(number)["messages"][-1]["text"] and told(desk) == before + 1
    assert not notices(desk, "status_changed")


def test_still_broken_on_a_closed_ticket_opens_one_that_follows_it(desk: Node) -> None:
    number = resolved(desk)
    link = links(desk)["broken"]
    desk.change(number, status="closed")

    receipt = click(desk, link)

    assert isinstance(receipt, Opened)
    follow_up = desk.show(receipt.ticket)
    assert (follow_up["follows"], follow_up["title"]) == (number, "Broken vase")
    assert desk.show(number)["status"] == "closed"


@pytest.mark.parametrize(
    ("press", "last"), [("solved", "It is solved, thank you."), ("stop", "It is not solved yet. What is still wrong:")]
)
def test_what_is_clicked_later_is_about_the_ticket_that_follows(desk: Node, press: str, last: str) -> None:
    number = resolved(desk)
    found = links(desk)
    desk.change(number, status="closed")
    receipt = click(desk, found["broken"])
    assert isinstance(receipt, Opened)
    follow_up = receipt.ticket
    before = told(desk)

    click(desk, found[press], body="\n")

    assert state(desk, number) == ("closed", 1)
    assert desk.show(follow_up)["messages"][-1]["reply"].strip() == last
    assert told(desk) - before == (press == "solved")
    assert ("updates_stopped" in desk.events(follow_up)) is (press == "stop")


@pytest.mark.parametrize("press", ["solved", "stop"])
def test_a_button_that_is_pressed_too_late_opens_no_ticket(desk: Node, press: str) -> None:
    number = resolved(desk)
    link = links(desk)[press]
    desk.change(number, status="closed")
    desk.clock.time += timedelta(days=70)

    assert click(desk, link, body="\n") == Added(ticket=number)

    assert not notices(desk, "confirmation")[1:]


def test_a_rating_that_comes_too_late_says_what_it_is_about(desk: Node) -> None:
    number = resolved(desk)
    link = links(desk)["great"]
    desk.change(number, status="closed")
    desk.clock.time += timedelta(days=70)

    receipt = click(desk, link, body="\n")

    assert isinstance(receipt, Opened)
    follow_up = desk.show(receipt.ticket)
    assert (follow_up["follows"], follow_up["title"]) == (number, "Broken vase")
    assert follow_up["messages"][0]["reply"] == "The help was great."


def test_solved_with_other_words_is_an_ordinary_mail(desk: Node) -> None:
    number = resolved(desk)

    click(desk, links(desk)["solved"], body="It is solved, thank you.\nOnly the invoice is missing.\n")

    assert state(desk, number) == ("pending_agent", 2)


def test_solved_while_it_is_not_is_for_agents_to_read(desk: Node) -> None:
    number = resolved(desk)
    link = links(desk)["solved"]
    desk.change(number, status="in_progress")

    click(desk, link)

    assert state(desk, number) == ("pending_agent", 2)


@pytest.mark.parametrize("press", ["solved", "broken", "great", "bad", "stop"])
def test_from_another_address_it_is_a_strangers_mail(desk: Node, press: str) -> None:
    number = resolved(desk)
    before = desk.show(number)

    receipt = click(desk, links(desk)[press], MALLORY)

    assert isinstance(receipt, Opened) and receipt.ticket != number
    assert desk.show(number) == before


def test_from_somebody_else_of_the_ticket_it_is_kept_and_rates_nothing(desk: Node) -> None:
    number = desk.open(make_raw(Cc=f"Paul <{PAUL.addr_spec}>"))
    desk.change(number, status="resolved")

    click(desk, links(desk)["great"], PAUL)

    assert state(desk, number) == ("resolved", 2) and desk.show(number)["satisfaction"] is None


def test_what_is_forged_for_certain_is_held(desk: Node) -> None:
    number = resolved(desk)

    assert click(desk, links(desk)["stop"], verdict="fail").kind == "held"

    assert desk.show(number)["status"] == "resolved" and "updates_stopped" not in desk.events(number)


def test_without_a_verdict_the_token_and_the_address_are_enough(desk: Node) -> None:
    number = resolved(desk)

    click(desk, links(desk)["ok"], verdict="")

    assert desk.show(number)["satisfaction"] == "ok"


def test_after_its_time_a_button_is_an_ordinary_mail(desk: Node) -> None:
    number = resolved(desk)
    link = links(desk)["great"]
    desk.clock.time += timedelta(days=62)

    click(desk, link)

    assert state(desk, number) == ("pending_agent", 2)
    assert desk.show(number)["satisfaction"] is None


def test_solved_after_its_time_is_thanks(desk: Node) -> None:
    number = resolved(desk)
    link = links(desk)["solved"]
    desk.clock.time += timedelta(days=62)

    click(desk, link, body="Thank you, it is solved.\n")

    assert state(desk, number) == ("resolved", 2)


def test_an_answering_machine_presses_nothing(desk: Node) -> None:
    number = resolved(desk)

    receipt = click(desk, links(desk)["great"], Auto_Submitted="auto-replied")

    assert receipt == Ignored(reason="automatic_mail_of_a_button") and desk.show(number)["satisfaction"] is None


@pytest.mark.parametrize("status", ["resolved", "closed"])
def test_thanks_for_what_is_done_is_kept_and_troubles_nobody(desk: Node, status: str) -> None:
    number = desk.open(make_raw())
    desk.change(number, status=status)
    before = told(desk)

    assert write(desk, "Thank you very much, Ann!\n\nBest regards\nCarla\n") == Added(ticket=number)

    assert state(desk, number) == (status, 2)
    assert desk.events(number)["message_added"]["thanks"] is True
    assert told(desk) == before


@pytest.mark.parametrize("status", ["open", "pending_customer"])
def test_thanks_while_it_is_not_done_is_a_mail_like_all(desk: Node, status: str) -> None:
    number = desk.open(make_raw())
    desk.change(number, status=status)

    write(desk, "Thanks!\n")

    assert state(desk, number) == ("open" if status == "open" else "pending_agent", 2)


def test_thanks_with_a_file_is_looked_at(desk: Node) -> None:
    number = resolved(desk)

    write(desk, "Thanks!\n", files=(("vase.pdf", b"%PDF-1.4\n"),))

    assert state(desk, number) == ("pending_agent", 2)


@pytest.mark.parametrize("how", ["button", "words", "list-unsubscribe"])
def test_stop_updates_is_honoured(desk: Node, how: str) -> None:
    number = resolved(desk)
    stop = links(desk)["stop"]

    if how == "words":
        write(desk, "No more updates, please.\n")
    else:
        click(desk, stop, body="" if how == "list-unsubscribe" else None)

    assert desk.events(number)["updates_stopped"] == {"address": CARLA.addr_spec}
    desk.change(number, status="closed")
    desk.change(number, status="open")
    assert desk.show(number)["status"] == "open"
    assert desk.events(number)["update_suppressed"]["reason"] == "quiet"
    with desk.store.reading() as connection:
        queued = connection.execute(select(t.outbox.c.kind, t.outbox.c.state)).all()
    assert {row.state for row in queued if row.kind in ("resolved", "closed", "status_changed")} == {"cancelled"}


def test_a_strangers_words_stop_nothing(desk: Node) -> None:
    number = resolved(desk)

    write(desk, "Stop updates\n", verdict="")

    assert "updates_stopped" not in desk.events(number) and state(desk, number) == ("pending_agent", 2)


@pytest.mark.parametrize(("copied", "stopped"), [("", True), (PAUL.addr_spec, False)], ids=["alone", "with Paul"])
@pytest.mark.parametrize("kind", ["reply", "confirmation"])
def test_who_is_copied_cannot_stop_the_customers_updates_in_their_name(
    desk: Node, copied: str, stopped: bool, kind: str
) -> None:
    number = desk.open(make_raw(Cc=copied or "support@acme.example"))
    say(desk, number, "Hello both.", to_all=True)
    with desk.store.reading() as connection:
        answer = connection.execute(select(t.outbox.c.message_id).where(t.outbox.c.kind == kind)).scalar_one()

    write(desk, "Stop updates\n", verdict="", In_Reply_To=answer)

    assert ("updates_stopped" in desk.events(number)) is stopped


def test_answers_go_out_to_who_wants_no_updates(desk: Node) -> None:
    number = resolved(desk)
    click(desk, links(desk)["stop"])

    say(desk, number, "One more thing.")

    assert notices(desk, "reply")[-1]["to"][0]["address"] == CARLA.addr_spec


def test_who_is_copied_and_wants_no_more_is_copied_no_more(desk: Node) -> None:
    number = desk.open(make_raw(Cc=f"Paul <{PAUL.addr_spec}>"))
    say(desk, number, "Hello both.", to_all=True)
    assert [one["address"] for one in notices(desk, "reply")[-1]["cc"]] == [PAUL.addr_spec]

    write(desk, "No more updates\n", PAUL)
    say(desk, number, "Hello.")

    assert notices(desk, "reply")[-1]["cc"] == []
    assert desk.events(number)["updates_stopped"] == {"address": PAUL.addr_spec}
    assert write(desk, "One question.\n", PAUL) == Added(ticket=number), "he may write as before"
