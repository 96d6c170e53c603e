"""What tests of the relay connection send, and over which settings."""

import socket
import threading
from typing import Any

from mailticket.outbound.relay import Relay
from mailticket.settings.outbound import OutboundSettings

DESK, CARLA, BOB = "support@acme.example", "carla@shop.example", "bob@shop.example"
MAIL = b"Subject: x\r\nMessage-ID: <t@acme.example>\r\n\r\n.\r\n..dots\r\n.\r\nlast\r\n"


def make_relay(port: int, password: str = "", **over: Any) -> Relay:
    """A relay on this machine that wants no TLS, unless `over` says otherwise."""
    settings = OutboundSettings(**{"host": "127.0.0.1", "port": port, "tls": "none", "timeout": 10} | over)
    return Relay(settings, lambda: password)


class Script:
    """A server that says prepared lines, one script a connection; a script's end hangs up."""

    def __init__(self, *scripts: list[bytes]) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.heard: list[list[bytes]] = []
        self._scripts = scripts
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        for script in self._scripts:
            client, _ = self._listener.accept()
            heard: list[bytes] = []
            self.heard.append(heard)
            with client, client.makefile("rb") as lines:
                for reply in script:
                    client.sendall(reply + b"\r\n")
                    heard.append(lines.readline())
                    while reply.startswith(b"354") and heard[-1] not in (b".\r\n", b""):
                        heard.append(lines.readline())
        self._listener.close()


GREETING = [b"220 hello", b"250 hello"]
TAKEN = [b"250 sender", b"250 recipient", b"354 go on", b"250 taken"]
