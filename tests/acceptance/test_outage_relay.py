"""The relay is down, busy, or does not like a mail: what waits is shown, and everything leaves once."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.acceptance.people import Customer
from tests.acceptance.world import World, until
from tests.servers.postfix import Postfix
from tests.servers.sink import Received, Sink


def outbound(port: int) -> dict[str, Any]:
    """Settings that send by a relay on this machine."""
    return {"outbound": {"transport": "smtp", "host": "127.0.0.1", "port": port, "tls": "none"}}


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as sink:
        yield sink


@pytest.fixture
def world(sink: Sink) -> Iterator[World]:
    """A desk whose relay is the sink."""
    with World(outbound(sink.port)) as world:
        yield world


@pytest.fixture
def carla(world: World) -> Customer:
    return world.customer("Carla <carla@shop.example>")


def recipients(mails: list[Received]) -> list[str]:
    return sorted(address for mail in mails for address in mail.rcpt_tos)


def test_relay_that_is_down_is_waited_for(sink: Sink) -> None:
    names = [f"customer{number}@shop.example" for number in range(5)]
    with Postfix({"*": f"smtp:[127.0.0.1]:{sink.port}"}) as postfix, World(outbound(postfix.port)) as world:
        postfix.stop()
        for name in names:
            assert world.customer(name).writes("Broken vase") == 250

        assert sorted(mail["to"][0] for mail in world.outbox) == names
        assert {mail["notice"] for mail in world.outbox} == {"confirmation"}
        until(lambda: any(event["event"] == "relay_unreachable" for event in world.log), "the log to say so")

        postfix.start()

        assert recipients(sink.wait_for(5)) == names
        until(lambda: not world.outbox, "the outbox to be empty")
        postfix.wait_until_empty()
        assert recipients(sink.received) == names


def test_relay_that_is_busy_is_asked_again_later(sink: Sink, world: World, carla: Customer) -> None:
    sink.replies[carla.address] = "450 4.2.1 Mailbox busy"
    carla.writes("Broken vase")

    waiting = until(lambda: [mail for mail in world.outbox if mail["attempts"] == 1], "the first attempt")[0]
    assert "4.2.1 Mailbox busy" in waiting["last_error"]
    assert waiting["next_attempt_at"] is not None
    assert waiting["ticket"] == carla.ticket.number

    sink.replies.clear()
    world.run("outbox", "retry", waiting["id"])
    world.hurry()

    assert recipients(sink.wait_for(1)) == [carla.address]
    until(lambda: not world.outbox, "the outbox to be empty")
    assert "delivery_failed" not in carla.ticket.happened


def test_mail_that_the_relay_refuses_has_failed_and_the_ticket_says_so(
    sink: Sink, world: World, carla: Customer
) -> None:
    sink.replies[carla.address] = "550 5.1.1 No such user"
    carla.writes("Broken vase")

    until(lambda: "delivery_failed" in carla.ticket.happened, "the event")

    detail = carla.ticket.detail("delivery_failed")
    assert (detail["notice"], detail["to"]) == ("confirmation", [carla.address])
    assert "5.1.1 No such user" in detail["error"]
    (failed,) = world.outbox
    assert failed["next_attempt_at"] is None
    assert "failed, not tried again" in world.run("outbox", "list")

    world.run("outbox", "cancel", failed["id"])

    assert world.outbox == []
    assert [mail for mail in sink.received if carla.address in mail.rcpt_tos] == []


class SlowSink(Sink):
    """Has a mail, and does not say so before it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.may_answer = threading.Event()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's
        reply = await super().handle_DATA(server, session, envelope)
        while not self.may_answer.is_set():
            await asyncio.sleep(0.01)
        return reply


@pytest.mark.parametrize("answered", [False, True], ids=["before its 250", "after its 250"])
def test_mail_that_the_relay_had_when_the_service_died_comes_at_most_twice(answered: bool) -> None:
    with SlowSink() as sink, World(outbound(sink.port)) as world:
        assert world.customer("Carla <carla@shop.example>").writes("Broken vase") == 250
        sink.wait_for(1)
        if answered:
            sink.may_answer.set()
        world.kill()
        sink.may_answer.set()
        world.start()

        until(lambda: not world.outbox, "the outbox to be empty")

        assert 1 <= len(sink.received) <= 2
        assert len({mail.raw for mail in sink.received}) == 1, "a second copy has to be the same mail"
