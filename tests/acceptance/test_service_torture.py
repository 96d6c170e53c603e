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
from tests.bombs import BOMBS

#: Seconds for a NOOP of somebody else. A tenth of a second is the aim, and slow machines are busy with other tests.
PROMPT = 3.0
#: For one hostile mail, from its end to the reply.
ANSWERED_WITHIN = 60.0
#: Bytes of the whole service, its sandboxes included.
MOST_MEMORY = 900 << 20
#: How it ends for the sender, where it is not by a 250.
REPLIES = {"more than the limit": 552, "10,000 relays": 554}


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
    return message_id, fields.encode() + BOMBS[name]()


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

    assert code == REPLIES.get(name, 250)
    assert neighbour.fault == ""
    assert neighbour.most_memory < MOST_MEMORY
    if code == 250:
        assert kept(world.folder / "data", message_id) == raw


def test_mail_after_all_this_is_a_ticket_like_any_other(world: World) -> None:
    carla = world.customer("Carla <carla@garden.example>")

    assert carla.writes("Broken vase") == 250

    assert carla.waits_for("confirmation").ticket.title == "Broken vase"
    assert world.stop() == 0
