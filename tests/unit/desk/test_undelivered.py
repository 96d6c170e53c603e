"""Mail that did not arrive: why, for whom, what was meant, who is told."""

from datetime import timedelta

import pytest

from mailticket.desk.absence import gives_back, status_without_agent
from mailticket.desk.failure_words import concerns_address, in_words
from mailticket.desk.mail_domains import meant
from mailticket.desk.notice import NoticeKind
from mailticket.desk.policy import Agent
from mailticket.desk.ticket import Status
from mailticket.desk.undelivered import (
    Failure,
    SentMail,
    bounced,
    complained,
    failure_of_reply,
    failure_of_report,
    status_then,
    told,
)
from mailticket.mail.message import Bounce
from tests.factories import ANN, CARLA, NOW, PAUL, make_policy, make_ticket

BEN = Agent(name="Ben", address="ben@acme.example", teams=("returns",))
LEA = Agent(name="Lea", address="lea@acme.example", lead=True)
POLICY = make_policy(agents=(ANN, BEN, LEA))


@pytest.mark.parametrize(
    ("status", "words", "of_the_address"),
    [
        ("5.1.1", "there is no such mailbox", True),
        ("5.1.2", "does not exist", True),
        ("5.1.10", "takes no mail", True),
        ("5.2.1", "switched off", True),
        ("5.2.2", "full", True),
        ("5.2.3", "larger than the mailbox takes", False),
        ("5.3.4", "larger than the receiving mail server takes", False),
        ("5.4.4", "no mail server was found", True),
        ("4.4.7", "could not be reached for days", False),
        ("5.4.6", "in circles", False),
        ("5.7.1", "as spam", False),
        ("5.7.99", "for reasons of security", False),
        ("5.1.99", "something wrong with the address", True),
        ("5.0.0", "did not say why", True),
        ("", "did not say why", False),
    ],
)
def test_status_says_why_in_plain_words(status: str, words: str, of_the_address: bool) -> None:
    assert words in in_words(status)
    assert concerns_address(status) is of_the_address


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("gmial.com", "gmail.com"),
        ("gmal.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("gnail.com", "gmail.com"),
        ("gmail.co", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("hotmial.com", "hotmail.com"),
        ("outlok.com", "outlook.com"),
        ("yaho.de", "yahoo.de"),
        ("t-onlin.de", "t-online.de"),
        ("googlemial.com", "googlemail.com"),
    ],
)
def test_one_slip_of_the_fingers_is_seen(written: str, right: str) -> None:
    assert meant(f"carla@{written}") == f"carla@{right}"


@pytest.mark.parametrize(
    "address",
    [
        "carla@gmail.com",
        "carla@mail.com",
        "carla@gmx.net",
        "carla@gmx.nl",
        "carla@shop.example",
        "carla@gamil.cmo",
        "carla@" + "a" * 300,
        "gmial.com",
        "",
    ],
)
def test_no_slip_is_seen_where_none_is(address: str) -> None:
    assert meant(address) == ""


def make_report(*recipients: str, status: str = "5.1.1") -> Bounce:
    return Bounce(
        recipient=recipients[0] if recipients else "", recipients=recipients, status=status,
        permanent=status.startswith("5"),
    )  # fmt: skip


def make_sent(*recipients: str, kind: NoticeKind = NoticeKind.REPLY) -> SentMail:
    return SentMail(id=3, kind=kind, recipients=recipients, ticket=7)


@pytest.mark.parametrize(
    ("sent", "report", "concerned"),
    [
        (make_sent(CARLA.addr_spec, PAUL.addr_spec), make_report(PAUL.addr_spec), (PAUL.addr_spec,)),
        (make_sent(CARLA.addr_spec), make_report("carla@new.example"), (CARLA.addr_spec,)),
        (make_sent(CARLA.addr_spec), make_report(), (CARLA.addr_spec,)),
        (make_sent(CARLA.addr_spec, PAUL.addr_spec), make_report("victim@bank.example"), ()),
        (None, make_report("victim@bank.example"), ()),
    ],
    ids=["one of two", "forwarded on its way", "names nobody", "an address that we never wrote to", "mail not known"],
)
def test_report_concerns_the_recipients_of_its_mail_alone(
    sent: SentMail | None, report: Bounce, concerned: tuple[str, ...]
) -> None:
    assert failure_of_report(report, sent).recipients == concerned


@pytest.mark.parametrize(
    ("status", "marks"), [("5.1.1", True), ("4.4.7", False), ("4.2.2", False), ("5.7.1", False), ("5.2.3", False)]
)
def test_address_is_marked_where_the_next_mail_would_come_back_too(status: str, marks: bool) -> None:
    assert failure_of_report(make_report(CARLA.addr_spec, status=status), make_sent(CARLA.addr_spec)).marks is marks


@pytest.mark.parametrize(
    ("reply", "status", "marks"),
    [
        ("550 5.1.1 <carla@shop.example>: user unknown", "5.1.1", True),
        ("552 mailbox full", "5.2.2", True),
        ("carla@shop.example: 550 5.1.1 user unknown", "5.1.1", True),
        ("given up after 5 days: carla@shop.example: 450 4.1.1 user unknown", "4.1.1", False),
        ("554 5.7.1 relay access denied", "5.7.1", False),
        ("given up after 5 days: 451 4.4.1 no answer", "4.4.1", False),
        ("it has no recipient", "", False),
    ],
)
def test_relays_word_is_read_like_a_report(reply: str, status: str, marks: bool) -> None:
    failure = failure_of_reply(reply, [CARLA.addr_spec], NoticeKind.RESOLVED)

    assert (failure.status, failure.marks) == (status, marks)


FAILED = failure_of_report(make_report(CARLA.addr_spec), make_sent(CARLA.addr_spec))
ANN_FAILED = Failure(
    recipients=(ANN.address,), status="5.1.1", permanent=True, kind=NoticeKind.AGENT_NOTIFICATION
)  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Status.PENDING_CUSTOMER, Status.PENDING_AGENT),
        (Status.RESOLVED, Status.PENDING_AGENT),
        (Status.OPEN, Status.OPEN),
        (Status.IN_PROGRESS, Status.IN_PROGRESS),
        (Status.PENDING_AGENT, Status.PENDING_AGENT),
        (Status.CLOSED, Status.CLOSED),
    ],
)
def test_nobody_waits_for_a_customer_whom_the_mail_did_not_reach(before: Status, after: Status) -> None:
    assert status_then(make_ticket(status=before), FAILED) is after
    assert status_then(make_ticket(status=before), ANN_FAILED) is before


@pytest.mark.parametrize(
    ("failure", "over", "people"),
    [
        (FAILED, {"assignee": BEN.address}, (BEN,)),
        (FAILED, {"team": "returns"}, (BEN,)),
        (ANN_FAILED, {"assignee": ANN.address}, (LEA,)),
        (ANN_FAILED, {}, (BEN, LEA)),
    ],
    ids=["who has it", "its team", "who has it cannot be reached: the leads", "everybody else"],
)
def test_who_hears_of_it(failure: Failure, over: dict[str, str], people: tuple[Agent, ...]) -> None:
    assert told(make_ticket(**over), failure, POLICY) == people


def test_leads_hear_of_it_where_nobody_has_a_new_ticket() -> None:
    assert told(make_ticket(), FAILED, make_policy(agents=(ANN, LEA), notify="assignee")) == (LEA,)


def test_the_only_agent_is_not_told_by_mail_that_mail_does_not_arrive() -> None:
    assert told(make_ticket(), ANN_FAILED, make_policy()) == ()


def test_notice_says_what_failed_why_and_what_was_probably_meant() -> None:
    mistyped = failure_of_report(make_report("carla@gmial.com"), make_sent("carla@gmial.com"))

    details = bounced(ANN, make_ticket(), mistyped, [], POLICY).details

    assert (details["notice"], details["meant"], details["silenced"]) == ("reply", "carla@gmail.com", True)
    assert "no such mailbox" in details["reason"]


def test_notice_about_a_temporary_failure_guesses_nothing() -> None:
    late = failure_of_report(make_report("carla@gmial.com", status="4.4.7"), make_sent("carla@gmial.com"))

    details = bounced(ANN, make_ticket(), late, [], POLICY).details

    assert (details["meant"], details["silenced"]) == ("", False)


def test_complaint_names_who_complained_and_the_ticket() -> None:
    notice = complained(LEA, make_ticket(), CARLA.addr_spec, POLICY)

    assert (notice.details["about"], notice.details["recipients"]) == ("complaint", [CARLA.addr_spec])
    assert notice.number == make_ticket().number


# -- an agent is away


@pytest.mark.parametrize(
    ("over", "absent", "hours", "worked_on", "back"),
    [
        ({}, ANN.address, 1, False, True),
        ({}, ANN.address, 25, False, False),
        ({}, ANN.address, None, False, False),
        ({}, ANN.address, 1, True, False),
        ({}, BEN.address, 1, False, False),
        ({}, "", 1, False, False),
        ({"status": Status.CLOSED}, ANN.address, 1, False, False),
    ],
    ids=["just given", "days ago", "never given", "she has answered", "another's", "a mail like others", "closed"],
)
def test_ticket_goes_back_that_was_just_given_to_somebody_away(
    over: dict[str, Status], absent: str, hours: int | None, worked_on: bool, back: bool
) -> None:
    ticket = make_ticket(**{"assignee": ANN.address, "status": Status.IN_PROGRESS, **over})
    given = None if hours is None else NOW - timedelta(hours=hours)

    assert gives_back(ticket, absent, given, worked_on, NOW) is back


def test_ticket_that_nobody_has_is_open() -> None:
    assert status_without_agent(Status.IN_PROGRESS) is Status.OPEN
    assert status_without_agent(Status.PENDING_AGENT) is Status.PENDING_AGENT
