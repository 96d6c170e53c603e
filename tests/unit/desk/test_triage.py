"""The contract's table of who may do what, one test a cell; then what stands beside the table."""

from datetime import timedelta
from typing import Any

import pytest

from mailticket.desk.decision import AddMessage, Decision, Hold, Ignore, OpenTicket, RecordBounce, RecordComplaint
from mailticket.desk.notice import TOKEN_KINDS, NoticeKind
from mailticket.desk.sender import Role
from mailticket.desk.threading import Sign, Thread, Trail
from mailticket.desk.ticket import Status, Ticket
from mailticket.desk.triage import TITLE_LENGTH, Case, title_of, triage
from mailticket.desk.undelivered import SentMail
from mailticket.desk.validation import TEXT_LENGTH
from mailticket.mail.identity import Verdict
from mailticket.mail.message import Address, Bounce, Complaint, InboundMail
from mailticket.mail.tokens import NONCE_BYTES
from tests.factories import (
    ANN,
    CARLA,
    KEY,
    MALLORY,
    NOW,
    PAUL,
    make_mail,
    make_policy,
    make_sender,
    make_ticket,
)

TODAY = NOW.date()
PASS, NONE, FAIL = Verdict.PASS, Verdict.NONE, Verdict.FAIL
WRITERS = {
    Role.REQUESTER: CARLA,
    Role.PARTICIPANT: PAUL,
    Role.AGENT: Address(name=ANN.name, addr_spec=ANN.address),
    Role.STRANGER: MALLORY,
}
KNOWN = make_ticket(status=Status.RESOLVED)
CLOSED = make_ticket(status=Status.CLOSED)
TICKETS: dict[str, Ticket | None] = {"new": None, "known": KNOWN, "closed": CLOSED}
NUMBER = KNOWN.number


def make_case(role: Role, verdict: Verdict, ticket: Ticket | None, **over: Any) -> Case:
    """A mail that names `ticket` by its number; nobody has a part in a ticket that does not exist."""
    if ticket is None and role in (Role.REQUESTER, Role.PARTICIPANT):
        sender = make_sender(WRITERS[role], Role.STRANGER, verdict)
    else:
        sender = make_sender(WRITERS[role], role, verdict)
    values: dict[str, Any] = {
        "mail": make_mail(from_=WRITERS[role], subject=f"Re: [#{NUMBER}] Broken vase"),
        "sender": sender,
        "thread": Thread(ticket=ticket, sign=Sign.NUMBER) if ticket else Thread(),
        "trail": Trail(),
        "policy": make_policy(),
    }
    return Case(**values | over)


def opened(**over: Any) -> OpenTicket:
    return OpenTicket(**{"title": "Re: Broken vase", **over})


def added(status: Status | None, verified: bool, **over: Any) -> AddMessage:
    return AddMessage(ticket=KNOWN.id, status=status, verified=verified, **over)


def held(reason: str, known: bool, tell: str = "") -> Hold:
    return Hold(reason=reason, ticket=KNOWN.id if known else None, tell=tell)


FORGED, FORGED_NEW = held("failed_verdict", True), held("failed_verdict", False)
FOLLOW_UP = opened(follows=CLOSED.id)
OF_THEIR_OWN = opened(possible_reply_to=NUMBER)
UNPROVED = "agent_not_verified"

#: sender, verdict -> what becomes of a mail without a ticket, on a known ticket, on a closed one
TABLE: dict[tuple[Role, Verdict], tuple[Decision, Decision, Decision]] = {
    (Role.REQUESTER, PASS): (opened(), added(Status.PENDING_AGENT, True), FOLLOW_UP),
    (Role.REQUESTER, NONE): (opened(), added(Status.PENDING_AGENT, False), FOLLOW_UP),
    (Role.REQUESTER, FAIL): (FORGED_NEW, FORGED, FORGED),
    (Role.PARTICIPANT, PASS): (opened(), added(Status.PENDING_AGENT, True), FOLLOW_UP),
    (Role.PARTICIPANT, NONE): (opened(), added(Status.PENDING_AGENT, False), FOLLOW_UP),
    (Role.PARTICIPANT, FAIL): (FORGED_NEW, FORGED, FORGED),
    (Role.STRANGER, PASS): (opened(), OF_THEIR_OWN, OF_THEIR_OWN),
    (Role.STRANGER, NONE): (opened(), OF_THEIR_OWN, OF_THEIR_OWN),
    (Role.STRANGER, FAIL): (FORGED_NEW, FORGED, FORGED),
    (Role.AGENT, PASS): (
        opened(),
        added(Status.PENDING_CUSTOMER, True, answer=True),
        added(Status.PENDING_CUSTOMER, True, answer=True),
    ),
    (Role.AGENT, NONE): (
        held(UNPROVED, False, ANN.address),
        held(UNPROVED, True, ANN.address),
        held(UNPROVED, True, ANN.address),
    ),
    (Role.AGENT, FAIL): (FORGED_NEW, FORGED, FORGED),
}
CELLS = [
    pytest.param(role, verdict, ticket, expected, id=f"{role}, {verdict}, {name} ticket")
    for (role, verdict), row in TABLE.items()
    for (name, ticket), expected in zip(TICKETS.items(), row, strict=True)
]


def test_table_has_every_cell() -> None:
    assert len(CELLS) == len(Role) * len(Verdict) * len(TICKETS)


@pytest.mark.parametrize(("role", "verdict", "ticket", "expected"), CELLS)
def test_who_may_do_what(role: Role, verdict: Verdict, ticket: Ticket | None, expected: Decision) -> None:
    assert triage(make_case(role, verdict, ticket)) == expected


# -- an agent without a verdict


def make_trail(**over: Any) -> Trail:
    values: dict[str, Any] = {
        "kind": TOKEN_KINDS[NoticeKind.AGENT_NOTIFICATION],
        "ticket": KNOWN.id,
        "address": ANN.address,
        "expires": TODAY + timedelta(days=1),
        "nonce": bytes(NONCE_BYTES),
    }
    token = KEY.read(KEY.mint(**values | over), today=TODAY)
    assert token is not None
    return Trail(tokens=(token,))


def test_agent_without_verdict_acts_with_the_token_of_a_notification() -> None:
    decision = triage(make_case(Role.AGENT, NONE, KNOWN, trail=make_trail()))

    assert decision == added(Status.PENDING_CUSTOMER, True, answer=True)


def test_agent_with_a_token_and_an_alias_as_sender_acts() -> None:
    sender = make_sender(Address(addr_spec=ANN.aliases[0]), Role.AGENT, NONE)

    assert isinstance(triage(make_case(Role.AGENT, NONE, KNOWN, sender=sender, trail=make_trail())), AddMessage)


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


QUOTATION = "On Monday Carla wrote:\n> my card is 4111\n> and my vase is broken"


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("", "answer_without_words"),
        (" \n\t", "answer_without_words"),
        (QUOTATION, "answer_without_words"),
        ("x" * (TEXT_LENGTH + 1), "answer_too_long"),
    ],
    ids=["empty", "white space", "only what it quotes", "too long"],
)
def test_answer_that_cannot_be_sent_waits_and_its_agent_is_told(reply: str, reason: str) -> None:
    mail = make_mail(reply=reply, text=reply)

    decision = triage(make_case(Role.AGENT, PASS, KNOWN, mail=mail))

    assert decision == Hold(reason=reason, ticket=KNOWN.id, tell=ANN.address)


def test_answer_between_the_quoted_lines_is_sent() -> None:
    reply = "On Monday Carla wrote:\n> my vase is broken\nWe send a new one.\n> before Friday?\nYes."

    decision = triage(make_case(Role.AGENT, PASS, KNOWN, mail=make_mail(reply=reply, text=reply)))

    assert decision == added(Status.PENDING_CUSTOMER, True, answer=True)


@pytest.mark.parametrize("kind", [NoticeKind.HELD, NoticeKind.DIGEST])
def test_answer_to_our_question_about_held_mail_goes_to_nobody(kind: NoticeKind) -> None:
    trail = make_trail(kind=TOKEN_KINDS[kind], ticket=0)

    decision = triage(make_case(Role.AGENT, PASS, KNOWN, trail=trail))

    assert decision == Hold(reason="answer_to_a_question", ticket=KNOWN.id, tell=ANN.address)


def test_answer_to_nobody_waits() -> None:
    decision = triage(make_case(Role.AGENT, PASS, make_ticket(contact=None)))

    assert isinstance(decision, Hold)
    assert decision.reason == "answer_without_address"


# -- machines


@pytest.mark.parametrize("role", [Role.REQUESTER, Role.PARTICIPANT])
def test_automatic_mail_of_somebody_of_the_ticket_is_added_and_moves_nothing(role: Role) -> None:
    case = make_case(role, PASS, KNOWN, mail=make_mail(auto_submitted=True, automatic_answer=True))

    assert triage(case) == added(None, True, automatic=True)


def test_out_of_office_does_not_open_a_follow_up_of_a_closed_ticket() -> None:
    case = make_case(Role.REQUESTER, PASS, CLOSED, mail=make_mail(auto_submitted=True, automatic_answer=True))

    assert triage(case) == added(None, True, automatic=True)


@pytest.mark.parametrize(
    ("role", "ticket"),
    [(Role.STRANGER, None), (Role.STRANGER, KNOWN), (Role.REQUESTER, None), (Role.AGENT, None)],
    ids=["to nothing of ours", "a stranger's on a ticket", "a customer's without a ticket", "an agent's"],
)
def test_machines_answer_opens_nothing(role: Role, ticket: Ticket | None) -> None:
    case = make_case(role, PASS, ticket, mail=make_mail(auto_submitted=True, automatic_answer=True))

    assert isinstance(triage(case), Ignore)


def test_machines_own_report_opens_a_ticket() -> None:
    case = make_case(Role.STRANGER, PASS, None, mail=make_mail(auto_submitted=True))

    assert isinstance(triage(case), OpenTicket)


def test_agents_out_of_office_is_no_answer_to_the_customer() -> None:
    case = make_case(Role.AGENT, PASS, KNOWN, mail=make_mail(auto_submitted=True, automatic_answer=True))

    assert triage(case) == added(None, True, automatic=True, absent=ANN.address)


def test_automatic_mail_in_an_agents_name_without_proof_is_not_put_on_a_ticket() -> None:
    case = make_case(Role.AGENT, NONE, KNOWN, mail=make_mail(auto_submitted=True, automatic_answer=True))

    assert triage(case) == Ignore(reason="automatic_mail_of_an_agent")


REPORT = make_mail(
    auto_submitted=True,
    bounce=Bounce(recipient="carla@shop.example", recipients=("carla@shop.example",), status="5.1.1", permanent=True),
)


SENT = SentMail(id=3, kind=NoticeKind.REPLY, recipients=(CARLA.addr_spec,), ticket=KNOWN.id)
BY_TOKEN = Thread(ticket=KNOWN, sign=Sign.TOKEN)


@pytest.mark.parametrize("sent", [SENT, None], ids=["that mail is known", "only its ticket is known"])
@pytest.mark.parametrize("verdict", Verdict)
def test_report_on_a_mail_of_ours_is_an_event(sent: SentMail | None, verdict: Verdict) -> None:
    decision = triage(make_case(Role.STRANGER, verdict, KNOWN, mail=REPORT, thread=BY_TOKEN, sent=sent))

    assert decision == RecordBounce(ticket=KNOWN.id, sent=sent)


@pytest.mark.parametrize(
    "thread",
    [Thread(), Thread(ticket=KNOWN, sign=Sign.NUMBER), Thread(ticket=KNOWN, sign=Sign.REFERENCE)],
    ids=["no ticket", "a number in its subject", "the customer's own Message-ID, which others know"],
)
def test_report_that_names_no_mail_of_ours_does_nothing(thread: Thread) -> None:
    case = make_case(Role.STRANGER, PASS, KNOWN, mail=REPORT, thread=thread)

    assert triage(case) == Ignore(reason="unmatched_delivery_report")


COMPLAINT = make_mail(
    auto_submitted=True, complaint=Complaint(kind="abuse", recipient=CARLA.addr_spec, original_message_id="<x@y>")
)
NO_COMPLAINT = make_mail(complaint=Complaint(kind="not-spam", recipient=CARLA.addr_spec, original_message_id="<x@y>"))


@pytest.mark.parametrize(
    ("mail", "sent", "decision"),
    [
        (COMPLAINT, SENT, RecordComplaint(ticket=KNOWN.id, sent=SENT)),
        (COMPLAINT, None, Ignore(reason="unmatched_complaint")),
        (NO_COMPLAINT, SENT, Ignore(reason="no_complaint")),
    ],
    ids=["on a mail of ours", "on a mail that was never ours", "says that our mail is none"],
)
def test_complaint_counts_on_a_mail_of_ours(mail: InboundMail, sent: SentMail | None, decision: Decision) -> None:
    assert triage(make_case(Role.STRANGER, NONE, KNOWN, mail=mail, thread=BY_TOKEN, sent=sent)) == decision


# -- who answers too fast to be a person


@pytest.mark.parametrize(
    ("role", "ticket", "decision"),
    [
        (Role.REQUESTER, KNOWN, added(None, True, automatic=True)),
        (Role.PARTICIPANT, KNOWN, added(None, True, automatic=True)),
        (Role.REQUESTER, CLOSED, added(None, True, automatic=True)),
        (Role.STRANGER, KNOWN, Ignore(reason="automatic_answer_without_ticket")),
        (Role.AGENT, KNOWN, Hold(reason="too_quick", ticket=KNOWN.id, tell=ANN.address)),
        (Role.AGENT, None, Hold(reason="too_quick", tell=ANN.address)),
    ],
    ids=["requester", "participant", "on a closed ticket", "stranger", "agent", "agent without a ticket"],
)
def test_machine_without_a_header_moves_nothing_from_the_third_time_on(
    role: Role, ticket: Ticket | None, decision: Decision
) -> None:
    assert triage(make_case(role, PASS, ticket, quick=3)) == decision
    assert triage(make_case(role, PASS, ticket, quick=2)) == triage(make_case(role, PASS, ticket))


def test_agent_is_asked_once_about_quick_answers_and_not_for_each() -> None:
    assert triage(make_case(Role.AGENT, PASS, KNOWN, quick=4)) == Hold(reason="too_quick", ticket=KNOWN.id)


@pytest.mark.parametrize("role", Role)
def test_mail_of_ours_that_comes_back_without_its_mark_is_known_by_its_message_id(role: Role) -> None:
    case = make_case(role, PASS, KNOWN, trail=Trail(made_by_us=True))

    assert triage(case) == Ignore(reason="own_loop")


# -- what a stranger learns


def test_number_of_a_ticket_and_a_number_of_none_give_the_same_title() -> None:
    real = triage(make_case(Role.STRANGER, PASS, KNOWN, mail=make_mail(subject=f"[#{NUMBER}] hello")))
    invented = triage(make_case(Role.STRANGER, PASS, None, mail=make_mail(subject="[#2601-9999] hello")))

    assert isinstance(real, OpenTicket)
    assert isinstance(invented, OpenTicket)
    assert real.title == invented.title == "hello"


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("Broken vase", "Broken vase"),
        ("[#2611-0042] Broken [#1] vase", "Broken vase"),
        ("[#[#1]2]", ""),
        ("x" * 300, "x" * (TITLE_LENGTH - 1) + "…"),
        ("x" * TITLE_LENGTH, "x" * TITLE_LENGTH),
    ],
    ids=["plain", "tags", "nested tags", "too long", "as long as may be"],
)
def test_title_is_the_subject_without_tags(subject: str, title: str) -> None:
    assert title_of(make_mail(subject=subject), "[#{number}]") == title
