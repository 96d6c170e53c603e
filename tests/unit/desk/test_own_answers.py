"""What becomes of mail that lies in the Sent folder of the desk's own mailbox? And of its copy in INBOX?"""

from typing import Any

import pytest

from mailticket.desk.case import Case
from mailticket.desk.decision import Decision, Hold, Ignore, OpenTicket, RecordSent
from mailticket.desk.own_answers import recorded
from mailticket.desk.screening import screen
from mailticket.desk.sender import Role
from mailticket.desk.threading import Found, Sign, Thread, Trail, choose
from mailticket.desk.ticket import Status, Ticket
from mailticket.desk.triage import triage
from mailticket.mail.identity import Verdict
from mailticket.mail.message import Address, InboundMail
from tests.factories import CARLA, DESK, MALLORY, PAUL, make_envelope, make_mail, make_policy, make_sender, make_ticket

OWN = Address(name="Acme Support", addr_spec=DESK)
RETURNS = Address(addr_spec="returns@acme.example")
RITA = Address(addr_spec="rita@supplier.example")


def sent(**over: Any) -> InboundMail:
    """An answer to Carla, written in the desk's mailbox."""
    return make_mail(**{"from_": OWN, "to": (CARLA,), "message_id": "<answer@acme.example>", **over})


def becomes(mail: InboundMail, sign: Sign | None = Sign.REFERENCE, overtaken: bool = False, **ticket: Any) -> Decision:
    found = Thread(ticket=make_ticket(**ticket), sign=sign) if sign else Thread()
    return recorded(mail, found, make_policy(), overtaken)


@pytest.mark.parametrize("status", list(Status))
def test_an_answer_is_the_customers_turn_whatever_the_status_was(status: Status) -> None:
    assert becomes(sent(), status=status) == RecordSent(ticket=7, status=Status.PENDING_CUSTOMER, public=True)


@pytest.mark.parametrize(
    ("mail", "sign", "public"),
    [
        pytest.param({}, Sign.TOKEN, True, id="to the customer"),
        pytest.param({"to": (PAUL,)}, Sign.REFERENCE, True, id="to a participant"),
        pytest.param({"to": (RITA,), "cc": (CARLA,)}, Sign.REFERENCE, True, id="to the customer among others"),
        pytest.param({"from_": RETURNS}, Sign.REFERENCE, True, id="from another address of the desk"),
        pytest.param({}, Sign.NUMBER, True, id="by the number in its subject, to the customer"),
        pytest.param({"to": (RITA,)}, Sign.REFERENCE, False, id="forwarded to a supplier"),
        pytest.param({"to": (RITA,)}, Sign.TOKEN, False, id="forwarded to a supplier, by a token"),
    ],
)
def test_what_was_sent_is_recorded(mail: dict[str, Any], sign: Sign, public: bool) -> None:
    decision = becomes(sent(**mail), sign)

    assert decision == RecordSent(ticket=7, status=Status.PENDING_CUSTOMER if public else None, public=public)


def test_an_answer_that_the_customer_has_overtaken_leaves_the_status() -> None:
    assert becomes(sent(), overtaken=True) == RecordSent(ticket=7, status=None, public=True)


@pytest.mark.parametrize(
    ("mail", "sign", "reason"),
    [
        pytest.param({}, None, "sent_without_ticket", id="about nothing that we know"),
        pytest.param({"to": (RITA,)}, Sign.NUMBER, "sent_without_ticket", id="a number, to somebody else"),
        pytest.param({"from_": MALLORY}, Sign.TOKEN, "sent_from_another_address", id="a private address"),
        pytest.param({"from_": None}, Sign.TOKEN, "sent_from_another_address", id="no From"),
        pytest.param({"from_defect": "two"}, Sign.TOKEN, "sent_from_another_address", id="two people in From"),
        pytest.param({"to": (OWN,)}, Sign.TOKEN, "sent_to_the_desk_itself", id="a note to oneself"),
        pytest.param({"auto_submitted": True}, Sign.TOKEN, "sent_by_a_machine", id="the mailbox' vacation notice"),
    ],
)
def test_what_was_sent_and_is_no_answer(mail: dict[str, Any], sign: Sign | None, reason: str) -> None:
    assert becomes(sent(**mail), sign) == Ignore(reason=reason)


def test_of_several_numbers_the_recipients_one_counts() -> None:
    others = make_ticket(id=8, number="2611-0043", contact=MALLORY, participants=frozenset())
    found = [Found(sign=Sign.NUMBER, ticket=others), Found(sign=Sign.NUMBER, ticket=make_ticket())]

    assert choose(found, RITA, CARLA).ticket == make_ticket()


def in_triage(ticket: Ticket | None, **over: Any) -> Case:
    values: dict[str, Any] = {
        "mail": sent(),
        "sender": make_sender(OWN, Role.DESK),
        "thread": Thread(ticket=ticket, sign=Sign.REFERENCE) if ticket else Thread(),
        "trail": Trail(),
        "policy": make_policy(reads_sent=True),
    }
    return Case(**values | over)


def test_mail_in_sent_is_recorded_or_ignored_and_nothing_else() -> None:
    assert isinstance(triage(in_triage(make_ticket())), RecordSent)
    assert triage(in_triage(None)) == Ignore(reason="sent_without_ticket")


def test_what_we_sent_ourselves_and_the_provider_has_put_into_sent_is_ignored() -> None:
    to_another_desk = sent(to=(RETURNS,), loop_marks=("desk-1",))

    for mail in (sent(loop_marks=("desk-1",)), to_another_desk):
        assert screen(mail, make_envelope(sent=True), make_policy()) == Ignore(reason="own_loop")


@pytest.mark.parametrize(
    ("over", "expected"),
    [
        pytest.param({}, Ignore(reason="copy_of_a_sent_mail"), id="reply to all"),
        pytest.param({"policy": make_policy()}, OpenTicket, id="nobody looks into Sent"),
        pytest.param({"mail": sent(to=(OWN,))}, OpenTicket, id="from one desk to the other"),
        pytest.param({"thread": Thread(ticket=make_ticket(), sign=Sign.NUMBER)}, OpenTicket, id="a number alone"),
        pytest.param({"thread": Thread()}, OpenTicket, id="no ticket"),
        pytest.param({"sender": make_sender(OWN, Role.STRANGER, Verdict.FAIL)}, Hold, id="forged"),
    ],
)
def test_a_copy_in_inbox_of_what_was_sent(over: dict[str, Any], expected: Decision | type[Decision]) -> None:
    decision = triage(in_triage(make_ticket(), **{"sender": make_sender(OWN), **over}))

    assert isinstance(decision, expected) if isinstance(expected, type) else decision == expected
