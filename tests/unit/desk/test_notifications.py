"""Which agents hear of a ticket, and what they are told."""

import pytest

from mailticket.desk.notice import NoticeKind
from mailticket.desk.notifications import audience, notification
from mailticket.desk.policy import Agent
from mailticket.mail.identity import Verdict
from mailticket.mail.message import Address
from tests.factories import ANN, CARLA, DESK, make_policy, make_ticket

BEN = Agent(name="Ben Bauer", address="ben@acme.example", teams=("returns",))
CLEO = Agent(name="Cleo Cruz", address="cleo@acme.example", teams=("sales",))
EVERYBODY = (ANN, BEN, CLEO)


@pytest.mark.parametrize(
    ("notify", "team", "assignee", "author", "heard"),
    [
        ("team", "", "", CARLA.addr_spec, EVERYBODY),
        ("team", "returns", "", CARLA.addr_spec, (BEN,)),
        ("team", "empty", "", CARLA.addr_spec, EVERYBODY),
        ("team", "returns", CLEO.address, CARLA.addr_spec, (CLEO,)),
        ("team", "returns", "gone@acme.example", CARLA.addr_spec, (BEN,)),
        ("all", "returns", "", CARLA.addr_spec, EVERYBODY),
        ("assignee", "returns", "", CARLA.addr_spec, ()),
        ("assignee", "", ANN.address, CARLA.addr_spec, (ANN,)),
        ("all", "", "", BEN.address, (ANN, CLEO)),
        ("all", "", "", "ann@home.example", (BEN, CLEO)),
        ("all", "", BEN.address, BEN.address, ()),
    ],
    ids=[
        "no team is everybody's",
        "a team's own",
        "a team without agents is everybody's",
        "a taken ticket's agent only",
        "an agent who has left does not hide the ticket",
        "all",
        "nobody has it",
        "somebody has it",
        "not one's own words",
        "not one's own words under an alias",
        "one's own words on one's own ticket",
    ],
)
def test_who_hears_of_a_ticket(notify: str, team: str, assignee: str, author: str, heard: tuple[Agent, ...]) -> None:
    policy = make_policy(agents=EVERYBODY, notify=notify)

    assert audience(make_ticket(team=team, assignee=assignee), policy, author) == heard


def test_notification_comes_from_the_desk_and_never_from_the_customers_address() -> None:
    told = notification(ANN, make_ticket(), 5, CARLA, Verdict.PASS, (), ["<a@shop.example>"], make_policy())

    assert told.kind is NoticeKind.AGENT_NOTIFICATION
    assert [one.addr_spec for one in told.to] == [ANN.address]
    assert told.from_ == Address(name="Carla Customer via Acme Support", addr_spec=DESK)
    assert (told.number, told.message, told.in_reply_to) == ("2611-0042", 5, "<a@shop.example>")
    assert told.details["verified"] is True


def test_notification_says_what_is_not_proved() -> None:
    nameless = Address(addr_spec="carla@shop.example")

    told = notification(
        ANN, make_ticket(possible_reply_to="2611-0007"), 5, nameless, Verdict.NONE, (), [], make_policy()
    )

    assert told.from_.name == "carla via Acme Support"
    assert told.details["verified"] is False
    assert told.details["possible_reply_to"] == "2611-0007"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Joanna Bennett", "Joanna Bennett"),
        ("ben  bauer", "carla at shop.example"),
        ("Ben Bauer (Acme Support)", "carla at shop.example"),
        ("support@acme.example", "carla at shop.example"),
        ("Car\u202ela", "Carla"),
        ("\u200b", "carla"),
    ],
)
def test_writers_name_is_nobody_elses(name: str, shown: str) -> None:
    author = Address(name=name, addr_spec=CARLA.addr_spec)

    told = notification(ANN, make_ticket(), 5, author, Verdict.PASS, (), [], make_policy(agents=EVERYBODY))

    assert told.details["author"] == shown


def test_agent_who_writes_bears_the_own_name() -> None:
    author = Address(name=BEN.name, addr_spec=BEN.address)

    told = notification(ANN, make_ticket(), 5, author, Verdict.PASS, (), [], make_policy(agents=EVERYBODY))

    assert told.details["author"] == BEN.name
