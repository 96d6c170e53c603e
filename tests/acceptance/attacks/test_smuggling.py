"""Story: an odd end of DATA, so that one server sees one mail and the next one sees two (SEC Consult, 2023).

Into our own port, and out of it in an agent's answer, as the relay gets it byte by byte.
"""

import re
import socket
import threading
from collections.abc import Iterator

import pytest

from tests.acceptance.people import new_id
from tests.acceptance.wire import Client
from tests.acceptance.world import World, until

ENDINGS = [
    b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r.\r\n", b"\r\n.\r", b"\r\n.\n", b"\n.\r", b"\r.\n", b"\r\n\0.\r\n",
    b"\n\n.\r\r\n",
]  # fmt: skip
SMUGGLED = b"MAIL FROM:<ann@acme.example>\r\nRCPT TO:<support@acme.example>\r\nDATA\r\nSubject: smuggled\r\n\r\nx"


class Wire:
    """A relay that takes all mail, and keeps what stood between 354 and the end of DATA, byte by byte."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.mails: list[bytes] = []
        self.commands: list[bytes] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._converse, args=(client,), daemon=True).start()

    def _converse(self, client: socket.socket) -> None:
        with client, client.makefile("rb") as lines:
            client.sendall(b"220 hello\r\n")
            for line in lines:
                self.commands.append(line)
                if line.upper().startswith(b"DATA"):
                    client.sendall(b"354 go on\r\n")
                    self.mails.append(b"".join(iter(lines.readline, b".\r\n")))
                client.sendall(b"250 fine\r\n")


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    wire = Wire()
    yield wire
    wire.close()


@pytest.fixture(scope="module")
def world(wire: Wire) -> Iterator[World]:
    with World({"outbound": {"transport": "smtp", "host": "127.0.0.1", "port": wire.port, "tls": "none"}}) as world:
        yield world


@pytest.mark.parametrize("ending", ENDINGS, ids=repr)
def test_one_mail_comes_in_as_one(world: World, ending: bytes) -> None:
    carla, client = world.somebody(), Client(world)
    message_id = new_id(carla.address)
    head = f"From: {carla.name}\r\nSubject: Broken vase\r\nMessage-ID: {message_id}\r\n\r\nMy vase.".encode()

    client.begins(head + ending + SMUGGLED)
    assert client.say("\r\n.").startswith("250 ")
    # nothing of it was taken for a command: the next answer is the next command's
    assert client.say("NOOP").startswith("250 ")
    client.hang_up()

    [message] = world.ticket(world.explain(message_id)["ticket"]).messages
    assert "Subject: smuggled" in message.text
    assert world.tickets_of("ann@acme.example") == []


def test_one_answer_leaves_as_one(world: World, wire: Wire) -> None:
    carla = world.somebody()
    carla.writes("Broken vase")
    number = carla.ticket.number
    until(lambda: len(wire.mails) >= 1 and not world.outbox, "the confirmation to leave")
    before = len(wire.mails)
    words = "".join(f"My vase.{ending.decode().replace(chr(0), '')}{SMUGGLED.decode()}" for ending in ENDINGS)

    world.run("ticket", "reply", number, f".{words}\r\n.\r\n..end")
    until(lambda: len(wire.mails) > before and not world.outbox, "the answer to leave")

    [mail] = wire.mails[before:]
    assert re.search(rb"(?<!\r)\n|\r(?!\n)", mail) is None
    assert all(line == b"" or not line.startswith(b".") or line.startswith(b"..") for line in mail.split(b"\r\n"))
    assert not any(b"ann@acme.example" in command for command in wire.commands)
