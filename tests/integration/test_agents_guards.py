"""What an agent is asked before an answer goes out: what has changed, what may leak, which files are not sent."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mailticket.desk.policy import Agent
from mailticket.desk.receipt import Added, Held
from mailticket.mail.message import Address
from mailticket.store import waiting
from mailticket.store.engine import Store
from tests.factories import ANN, PNG, make_raw
from tests.integration.answering import BEN, Office
from tests.integration.nodes import node


def reason(receipt: object) -> str:
    return receipt.reason if isinstance(receipt, Held) else ""


def replies(office: Office) -> int:
    return len(office.sent("reply"))


# -- what was meant for agents only


@pytest.mark.parametrize("command", ["", "#to paul@shop.example\n"], ids=["an answer", "a new mail to a customer"])
def test_note_that_is_none_because_of_a_bullet_is_asked_about(office: Office, number: str, command: str) -> None:
    over: dict[str, Any] = {"subject": "Your order", "In_Reply_To": "<nothing@acme.example>"} if command else {}

    receipt = office.answers(f"{command}\nIt is late.\n\n* #note do not refund her\n", **over)

    assert reason(receipt) == "may_leak" and not replies(office)
    assert office.asked().details["passages"] == ["* #note do not refund her"]
    office.presses(office.asked(), "send")
    assert replies(office) == 1


# -- what has changed


def test_who_answers_after_a_colleague_is_asked(office: Office, number: str) -> None:
    office.answers("We send a new one.\n", agent=BEN)

    assert reason(office.answers("We are sorry.\n")) == "changed_since"

    assert replies(office) == 1
    asked = office.asked()
    assert [(one["who"], one["answer"], one["text"]) for one in asked.details["news"]] == [
        (BEN.name, True, "We send a new one.")
    ]
    assert asked.details["written"] == "We are sorry."
    office.presses(asked, "send")
    assert replies(office) == 2


def test_who_answers_before_having_read_what_the_customer_wrote_since_is_asked(office: Office, number: str) -> None:
    first = office.sent("agent_notification", ANN.address)[-1]
    office.writes(number, "I have found it.\n")

    assert reason(office.answers("We look for it.\n", to=first)) == "changed_since"

    assert [one["text"] for one in office.asked().details["news"]] == ["I have found it."]
    office.presses(office.asked(), "discard")
    assert replies(office) == 0 and office.desk.waiting(waiting.HELD) == []


def test_what_changes_while_the_question_waits_is_asked_again(office: Office, number: str) -> None:
    office.answers("We send a new one.\n", agent=BEN)
    office.answers("We are sorry.\n")
    asked = office.asked()
    office.writes(number, "Never mind.\n")

    office.presses(asked, "send")

    assert replies(office) == 1
    again = office.asked()
    assert [one["text"] for one in again.details["news"]] == ["Never mind."]
    office.presses(again, "send")
    assert replies(office) == 2


def test_who_answers_the_question_has_seen_what_is_in_it(office: Office, number: str) -> None:
    office.answers("We send a new one.\n", agent=BEN)
    office.answers("We are sorry.\n")

    assert office.answers("One more thing.\n", to=office.asked()) == Added(ticket=number)

    assert replies(office) == 2 and office.desk.waiting(waiting.HELD) == []


def changes(office: Office, number: str) -> dict[str, Any]:
    """What does not count, each done by the time that Ann answers."""
    notified = office.sent("agent_notification", ANN.address)[-1]

    def thanks() -> None:
        office.desk.change(number, status="resolved")
        office.writes(number, "Thanks a lot!\n")

    return {
        "an own answer": lambda: office.answers("We look.\n", to=notified),
        "an own note": lambda: office.answers("#note she is nice\n", to=notified),
        "a colleague's note": lambda: office.answers("#note she is nice\n", agent=BEN),
        "a colleague's commands": lambda: office.answers("#high\n#tag vip\n", agent=BEN),
        "fields": lambda: office.desk.change(number, priority="high", title="Vase"),
        "a machine": lambda: office.writes(
            number, "I am away.\n", subject=f"Automatic reply: [#{number}]", Auto_Submitted="auto-replied"
        ),
        "thanks": thanks,
        "no more updates": lambda: office.writes(number, "No more updates, please.\n"),
    }


@pytest.mark.parametrize(
    "what",
    [
        *("an own answer", "an own note", "a colleague's note", "a colleague's commands", "fields", "a machine"),
        *("thanks", "no more updates"),
    ],
)
def test_what_does_not_count(office: Office, number: str, what: str) -> None:
    notified = office.sent("agent_notification", ANN.address)[-1]
    changes(office, number)[what]()
    before = replies(office)

    assert office.answers("We send a new one.\n", to=notified) == Added(ticket=number)

    assert replies(office) == before + 1


@pytest.mark.parametrize("text", ["#note I saw it, too\n", "#tag vip\n"], ids=["a note", "commands"])
def test_what_goes_to_nobody_outside_is_never_held_for_that(office: Office, number: str, text: str) -> None:
    office.answers("We send a new one.\n", agent=BEN)

    assert office.answers(text) == Added(ticket=number)


def test_mail_that_answers_nothing_is_compared_with_what_the_agent_was_sent_last(office: Office, number: str) -> None:
    office.answers("We look.\n", agent=BEN)
    assert reason(office.answers("We are sorry.\n", In_Reply_To="<unknown@acme.example>")) == "changed_since"
    office.writes(number, "I wait.\n")
    first = office.answers("So do we.\n", agent=BEN, to=office.sent("agent_notification", BEN.address)[-1])

    assert first == Added(ticket=number)


def test_an_agent_of_whom_we_know_nothing_is_not_asked(store: Store, tmp_path: Path) -> None:
    with node(store, tmp_path / "blobs", agents=(ANN, BEN), notify="assignee") as desk:
        office = Office(desk)
        number = office.open()
        fresh = make_raw(sender=_of(BEN), subject=f"[#{number}] vase", message_id="<b@acme.example>", body="We look.\n")
        other = make_raw(sender=_of(ANN), subject=f"[#{number}] vase", message_id="<a@acme.example>", body="Sorry.\n")

        assert [desk.receive(raw) for raw in (fresh, other)] == [Added(ticket=number)] * 2


def _of(agent: Agent) -> Address:
    return Address(name=agent.name, addr_spec=agent.address)


def test_of_two_colleagues_who_answer_at_once_on_two_nodes_one_is_asked(store: Store, tmp_path: Path) -> None:
    policy: dict[str, Any] = {"agents": (ANN, BEN), "notify": "all"}
    with node(store, tmp_path / "a", **policy) as first, node(store, tmp_path / "a", **policy) as second:
        office, other = Office(first), Office(second)
        for round_ in range(4):
            number = office.open(message_id=f"<{round_}@shop.example>")
            with ThreadPoolExecutor(2) as both:
                answered = [
                    both.submit(office.answers, "We send a new one.\n"),
                    both.submit(other.answers, "We are sorry.\n", agent=BEN),
                ]
                receipts = [one.result() for one in answered]

            assert sorted(reason(one) for one in receipts) == ["", "changed_since"]
            assert [mail.number for mail in office.sent("reply")].count(number) == 1


# -- what may leak

NOTE = "She has complained three times before, and our lawyer says that we should not answer at all.\n"


@pytest.mark.parametrize(
    "text",
    [
        f"Hello Carla,\n\n{NOTE}",
        "Hello,\n\nshe has COMPLAINED three times before;\nand our lawyer says...\n",
        "Hello Carla,\n\n2611-0001 · open · normal · general\n\nSee above.\n",
        "Hello Carla,\n\n#noet she is difficult\n",
        "We look.\n\n#resolved\n",
    ],
    ids=["a note", "its words in another dress", "the card", "a note that was mistyped", "a command below the words"],
)
def test_what_looks_internal_is_asked_about(office: Office, number: str, text: str) -> None:
    office.answers(f"#note {NOTE}", agent=BEN)

    assert reason(office.answers(text)) == "may_leak"

    assert replies(office) == 0
    asked = office.asked()
    assert asked.details["passages"]
    office.presses(asked, "send")
    assert replies(office) == 1


@pytest.mark.parametrize(
    "text",
    ["My vase is broken, you wrote. We send a new one.\n", "She has complained.\n", "We look at it #soon.\n"],
    ids=["the customer's own words", "a few words alike", "a hashtag in a sentence"],
)
def test_what_does_not(office: Office, number: str, text: str) -> None:
    office.answers(f"#note {NOTE}", agent=BEN)

    assert office.answers(text) == Added(ticket=number)


def test_an_answer_that_was_taken_back_is_no_secret(store: Store, tmp_path: Path) -> None:
    with node(store, tmp_path / "blobs", agents=(ANN, BEN), notify="all", undo=timedelta(seconds=30)) as desk:
        office = Office(desk)
        office.open()
        office.answers(NOTE)
        office.presses(office.asked(), "undo")

        assert isinstance(office.answers(f"Hello.\n\n{NOTE}"), Added)


# -- files


def test_an_answer_is_not_sent_without_its_file(office: Office, number: str) -> None:
    files = (("label.png", PNG), ("setup.exe", b"MZ"))

    assert reason(office.answers("Please print the label.\n", files=files)) == "file_refused"

    assert replies(office) == 0
    asked = office.asked()
    assert [file["filename"] for file in asked.details["refused"]] == ["setup.exe"]
    assert "png" in asked.details["allowed"]
    office.presses(asked, "send")
    assert replies(office) == 1
    kept = office.desk.show(number)["messages"][-1]["attachments"]
    assert [(file["filename"], file["state"]) for file in kept] == [("label.png", "kept"), ("setup.exe", "withheld")]


def test_one_question_names_all_that_is_in_the_way(office: Office, number: str) -> None:
    office.answers(f"#note {NOTE}", agent=BEN)
    office.answers("We send a new one.\n", agent=BEN)

    office.answers(f"#priortiy high\n\n{NOTE}", files=(("setup.exe", b"MZ"),))

    asked = office.asked().details
    assert all(asked[what] for what in ("problems", "passages", "news", "refused"))
    assert asked["send"] == "" and asked["corrected"]
    office.presses(office.asked(), "corrected")
    assert replies(office) == 2
    assert office.desk.show(number)["priority"] == "high"


def test_a_file_beside_a_note_may_be_for_colleagues_only(office: Office, number: str) -> None:
    files = (("label.png", PNG),)

    assert reason(office.answers("Please wait.\n\n#note see the picture\n", files=files)) == "may_leak"

    asked = office.asked()
    assert asked.details["passages"] == ["label.png"]
    assert office.sent("reply") == []
    office.presses(asked, "send")
    assert len(office.sent("reply")) == 1
