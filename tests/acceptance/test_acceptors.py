"""Several processes take mail: everything is there once, whoever dies, and all of them hear what the daemon hears."""

import signal
import smtplib
from collections.abc import Iterator
from contextlib import ExitStack, closing
from hashlib import sha256
from typing import Any

import psutil
import pytest

from tests.acceptance.conftest import Worlds
from tests.acceptance.load import Load, assert_kept
from tests.acceptance.people import DESK, Customer
from tests.acceptance.waiting import PATIENCE, until
from tests.acceptance.wire import STOP_WITHIN, Client
from tests.acceptance.world import World

ACCEPTORS = 2
SETTINGS = {"service": {"log": "json", "acceptors": ACCEPTORS}}
ALL = {None, "acceptor-1", "acceptor-2"}


@pytest.fixture
def world() -> Iterator[World]:
    with World(SETTINGS) as world:
        yield world


def acceptors(world: World) -> list[psutil.Process]:
    return children(world, "mailticket.acceptors.child")


def children(world: World, module: str) -> list[psutil.Process]:
    assert world.process is not None
    return [child for child in psutil.Process(world.process.pid).children() if module in child.cmdline()]


def logged(world: World, name: str) -> list[dict[str, Any]]:
    return [event for event in world.log if event["event"] == name]


def takers(world: World) -> set[str | None]:
    """Processes that have taken mail."""
    return {event.get("process") for event in logged(world, "mail_received")}


def one_client_each(world: World) -> list[Client]:
    """Clients that are there at once, so that each process has one; the daemon has the last."""
    return [Client(world) for _ in ALL]


def greeting(world: World) -> int:
    """What somebody hears who connects now."""
    with closing(smtplib.SMTP(timeout=PATIENCE)) as smtp:
        return smtp.connect("127.0.0.1", world.port)[0]


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_every_mail_is_there_once_whoever_took_it_and_whoever_was_killed(worlds: Worlds, store: str) -> None:
    with World(SETTINGS, store_url=worlds.database() if store == "postgresql" else "") as world:
        with Load(world, clients=6) as load:
            load.wait_for(60)
            assert takers(world) == ALL
            for acceptor in acceptors(world):
                acceptor.kill()
            load.wait_for(20)
            until(lambda: len(logged(world, "acceptor_restarted")) == ACCEPTORS, "the acceptors to be back")
            load.wait_for(20)

        assert [event["how"] for event in logged(world, "acceptor_died")] == ["ended by SIGKILL"] * ACCEPTORS
        assert_kept(world, load)
        assert world.stop() == 0


def test_acceptors_end_with_their_daemon_and_the_next_one_has_new_ones(world: World) -> None:
    with Load(world, clients=6) as load:
        load.wait_for(30)
        orphans = acceptors(world)
        assert len(orphans) == ACCEPTORS
        world.kill()
        world.start()
        load.wait_for(30)

    _, alive = psutil.wait_procs(orphans, PATIENCE)
    assert not alive
    assert_kept(world, load)


def test_reload_is_heard_by_all_and_no_connection_dropped(world: World) -> None:
    clients = one_client_each(world)

    def answers() -> list[str]:
        return [client.say("RCPT TO:<vases@acme.example>")[:3] for client in clients]

    assert [client.say("MAIL FROM:<carla@shop.example>")[:3] for client in clients] == ["250"] * 3
    assert answers() == ["550"] * 3
    world.configure({"desk": {"aliases": ["vases@acme.example"]}})
    assert world.process is not None
    world.process.send_signal(signal.SIGHUP)
    until(lambda: {event.get("process") for event in logged(world, "settings_taken_up")} == ALL, "all to hear it")

    assert answers() == ["250"] * 3


def test_acceptor_that_starts_after_a_reload_has_the_new_settings(world: World) -> None:
    world.configure({"desk": {"aliases": ["vases@acme.example"]}})
    assert world.process is not None
    world.process.send_signal(signal.SIGHUP)
    until(lambda: len(logged(world, "settings_taken_up")) == len(ALL), "all to hear it")
    # nobody has accepted this one
    world.config.write_text("[desk\n", encoding="utf-8")
    acceptors(world)[0].kill()
    until(lambda: logged(world, "acceptor_restarted"), "the acceptor to be back")

    for client in one_client_each(world):
        client.say("MAIL FROM:<carla@shop.example>")
        assert client.say("RCPT TO:<vases@acme.example>").startswith("250 ")


def test_stop_finishes_mails_that_have_begun_and_says_421_to_the_rest(world: World) -> None:
    sending, idle = one_client_each(world), one_client_each(world)
    for number, client in enumerate(sending):
        client.begins(world.customer(f"carla@shop{number}.example").drafts(f"Vase {number}"))

    assert world.process is not None
    world.process.terminate()

    for client in idle:
        assert client.reply().startswith("421 4.3.2 ")
    for client in sending:
        client.send(b"It was a present.\r\n.\r\n")
        assert client.reply().startswith("250 ")
        assert client.reply().startswith("421 4.3.2 ")
    assert world.process.wait(STOP_WITHIN) == 0
    assert takers(world) == ALL
    titles = [ticket["title"] for ticket in world.json("ticket", "list")["tickets"]]
    assert sorted(titles) == ["Vase 0", "Vase 1", "Vase 2"]


def test_bound_on_connections_is_that_of_the_settings() -> None:
    listener = {"max_connections_per_peer": 5}
    with World({**SETTINGS, "intake": {}}, start=False) as world, ExitStack() as leaving:
        world.configure({"intake": {"smtp": [{"listen": [f"127.0.0.1:{world.port}"], **listener}]}})
        world.start()
        clients = [Client(world) for _ in range(5)]
        for client in clients:
            leaving.callback(client.hang_up)

        assert greeting(world) == 421
        clients[0].say("QUIT")

        until(lambda: greeting(world) == 220, "room for one more")


# -- mail that kills


def crashed(world: World, raw: bytes, **boards: int) -> None:
    """Leaves boards as processes leave them that have died over this mail: digest and count."""
    data = world.folder / "data"
    data.mkdir(mode=0o700)
    for name, times in boards.items():
        (data / name.replace("_", ".")).write_bytes(sha256(raw).digest() + bytes([times]))


@pytest.fixture
def suspect() -> bytes:
    """The mail over which processes have died."""
    fields = ("From: Carla <carla@shop.example>", f"To: {DESK}", "Subject: Broken vase", "Message-ID: <1@shop.example>")
    return "\r\n".join((*fields, "", "It was a present.", "")).encode()


def test_mail_that_killed_an_acceptor_is_read_in_the_sandbox_by_the_daemon(suspect: bytes) -> None:
    with World(SETTINGS, start=False) as world:
        crashed(world, suspect, parsing_board_2=1)
        world.start()
        *_, at_daemon = one_client_each(world)

        at_daemon.begins(suspect + b".\r\n")
        assert at_daemon.reply().startswith("250 ")

        assert takers(world) == {None}
        assert len(children(world, "mailticket.intake.sandbox_child")) == 1
        (ticket,) = world.tickets_of("carla@shop.example")
        assert ticket.title == "Broken vase"


@pytest.mark.parametrize(
    "boards",
    [
        {"parsing_board": 1, "parsing_board_1": 1, "parsing_board_2": 1},
        {"parsing_board_1": 2, "parsing_board_7": 1},
    ],
    ids=["of all processes", "of a process that is no more"],
)
def test_deaths_of_all_processes_add_up_to_quarantine(suspect: bytes, boards: dict[str, int]) -> None:
    with World(SETTINGS, start=False) as world:
        crashed(world, suspect, **boards)
        world.start()
        carla = Customer(world, "Carla <carla@shop.example>", "none")

        assert carla.sends(suspect) == 250

        (kept,) = world.json("quarantine", "list")["quarantine"]
        assert "died 3 times" in kept["reason"]
        assert {path.name for path in (world.folder / "data").glob("parsing.board*")} == {
            "parsing.board", "parsing.board.1", "parsing.board.2",
        }  # fmt: skip
