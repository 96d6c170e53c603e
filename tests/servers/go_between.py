"""Stands between an IMAP client and its server, and says what no server at hand can be made to say.

A fake, and only where nothing real can be had: Dovecot neither throttles single commands as Exchange does nor says BYE
in the middle of a session when a test wants it to. Everything else goes through as it is.
"""

import contextlib
import re
import socket
import threading
from types import TracebackType
from typing import Self


class GoBetween:
    """Runs between `with` and its end, in front of the port of a server that speaks in clear.

    `answers` maps a command (`FETCH`, `UID FETCH`) to what its next calls are answered, TAG being their tag; each line
    of the list serves one call, then the server answers again. "* BYE" ends the connection.
    """

    def __init__(self, port: int, answers: dict[str, list[str]] | None = None) -> None:
        self._server_port = port
        self.answers = answers or {}
        #: Commands that clients have given.
        self.commands: list[str] = []
        self.connections = 0

    def __enter__(self) -> Self:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._socket.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._socket.accept()
                self.connections += 1
                threading.Thread(target=self._pass_on, args=(client,), daemon=True).start()

    def _pass_on(self, client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", self._server_port)) as server:
            back = threading.Thread(target=_copy, args=(server, client), daemon=True)
            back.start()
            with contextlib.suppress(OSError):
                for line in client.makefile("rb"):
                    if not self._answered(line, client):
                        server.sendall(line)
            with contextlib.suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            back.join(10)

    def _answered(self, line: bytes, client: socket.socket) -> bool:
        found = re.match(rb"(\S+) ((?:UID )?[A-Z]+)", line)
        command = found[2].decode() if found else ""
        self.commands.append(command)
        waiting = self.answers.get(command)
        if found is None or not waiting:
            return False
        answer = waiting.pop(0)
        client.sendall((answer.replace("TAG", found[1].decode()) + "\r\n").encode())
        if answer.startswith("* BYE"):
            client.shutdown(socket.SHUT_RDWR)
        return True


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_RDWR)
