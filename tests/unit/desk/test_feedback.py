"""What needs no answer: a customer's button, thanks for what is done, "stop the updates"; all else is ordinary mail."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from mailticket.desk.case import Case
from mailticket.desk.customer_buttons import PRESS_KINDS, Press, link, words_beyond
from mailticket.desk.decision import AddMessage, Ignore, TakeFeedback
from mailticket.desk.feedback import customers_button, no_more_updates, thanks
from mailticket.desk.feedback_words import WORDS
from mailticket.desk.sender import Role
from mailticket.desk.threading import Sign, Thread, trail_of
from mailticket.desk.ticket import Status
from mailticket.mail.identity import Verdict
from tests.factories import (
    CARLA,
    DESK,
    KEY,
    MALLORY,
    NOW,
    PAUL,
    make_attachment,
    make_envelope,
    make_mail,
    make_policy,
    make_sender,
    make_ticket,
)

TAG = "[#{number}]"


def token(kind: str, person: str = CARLA.addr_spec, ticket: int = 7) -> str:
    return KEY.mint(kind=kind, ticket=ticket, address=person, expires=NOW.date() + timedelta(days=60), nonce=b"abc")


def make_case(
    subject: str = "Re: Broken vase",
    body: str = "",
    *,
    sender: Any = CARLA,
    role: Role = Role.REQUESTER,
    verdict: Verdict = Verdict.PASS,
    status: Status = Status.RESOLVED,
    answers: str = "",
    ticket: int = 7,
    quick: int = 0,
    **mail: Any,
) -> Case:
    one = make_mail(subject=subject, reply=body, text=body, from_=sender, in_reply_to=answers, **mail)
    return Case(
        mail=one,
        sender=make_sender(sender, role, verdict),
        thread=Thread(ticket=make_ticket(status=status, id=ticket), sign=Sign.NUMBER),
        trail=trail_of(one, make_envelope(), KEY, TAG),
        policy=make_policy(),
        quick=quick,
    )


@pytest.mark.parametrize("press", [Press.SOLVED, Press.BAD])
def test_an_agent_who_is_the_customer_has_the_same_buttons(press: Press) -> None:
    subject = f"x {{mt-{token(PRESS_KINDS[press])}}}"

    decision = customers_button(make_case(subject, role=Role.AGENT))

    assert isinstance(decision, TakeFeedback)
    assert decision == customers_button(make_case(subject))


def elsewhere(press: Press, body: str = "") -> Case:
    """Paul, who has a copy of Carla's ticket, clicks there on a button of a ticket of his own."""
    own = token(PRESS_KINDS[press], PAUL.addr_spec, ticket=8)
    return make_case(f"[#2611-0042] Words {{mt-{own}}}", body, sender=PAUL, role=Role.PARTICIPANT)


def click(press: Press, body: str = "", **more: Any) -> Case:
    return make_case(f"[#2611-0042] Words {{mt-{token(PRESS_KINDS[press])}}}", body, **more)


@pytest.mark.parametrize(
    ("press", "body", "status", "kept", "told"),
    [
        (Press.SOLVED, "It is solved, thank you.", Status.RESOLVED, False, False),
        (Press.SOLVED, "", Status.CLOSED, False, False),
        (Press.SOLVED, "It is solved, thank you. Thanks, Ann!", Status.RESOLVED, True, False),
        (Press.SOLVED, "It is solved, thank you.\n\nC. Customer\nHead of Sales", Status.RESOLVED, True, True),
        (Press.GREAT, "The help was great.", Status.RESOLVED, False, False),
        (Press.GREAT, "The help was great. Merci!", Status.CLOSED, True, False),
        (Press.GREAT, "The help was great. Ann is very friendly", Status.OPEN, True, True),
        (Press.OK, "", Status.PENDING_AGENT, False, False),
        (Press.BAD, "", Status.RESOLVED, True, True),
        (Press.BAD, "Die Hilfe war schlecht. Was schiefging (wenn Sie es sagen möchten):", Status.CLOSED, True, True),
        (Press.STOP, "Please send me no more updates about this.", Status.OPEN, False, False),
        (Press.STOP, "", Status.CLOSED, False, False),
        (Press.STOP, "Please send me no more updates about this. But do answer", Status.OPEN, True, True),
    ],
)
def test_click(press: Press, body: str, status: Status, kept: bool, told: bool) -> None:
    found = customers_button(click(press, body, status=status))

    assert found == TakeFeedback(ticket=7, press=press, token=token(PRESS_KINDS[press]), kept=kept, told=told)


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(make_case, id="no button"),
        pytest.param(lambda: click(Press.BROKEN), id="still broken"),
        pytest.param(lambda: click(Press.SOLVED, "And the invoice?"), id="solved with a question"),
        pytest.param(lambda: click(Press.SOLVED, attachments=(make_attachment(),)), id="solved with a file"),
        pytest.param(lambda: click(Press.SOLVED, status=Status.IN_PROGRESS), id="solved while it is not"),
        pytest.param(lambda: click(Press.BROKEN, sender=PAUL, role=Role.PARTICIPANT), id="broken for somebody else"),
        pytest.param(lambda: click(Press.GREAT, "Hm", sender=PAUL, role=Role.PARTICIPANT), id="somebody else's words"),
        pytest.param(lambda: click(Press.STOP, sender=MALLORY, role=Role.STRANGER), id="a stranger"),
        pytest.param(lambda: click(Press.STOP, role=Role.STRANGER), id="no part in the ticket any more"),
        pytest.param(lambda: elsewhere(Press.GREAT, "Great help"), id="own rating, on a ticket that is another's"),
        pytest.param(lambda: make_case(f"{{mt-{'a' * 48}}}"), id="forged"),
        pytest.param(lambda: make_case(f"{{mt-{token('R')}}}"), id="an agent's button"),
    ],
)
def test_what_a_click_is_not(case: Any) -> None:
    assert customers_button(case()) is None


@pytest.mark.parametrize("press", [Press.GREAT, Press.SOLVED, Press.BAD])
def test_somebody_else_of_the_ticket_clicks_and_nobody_has_to_look(press: Press) -> None:
    found = customers_button(click(press, sender=PAUL, role=Role.PARTICIPANT))

    assert found == AddMessage(ticket=7, status=None, verified=True, thanks=True)


def test_who_got_a_copy_clicks_to_get_no_more_of_them() -> None:
    stop = TakeFeedback(ticket=7, press=Press.STOP, token="", kept=True, told=False)

    assert customers_button(click(Press.STOP, sender=PAUL, role=Role.PARTICIPANT)) == stop
    # (a forger would do it to Paul)
    forged = customers_button(click(Press.STOP, sender=PAUL, role=Role.PARTICIPANT, verdict=Verdict.NONE))
    assert isinstance(forged, AddMessage) and forged.status is None


def test_a_button_of_another_ticket_rates_nothing_here() -> None:
    found = customers_button(elsewhere(Press.GREAT))
    assert isinstance(found, AddMessage) and found.status is None


def test_an_answering_machine_clicks_nothing_but_stop() -> None:
    assert customers_button(click(Press.GREAT, auto_submitted=True)) == Ignore(reason="automatic_mail_of_a_button")
    assert isinstance(customers_button(click(Press.STOP, auto_submitted=True)), TakeFeedback)


UPDATE = f"<{token('s')}@acme.example>"
ANSWER = f"<{token('r')}@acme.example>"
OTHERS_UPDATE = f"<{token('s', PAUL.addr_spec)}@acme.example>"


@pytest.mark.parametrize(
    ("body", "more", "stops"),
    [
        ("Stop updates", {}, True),
        ("No more updates", {"role": Role.PARTICIPANT}, True),
        ("unsubscribe", {"answers": ANSWER}, False),
        ("unsubscribe", {"answers": UPDATE}, True),
        ("Stop updates", {"verdict": Verdict.NONE}, False),
        ("Stop updates", {"verdict": Verdict.NONE, "answers": UPDATE}, True),
        ("Stop updates", {"verdict": Verdict.NONE, "answers": OTHERS_UPDATE}, False),
        ("stop", {}, False),
        ("stop", {"answers": ANSWER}, False),
        ("stop", {"answers": UPDATE}, True),
        ("stop", {"answers": OTHERS_UPDATE}, True),
        ("Stop the delivery", {"answers": UPDATE}, False),
        ("Stop updates", {"role": Role.STRANGER}, False),
        ("Stop updates", {"role": Role.AGENT, "sender": MALLORY}, False),
        ("Stop updates", {"auto_submitted": True}, False),
        ("Stop updates", {"attachments": (make_attachment(),)}, False),
    ],
)
def test_stop_in_words(body: str, more: dict[str, Any], stops: bool) -> None:
    found = no_more_updates(make_case(body=body, **more))

    assert (found is not None) is stops
    assert found is None or found == TakeFeedback(ticket=7, press=Press.STOP, token="", kept=True, told=False)


@pytest.mark.parametrize(
    ("body", "more", "is_thanks"),
    [
        ("Thanks, Ann!", {}, True),
        ("Thanks", {"status": Status.CLOSED}, True),
        ("Thanks", {"role": Role.PARTICIPANT, "sender": PAUL}, True),
        ("Thanks", {"verdict": Verdict.NONE}, True),
        ("Thanks\n\nCarla Customer", {}, True),
        ("Thanks", {"attachments": (make_attachment(inline=True),)}, True),
        ("Thanks", {"attachments": (make_attachment(),)}, False),
        ("Thanks", {"ending": "PS: and the invoice?"}, False),
        ("Thanks", {"status": Status.PENDING_CUSTOMER}, False),
        ("Thanks", {"status": Status.OPEN}, False),
        ("Thanks", {"role": Role.STRANGER}, False),
        ("Thanks", {"role": Role.AGENT, "sender": MALLORY}, False),
        ("Thanks", {"auto_submitted": True}, False),
        ("Thanks", {"quick": 3}, False),
        ("Thanks, but no", {}, False),
        ("👍", {"reaction": "👍"}, True),
        ("👍", {"reaction": "👍", "status": Status.PENDING_CUSTOMER}, False),
        ("👎", {"reaction": "👎"}, False),
        ("👍", {}, False),
    ],
)
def test_thanks_for_what_is_done(body: str, more: dict[str, Any], is_thanks: bool) -> None:
    assert (thanks(make_case(body=body, **more)) is not None) is is_thanks


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("press", Press)
def test_a_button_opens_a_mail_that_says_nothing_of_its_own(press: Press, language: str) -> None:
    made = link(press, token("1"), "[#2611-0042]", f"{language}-XX", DESK)
    query = parse_qs(urlsplit(made).query)

    assert unquote(urlsplit(made).path) == DESK
    assert query["subject"][0].startswith("[#2611-0042] ") and token("1") in query["subject"][0]
    assert words_beyond(query["body"][0] + "\n\n-\n") == ""
    assert words_beyond(query["body"][0] + "\nThe handle.\n") == "The handle."
    assert len(made) < 500
