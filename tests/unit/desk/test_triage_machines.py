"""What becomes of mail that nobody has written: out-of-office notices, reports, complaints, and our own?"""

import pytest

from mailticket.desk.decision import Decision, Hold, Ignore, OpenTicket, RecordBounce, RecordComplaint
from mailticket.desk.notice import NoticeKind
from mailticket.desk.sender import Role
from mailticket.desk.threading import Sign, Thread, Trail
from mailticket.desk.ticket import Ticket
from mailticket.desk.triage import triage
from mailticket.desk.undelivered import SentMail
from mailticket.mail.identity import Verdict
from mailticket.mail.message import Bounce, Complaint, InboundMail
from tests.factories import ANN, CARLA, make_mail
from tests.unit.desk.cases import CLOSED, KNOWN, NONE, PASS, WRITERS, added, make_case, make_token


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


@pytest.mark.parametrize("thread", [KNOWN, None], ids=["a ticket", "no ticket"])
def test_sign_that_an_agent_clicks_goes_to_nobody(thread: Ticket | None) -> None:
    case = make_case(Role.AGENT, PASS, thread, mail=make_mail(reply="👍", reaction="👍"))

    assert triage(case) == Ignore(reason="reaction_of_an_agent")


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


@pytest.mark.parametrize("role", WRITERS)
def test_mail_of_ours_that_comes_back_without_its_mark_is_known_by_its_message_id(role: Role) -> None:
    case = make_case(role, PASS, KNOWN, trail=Trail(minted=make_token()))

    assert triage(case) == Ignore(reason="own_loop")
