"""Which desk a mail was written to, and which one speaks for a ticket."""

from typing import Any

import pytest

from mailticket.desk.case import Case
from mailticket.desk.decision import ApplyCommands, Ignore, OpenTicket
from mailticket.desk.desks import desk_of, from_address, is_from_desk_to_desk, other_desks, written_to
from mailticket.desk.notice import TOKEN_KINDS, NoticeKind
from mailticket.desk.notices import answer, confirmation
from mailticket.desk.notifications import at_desks, audience, notification
from mailticket.desk.policy import Agent, Desk
from mailticket.desk.screening import screen
from mailticket.desk.sender import Role
from mailticket.desk.threading import Sign, Thread, Trail, trail_of
from mailticket.desk.triage import triage
from mailticket.mail.identity import Verdict
from mailticket.mail.message import Address
from mailticket.mail.tokens import NONCE_BYTES
from tests.factories import ANN, CARLA, DESK, KEY, NOW, make_envelope, make_mail, make_policy, make_sender, make_ticket
from tests.unit.desk.cases import READING

RETURNS, RETOURE = "returns@acme.example", "retoure@acme.example"
MAIN = Desk(name="Acme Support", address=DESK, aliases=("help+eu@acme.example",))
SECOND = Desk(name="Acme Returns", address=RETURNS, aliases=(RETOURE,), team="returns", language="de")
BEN = Agent(name="Ben Bauer", address="ben@acme.example", teams=("returns",))
POLICY = make_policy(desks=(MAIN, SECOND), agents=(ANN, BEN), teams=("returns", "sales"))


def people(*addresses: str) -> tuple[Address, ...]:
    return tuple(Address(addr_spec=address) for address in addresses)


@pytest.mark.parametrize(
    ("to", "cc", "rcpt_tos", "door", "address", "team"),
    [
        ([DESK], [], [DESK], "", DESK, ""),
        ([RETURNS], [], [RETURNS], "", RETURNS, "returns"),
        ([RETOURE], [], [RETOURE], "", RETOURE, "returns"),
        (["returns+x@acme.example"], [], [], "", RETURNS, "returns"),
        (["help+eu+x@acme.example"], [], [], "", "help+eu@acme.example", ""),
        ([DESK, RETURNS], [], [RETURNS], "", DESK, ""),
        ([RETURNS, DESK], [], [DESK, RETURNS], "", RETURNS, "returns"),
        ([], [RETURNS], [DESK], "", RETURNS, "returns"),
        (["paul@shop.example", RETURNS], [DESK], [], "", RETURNS, "returns"),
        (["paul@shop.example"], [], [RETURNS], "", RETURNS, "returns"),
        (["shop@old.example"], [], [], "returns", RETURNS, "returns"),
        (["shop@old.example"], [], [], "sales", DESK, "sales"),
        (["shop@old.example"], [], [], "dissolved", DESK, ""),
        ([DESK], [], [], "returns", DESK, ""),
        ([], [], ["postmaster"], "", DESK, ""),
    ],
    ids=[
        "the main one",
        "a second one",
        "its alias",
        "its plus-form",
        "the plus-form of an address with a plus",
        "two, the copy for the second",
        "two, the second first",
        "in Cc alone",
        "To before Cc",
        "Bcc",
        "an alias elsewhere, in a team's mailbox",
        "in the mailbox of a team without a desk",
        "in the mailbox of a team that is gone",
        "the header before the mailbox",
        "nobody at all",
    ],
)
def test_mail_is_for_the_desk(
    to: list[str], cc: list[str], rcpt_tos: list[str], door: str, address: str, team: str
) -> None:
    mail, envelope = make_mail(to=people(*to), cc=people(*cc)), make_envelope(rcpt_tos=tuple(rcpt_tos), team=door)

    found = written_to(mail, envelope, POLICY)

    assert (found.address, found.team) == (address, team)


@pytest.mark.parametrize(
    ("ticket", "name", "address"),
    [
        ({"desk_address": DESK}, "Acme Support", DESK),
        ({"desk_address": RETOURE, "team": "returns"}, "Acme Returns", RETOURE),
        ({"desk_address": DESK, "team": "returns"}, "Acme Support", DESK),
        ({"desk_address": RETURNS, "team": ""}, "Acme Returns", RETURNS),
        ({"desk_address": "gone@acme.example", "team": "returns"}, "Acme Returns", RETURNS),
        ({"desk_address": "gone@acme.example", "team": "sales"}, "Acme Support", DESK),
        ({"desk_address": ""}, "Acme Support", DESK),
    ],
    ids=[
        "its own",
        "its alias",
        "moved to a team with an address",
        "moved away from one",
        "an address that is gone",
        "an address that is gone, of a team without one",
        "a ticket without mail",
    ],
)
def test_ticket_is_answered_from_the_address_that_was_written_to(
    ticket: dict[str, Any], name: str, address: str
) -> None:
    assert from_address(make_ticket(**ticket), POLICY) == Address(name=name, addr_spec=address)


def test_all_mail_about_a_ticket_bears_its_desks_name_and_language() -> None:
    ticket = make_ticket(desk_address=RETURNS, team="returns")

    told = (
        confirmation(ticket, make_mail(), make_sender(), (), POLICY, "").from_,
        answer(ticket, 1, BEN, (), POLICY).from_,
        answer(ticket, 1, None, (), POLICY).from_,
        notification(BEN, ticket, 1, CARLA, Verdict.PASS, (), (), POLICY).from_,
    )

    assert [one.addr_spec for one in told] == [RETURNS] * 4
    names = ["Acme Returns", "Ben Bauer (Acme Returns)", "Acme Returns", "Carla Customer via Acme Returns"]
    assert [one.name for one in told] == names
    assert notification(BEN, ticket, 1, CARLA, Verdict.PASS, (), (), POLICY).language == "de"
    assert POLICY.language_for("", desk_of(ticket, POLICY)) == "de"


@pytest.mark.parametrize("name", ["Acme Returns", "Team Acme Returns!", "Acme Support"])
def test_customer_cannot_look_like_any_of_the_desks(name: str) -> None:
    writer = Address(name=name, addr_spec=CARLA.addr_spec)

    told = notification(BEN, make_ticket(), 1, writer, Verdict.PASS, (), (), POLICY)

    assert told.from_.name == "carla at shop.example via Acme Support"


def test_another_desk_that_was_written_to_hears_of_it_too() -> None:
    mail, ticket = make_mail(to=people(RETURNS), cc=people(DESK)), make_ticket(desk_address=RETURNS, team="returns")

    assert other_desks(mail, ticket, POLICY) == (MAIN,)
    assert audience(ticket, POLICY, CARLA.addr_spec, (MAIN,)) == (BEN, ANN)
    assert at_desks((SECOND,), POLICY, ANN.address) == (BEN,)
    assert at_desks((SECOND,), POLICY, BEN.address) == ()
    assert at_desks((SECOND,), make_policy(agents=(ANN, BEN), notify="assignee")) == ()


# -- from desk to desk


def own_mail(from_: str, to: str, **over: Any) -> Any:
    return make_mail(from_=Address(addr_spec=from_), to=people(to), loop_marks=("desk-1",), **over)


@pytest.mark.parametrize(
    ("from_", "to", "over", "passes"),
    [
        (DESK, RETURNS, {}, True),
        (RETOURE, DESK, {}, True),
        (DESK, RETURNS, {"auto_submitted": True}, False),
        (RETOURE, RETURNS, {}, False),
        (DESK, CARLA.addr_spec, {}, False),
        (CARLA.addr_spec, RETURNS, {}, False),
        (DESK, RETURNS, {"from_defect": "There are two From fields."}, False),
    ],
    ids=[
        "to the second one",
        "to the main one",
        "by a machine",
        "to itself",
        "forwarded to us",
        "by somebody else",
        "by nobody for certain",
    ],
)
def test_what_one_desk_says_to_another_passes(from_: str, to: str, over: dict[str, Any], passes: bool) -> None:
    mail = own_mail(from_, to, **over)

    assert is_from_desk_to_desk(mail, POLICY) is passes
    assert screen(mail, make_envelope(), POLICY) == (None if passes else Ignore(reason="own_loop"))


def minted(kind: NoticeKind) -> str:
    token = KEY.mint(
        kind=TOKEN_KINDS[kind], ticket=7, address=RETURNS, expires=NOW.date(), nonce=bytes(NONCE_BYTES)
    )  # fmt: skip
    return f"<{token}@acme.example>"


def make_case(**over: Any) -> Case:
    values: dict[str, Any] = {
        "mail": make_mail(),
        "sender": make_sender(),
        "thread": Thread(),
        "trail": Trail(),
        "policy": POLICY,
    }
    return Case(**values | over)


@pytest.mark.parametrize("kind", [NoticeKind.REPLY, NoticeKind.CONFIRMATION, NoticeKind.RESOLVED, NoticeKind.DIGEST])
def test_only_a_persons_words_open_a_ticket_at_another_desk(kind: NoticeKind) -> None:
    mail = own_mail(DESK, RETURNS, message_id=minted(kind), subject="Re: [#2611-0042] Vase")
    trail = trail_of(mail, make_envelope(), KEY, "[#{number}]")

    decision = triage(make_case(mail=mail, trail=trail))

    assert isinstance(decision, OpenTicket if kind is NoticeKind.REPLY else Ignore)
    assert trail.numbers == (), "it is the number of the desk that wrote it"


def test_numbers_of_another_installation_lead_nowhere() -> None:
    mail = make_mail(subject="[#2611-0042] Re: vase", loop_marks=("another-desk",))

    assert trail_of(mail, make_envelope(), KEY, "[#{number}]").numbers == ()


@pytest.mark.parametrize(
    ("to", "answers"), [([DESK], True), ([DESK, RETURNS], True), ([RETURNS], False), (["ann@home.example"], True)]
)
def test_what_an_agent_writes_to_another_desk_is_no_answer_to_the_customer(to: list[str], answers: bool) -> None:
    ticket = make_ticket(desk_address=DESK)
    sender = make_sender(Address(addr_spec=ANN.address), Role.AGENT, Verdict.PASS)
    mail = make_mail(from_=sender.address, to=people(*to))

    thread = Thread(ticket=ticket, sign=Sign.TOKEN)
    decision = triage(make_case(mail=mail, sender=sender, thread=thread, read=lambda: READING))

    if answers:
        assert isinstance(decision, ApplyCommands)
    else:
        assert decision == OpenTicket(title="Broken vase", possible_reply_to=ticket.number)
