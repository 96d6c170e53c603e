"""Who sits between us and our mail servers? A server of SMTP or IMAP that does with STARTTLS what it is told to do."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """How a protocol says things. TAG stands for a command's tag; `offer` is what a client looks for before TLS."""

    greeting: bytes
    #: First word of a command -> answer.
    answers: dict[bytes, bytes]
    offer: bytes
    yes: bytes
    no: bytes
    #: What is slipped in behind `yes`, to be read as if it had come encrypted.
    slipped: bytes


SMTP = Tongue(
    greeting=b"220 relay.acme.example ESMTP\r\n",
    answers={b"EHLO": b"250-relay.acme.example\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n", b"QUIT": b"221 bye\r\n"},
    offer=b"250-STARTTLS\r\n",
    yes=b"220 go ahead\r\n",
    no=b"454 not now\r\n",
    slipped=b"250-relay.acme.example\r\n250 AUTH LOGIN\r\n",
)
IMAP = Tongue(
    greeting=b"* OK hello\r\n",
    answers={b"CAPABILITY": b"* CAPABILITY IMAP4rev1 STARTTLS\r\nTAG OK done\r\n", b"LOGOUT": b"TAG OK bye\r\n"},
    offer=b" STARTTLS",
    yes=b"TAG OK go ahead\r\n",
    no=b"TAG NO not now\r\n",
    slipped=b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n",
)


class ManInBetween:
    """Listens between `with` and its end, and writes down every line that it hears, before TLS and in it.

    `does`: "honest"; "strips" the offer; "refuses" the command; "slips in" words behind its yes; "preauth" (IMAP).
    """

    def __init__(self, tongue: Tongue, does: str, tls: ssl.SSLContext) -> None:
        self._tongue, self._does, self._tls = tongue, does, tls
        self.heard: list[bytes] = []
        self.handshakes = 0

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # close() alone leaves a thread in accept()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(20)
        self._listener.close()

    @property
    def secrets(self) -> list[bytes]:
        """What it heard of logins and of mail."""
        wanted = (b"AUTH", b"LOGIN", b"MAIL")
        return [line for line in self.heard if any(word in line.upper() for word in wanted)]

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                client.settimeout(20)
                with contextlib.suppress(OSError):
                    self._converse(client)
                client.close()

    def _converse(self, client: socket.socket) -> None:
        greeting = (
            self._tongue.greeting.replace(b"OK", b"PREAUTH") if self._does == "preauth" else self._tongue.greeting
        )
        client.sendall(greeting)
        for line in _lines(client):
            self.heard.append(line)
            tag, command = _words(line, self._tongue)
            if command == b"STARTTLS":
                yes = self._tongue.yes + (self._tongue.slipped if self._does == "slips in" else b"")
                client.sendall((self._tongue.no if self._does == "refuses" else yes).replace(b"TAG", tag))
                if self._does != "refuses":
                    with self._tls.wrap_socket(client, server_side=True) as encrypted:
                        self.handshakes += 1
                        self._in_tls(encrypted)
                    return
            else:
                answer = self._tongue.answers.get(command, self._tongue.no)
                client.sendall(self._said(answer).replace(b"TAG", tag))

    def _in_tls(self, client: ssl.SSLSocket) -> None:
        """An honest server from here on: whoever trusts it would log in."""
        for line in _lines(client):
            self.heard.append(line)
            tag, command = _words(line, self._tongue)
            answer = self._tongue.answers.get(command, self._tongue.no)
            client.sendall(answer.replace(self._tongue.offer, b"").replace(b"TAG", tag))

    def _said(self, answer: bytes) -> bytes:
        return answer.replace(self._tongue.offer, b"") if self._does == "strips" else answer


def _lines(client: socket.socket) -> Iterator[bytes]:
    """Read byte by byte: what belongs to the handshake must not be taken along."""
    line = b""
    while byte := client.recv(1):
        line += byte
        if byte == b"\n":
            yield line
            line = b""


def _words(line: bytes, tongue: Tongue) -> tuple[bytes, bytes]:
    words = line.upper().split()
    return (line.split()[0], words[1]) if tongue is IMAP else (b"", words[0])
