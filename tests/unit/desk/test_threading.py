"""Signs that lead a mail to its ticket: what is read, and which one wins."""

from datetime import timedelta

import pytest

from mailticket.desk.threading import Found, Sign, Thread, Trail, belongs, choose, trail_of
from mailticket.mail.message import Address, Bounce
from mailticket.mail.tokens import NONCE_BYTES, TokenKey
from tests.factories import CARLA, DESK, KEY, MALLORY, NOW, PAUL, make_envelope, make_mail, make_ticket

TAG = "[#{number}]"
TOKEN = KEY.mint(
    kind="c", ticket=7, address=CARLA.addr_spec, expires=NOW.date() + timedelta(days=1), nonce=bytes(NONCE_BYTES)
)
OURS = f"<{TOKEN}@acme.example>"
PLUS = f"support+b-{TOKEN}@acme.example"

MINE = make_ticket(id=1, number="1")
OTHER = make_ticket(id=2, number="2", contact=MALLORY, participants=frozenset())
PAULS = make_ticket(id=3, number="3", contact=MALLORY, participants=frozenset({PAUL.addr_spec}))
TOKEN_OTHER = Found(sign=Sign.TOKEN, ticket=OTHER)
REFERENCE_MINE = Found(sign=Sign.REFERENCE, ticket=MINE)
NUMBER_MINE, NUMBER_OTHER, NUMBER_PAULS = (Found(sign=Sign.NUMBER, ticket=one) for one in (MINE, OTHER, PAULS))


@pytest.mark.parametrize(
    ("found", "sender", "thread"),
    [
        ([], CARLA, Thread()),
        (
            [TOKEN_OTHER, REFERENCE_MINE, NUMBER_PAULS],
            CARLA,
            Thread(ticket=OTHER, sign=Sign.TOKEN, overruled=("1", "3")),
        ),
        ([REFERENCE_MINE, NUMBER_OTHER], MALLORY, Thread(ticket=MINE, sign=Sign.REFERENCE, overruled=("2",))),
        ([REFERENCE_MINE, NUMBER_MINE], CARLA, Thread(ticket=MINE, sign=Sign.REFERENCE)),
        ([NUMBER_OTHER, NUMBER_MINE], CARLA, Thread(ticket=MINE, sign=Sign.NUMBER, overruled=("2",))),
        ([NUMBER_OTHER, NUMBER_PAULS], PAUL, Thread(ticket=PAULS, sign=Sign.NUMBER, overruled=("2",))),
        ([NUMBER_OTHER, NUMBER_MINE], None, Thread(ticket=OTHER, sign=Sign.NUMBER, overruled=("1",))),
        ([NUMBER_OTHER], CARLA, Thread(ticket=OTHER, sign=Sign.NUMBER)),
    ],
    ids=[
        "no sign",
        "a token beats everything",
        "a Message-ID beats a number, even the sender's own",
        "signs that agree overrule nobody",
        "of several numbers the requester's own",
        "of several numbers the participant's own",
        "nobody's mail takes the first number",
        "a stranger's number leads there all the same",
    ],
)
def test_strongest_sign_wins(found: list[Found], sender: Address | None, thread: Thread) -> None:
    assert choose(found, sender) == thread


def test_people_of_a_ticket_belong_to_it() -> None:
    assert belongs(CARLA.addr_spec, MINE)
    assert belongs(PAUL.addr_spec, MINE)
    assert not belongs(MALLORY.addr_spec, MINE)
    assert not belongs("", make_ticket(contact=None, participants=frozenset()))


@pytest.mark.parametrize(
    "over",
    [{"in_reply_to": OURS}, {"references": ("<root@x>", OURS)}, {"references": (OURS.upper(),)}],
    ids=["In-Reply-To", "References", "in capitals"],
)
def test_token_is_found_in_what_a_mail_answers(over: dict[str, object]) -> None:
    trail = trail_of(make_mail(**over), make_envelope(), KEY, TAG)

    assert [token.ticket for token in trail.tokens] == [7]


def test_token_is_found_in_the_recipient() -> None:
    trail = trail_of(make_mail(), make_envelope(rcpt_tos=(DESK, PLUS)), KEY, TAG)

    assert [token.ticket for token in trail.tokens] == [7]


def test_where_the_door_knows_no_recipient_the_header_counts() -> None:
    mail = make_mail(to=(Address(addr_spec=PLUS),))

    assert trail_of(mail, make_envelope(rcpt_tos=()), KEY, TAG).tokens
    assert not trail_of(mail, make_envelope(), KEY, TAG).tokens


@pytest.mark.parametrize(("key", "days"), [(TokenKey(bytes(32)), 0), (KEY, 2)], ids=["of another desk", "expired"])
def test_token_that_is_not_ours_or_too_old_is_only_a_message_id(key: TokenKey, days: int) -> None:
    envelope = make_envelope(received_at=NOW + timedelta(days=days))

    trail = trail_of(make_mail(in_reply_to=OURS), envelope, key, TAG)

    assert trail.tokens == ()
    assert trail.answers == (OURS,)


def test_answers_are_nearest_first_and_each_once() -> None:
    mail = make_mail(in_reply_to="<c@x>", references=("<a@x>", "<b@x>", "<c@x>"))

    assert trail_of(mail, make_envelope(), KEY, TAG).answers == ("<c@x>", "<b@x>", "<a@x>")


def test_mail_may_answer_several() -> None:
    mail = make_mail(in_reply_to="<c@x>", parents=("<c@x>", OURS), references=("<a@x>",))

    trail = trail_of(mail, make_envelope(), KEY, TAG)

    assert trail.answers == ("<c@x>", OURS, "<a@x>")
    assert [token.ticket for token in trail.tokens] == [7]


def test_mail_that_a_report_returned_is_nearest() -> None:
    bounce = Bounce(recipient="", recipients=(), status="5.1.1", permanent=True, original_message_id="<ours@x>")
    mail = make_mail(bounce=bounce, in_reply_to="<other@x>")

    assert trail_of(mail, make_envelope(), KEY, TAG).answers == ("<ours@x>", "<other@x>")


def test_report_is_tied_by_its_envelope_before_what_it_returns() -> None:
    bounce = Bounce(recipient="", recipients=(), status="5.1.1", permanent=True, original_message_id="<other@x>")

    trail = trail_of(make_mail(bounce=bounce), make_envelope(rcpt_tos=(PLUS.upper(),)), KEY, TAG)

    assert trail.answers == (OURS, "<other@x>")


def test_plus_address_of_a_mail_that_is_no_report_is_no_message_id() -> None:
    assert trail_of(make_mail(), make_envelope(rcpt_tos=(PLUS,)), KEY, TAG).answers == ()


@pytest.mark.parametrize(
    ("trail", "ids"),
    [
        (Trail(answers=("<a@x>",), own="<b@x>"), ("<a@x>", "<b@x>")),
        (Trail(answers=("<a@x>",), own=""), ("<a@x>",)),
        (Trail(answers=("<a@x>",), own="<a@x>"), ("<a@x>",)),
    ],
    ids=["both", "no Message-ID", "a mail that refers to itself"],
)
def test_all_message_ids_of_a_trail_are_tied_once(trail: Trail, ids: tuple[str, ...]) -> None:
    assert trail.message_ids == ids


def test_numbers_come_from_tags_of_our_form_only() -> None:
    mail = make_mail(subject="AW: [ACME#12] #13 [#2611-0042] [#2611-0043]")

    assert trail_of(mail, make_envelope(), KEY, TAG).numbers == ("2611-0042", "2611-0043")
    assert trail_of(mail, make_envelope(), KEY, "[ACME#{number}]").numbers == ("12",)
