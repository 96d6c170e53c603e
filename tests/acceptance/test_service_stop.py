"""SIGTERM and clients that hang up: what was begun is finished, and nobody is left without an answer."""

import fcntl
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.acceptance.waiting import PATIENCE, until
from tests.acceptance.wire import STOP_WITHIN, Client, is_connected
from tests.acceptance.world import World


@pytest.fixture
def world() -> Iterator[World]:
    with World() as world:
        yield world


def raw_of(world: World, subject: str) -> bytes:
    return world.customer("Carla <carla@shop.example>").drafts(subject)


def titles(world: World) -> list[str]:
    return sorted(ticket["title"] for ticket in world.json("ticket", "list")["tickets"])


def terminate(world: World) -> None:
    assert world.process is not None
    world.process.terminate()
    until(lambda: any(event["event"] == "service_stopping" for event in world.log), "the service to hear it")


def test_stop_finishes_the_mail_that_has_begun_and_says_421_to_the_rest(world: World) -> None:
    sending, idle = Client(world), Client(world)
    sending.begins(raw_of(world, "Broken vase"))

    terminate(world)

    assert idle.reply().startswith("421 4.3.2 ")
    assert idle.reply() == ""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", world.port), timeout=PATIENCE)
    sending.send(b"It was a present.\r\n.\r\n")
    assert sending.reply().startswith("250 ")
    assert sending.reply().startswith("421 4.3.2 ")
    assert world.process is not None
    assert world.process.wait(STOP_WITHIN) == 0
    assert titles(world) == ["Broken vase"]


def test_stop_does_not_wait_for_ever_for_a_mail_that_does_not_end(world: World) -> None:
    stuck = Client(world)
    stuck.begins(raw_of(world, "Broken vase"))
    begun = time.monotonic()

    terminate(world)

    assert world.process is not None
    assert world.process.wait(STOP_WITHIN) == 0
    assert time.monotonic() - begun < STOP_WITHIN
    assert stuck.reply().startswith("421 4.3.2 ")
    assert titles(world) == []


def test_stop_during_a_commit_still_answers_250(world: World) -> None:
    client = Client(world)
    client.begins(raw_of(world, "Broken vase"))
    with nobody_commits(world):
        client.send(b".\r\n")
        terminate(world)
    assert client.reply().startswith("250 ")
    assert world.process is not None
    assert world.process.wait(STOP_WITHIN) == 0
    assert titles(world) == ["Broken vase"]


def test_client_that_hangs_up_during_the_commit_has_sent_its_mail(world: World) -> None:
    client = Client(world)
    raw = raw_of(world, "Broken vase")
    with nobody_commits(world):
        client.begins(raw)
        client.send(b".\r\n")
        port = client.port
        client.hang_up()
        until(lambda: not is_connected(world, port), "the service to notice")
        assert not [event for event in world.log if event["event"] == "mail_received"]

    until(lambda: titles(world) == ["Broken vase"], "the mail to be kept")
    # it does not know, so it comes again
    assert world.send(raw, "carla@shop.example")[0] == 250
    receipts = [event["receipt"] for event in world.log if event["event"] == "mail_received"]
    assert receipts == ["opened", "duplicate"]
    assert titles(world) == ["Broken vase"]


def test_client_that_hangs_up_within_its_mail_has_sent_nothing(world: World) -> None:
    client = Client(world)
    client.begins(raw_of(world, "Half a vase"))
    port = client.port
    client.hang_up()
    until(lambda: not is_connected(world, port), "the service to notice")

    assert world.send(raw_of(world, "Broken vase"), "carla@shop.example")[0] == 250
    assert titles(world) == ["Broken vase"]


@contextmanager
def nobody_commits(world: World) -> Iterator[None]:
    """Holds the lock that every writer of the SQLite store waits for."""
    with (world.folder / "data" / "write.lock").open("rb+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
