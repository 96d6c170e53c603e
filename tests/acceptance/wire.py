"""Who speaks SMTP line by line? A client that can stop, wait or hang up in the middle of a mail."""

import socket

import psutil

from tests.acceptance.people import DESK
from tests.acceptance.waiting import PATIENCE
from tests.acceptance.world import World

#: Seconds within which a service that was told to stop has to be gone.
STOP_WITHIN = 20.0


class Client:
    """One that can stop in the middle of a mail."""

    def __init__(self, world: World) -> None:
        self._sock = socket.create_connection(("127.0.0.1", world.port), timeout=PATIENCE)
        self._lines = self._sock.makefile("rb")
        assert self.reply().startswith("220 ")
        assert self.say("HELO shop.example").startswith("250 ")

    @property
    def port(self) -> int:
        """Its own end's."""
        port: int = self._sock.getsockname()[1]
        return port

    def send(self, data: bytes) -> None:
        self._sock.sendall(data)

    def reply(self) -> str:
        """The next line, "" where the service has hung up."""
        return self._lines.readline().decode().rstrip()

    def say(self, line: str) -> str:
        self.send(f"{line}\r\n".encode())
        return self.reply()

    def begins(self, raw: bytes) -> None:
        """Sends a mail without its end."""
        assert self.say("MAIL FROM:<carla@shop.example>").startswith("250 ")
        assert self.say(f"RCPT TO:<{DESK}>").startswith("250 ")
        assert self.say("DATA").startswith("354 ")
        self.send(raw)

    def hang_up(self) -> None:
        self._lines.close()
        self._sock.close()


def is_connected(world: World, port: int) -> bool:
    """Whether the service has an open connection with the client at this port."""
    assert world.process is not None
    connections = psutil.Process(world.process.pid).net_connections("tcp")
    return any(one.raddr and one.raddr.port == port and one.status == "ESTABLISHED" for one in connections)
