"""Files before a real clamd: clean, infected, too large for it, and a clamd that is away or behaves oddly."""

import socket
import threading
from collections.abc import Iterator

import pytest

from mailticket.antivirus import Clamd, NoScanner
from tests.servers import clamd as server


@pytest.fixture(scope="module")
def running() -> Iterator[server.Clamd]:
    with server.Clamd() as running:
        yield running


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", ""),
        (b"words", ""),
        (b"x" * (server.LARGEST - 1), ""),
        (b"words and " + server.VIRUS, f"infected: {server.NAME}"),
        (b"x" * 300_000 + server.VIRUS, f"infected: {server.NAME}"),
        (b"x" * (server.LARGEST + 1), "could not be scanned for viruses"),
        (b"x" * (20 * server.LARGEST), "could not be scanned for viruses"),
    ],
    ids=["empty", "clean", "as large as may be", "infected", "over two pieces", "too large", "far too large"],
)
@pytest.mark.parametrize("way", ["socket", "address"])
def test_file_is_told_from_a_virus(running: server.Clamd, way: str, data: bytes, expected: str) -> None:
    assert Clamd(getattr(running, way)).scan(data) == expected


def test_version_is_named(running: server.Clamd) -> None:
    assert Clamd(running.socket).version().startswith("ClamAV ")


@pytest.mark.parametrize("place", ["/nowhere/clamd.ctl", "127.0.0.1:1"])
def test_nobody_there_is_no_clean_file(place: str) -> None:
    with pytest.raises(NoScanner, match="does not answer"):
        Clamd(place).scan(b"words")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"", None),
        (b"nonsense", "could not be scanned for viruses"),
        (b"stream: OK but not quite\0", "could not be scanned for viruses"),
        (b"stream: Evil\r\nName FOUND\0", "infected: something"),
    ],
    ids=["hangs up", "nonsense", "almost OK", "name with a line break"],
)
def test_odd_answer_lets_nothing_through(answer: bytes, expected: str | None) -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        client, _ = listener.accept()
        with client:
            while not client.recv(65536).endswith(bytes(4)):
                pass
            client.sendall(answer)

    threading.Thread(target=serve, daemon=True).start()
    scanner = Clamd(f"127.0.0.1:{listener.getsockname()[1]}")

    if expected is None:
        with pytest.raises(NoScanner, match="hung up"):
            scanner.scan(b"words")
    else:
        assert scanner.scan(b"words") == expected
    listener.close()
