"""Stories: a mail of ours that comes back is an event on its ticket, never a ticket and never answered."""

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from tests.acceptance.reports import report
from tests.acceptance.world import World, free_port, until
from tests.servers.postfix import Postfix
from tests.servers.sink import Sink


def test_an_answer_that_comes_back_is_marked_on_its_ticket(world: World) -> None:
    carla = world.somebody()
    carla.writes("Broken vase")
    confirmation = carla.waits_for("confirmation")
    world.run("ticket", "reply", confirmation.number, "A new one is on its way.")
    world.hurry()
    answer = carla.waits_for("reply")

    assert world.send(report(answer, carla.address), "")[0] == 250

    ticket = confirmation.ticket
    detail = ticket.detail("bounced")
    assert (detail["recipients"], detail["status"], detail["permanent"]) == ([carla.address], "5.1.1", True)
    assert "there is no such mailbox" in detail["reason"]
    assert ticket.messages[-1].delivery == "bounced" and len(ticket.messages) == 2
    assert ticket.status == "pending_agent", "nobody waits for somebody who knows nothing"
    assert ticket.json["contact"]["bounced_at"] is not None
    world.silence_for(f"mailer-daemon@{carla.address.rpartition('@')[2]}")


def test_a_delay_is_an_event_and_the_mail_still_counts_as_sent(world: World) -> None:
    carla = world.somebody()
    carla.writes("Broken vase")
    confirmation = carla.waits_for("confirmation")
    late = (
        report(confirmation, carla.address).replace(b"Action: failed", b"Action: delayed").replace(b"5.1.1", b"4.4.1")
    )

    assert world.send(late, "")[0] == 250

    ticket = confirmation.ticket
    assert ticket.detail("delivery_delayed") == {"recipients": [carla.address], "status": "4.4.1", "permanent": False}
    assert "bounced" not in ticket.happened
    assert world.tickets_of(f"mailer-daemon@{carla.address.rpartition('@')[2]}") == []


class Place:
    """A desk whose mail goes out by a real Postfix and on to other people's server, which knows not everybody."""

    def __init__(self, ends: ExitStack, unknown: str, agents: Sequence[str], **outbound: str) -> None:
        port = free_port()
        self.mailboxes = ends.enter_context(Sink(replies={unknown: "550 5.1.1 no such user here"}))
        elsewhere = f"smtp:[127.0.0.1]:{self.mailboxes.port}"
        self.postfix = ends.enter_context(Postfix({"acme.example": f"smtp:[127.0.0.1]:{port}", "*": elsewhere}))
        relay = {"transport": "smtp", "host": "127.0.0.1", "port": self.postfix.port, "tls": "none", **outbound}
        people = [{"name": name.partition("@")[0].title(), "address": name} for name in agents]
        intake = {"smtp": [{"listen": [f"127.0.0.1:{port}"]}]}
        world = World({"desk": {"notify": "all"}, "outbound": relay, "intake": intake, "agent": people})
        self.world = ends.enter_context(world)
        self.world.port = port

    def received(self) -> list[EmailMessage]:
        """What other people have got, once no mail is on its way any more."""
        self.world.settle()
        self.postfix.wait_until_empty()
        self.world.settle()
        return [message_from_bytes(mail.raw, policy=default) for mail in self.mailboxes.received]


@pytest.fixture
def ends() -> Iterator[ExitStack]:
    with ExitStack() as ends:
        yield ends


def test_agents_hear_that_a_confirmation_came_back_through_postfix_and_what_was_probably_meant(ends: ExitStack) -> None:
    place = Place(ends, "carla@gmial.com", ["ann@team.example"], envelope="address")
    carla = place.world.customer("Carla <carla@gmial.com>")
    carla.writes("Broken vase")

    place.mailboxes.wait_for(2)

    _, told = place.received()
    plain = told.get_body(("plain",))
    assert plain is not None
    words = " ".join(plain.get_content().split())
    assert (told["X-Mailticket-Notice"], told["To"]) == ("bounced", "Ann <ann@team.example>")
    assert "Our confirmation did not reach carla@gmial.com: there is no such mailbox" in words
    assert "Perhaps carla@gmail.com was meant." in words
    ticket = carla.ticket
    assert (ticket.detail("bounced")["status"], ticket.status) == ("5.1.1", "open")
    assert place.world.tickets_of("mailer-daemon@mx.acme.example") == []


def test_agent_whose_mail_comes_back_is_named_by_check_and_told_of_once_to_the_others(ends: ExitStack) -> None:
    place = Place(ends, "ann@team.example", ["ann@team.example", "ben@team.example"])
    carla = place.world.customer("Carla <carla@shop.example>")

    for subject in ("Broken vase", "Broken chair"):
        carla.writes(subject)
        until(lambda: "agent_unreachable" in carla.ticket.happened, lambda: place.postfix.log)

    bens = [str(mail["X-Mailticket-Notice"]) for mail in place.received() if "ben@" in mail["To"]]
    assert sorted(bens) == ["agent_notification", "agent_notification", "bounced"]
    lost = [line["agent"] for line in place.world.log if line["event"] == "agent_unreachable"]
    assert lost == ["ann@team.example", "ann@team.example"]
    checks = json.loads(place.world.cli("check", "--json").out)["checks"]
    (found,) = [check for check in checks if check["name"] == "undelivered mail"]
    assert not found["ok"] and "ann@team.example" in found["detail"]


def test_what_our_own_relay_refuses_for_good_is_told_like_a_bounce(ends: ExitStack) -> None:
    place = Place(ends, "", ["ann@team.example"])
    place.postfix.refuse(recipients={"carla@shop.example": "550 5.2.2 mailbox full"})
    carla = place.world.customer("Carla <carla@shop.example>")
    carla.writes("Broken vase")

    place.mailboxes.wait_for(2)

    assert "bounced" in [mail["X-Mailticket-Notice"] for mail in place.received()]
    assert "delivery_failed" in carla.ticket.happened
    assert carla.ticket.json["contact"]["bounced_at"] is not None


@pytest.mark.parametrize("message_id", ["<never.sent@acme.example>", "<" + "a" * 48 + "@acme.example>"])
def test_a_report_on_a_mail_that_is_not_ours_is_ignored(world: World, message_id: str) -> None:
    carla = world.somebody()
    carla.writes("Broken vase")
    confirmation = carla.waits_for("confirmation")

    world.send(report(confirmation, carla.address, message_id), "")

    assert confirmation.ticket.happened == ("opened", "confirmation_queued")
    assert world.tickets_of(f"mailer-daemon@{carla.address.rpartition('@')[2]}") == []
