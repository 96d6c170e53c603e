"""Stories: an agent answers by mail, and nobody else does in that name."""

import pytest

from tests.acceptance.conftest import BOTH_STORES, Worlds
from tests.acceptance.draft import Value
from tests.acceptance.samples import PNG
from tests.acceptance.world import Customer, File, Received, World

pytestmark = BOTH_STORES


@pytest.fixture
def world(worlds: Worlds, request: pytest.FixtureRequest) -> World:
    """A desk of its own: an agent is asked three times an hour, and others' stories would use that up."""
    return worlds.get(request.param, lifecycle={"held_decides_after_hours": 4})


@pytest.fixture
def carla(world: World) -> Customer:
    """A customer with one ticket, confirmed."""
    carla = world.somebody()
    carla.writes("Broken vase")
    return carla


@pytest.fixture
def confirmation(carla: Customer) -> Received:
    return carla.waits_for("confirmation")


def answer(agent: Customer, confirmation: Received, text: str = "We send a new one.\n", **fields: Value) -> int:
    """As an agent answers who saw the number somewhere: nobody is notified by mail yet."""
    words = f"{text}\nOn Monday Carla wrote:\n> My vase is broken.\n-- \nAnn, floor 3, phone 123\n"
    return agent.writes(f"Re: [#{confirmation.number}] Broken vase", words, fields=fields)


def test_an_agents_answer_goes_out_clean_in_the_desks_name(
    world: World, carla: Customer, confirmation: Received
) -> None:
    ann = world.agent("Ann Ahlberg <ann@acme.example>")

    assert answer(ann, confirmation) == 250

    mail, ticket = carla.waits_for("reply"), confirmation.ticket
    assert mail["From"] == '"Ann Ahlberg (Acme Support)" <support@acme.example>'
    assert mail.subject == f"[#{ticket.number}] Broken vase"
    assert mail.text.startswith("We send a new one.\n") and "> My vase" not in mail.text and "floor 3" not in mail.text
    assert b"ann@" not in mail.raw
    assert (mail["Auto-Submitted"], mail.reverse_path) == ("", "support@acme.example")
    assert (ticket.status, ticket.assignee) == ("pending_customer", "ann@acme.example")
    assert [(m.sender, m.direction) for m in ticket.messages] == [
        (carla.address, "inbound"),
        ("ann@acme.example", "outbound"),
    ]
    assert ticket.json["first_response_at"] and ticket.json["type_final"] is True
    ann.hears_nothing_more()


def test_the_answer_is_in_the_customers_thread(world: World, carla: Customer, confirmation: Received) -> None:
    answer(world.agent("ann@home.example"), confirmation)

    mail = carla.waits_for("reply")

    assert mail["In-Reply-To"] == carla.written[0].message_id
    assert carla.written[0].message_id in mail.references
    assert b"home.example" not in mail.raw


def test_the_customer_answers_the_agent(world: World, carla: Customer, confirmation: Received) -> None:
    answer(world.agent(), confirmation)

    carla.replies_to(carla.waits_for("reply"), "Thank you!\n")

    ticket = confirmation.ticket
    assert [message.reply.strip() for message in ticket.messages] == ["Hello.", "We send a new one.", "Thank you!"]
    assert ticket.status == "pending_agent"
    assert ticket.messages[1].delivery == "sent"


def test_the_agents_files_go_along(world: World, carla: Customer, confirmation: Received) -> None:
    ann = world.agent()

    ann.writes(f"[#{confirmation.number}]", "Like this?\n", files=[File("new-vase.png", PNG)])

    assert carla.waits_for("reply").files == {"new-vase.png": PNG}


def test_who_writes_in_an_agents_name_without_proof_is_held(
    world: World, carla: Customer, confirmation: Received
) -> None:
    unknown, ann = world.agent("ann@home.example", verdict="none"), world.agent("ann@acme.example")
    before = world.mails_to("ann@home.example")

    assert answer(unknown, confirmation) == 250

    told = ann.waits_for("held")
    assert "nothing proves that it comes from you" in " ".join(told.text.split())
    assert f"[#{confirmation.number}] Broken vase" in told.text
    ticket = confirmation.ticket
    assert (ticket.status, len(ticket.messages)) == ("open", 1)
    assert ticket.detail("mail_held")["reason"] == "agent_not_verified"
    carla.hears_nothing_more()
    world.silence_for("ann@home.example", before)


def test_a_held_answer_goes_out_when_somebody_releases_it(
    world: World, carla: Customer, confirmation: Received
) -> None:
    answer(world.agent(verdict="none"), confirmation)
    (held,) = [one for one in world.json("held", "list")["held"] if one["ticket"] == confirmation.number]
    assert (held["from"], held["reason"]) == ("ann@acme.example", "agent_not_verified")
    assert "We send a new one." in world.run("held", "show", held["id"])

    assert world.json("held", "release", held["id"])["held"] == [{"id": held["id"], "receipt": "added"}]
    world.hurry()

    assert "We send a new one." in carla.waits_for("reply").text
    assert confirmation.ticket.status == "pending_customer"
    assert held["id"] not in [one["id"] for one in world.json("held", "list")["held"]]


def test_a_discarded_mail_stays_away(world: World, carla: Customer, confirmation: Received) -> None:
    ann = world.agent(verdict="none")
    answer(ann, confirmation)
    (held,) = [one for one in world.json("held", "list")["held"] if one["ticket"] == confirmation.number]

    world.run("held", "discard", held["id"])
    ann.sends(ann.written[-1].raw)

    assert ann.became["reason"] == "discarded"
    assert not [one for one in world.json("held", "list")["held"] if one["ticket"] == confirmation.number]
    carla.hears_nothing_more()


def test_a_forged_agent_is_held_and_nobody_is_written_to(world: World, carla: Customer, confirmation: Received) -> None:
    forger = world.agent("Ben Bauer <ben@acme.example>", verdict="fail")

    answer(forger, confirmation)

    assert forger.became["reason"] == "failed_verdict"
    carla.hears_nothing_more()
    forger.hears_nothing_more()


def test_an_agent_who_names_no_ticket_opens_one(world: World) -> None:
    ben = world.agent("Ben Bauer <ben@acme.example>")

    ben.writes("My chair is broken")

    assert ben.waits_for("confirmation").ticket.json["contact"]["address"] == "ben@acme.example"


def test_an_agent_who_has_reached_the_customer_is_not_sent_twice(
    world: World, carla: Customer, confirmation: Received
) -> None:
    answer(world.agent(), confirmation, Cc=carla.address)

    assert confirmation.ticket.status == "pending_customer"
    carla.hears_nothing_more()
