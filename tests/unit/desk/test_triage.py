"""The contract's table of who may do what, one test a cell; then what stands beside the table."""

import pytest

from mailticket.desk.case import TITLE_LENGTH, title_of
from mailticket.desk.decision import Decision, OpenTicket
from mailticket.desk.sender import Role
from mailticket.desk.ticket import Status, Ticket
from mailticket.desk.triage import triage
from mailticket.mail.identity import Verdict
from tests.factories import ANN, make_mail
from tests.unit.desk.cases import (
    ANSWERED,
    CLOSED,
    FAIL,
    FORGED,
    FORGED_NEW,
    KNOWN,
    NONE,
    NUMBER,
    PASS,
    TICKETS,
    UNPROVED,
    WRITERS,
    added,
    held,
    make_case,
    opened,
)

FOLLOW_UP = opened(follows=CLOSED.id)
OF_THEIR_OWN = opened(possible_reply_to=NUMBER)

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
    (Role.AGENT, PASS): (opened(), ANSWERED, ANSWERED),
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
    # (what lies in the desk's own Sent folder has no cell: see test_own_answers)
    assert WRITERS.keys() == set(Role) - {Role.DESK}
    assert len(CELLS) == len(WRITERS) * len(Verdict) * len(TICKETS)


@pytest.mark.parametrize(("role", "verdict", "ticket", "expected"), CELLS)
def test_who_may_do_what(role: Role, verdict: Verdict, ticket: Ticket | None, expected: Decision) -> None:
    assert triage(make_case(role, verdict, ticket)) == expected


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
