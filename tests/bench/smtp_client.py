"""What does a sending server do? Hands mails over on several connections, each used again for the next mail.

In a process of its own: `python -m tests.bench.smtp_client PORT FOLDER SESSIONS` prints seconds and latencies as JSON.
"""

import json
import re
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_SENDER = re.compile(rb"(?m)^From: .*<([^<>\n]+)>$")
_RECIPIENT = b"support@support.example"


def main(port: int, folder: Path, sessions: int) -> None:
    """Sends every mail of `folder` once; fails where one is not taken."""
    mails = iter([_as_sent(file.read_bytes()) for file in sorted(folder.iterdir())])
    lock, latencies, faults = threading.Lock(), list[float](), list[BaseException]()

    def following() -> Iterator[tuple[bytes, bytes]]:
        while True:
            with lock:
                mail = next(mails, None)
            if mail is None:
                return
            yield mail

    def work() -> None:
        try:
            _session(port, following(), latencies)
        except BaseException as fault:  # noqa: BLE001  the main thread tells of it
            faults.append(fault)

    threads = [threading.Thread(target=work) for _ in range(sessions)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    if faults:
        raise faults[0]
    print(json.dumps({"seconds": seconds, "latencies": latencies}))


def _as_sent(raw: bytes) -> tuple[bytes, bytes]:
    """Sender, and the mail as it goes over the wire."""
    sender = _SENDER.search(raw)
    assert sender is not None
    wire = raw.replace(b"\n", b"\r\n").replace(b"\r\n.", b"\r\n..")
    return sender[1], wire + b".\r\n" if wire.endswith(b"\r\n") else wire + b"\r\n.\r\n"


def _session(port: int, mails: Iterator[tuple[bytes, bytes]], latencies: list[float]) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection, connection.makefile("rb") as replies:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _expect(replies)
        _say(connection, replies, b"EHLO client.example\r\n")
        for sender, wire in mails:
            _say(connection, replies, b"MAIL FROM:<" + sender + b">\r\n")
            _say(connection, replies, b"RCPT TO:<" + _RECIPIENT + b">\r\n")
            _say(connection, replies, b"DATA\r\n")
            connection.sendall(wire)
            sent = time.perf_counter()
            _expect(replies)
            latencies.append(time.perf_counter() - sent)
        connection.sendall(b"QUIT\r\n")


def _say(connection: socket.socket, replies: BinaryIO, command: bytes) -> None:
    connection.sendall(command)
    _expect(replies)


def _expect(replies: BinaryIO) -> None:
    while (line := replies.readline())[3:4] == b"-":
        pass
    if line[:1] not in (b"2", b"3"):
        raise RuntimeError(f"the server says {line!r}")


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
