"""Mail that is meant to harm: each gets its answer, its bytes are kept, and meanwhile others are served."""

import smtplib
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
import pytest
from sqlalchemy import select

from mailticket.store.blobs import BlobFolder
from mailticket.store.engine import Store
from mailticket.store.tables import receipts
from tests.acceptance.world import World

#: Seconds for a NOOP of somebody else; the event loop is to be free in a tenth of it.
PROMPT = 1.0
#: For one hostile mail, from its end to the reply.
ANSWERED_WITHIN = 60.0
#: Bytes of the whole service, its sandboxes included.
MOST_MEMORY = 900 << 20

_MULTIPART = b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n"
_PART = b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n"


def folded(name: bytes, piece: bytes, times: int) -> bytes:
    """One header field of many lines."""
    return name + b": " + b"\r\n ".join([piece] * times) + b"\r\n"


#: Header fields and body that follow the ordinary ones; how it ends for the sender.
BOMBS = {
    "nested parts": (b"".join(_MULTIPART % (n, n) for n in range(3000)) + b"\r\nHello\r\n", 250),
    "nested mails": (b"Content-Type: message/rfc822\r\n\r\n" * 5000 + b"Hello\r\n", 250),
    "100,000 parts": (b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + _PART * 100_000 + b"--b--\r\n", 250),
    "33 MB of blank lines": (b"\r\n" + b"\r\n" * 16_500_000, 250),
    "one line of 30 MB": (b"\r\n" + b"a" * 30_000_000 + b"\r\n", 250),
    "more than the limit": (b"\r\n" + b"a line of some length\r\n" * 2_000_000, 552),
    "200,000 header fields": (b"X-A: b\r\n" * 200_000 + b"\r\nHello\r\n", 250),
    "a header field of 1.8 MB": (folded(b"X-A", b"x" * 900, 2000) + b"\r\nHello\r\n", 250),
    "100,000 addresses": (folded(b"Cc", b"a@shop.example,", 100_000) + b"\r\nHello\r\n", 250),
    "20,000 encoded words": (folded(b"Comments", b"=?utf-8?q?a?=", 20_000) + b"\r\nHello\r\n", 250),
    "45 KB of semicolons": (folded(b"Content-Type", b"text/plain" + b";" * 900, 50) + b"\r\nHello\r\n", 250),
    "nested comments": (b"Reply-To: " + b"(" * 3000 + b"\r\n\r\nHello\r\n", 250),
    "50,000 references": (folded(b"References", b"<a@shop.example>", 50_000) + b"\r\nHello\r\n", 250),
    "punycode as charset": (b"Content-Type: text/plain; charset=punycode\r\n\r\n" + b"a" * 200_000 + b"\r\n", 250),
    "escapes of ISO-2022": (
        b"Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n" + b"\x1b$B" * 1_000_000 + b"\r\n",
        250,
    ),
    "nested elements": (b"Content-Type: text/html\r\n\r\n" + b"<div>\r\n" * 300_000, 250),
    "nested tables": (b"Content-Type: text/html\r\n\r\n" + b"<table><tr><td>\r\n" * 20_000, 250),
    "a quotation without end": (b"\r\nOn " + (b" " * 900 + b"\r\n") * 100 + b"> x\r\n" * 300_000, 250),
    "10,000 relays": (b"Received: x\r\n" * 10_000 + b"\r\nHello\r\n", 554),
}


class Neighbour:
    """Somebody who is connected all the time, and asks for a sign of life again and again; notes the service's size."""

    def __init__(self, world: World) -> None:
        assert world.process is not None
        self._process = psutil.Process(world.process.pid)
        self._smtp = smtplib.SMTP("127.0.0.1", world.port, timeout=PROMPT)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._ask)
        self.fault = ""
        self.most_memory = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._thread.join()
        self._smtp.close()

    def _ask(self) -> None:
        while not self._stopping.wait(0.02):
            try:
                assert self._smtp.noop()[0] == 250
            except (OSError, smtplib.SMTPException) as error:
                self.fault = repr(error)
                return
            self.most_memory = max(self.most_memory, self._size())

    def _size(self) -> int:
        size = 0
        for process in (self._process, *self._process.children()):
            try:
                size += process.memory_info().rss
            except psutil.NoSuchProcess:
                continue  # a sandbox that has just ended
        return size


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World(start=False) as world:
        limit = {"listen": [f"127.0.0.1:{world.port}"], "max_message_size": 40_000_000}
        world.configure({"intake": {"smtp": [limit]}})
        world.start()
        yield world


def hostile(name: str) -> tuple[str, bytes]:
    """Message-ID and mail."""
    message_id = f"<{name.replace(' ', '.').replace(',', '')}@shop.example>"
    fields = f"From: Mallory <mallory@shop.example>\r\nSubject: {name}\r\nMessage-ID: {message_id}\r\n"
    return message_id, fields.encode() + BOMBS[name][0]


def send(world: World, raw: bytes) -> int:
    with smtplib.SMTP("127.0.0.1", world.port, timeout=ANSWERED_WITHIN) as smtp:
        smtp.ehlo()
        smtp.mail("mallory@shop.example")
        smtp.rcpt("support@acme.example")
        smtp.putcmd("DATA")
        assert smtp.getreply()[0] == 354
        smtp.send(raw + b".\r\n")
        return smtp.getreply()[0]


def kept(data: Path, message_id: str) -> bytes:
    """The raw mail as the store has it."""
    store = Store("", data)
    with store.reading() as connection:
        named = select(receipts.c.raw_sha256).where(receipts.c.message_id == message_id)
        raw = BlobFolder(data / "blobs").read(connection, connection.execute(named).scalar_one())
    store.close()
    return raw


@pytest.mark.parametrize("name", BOMBS)
def test_hostile_mail_is_answered_and_hurts_nobody_else(world: World, name: str) -> None:
    message_id, raw = hostile(name)

    with Neighbour(world) as neighbour:
        code = send(world, raw)

    assert code == BOMBS[name][1]
    assert neighbour.fault == ""
    assert neighbour.most_memory < MOST_MEMORY
    if code == 250:
        assert kept(world.folder / "data", message_id) == raw


def test_mail_after_all_this_is_a_ticket_like_any_other(world: World) -> None:
    carla = world.customer("Carla <carla@garden.example>")

    assert carla.writes("Broken vase") == 250

    assert carla.waits_for("confirmation").ticket.title == "Broken vase"
    assert world.stop() == 0
