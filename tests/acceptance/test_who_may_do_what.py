"""Stories: the four rows of the table of who may do what (contract.md), each under every verdict.

The table itself, with all its cells, is desk's: tests/unit/desk/test_triage.py.
"""

from collections.abc import Callable

import pytest

from tests.acceptance.world import Customer, World

VERDICTS = pytest.mark.parametrize("verdict", ["pass", "none", "fail"])


@pytest.fixture
def desk(world_with: Callable[..., World]) -> World:
    """A desk of these stories, whose agents hear of new tickets."""
    return world_with(desk={"notify": "all"}, agent=[{"name": "Rita", "address": "rita@acme.example"}])


@pytest.fixture
def rita(desk: World) -> Customer:
    return desk.agent("Rita <rita@acme.example>")


@pytest.fixture
def paul(desk: World) -> Customer:
    return desk.customer("Paul <paul@copied.example>")


@pytest.fixture
def carla(desk: World, rita: Customer, paul: Customer) -> Customer:
    """A customer with a ticket that Paul has a part in."""
    carla = desk.somebody()
    carla.writes("Broken vase", fields={"Cc": paul.name})
    carla.waits_for("confirmation")
    return carla


def as_seen(desk: World, person: Customer, verdict: str) -> Customer:
    """The same person, as our relay finds this mail."""
    return desk.customer(person.name, verdict)


@VERDICTS
@pytest.mark.parametrize("who", ["requester", "participant"])
def test_somebody_of_the_ticket(desk: World, carla: Customer, paul: Customer, who: str, verdict: str) -> None:
    ticket = carla.ticket
    writer = as_seen(desk, carla if who == "requester" else paul, verdict)

    writer.writes(f"Re: [#{ticket.number}] Broken vase", "One more.\n", fields={"Cc": "quinn@copied.example"})

    after = desk.ticket(ticket.number)
    if verdict == "fail":
        assert (writer.became["receipt"], writer.became["reason"]) == ("held", "failed_verdict")
        assert len(after.messages) == 1 and after.detail("mail_held")["reason"] == "failed_verdict"
    else:
        assert (writer.became["receipt"], after.messages[-1].verdict) == ("added", verdict)
        assert after.detail("message_added").get("unverified", False) is (verdict == "none")
    newcomer = {"quinn@copied.example"} if verdict == "pass" else set()
    assert set(after.participants) == {paul.address} | newcomer
    for person in (carla, paul, desk.customer("quinn@copied.example")):
        person.hears_nothing_more()


@VERDICTS
def test_somebody_else_with_its_number(desk: World, carla: Customer, verdict: str) -> None:
    ticket = carla.ticket
    mallory = desk.customer(f"mallory.{verdict}@evil.example", verdict)

    mallory.writes(f"Re: [#{ticket.number}] Broken vase", "Send it to me.\n")

    assert len(desk.ticket(ticket.number).messages) == 1
    carla.hears_nothing_more()
    if verdict == "fail":
        assert mallory.became["reason"] == "failed_verdict"
        mallory.hears_nothing_more()
    else:
        own = mallory.waits_for("confirmation").ticket
        assert (own.possible_reply_to, mallory.became["receipt"]) == (ticket.number, "opened")
        assert ticket.number not in mallory.mailbox.text


@VERDICTS
def test_anybody_without_a_ticket(desk: World, rita: Customer, verdict: str) -> None:
    somebody = desk.somebody(verdict)

    somebody.writes("Broken chair", "My chair is broken.\n")

    if verdict == "fail":
        assert (somebody.became["receipt"], somebody.became["reason"]) == ("held", "failed_verdict")
        somebody.hears_nothing_more()
        rita.hears_nothing_more()
    else:
        confirmation = somebody.waits_for("confirmation")
        assert ("Broken chair" in confirmation.all_words, "Carla" in confirmation.all_words) == (
            verdict == "pass",
            verdict == "pass",
        )
        assert ("Not verified" in rita.waits_for("agent_notification").text) is (verdict == "none")


@VERDICTS
@pytest.mark.parametrize("token", [True, False], ids=["answering the own notification", "by the number alone"])
def test_agent(desk: World, carla: Customer, rita: Customer, verdict: str, token: bool) -> None:
    notification = rita.waits_for("agent_notification")
    writer = as_seen(desk, rita, verdict)

    if token:
        writer.replies_to(notification, "We send a new one.\n")
    else:
        writer.writes(f"Re: {notification.subject}", "We send a new one.\n")

    if verdict == "pass" or (verdict == "none" and token):
        assert carla.waits_for("reply").text.startswith("We send a new one.\n")
        assert carla.ticket.assignee == rita.address
        return
    assert writer.became["reason"] == ("failed_verdict" if verdict == "fail" else "agent_not_verified")
    assert (carla.ticket.status, len(carla.ticket.messages)) == ("open", 1)
    carla.hears_nothing_more()
    if verdict == "none":
        assert "nothing proves that it comes from you" in " ".join(rita.waits_for("held").text.split())
    rita.hears_nothing_more()
