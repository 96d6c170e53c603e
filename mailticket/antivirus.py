"""What does clamd say of a file? INSTREAM of clamd(8), a connection a file; what it cannot look at is not let through.

There is no way round it: while it does not answer, mail with files is not taken, and its sender tries again.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from mailticket.errors import TemporaryError, said_by

_CHUNK = 256 * 1024
_CONNECT_SECONDS, _SCAN_SECONDS = 5.0, 120.0
#: clamd's answers are one short line.
_LONGEST_ANSWER = 4096

#: Why a file is withheld, for the customer to read: the first with what was found.
INFECTED, NOT_SCANNED = "infected: ", "could not be scanned for viruses"


class NoScanner(TemporaryError):
    """clamd does not answer."""


class Clamd:
    """clamd at a socket: an absolute path, or HOST:PORT. Thread-safe."""

    def __init__(self, place: str) -> None:
        self.place = place

    def scan(self, data: bytes) -> str:
        """Why a file with these bytes has to be withheld, "" where it is clean. Raises NoScanner."""
        answer = self._asked(b"zINSTREAM\0", data)
        if answer == "stream: OK":
            return ""
        name, found, _ = answer.removeprefix("stream: ").rpartition(" FOUND")
        # an error speaks of this file: too large for StreamMaxLength, or something that clamd broke off
        return INFECTED + (name if name.isprintable() else "something") if found else NOT_SCANNED

    def version(self) -> str:
        """How it calls itself, with the age of its signatures. Raises NoScanner."""
        return self._asked(b"zVERSION\0")

    def _asked(self, command: bytes, data: bytes | None = None) -> str:
        try:
            with self._connection() as connection:
                connection.sendall(command)
                if data is not None:
                    _stream(connection, data)
                answer = _answer(connection)
        except OSError as error:
            raise NoScanner(f"clamd at {self.place} does not answer: {said_by(error)}.") from error
        if not answer:
            raise NoScanner(f"clamd at {self.place} hung up without an answer.")
        return answer

    @contextmanager
    def _connection(self) -> Iterator[socket.socket]:
        if self.place.startswith("/"):
            connection = socket.socket(socket.AF_UNIX)
            connection.settimeout(_CONNECT_SECONDS)
        else:
            host, _, port = self.place.rpartition(":")
            connection = socket.create_connection((host.strip("[]"), int(port)), _CONNECT_SECONDS)
        with connection:
            if self.place.startswith("/"):
                connection.connect(self.place)
            connection.settimeout(_SCAN_SECONDS)
            yield connection


def _stream(connection: socket.socket, data: bytes) -> None:
    """Each piece with its length before it, four bytes big-endian; a piece of none ends it."""
    view = memoryview(data)
    try:
        for at in range(0, len(view), _CHUNK):
            piece = view[at : at + _CHUNK]
            connection.sendall(len(piece).to_bytes(4, "big"))
            connection.sendall(piece)
        connection.sendall(bytes(4))
    except (BrokenPipeError, ConnectionResetError):
        pass  # it has heard more than it wants, and its answer says so


def _answer(connection: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER:
        piece = connection.recv(_LONGEST_ANSWER)
        if not piece:
            break
        answer += piece
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()
