"""What becomes of an agent's mail: who acts, what is carried out, and what the agent is asked about first."""

from dataclasses import replace
from typing import Any

import pytest

from mailticket.desk.answers import is_quotation
from mailticket.desk.attachments import Judged
from mailticket.desk.buttons import SENDING, Word
from mailticket.desk.decision import ApplyCommands, Decision, Hold
from mailticket.desk.notice import TOKEN_KINDS, NoticeKind
from mailticket.desk.orders import Orders, PhoneCall, Problem, Tag
from mailticket.desk.reading import News, Reading
from mailticket.desk.sender import Role
from mailticket.desk.ticket import Status, Ticket
from mailticket.desk.triage import triage
from mailticket.desk.validation import TEXT_LENGTH
from mailticket.mail.message import Address
from tests.factories import ANN, CARLA, NOW, make_attachment, make_mail, make_sender, make_ticket
from tests.unit.desk.cases import (
    ANSWERED,
    FAIL,
    FORGED,
    KNOWN,
    NONE,
    PASS,
    UNPROVED,
    WRITERS,
    added,
    held,
    make_case,
    make_trail,
)


def test_agent_without_verdict_acts_with_the_token_of_a_notification() -> None:
    decision = triage(make_case(Role.AGENT, NONE, KNOWN, trail=make_trail()))

    assert decision == ANSWERED


def test_agent_with_a_token_and_an_alias_as_sender_acts() -> None:
    sender = make_sender(Address(addr_spec=ANN.aliases[0]), Role.AGENT, NONE)

    assert isinstance(triage(make_case(Role.AGENT, NONE, KNOWN, sender=sender, trail=make_trail())), ApplyCommands)


@pytest.mark.parametrize(
    "over",
    [{"kind": "c"}, {"ticket": 8}, {"ticket": 0}, {"address": "bob@acme.example"}, {"address": CARLA.addr_spec}],
    ids=[
        "minted for a customer's confirmation",
        "about another ticket",
        "about none",
        "sent to another agent",
        "sent to the customer",
    ],
)
def test_token_that_is_not_this_agents_for_this_ticket_proves_nothing(over: dict[str, Any]) -> None:
    decision = triage(make_case(Role.AGENT, NONE, KNOWN, trail=make_trail(**over)))

    assert decision == held(UNPROVED, True, ANN.address)


def test_token_does_not_help_against_a_failed_verdict() -> None:
    assert triage(make_case(Role.AGENT, FAIL, KNOWN, trail=make_trail())) == FORGED


@pytest.mark.parametrize("address", [ANN.address, *ANN.aliases])
def test_agent_who_is_the_requester_writes_as_a_customer(address: str) -> None:
    own = make_ticket(contact=Address(addr_spec=address))

    assert triage(make_case(Role.AGENT, PASS, own)) == added(Status.OPEN, True)


@pytest.mark.parametrize("words", ["Thank you!\n", "No more updates\n"])
def test_agent_who_is_the_requester_is_heard_as_any_other(words: str) -> None:
    own, mail = make_ticket(status=Status.RESOLVED, contact=WRITERS[Role.AGENT]), make_mail(reply=words)

    decisions = [
        triage(make_case(role, PASS, own, mail=mail, sender=make_sender(own.contact, role), read=Reading))
        for role in (Role.AGENT, Role.REQUESTER)
    ]

    assert decisions[0] == decisions[1] != added(Status.PENDING_AGENT, True)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "answer_without_words"), (" \n\t", "answer_without_words"), ("x" * (TEXT_LENGTH + 1), "answer_too_long")],
    ids=["empty", "white space", "too long"],
)
def test_answer_that_cannot_be_sent_waits_and_its_agent_is_told(text: str, reason: str) -> None:
    assert decide(Reading(text=text)) == Hold(reason=reason, ticket=KNOWN.id, tell=ANN.address)


@pytest.mark.parametrize("text", ["", "We send a new one."], ids=["alone", "below an answer"])
def test_note_that_is_too_long_waits_with_all_of_its_mail_and_its_agent_is_told(text: str) -> None:
    reading = Reading(text=text, orders=Orders(note="x" * (TEXT_LENGTH + 1)))

    assert decide(reading) == Hold(reason="answer_too_long", ticket=KNOWN.id, tell=ANN.address)


def test_notes_of_a_call_that_are_too_long_wait_too() -> None:
    orders = Orders(orders=(PhoneCall(name="Carla"),), note="x")

    decision = decide(Reading(text="x" * TEXT_LENGTH, orders=orders))

    assert isinstance(decision, Hold) and decision.reason == "answer_too_long"


QUOTATION = "On Monday Carla wrote:\n> my card is 4111\n> and my vase is broken"
BETWEEN = "On Monday Carla wrote:\n> my vase is broken\nWe send a new one.\n> before Friday?\nYes."


@pytest.mark.parametrize(("reply", "quoted"), [(QUOTATION, True), (BETWEEN, False), ("We send a new one.", False)])
def test_what_is_nothing_but_an_older_mail(reply: str, quoted: bool) -> None:
    assert is_quotation(reply, make_mail(reply=reply, text=reply)) is quoted


@pytest.mark.parametrize("kind", [NoticeKind.HELD, NoticeKind.DIGEST])
def test_answer_to_our_question_about_held_mail_goes_to_nobody(kind: NoticeKind) -> None:
    trail = make_trail(kind=TOKEN_KINDS[kind], ticket=0)

    decision = triage(make_case(Role.AGENT, PASS, KNOWN, trail=trail))

    assert decision == Hold(reason="answer_to_a_question", ticket=KNOWN.id, tell=ANN.address)


def test_answer_to_nobody_waits() -> None:
    decision = triage(make_case(Role.AGENT, PASS, make_ticket(contact=None)))

    assert isinstance(decision, Hold)
    assert decision.reason == "answer_without_address"


# -- what is asked about first

SAID = Reading(text="We send a new one.")
REFUSED = Judged(
    attachment=make_attachment("setup.exe"), filename="setup.exe", media_type="application/x-dosexec",
    withheld="type not allowed", worth_naming=True,
)  # fmt: skip
NEWS = News(message=3, at=NOW, author=CARLA, answer=False, text="Never mind.")
WRONG = Orders(problems=(Problem(line="#priortiy high", at=0, message="There is no #priortiy."),))
ALL = replace(SAID, orders=WRONG, files=(REFUSED,), leaks=("she is difficult",), news=(NEWS,))
NOTED = Orders(note="she is nice")
TAGGED = Orders(orders=(Tag(tag="vip"),))


def decide(reading: Reading, word: Word | None = None, ticket: Ticket = KNOWN) -> Decision:
    return triage(make_case(Role.AGENT, PASS, ticket, read=lambda: reading, word=word))


@pytest.mark.parametrize(
    ("reading", "reason"),
    [
        (ALL, "wrong_command"),
        (replace(ALL, orders=Orders()), "file_refused"),
        (replace(ALL, orders=Orders(), files=()), "may_leak"),
        (replace(ALL, orders=Orders(), files=(), leaks=()), "changed_since"),
        (replace(ALL, orders=WRONG, text=""), "wrong_command"),
        (SAID, ""),
        (replace(SAID, orders=TAGGED), ""),
        (Reading(orders=NOTED, files=(REFUSED,), news=(NEWS,)), ""),
        (Reading(orders=TAGGED, news=(NEWS,)), ""),
        (Reading(orders=TAGGED, files=(REFUSED,)), "answer_without_words"),
    ],
    ids=[
        "a wrong command comes first",
        "a file that is not sent",
        "words that look internal",
        "something has changed",
        "a wrong command without words",
        "an answer",
        "an answer with commands",
        "a note, whatever has changed",
        "commands, whatever has changed",
        "a file that nothing is said about",
    ],
)
def test_what_an_agent_is_asked_about(reading: Reading, reason: str) -> None:
    decision = decide(reading)

    if not reason:
        assert decision == ApplyCommands(ticket=KNOWN.id, agent=ANN.address, reading=reading)
    else:
        asked = None if reason.startswith("answer_") else reading
        assert decision == Hold(reason=reason, ticket=KNOWN.id, tell=ANN.address, reading=asked)


@pytest.mark.parametrize("word", sorted(SENDING))
def test_what_the_agent_was_shown_is_not_asked_again_but_what_is_new_is(word: Word) -> None:
    shown = replace(ALL, orders=Orders(), news=())

    assert isinstance(decide(shown, word), ApplyCommands)
    assert decide(replace(shown, news=(NEWS,)), word).reason == "changed_since"  # type: ignore[union-attr]
    assert decide(ALL, word).reason == "wrong_command"  # type: ignore[union-attr]


@pytest.mark.parametrize("word", sorted(SENDING))
def test_the_button_in_the_question_proves_whose_mail_it_is(word: Word) -> None:
    case = make_case(Role.AGENT, NONE, KNOWN, word=word)

    assert triage(case) == ANSWERED


def test_a_release_proves_the_sender_and_answers_no_question() -> None:
    assert decide(ALL, Word.RELEASE).reason == "wrong_command"  # type: ignore[union-attr]


def test_a_note_needs_nobody_to_send_it_to() -> None:
    nobodys = make_ticket(contact=None)

    assert isinstance(decide(Reading(orders=NOTED), ticket=nobodys), ApplyCommands)
    assert decide(SAID, ticket=nobodys) == Hold(reason="answer_without_address", ticket=nobodys.id, tell=ANN.address)


def test_commands_on_a_ticket_of_the_agents_own_are_carried_out() -> None:
    own = make_ticket(contact=Address(addr_spec=ANN.address))

    decision = decide(Reading(text="No haste.", orders=TAGGED), ticket=own)

    assert isinstance(decision, ApplyCommands) and decision.own
