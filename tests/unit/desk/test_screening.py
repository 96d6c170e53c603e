"""Loops end before a ticket is made of them."""

from typing import Any

import pytest

from mailticket.desk.decision import Ignore, Refuse
from mailticket.desk.screening import Answer, screen
from tests.factories import make_envelope, make_mail, make_policy

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
