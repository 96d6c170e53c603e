"""What somebody is to a ticket."""

import pytest

from mailticket.desk.roles import sender_of
from mailticket.desk.sender import Role, Sender
from mailticket.desk.ticket import Ticket
from mailticket.mail.identity import Verdict
from mailticket.mail.message import Address
from tests.factories import ANN, CARLA, MALLORY, PAUL, make_mail, make_policy, make_ticket

TICKET = make_ticket()


@pytest.mark.parametrize(
    ("address", "ticket", "role"),
    [
        (CARLA, TICKET, Role.REQUESTER),
        (CARLA, None, Role.STRANGER),
        (Address(name="Somebody Else", addr_spec=CARLA.addr_spec), TICKET, Role.REQUESTER),
        (Address(name=CARLA.addr_spec, addr_spec=MALLORY.addr_spec), TICKET, Role.STRANGER),
        (PAUL, TICKET, Role.PARTICIPANT),
        (PAUL, None, Role.STRANGER),
        (MALLORY, TICKET, Role.STRANGER),
        (MALLORY, make_ticket(contact=None), Role.STRANGER),
        (Address(addr_spec=ANN.address), TICKET, Role.AGENT),
        (Address(addr_spec=ANN.aliases[0]), None, Role.AGENT),
        (Address(addr_spec=ANN.address), make_ticket(contact=Address(addr_spec=ANN.address)), Role.AGENT),
    ],
    ids=[
        "who opened it",
        "the same without the ticket",
        "who opened it, under another name",
        "a display name that looks like the requester",
        "somebody on the ticket",
        "the same without the ticket, too",
        "nobody that we know",
        "a ticket of nobody",
        "an agent",
        "an agent by an alias",
        "an agent with a ticket of her own",
    ],
)
@pytest.mark.parametrize("verdict", Verdict)
def test_role_comes_from_ticket_and_settings(
    address: Address, ticket: Ticket | None, role: Role, verdict: Verdict
) -> None:
    sender = sender_of(make_mail(from_=address), verdict, ticket, make_policy())

    assert sender == Sender(address=address, role=role, verdict=verdict)


@pytest.mark.parametrize("address", [CARLA, Address(addr_spec=ANN.address), None], ids=["requester", "agent", "nobody"])
@pytest.mark.parametrize(
    ("verdict", "believed"),
    [(Verdict.PASS, Verdict.NONE), (Verdict.NONE, Verdict.NONE), (Verdict.FAIL, Verdict.FAIL)],
    ids=str,
)
def test_from_that_names_nobody_for_certain_is_nobodys(
    address: Address | None, verdict: Verdict, believed: Verdict
) -> None:
    mail = make_mail(from_=address, from_defect="There are two From fields.")

    assert sender_of(mail, verdict, TICKET, make_policy()) == Sender(
        address=address, role=Role.STRANGER, verdict=believed
    )
