"""Held mail: who is asked, what they can say, and the buttons by which they say it."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from mailticket.desk.buttons import BUTTON_KINDS, Word, button
from mailticket.desk.case import Case
from mailticket.desk.decision import DecideHeld, Hold, Ignore
from mailticket.desk.held import asked, choices, deadline, held
from mailticket.desk.notifications import leads
from mailticket.desk.policy import Agent
from mailticket.desk.sender import Role, Sender
from mailticket.desk.threading import Thread, trail_of
from mailticket.desk.triage import triage
from mailticket.mail.identity import Verdict
from mailticket.mail.message import Address, InboundMail
from tests.factories import ANN, CARLA, KEY, NOW, make_envelope, make_mail, make_policy, make_ticket

LEA = Agent(name="Lea", address="lea@acme.example", lead=True)
FAILED = Hold(reason="failed_verdict", ticket=7)
OWN_NAME = Hold(reason="agent_not_verified", ticket=7, tell=ANN.address)
POLICY = make_policy(agents=(ANN, LEA))


@pytest.mark.parametrize(
    ("decision", "assignee", "known", "people"),
    [
        (OWN_NAME, "", False, [ANN]),
        (FAILED, ANN.address, True, [ANN]),
        (FAILED, "", True, [ANN, LEA]),
        (FAILED, "", False, []),
    ],
    ids=["in whose name it came", "who has the ticket", "everybody who would hear of it", "nobody about a stranger's"],
)
def test_who_is_asked_about_held_mail(decision: Hold, assignee: str, known: bool, people: list[Agent]) -> None:
    assert list(asked(decision, make_ticket(assignee=assignee), known, POLICY)) == people


def test_a_known_persons_mail_without_a_ticket_is_the_leads_business() -> None:
    assert asked(FAILED, None, True, POLICY) == (LEA,)
    assert leads(make_policy(agents=(ANN,))) == (ANN,)


@pytest.mark.parametrize(
    ("decision", "with_ticket", "words"),
    [
        (FAILED, True, (Word.RELEASE, Word.JOIN, Word.DISCARD)),
        (FAILED, False, (Word.RELEASE, Word.DISCARD)),
        (OWN_NAME, True, (Word.RELEASE, Word.DISCARD)),
        (Hold(reason="answer_too_long", tell=ANN.address), True, (Word.DISCARD,)),
    ],
    ids=["a customer's on a ticket", "a customer's", "an agent's own", "what a release would not mend"],
)
def test_what_can_be_said(decision: Hold, with_ticket: bool, words: tuple[Word, ...]) -> None:
    assert choices(decision, make_ticket() if with_ticket else None) == words


@pytest.mark.parametrize(
    ("decision", "known", "waits"),
    [(FAILED, True, False), (FAILED, False, True), (OWN_NAME, True, True)],
    ids=["a known person's is decided in time", "a stranger's is not", "an agent's is not"],
)
def test_nobody_known_waits_for_ever(decision: Hold, known: bool, waits: bool) -> None:
    assert (deadline(decision, known, NOW, POLICY) is None) is waits


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("agent_not_verified", "nothing proves that it comes from you"),
        ("failed_verdict", "domain says that this mail is forged"),
        ("answer_not_sent: text: is empty", "answer not sent: text: is empty"),
    ],
)
def test_agent_is_told_at_the_registered_address_why_a_mail_waits(reason: str, says: str) -> None:
    mail = make_mail(from_=Address(addr_spec=ANN.aliases[0]))

    notice = held(ANN, Hold(reason=reason, tell=ANN.address), mail, None, 5, NOW, None, [], POLICY)

    assert [to.addr_spec for to in notice.to] == [ANN.address]
    assert says in notice.details["reason"]
    assert notice.details["held_id"] == "5"
    assert notice.details["received_at"] == "2026-11-22T12:00:00Z"
    assert (notice.number, notice.details["excerpt"], notice.details["yours"]) == ("", "", True)


def test_who_decides_about_a_customers_mail_sees_how_it_begins() -> None:
    mail = make_mail(reply="My vase is broken.\n" + "And so on. " * 100)

    details = held(ANN, FAILED, mail, make_ticket(), 5, NOW, NOW, [], POLICY).details

    assert details["excerpt"].startswith("My vase is broken.\nAnd") and details["excerpt"].endswith(" …")
    assert (details["sender"], details["ticket"], details["yours"]) == (CARLA.addr_spec, "2611-0042", False)


# -- buttons


def press(word: Word, owner: Agent, *, held: int = 17, days: int = 30) -> InboundMail:
    """The mail that opens when `owner` clicks, sent by Ann."""
    token = KEY.mint(
        kind=BUTTON_KINDS[word], ticket=held, address=owner.address, expires=(NOW + timedelta(days=days)).date(),
        nonce=b"abc",
    )  # fmt: skip
    link = urlsplit(button(word, f"Let it through ({held})", token, "support@acme.example", "").link)
    assert link.path == "support@acme.example"
    return make_mail(subject=parse_qs(link.query)["subject"][0], from_=Address(addr_spec=ANN.address))


def case(mail: InboundMail, sender: Address | None = None, verdict: Verdict = Verdict.PASS) -> Case:
    address = sender or mail.from_
    assert address is not None
    role = Role.AGENT if POLICY.agent(address.addr_spec) else Role.STRANGER
    return Case(
        mail=mail, sender=Sender(address=address, role=role, verdict=verdict), thread=Thread(), policy=POLICY,
        trail=trail_of(mail, make_envelope(), KEY, "[#{number}]"),
    )  # fmt: skip


@pytest.mark.parametrize("verdict", [Verdict.PASS, Verdict.NONE])
def test_a_button_says_its_word_for_its_owner(verdict: Verdict) -> None:
    mail = press(Word.JOIN, ANN)

    assert triage(case(mail, verdict=verdict)) == DecideHeld(word=Word.JOIN, held=17, agent=ANN.address)


@pytest.mark.parametrize(
    ("sender", "verdict", "becomes"),
    [
        (None, Verdict.PASS, DecideHeld(word=Word.ADD_ALIAS, held=17, agent=ANN.address)),
        (None, Verdict.NONE, Hold(reason="agent_not_verified", tell=ANN.address)),
        (CARLA, Verdict.PASS, Hold(reason="button_of_another", tell=ANN.address)),
    ],
    ids=["the agent", "somebody in the agent's name", "who has seen it"],
)
def test_a_button_that_others_have_seen_works_for_its_proved_owner_only(
    sender: Address | None, verdict: Verdict, becomes: object
) -> None:
    shown = case(press(Word.ADD_ALIAS, ANN), sender, verdict)
    assert shown.trail.button is not None

    assert triage(replace(shown, exposed=frozenset({shown.trail.button.text}))) == becomes


def test_a_button_survives_a_folded_and_prefixed_subject() -> None:
    mail = press(Word.JOIN, ANN)
    folded = make_mail(subject=f"Re: {mail.subject[:40]} {mail.subject[40:]}".upper(), from_=mail.from_)

    assert isinstance(triage(case(folded)), DecideHeld)


def test_a_button_is_worth_nothing_when_the_senders_domain_says_forged() -> None:
    assert isinstance(triage(case(press(Word.RELEASE, ANN), verdict=Verdict.FAIL)), Hold)


def test_a_colleagues_button_is_held_and_its_owner_told() -> None:
    assert triage(case(press(Word.RELEASE, LEA))) == Hold(reason="button_of_another", tell=LEA.address)


def test_a_strangers_press_is_held_and_its_owner_told() -> None:
    assert triage(case(press(Word.RELEASE, ANN), CARLA)) == Hold(reason="button_from_elsewhere", tell=ANN.address)


def test_an_expired_button_does_nothing_and_its_owner_is_told() -> None:
    assert triage(case(press(Word.RELEASE, ANN, days=-1))) == Hold(reason="button_expired", tell=ANN.address)


def test_what_only_looks_like_a_button_is_a_customers_mail_as_others() -> None:
    mail = make_mail(subject="Hello {mt-" + "a" * 48 + "}")

    assert type(triage(case(mail))).__name__ == "OpenTicket"


def test_a_machine_presses_no_buttons() -> None:
    mail = press(Word.RELEASE, ANN)
    automatic = make_mail(subject=mail.subject, from_=mail.from_, auto_submitted=True)

    assert isinstance(triage(case(automatic)), Ignore)
