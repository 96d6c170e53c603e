"""Story: somebody writes in an agent's name to make the desk do something.

Agents act on a verdict, or with the token of a notification that was sent to them about this very ticket.
"""

from collections.abc import Callable

import pytest

from tests.acceptance.draft import Value
from tests.acceptance.world import Customer, World

ANN = "Ann Ahlberg <ann@acme.example>"
ORDERS = "#status closed\n#assign me\n#cc add mallory@evil.example\n\nWe send nothing. Pay to another account.\n"


@pytest.fixture
def desk(world_with: Callable[..., World]) -> World:
    """A desk whose agents hear of new tickets."""
    return world_with(desk={"notify": "team"})


@pytest.fixture
def ann(desk: World) -> Customer:
    return desk.agent(ANN)


@pytest.fixture
def carla(desk: World, ann: Customer) -> Customer:
    """A customer with one ticket, confirmed."""
    carla = desk.somebody()
    carla.writes("Broken vase")
    carla.waits_for("confirmation")
    return carla


def assert_untouched(carla: Customer) -> None:
    ticket = carla.ticket
    assert (ticket.status, ticket.assignee, ticket.participants) == ("open", None, ())
    assert len(ticket.messages) == 1
    carla.hears_nothing_more()


MARKS: dict[str, dict[str, Value]] = {
    "nothing": {},
    "Sender": {"Sender": "ann@acme.example"},
    "Reply-To": {"Reply-To": "mallory@evil.example"},
    "Resent-From": {"Resent-From": "ann@acme.example"},
    "verdict of ours": {"X-Mailticket-Verdict": "pass", "X-Mailticket-Agent": "ann@acme.example"},
    "notice of ours": {"X-Mailticket-Notice": "agent_notification", "X-Mailticket-Ticket": "1"},
    "foreign verdict": {"Authentication-Results": "mx.evil.example; dmarc=pass header.from=acme.example"},
    "another domain's pass": {"Authentication-Results": "mx.acme.example; dkim=pass header.d=evil.example"},
    "pass of a domain that ends alike": {
        "Authentication-Results": "mx.acme.example; dkim=pass header.d=notacme.example; spf=pass smtp.mailfrom=example"
    },
}


@pytest.mark.parametrize("title", MARKS)
def test_without_proof_nothing_is_done_and_the_agent_hears_of_it(world_with: Callable[..., World], title: str) -> None:
    # an agent for each of them: who is forged often is not asked about each time
    people = {title: f"agent{number}@acme.example" for number, title in enumerate(MARKS)}
    world = world_with(agent=[{"name": "Ann Ahlberg", "address": address} for address in people.values()])
    carla, agent, forger = world.somebody(), world.agent(people[title]), world.agent(people[title], verdict="none")
    carla.writes("Broken vase")
    confirmation = carla.waits_for("confirmation")

    assert forger.writes(f"Re: {confirmation.subject}", ORDERS, fields=MARKS[title]) == 250

    assert (forger.became["receipt"], forger.became["reason"]) == ("held", "agent_not_verified")
    assert "nothing proves that it comes from you" in " ".join(agent.waits_for("held").text.split())
    assert_untouched(carla)


def test_proved_forgery_is_held_and_leads_to_no_mail(desk: World, carla: Customer, ann: Customer) -> None:
    ann.waits_for("agent_notification")
    forger = desk.agent(ANN, verdict="fail")

    forger.writes(f"Re: [#{carla.ticket.number}] Broken vase", ORDERS)

    assert (forger.became["receipt"], forger.became["reason"]) == ("held", "failed_verdict")
    assert_untouched(carla)
    ann.hears_nothing_more()


def test_token_of_a_notification_about_another_ticket_proves_nothing(
    desk: World, carla: Customer, ann: Customer
) -> None:
    mallory = desk.somebody()
    ann.waits_for("agent_notification")
    mallory.writes("My own ticket")
    about_mallory = ann.waits_for("agent_notification")
    forger = desk.agent(ANN, verdict="none")

    # the thread leads to Mallory's ticket, the subject to Carla's; then without the number of the former
    forger.replies_to(about_mallory, ORDERS, subject=f"Re: [#{carla.ticket.number}] Broken vase")

    assert_untouched(carla)
    assert forger.became["ticket"] in (mallory.ticket.number, None)


def test_token_together_with_carlas_thread_does_not_move_to_it(desk: World, carla: Customer, ann: Customer) -> None:
    mallory = desk.somebody()
    ann.waits_for("agent_notification")
    mallory.writes("My own ticket")
    token = ann.waits_for("agent_notification").message_id
    forger = desk.agent(ANN, verdict="none")
    thread = {"In-Reply-To": carla.mailbox.mails[0].message_id, "References": f"{token} {carla.written[0].message_id}"}

    forger.writes(f"Re: [#{carla.ticket.number}] Broken vase", ORDERS, fields=thread)

    assert (forger.became["receipt"], forger.became["reason"]) == ("held", "agent_not_verified")
    assert_untouched(carla)


def test_token_from_another_address_makes_nobody_an_agent(desk: World, carla: Customer, ann: Customer) -> None:
    notification = ann.waits_for("agent_notification")
    mallory = desk.customer("Ann Ahlberg <mallory@evil.example>")

    mallory.replies_to(notification, ORDERS, fields={"Reply-To": ANN})

    assert (mallory.became["receipt"], mallory.became["reason"]) == ("held", "agent_from_elsewhere")
    assert "mallory@evil.example" in ann.waits_for("held").text
    mallory.hears_nothing_more()
    assert_untouched(carla)


def test_token_does_not_help_against_a_failed_verdict(desk: World, carla: Customer, ann: Customer) -> None:
    notification = ann.waits_for("agent_notification")
    forger = desk.agent(ANN, verdict="fail")

    forger.replies_to(notification, ORDERS)

    assert forger.became["reason"] == "failed_verdict"
    assert_untouched(carla)


def test_altered_token_is_none(desk: World, carla: Customer, ann: Customer) -> None:
    notification = ann.waits_for("agent_notification")
    token = notification.message_id
    altered = token.replace(token[8], "a" if token[8] != "a" else "b", 1)
    forger = desk.agent(ANN, verdict="none")

    forger.replies_to(notification, ORDERS, fields={"In-Reply-To": altered, "References": altered})

    assert forger.became["reason"] == "agent_not_verified"
    assert_untouched(carla)
