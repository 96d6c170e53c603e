"""Who is the customer of a mail that a contact form has sent?"""

from typing import Any

import pytest

from mailticket.desk.forms import as_written_by, customer_of, writer
from mailticket.desk.sender import Role, Sender
from mailticket.mail.identity import Verdict
from mailticket.mail.message import Address, Bounce
from tests.factories import CARLA, DESK, make_envelope, make_mail, make_policy

FORM = Address(name="Web shop", addr_spec="no-reply@shop.example")
POLICY = make_policy(forms=frozenset({FORM.addr_spec}))
PASS, NONE, FAIL = Verdict.PASS, Verdict.NONE, Verdict.FAIL


def filled_in(**over: Any) -> Any:
    """What the form sends when Carla has filled it in."""
    return make_mail(**{"from_": FORM, "reply_to": (CARLA,)} | over)


@pytest.mark.parametrize(
    ("mail", "verdict", "trusted", "customer"),
    [
        (filled_in(), PASS, False, CARLA),
        (filled_in(), NONE, True, CARLA),
        (filled_in(), PASS, True, CARLA),
        (filled_in(), NONE, False, None),
        (filled_in(), FAIL, True, None),
        (filled_in(from_=CARLA), PASS, True, None),
        (filled_in(from_defect="There are 2 From fields."), PASS, True, None),
        (filled_in(reply_to=()), PASS, True, None),
        (filled_in(reply_to=(CARLA, CARLA)), PASS, True, None),
        (filled_in(reply_to_defect="There are 2 Reply-To fields."), PASS, True, None),
        (filled_in(reply_to=(Address(addr_spec=DESK),)), PASS, True, None),
        (filled_in(reply_to=(FORM,)), PASS, True, None),
        (filled_in(bounce=Bounce(recipient="", recipients=(), status="", permanent=True)), PASS, True, None),
    ],
    ids=[
        "proved",
        "by a way of ours",
        "both",
        "neither",
        "forged",
        "no form's mail",
        "From in doubt",
        "no Reply-To",
        "two of them",
        "Reply-To in doubt",
        "the desk itself",
        "the form itself",
        "a report",
    ],
)
def test_the_customer_is_who_a_genuine_form_names(
    mail: Any, verdict: Verdict, trusted: bool, customer: Address | None
) -> None:
    assert customer_of(mail, make_envelope(trusted=trusted), verdict, POLICY) == customer


def test_nobody_is_a_form_unless_the_settings_say_so() -> None:
    assert customer_of(filled_in(), make_envelope(trusted=True), PASS, make_policy()) is None


def test_whoever_fills_in_a_form_is_a_stranger_whom_nothing_proves() -> None:
    assert writer(CARLA) == Sender(address=CARLA, role=Role.STRANGER, verdict=NONE)


def test_that_a_machine_has_sent_it_is_not_the_customers_fault() -> None:
    mail = as_written_by(CARLA, filled_in(auto_submitted=True, automatic_answer=True, is_list=True))

    assert mail == filled_in(from_=CARLA, is_list=True)
