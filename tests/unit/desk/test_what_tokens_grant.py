"""What does a token of ours give to whoever presents it? Every kind, sent to everybody, presented by everybody.

To act, to the agent whose notification of this ticket it is; nothing to anybody else, and no more than an own address.
"""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from mailticket.desk.buttons import WORDS
from mailticket.desk.case import Case
from mailticket.desk.decision import ApplyCommands
from mailticket.desk.notice import TOKEN_KINDS, NoticeKind
from mailticket.desk.policy import Agent
from mailticket.desk.roles import sender_of
from mailticket.desk.threading import Sign, Thread, Trail
from mailticket.desk.triage import triage
from mailticket.mail.identity import Verdict
from mailticket.mail.message import Address
from mailticket.mail.tokens import NONCE_BYTES
from tests.factories import ANN, CARLA, KEY, MALLORY, NOW, PAUL, make_mail, make_policy, make_ticket
from tests.unit.desk.cases import READING

TICKET = make_ticket()
OTHER = TICKET.id + 1
BEN = Agent(name="Ben Bauer", address="ben@acme.example", aliases=("ben@home.example",))
POLICY = make_policy(agents=(ANN, BEN))
#: Who presents a token, and whose tokens they hold by right: the registered address' own.
WRITERS = {
    ANN.address: ANN.address,
    ANN.aliases[0]: ANN.address,
    BEN.address: BEN.address,
    CARLA.addr_spec: CARLA.addr_spec,
    PAUL.addr_spec: PAUL.addr_spec,
    MALLORY.addr_spec: MALLORY.addr_spec,
}
AGENTS = {ANN.address, BEN.address}
KINDS = sorted({*TOKEN_KINDS.values(), *WORDS, "b"})
CELLS = list(product(KINDS, sorted(set(WRITERS.values())), WRITERS, (TICKET.id, OTHER, 0)))


def case(writer: str, trail: Trail) -> Case:
    """Somebody whom nothing else proves writes about the ticket."""
    mail = make_mail(from_=Address(addr_spec=writer), subject=f"[#{TICKET.number}] Broken vase")
    sender = sender_of(mail, Verdict.NONE, TICKET, POLICY)
    thread = Thread(ticket=TICKET, sign=Sign.TOKEN)
    return Case(mail=mail, sender=sender, thread=thread, trail=trail, policy=POLICY, read=lambda: READING)


def trail(kind: str, sent_to: str, ticket: int) -> Trail:
    expires = (NOW + timedelta(days=1)).date()
    minted = KEY.mint(kind=kind, ticket=ticket, address=sent_to, expires=expires, nonce=bytes(NONCE_BYTES))
    token = KEY.read(minted, today=NOW.date())
    assert token is not None
    return Trail(tokens=(token,))


def grants(kind: str, sent_to: str, writer: str, ticket: int) -> bool:
    """The rule, in other words than triage's."""
    is_notification = kind == TOKEN_KINDS[NoticeKind.AGENT_NOTIFICATION]
    return is_notification and ticket == TICKET.id and sent_to in AGENTS and WRITERS[writer] == sent_to


def test_a_token_gives_its_own_agent_this_ticket_and_nothing_else_to_anybody() -> None:
    for kind, sent_to, writer, ticket in CELLS:
        decision, without = triage(case(writer, trail(kind, sent_to, ticket))), triage(case(writer, Trail()))
        cell = f"kind {kind} sent to {sent_to} about {ticket}, presented by {writer}"
        if grants(kind, sent_to, writer, ticket):
            assert isinstance(decision, ApplyCommands), cell
        else:
            assert decision == without, cell


def test_the_table_grants_what_it_should() -> None:
    assert len(CELLS) == len(KINDS) * 5 * len(WRITERS) * 3
    # Ann by each of her addresses, and Ben
    assert sum(grants(*cell) for cell in CELLS) == 3


@pytest.mark.parametrize("writer", sorted(WRITERS))
def test_no_token_excuses_a_failed_verdict(writer: str) -> None:
    presented = case(writer, trail("n", WRITERS[writer], TICKET.id))
    forged = replace(presented, sender=replace(presented.sender, verdict=Verdict.FAIL))

    assert triage(forged) == triage(replace(forged, trail=Trail()))


@pytest.mark.parametrize("kind", KINDS)
def test_no_token_counts_after_its_day(kind: str) -> None:
    expires = NOW.date()
    minted = KEY.mint(kind=kind, ticket=7, address=ANN.address, expires=expires, nonce=bytes(NONCE_BYTES))

    assert KEY.read(minted, today=expires) is not None
    assert KEY.read(minted, today=expires + timedelta(days=1)) is None
