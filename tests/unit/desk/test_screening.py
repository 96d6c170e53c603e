"""Loops end before a ticket is made of them."""

from typing import Any

import pytest

from mailticket.desk.decision import Ignore, Refuse
from mailticket.desk.policy import Agent
from mailticket.desk.screening import Answer, screen
from mailticket.mail.message import Address
from tests.factories import ANN, make_envelope, make_mail, make_policy

NOT_YOURS = Refuse(
    reply="553 5.7.1 From must be your own address, alone",
    reason="submission_in_another_name: ann@acme.example had logged in",
)
TOO_MANY = Refuse(reply="554 5.4.6 Too many hops", reason="too_many_hops: 51 Received fields")


@pytest.mark.parametrize(
    ("over", "answer"),
    [
        ({}, None),
        ({"hops": 50}, None),
        ({"hops": 51}, TOO_MANY),
        ({"loop_marks": ("another-desk",)}, None),
        ({"loop_marks": ("desk-1",)}, Ignore(reason="own_loop")),
        ({"loop_marks": ("another-desk", "desk-1")}, Ignore(reason="own_loop")),
        ({"loop_marks": ("desk-1",), "hops": 51}, TOO_MANY),
        ({"auto_submitted": True, "is_list": True}, None),
    ],
    ids=[
        "an ordinary mail",
        "as many hops as may be",
        "one hop more",
        "another desk's mark",
        "our own mark",
        "our own mark among others",
        "both: the surer one answers",
        "a machine's mail on a list is triage's",
    ],
)
def test_first_claim_that_holds_answers(over: dict[str, Any], answer: Answer) -> None:
    assert screen(make_mail(**over), make_envelope(), make_policy()) == answer


@pytest.mark.parametrize(
    ("from_", "defect", "answer"),
    [
        ("ann@acme.example", "", None),
        ("ann@home.example", "", None),
        ("ben@acme.example", "", NOT_YOURS),
        ("carla@shop.example", "", NOT_YOURS),
        ("ann@acme.example", "The From field names 2 mailboxes.", NOT_YOURS),
        (None, "There is no From field.", NOT_YOURS),
    ],
    ids=["herself", "her alias", "another agent", "a customer", "herself and somebody", "nobody"],
)
def test_who_has_logged_in_writes_under_an_own_address(from_: str | None, defect: str, answer: Answer) -> None:
    policy = make_policy(agents=(ANN, Agent(name="Ben Bauer", address="ben@acme.example")))
    mail = make_mail(from_=Address(addr_spec=from_) if from_ else None, from_defect=defect)

    assert screen(mail, make_envelope(authenticated="ann@acme.example"), policy) == answer


def test_an_agent_who_is_none_any_more_writes_as_nobody() -> None:
    assert (
        screen(
            make_mail(from_=Address(addr_spec=ANN.address)),
            make_envelope(authenticated=ANN.address),
            make_policy(agents=()),
        )
        == NOT_YOURS
    )
