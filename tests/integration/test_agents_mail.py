"""An agent's mail from triage to commit: answer, note and commands in one transaction, and who hears of it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mailticket.actions.digest import send_digests
from mailticket.desk.policy import Agent
from mailticket.desk.receipt import Added, Duplicate, Opened
from mailticket.jobs import carry_out_words
from mailticket.store import waiting
from mailticket.store.engine import Store
from tests.factories import ANN, CARLA, PNG, make_raw
from tests.integration.answering import ANNS, BEN, Office, replies
from tests.integration.nodes import node


def test_an_answer_goes_out_and_the_first_agent_has_the_ticket(office: Office, number: str) -> None:
    assert office.answers("We send a new one.\n") == Added(ticket=number)

    shown = office.desk.show(number)
    assert (shown["status"], shown["assignee"]) == ("pending_customer", ANN.address)
    assert replies(office) == [(CARLA.addr_spec,)]
    assert office.words(number)[-1] == ("public", "We send a new one.")
    assert office.sent("receipt") == []


def test_commands_in_a_new_mail_are_for_the_ticket_that_it_opens(office: Office) -> None:
    body = "#priority high\n#assign ben\n\nThe printer is broken.\n\n#note Carla has the key\n"

    receipt = office.desk.receive(
        make_raw(sender=ANNS, subject="Printer", message_id="<printer@acme.example>", body=body)
    )

    assert isinstance(receipt, Opened)
    shown = office.desk.show(receipt.ticket)
    assert (shown["contact"]["address"], shown["priority"], shown["assignee"]) == (ANN.address, "high", BEN.address)
    assert office.words(receipt.ticket) == [("public", "The printer is broken."), ("internal", "Carla has the key")]


@pytest.mark.parametrize("end", ["resolved", "closed"])
def test_an_answer_that_ends_it_makes_one_mail_that_says_so(office: Office, number: str, end: str) -> None:
    office.answers(f"#status {end}\n#priority high\n\nIt is on its way.\n")

    shown = office.desk.show(number)
    assert (shown["status"], shown["priority"], shown["assignee"]) == (end, "high", ANN.address)
    assert [mail.kind for mail in office.sent(to=CARLA.addr_spec)] == ["confirmation", "reply"]
    details = office.sent("reply")[0].details
    assert (details["resolved"], details["closed"]) == (end == "resolved", end == "closed")
    assert office.words(number)[-1] == ("public", "It is on its way.")
    statuses = [one["detail"]["to"] for one in shown["events"] if one["detail"].get("field") == "status"]
    assert statuses == [end]


def test_commands_alone_send_nothing(office: Office, number: str) -> None:
    assert office.answers("#claim\n#tag vip\n") == Added(ticket=number)

    shown = office.desk.show(number)
    assert (shown["status"], shown["assignee"], shown["tags"]) == ("in_progress", ANN.address, ["vip"])
    assert len(shown["messages"]) == 1
    assert replies(office) == []


def test_a_command_above_nothing_but_a_quotation_sends_nothing(office: Office, number: str) -> None:
    office.answers("#high\n\n> My vase is broken.\n> It was a present.\n")

    assert office.desk.show(number)["priority"] == "high"
    assert replies(office) == []


def test_a_note_is_for_agents(office: Office, number: str) -> None:
    office.answers("#note\nShe has complained before.\n")

    shown = office.desk.show(number)
    assert office.words(number)[-1] == ("internal", "She has complained before.")
    assert (shown["status"], shown["assignee"]) == ("open", None)
    assert replies(office) == []


def test_files_of_a_note_are_kept_with_it(office: Office, number: str) -> None:
    office.answers("#note see the picture\n", files=(("scan.png", PNG), ("tool.exe", b"MZ")))

    files = office.desk.show(number)["messages"][-1]["attachments"]
    assert [(file["filename"], file["state"]) for file in files] == [("scan.png", "kept"), ("tool.exe", "withheld")]


def test_an_answer_above_a_note_goes_out_without_it(office: Office, number: str) -> None:
    office.answers("We send a new one.\n\n#note she has complained before\n")

    assert office.words(number)[1:] == [
        ("internal", "she has complained before"),
        ("public", "We send a new one."),
    ]
    (message,) = [one for one in office.desk.show(number)["messages"] if one["visibility"] == "public"][1:]
    assert "complained" not in message["text"] and "complained" not in (message["html"] or "")


def test_a_ticket_that_is_put_off_with_an_answer_stays_put_off(office: Office, number: str) -> None:
    office.answers("#snooze 2d\n\nI ask the workshop.\n")

    assert office.kinds(number).count("changed") == 3, "assignee, status, and until when"
    office.writes(number, "Thank you, I wait.\n")
    assert office.desk.show(number)["status"] == "pending_agent"


def test_who_gives_the_ticket_away_with_the_answer_does_not_take_it(office: Office, number: str) -> None:
    office.answers("#assign ben\n\nMy colleague knows more.\n")

    assert office.desk.show(number)["assignee"] == BEN.address
    assert ANN.address not in [one["detail"].get("to") for one in office.desk.show(number)["events"]]


def test_a_new_requester_gets_the_answer(office: Office, number: str) -> None:
    office.answers("#requester max@shop.example\n\nHello Max.\n")

    assert replies(office) == [("max@shop.example",)]


def test_words_to_the_customer_of_a_merged_ticket_go_to_that_customer(office: Office, number: str) -> None:
    other = office.open(message_id="<other@shop.example>", subject="Of somebody else", sender=CARLA)
    first = next(mail for mail in office.sent("agent_notification", ANN.address) if mail.number == number)

    office.answers(f"#merge {other}\n\nWe go on there.\n", to=first)

    assert office.desk.show(number)["merged_into"] == other
    assert ("public", "We go on there.") in office.words(other)
    assert replies(office) == [(CARLA.addr_spec,)]


def test_the_same_mail_acts_once(office: Office, number: str) -> None:
    once = "<once@acme.example>"
    office.answers("We send a new one.\n", message_id=once)

    assert office.answers("We send a new one.\n", message_id=once) == Duplicate(ticket=number)

    assert len(replies(office)) == 1


def test_commands_on_a_ticket_of_the_agents_own(office: Office) -> None:
    own = office.desk.open(make_raw(sender=ANNS, message_id="<own@acme.example>"))
    office.desk.receive(
        make_raw(sender=ANNS, subject=f"[#{own}] chair", message_id="<o2@acme.example>", body="#low\n\nNo haste.\n")
    )

    shown = office.desk.show(own)
    assert (shown["priority"], shown["messages"][-1]["direction"]) == ("low", "inbound")
    assert office.words(own)[-1] == ("public", "No haste.")
    assert replies(office) == []


@pytest.mark.parametrize("command", ["#away until friday", "#help", "#away until friday\n\nAnn"])
def test_orders_that_are_about_no_ticket_make_none(office: Office, number: str, command: str) -> None:
    before = len(office.sent(to=BEN.address))

    office.answers(f"{command}\n", subject="I am away", In_Reply_To="<1@acme.example>")

    assert office.desk.numbers() == [number]
    assert len(office.sent(to=BEN.address)) == before and not office.sent("confirmation", ANN.address)


def test_held_mail_is_let_through_in_reply_to_the_digest_that_lists_it(office: Office, number: str) -> None:
    office.desk.receive(make_raw(body="Mine.\n", message_id="<f@shop.example>", verdict="fail"))
    (held,) = office.desk.waiting(waiting.HELD)
    office.desk.clock.time += timedelta(days=1)
    with office.desk.store.writing() as connection:
        send_digests(connection, office.desk.context, office.desk.clock.time)

    office.answers(f"#release {held.id}\n", to=office.sent("digest", ANN.address)[0])

    carry_out_words(office.desk.ledger, office.desk.clock.time)
    assert office.desk.waiting(waiting.HELD) == []


# -- whom it is handed to


def told(office: Office, agent: Agent) -> list[tuple[str, str]]:
    """Number and agent of the tickets that this agent was told of and that have not given way to another such mail."""
    mails = [mail for mail in office.sent("agent_notification", agent.address) if mail.state != "cancelled"]
    return [(mail.number, mail.details["assignee"]) for mail in mails]


def test_whoever_is_given_a_ticket_hears_of_it_and_who_takes_it_does_not(office: Office, number: str) -> None:
    office.answers("#assign ben\n#note please call her\n")
    assert told(office, BEN)[-1] == (number, BEN.address)

    mails = len(office.sent("agent_notification"))
    office.answers("#claim\n")
    assert len(office.sent("agent_notification")) == mails


def test_an_answer_that_hands_the_ticket_to_a_team_does_not_keep_it(store: Store, tmp_path: Path) -> None:
    ben = replace(BEN, teams=("returns",))
    with node(store, tmp_path / "blobs", agents=(ANN, ben), notify="team", teams=("returns",)) as desk:
        office = Office(desk)
        number = office.open()

        office.answers("#team returns\n\nOur colleagues look into it.\n")
        office.writes(number, "Any news?\n")

        shown = desk.show(number)
        assert (shown["team"], shown["assignee"], replies(office)) == ("returns", None, [(CARLA.addr_spec,)])
        assert office.sent("agent_notification")[-1].to == (ben.address,)


def test_whoever_is_given_the_notes_of_a_call_hears_of_them(office: Office, number: str) -> None:
    office.answers("#phone Eve\n#assign ben\n\nBroken.\n", subject="Call", In_Reply_To="<1@acme.example>")

    assert told(office, BEN)[-1] == ("2611-0002", BEN.address)


def test_a_forwarded_mail_that_is_given_to_a_colleague_makes_one_notification(office: Office) -> None:
    header = "---------- Forwarded message ---------\nFrom: Carla <carla@shop.example>\nSubject: Vase\n"
    office.desk.receive(make_raw("Fwd: Vase", ANNS, body=f"#assign ben\n\n{header}\nIt is broken.\n"))

    assert told(office, BEN) == [("2611-0001", BEN.address)]


def test_whoever_looks_at_the_ticket_of_a_call_reads_who_called(office: Office, number: str) -> None:
    office.answers("#phone Eve Evans, +49 30 1234567\n\nBroken.\n", subject="Call", In_Reply_To="<1@acme.example>")
    office.answers("\n", subject="show 2611-0002", In_Reply_To="<2@acme.example>")

    shown = office.sent("agent_notification", ANN.address)[-1]
    assert (shown.title, shown.details["contact"], shown.details["caller"]) == ("Call", "", "Eve Evans, +49 30 1234567")
