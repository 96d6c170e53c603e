"""A desk that listens and a client that talks to it: real sockets, both event loops, a stand-in behind them."""

import asyncio
import gc
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import uvloop

from mailticket.desk.receipt import Opened, Receipt
from mailticket.intake.limits import InFlight
from mailticket.intake.logins import Logins
from mailticket.intake.smtp import SmtpIntake
from mailticket.intake.smtp_path import Recipients
from mailticket.mail.message import Envelope
from mailticket.settings.intake import SmtpSettings

LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
ADDRESSES = frozenset({"support@acme.example", "returns@acme.example", "hallo@bücher.example"})
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class LedgerStandIn:
    """Takes every mail and tells whatever it was told to; the ledger is tested elsewhere."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.envelopes: list[Envelope] = []
        self.receipt: Receipt = Opened(ticket="2611-0001")
        self.fault: Exception | None = None
        #: A commit has begun; it ends once `may_commit` is set.
        self.begun = asyncio.Event()
        self.may_commit = asyncio.Event()
        self.may_commit.set()

    async def receive(self, raw: bytes, envelope: Envelope) -> Receipt:
        self.begun.set()
        await self.may_commit.wait()
        if self.fault:
            raise self.fault
        self.mails.append(raw)
        self.envelopes.append(envelope)
        return self.receipt


class Client:
    """One connection; replies are read as text, lines of one reply joined by a line end."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def reply(self) -> str:
        """The next reply; "" where the desk has hung up."""
        lines = [await self.reader.readline()]
        while lines[-1][3:4] == b"-":
            lines.append(await self.reader.readline())
        return b"".join(lines).decode().replace("\r\n", "\n").rstrip("\n")

    async def say(self, *commands: str) -> str:
        """Commands one by one; the reply to the last."""
        reply = ""
        for command in commands:
            self.send(command.encode() + b"\r\n")
            reply = await self.reply()
        return reply

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def mail(self, data: bytes, *recipients: str) -> str:
        """One mail, its end included in `data`; the reply to it."""
        named = recipients or ("support@acme.example",)
        await self.say("MAIL FROM:<carla@shop.example>", *(f"RCPT TO:<{recipient}>" for recipient in named))
        assert (await self.say("DATA")).startswith("354")
        self.send(data)
        return await self.reply()

    def reset(self) -> None:
        """Go without a word: RST, not FIN, so that the desk knows that nobody reads any more."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def start_tls(self, context: ssl.SSLContext) -> None:
        """After the 220 to STARTTLS."""
        await self.writer.start_tls(context)


class Desk:
    """A running SmtpIntake."""

    def __init__(self, intake: SmtpIntake, ledger: LedgerStandIn, in_flight: InFlight) -> None:
        self.intake = intake
        self.ledger = ledger
        self._in_flight = in_flight
        self._clients: list[Client] = []

    @property
    def held(self) -> int:
        """Bytes received and not committed."""
        return self._in_flight.held

    @property
    def connections(self) -> int:
        """Open connections."""
        return self.intake.connections

    async def connect(self, path: str = "", source: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> Client:
        """A connection before its greeting; `tls` where that begins at once."""
        if path:
            streams = await asyncio.open_unix_connection(path)
        else:
            port = self.intake.ports[0]
            streams = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0), ssl=tls)
        self._clients.append(Client(*streams))
        return self._clients[-1]

    async def client(self, greeting: str = "EHLO shop.example") -> Client:
        """A connection that has been greeted and has greeted."""
        client = await self.connect()
        assert (await client.reply()).startswith("220 desk.example ")
        assert (await client.say(greeting)).startswith("250")
        return client

    def hang_up(self) -> None:
        for client in self._clients:
            client.writer.close()


@asynccontextmanager
async def desk(
    sockets: Mapping[str, list[socket.socket]] | None = None,
    addresses: Callable[[], Recipients] = lambda: ADDRESSES,
    logins: Logins | None = None,
    **settings: Any,
) -> AsyncIterator[Desk]:
    """A desk that listens with these `[[intake.smtp]]` settings, some of which may be out of an operator's bounds."""
    defaults = SmtpSettings(listen=("127.0.0.1:0",), hostname="desk.example")
    ledger, in_flight = LedgerStandIn(), InFlight()
    intake = SmtpIntake(
        defaults.model_copy(update=settings),
        ledger,
        addresses,
        trusted_authserv=("mx.acme.example",),
        in_flight=in_flight,
        logins=logins,
        now=lambda: NOW,
    )
    await intake.start(sockets or {})
    running = Desk(intake, ledger, in_flight)
    try:
        yield running
    finally:
        running.hang_up()
        ledger.may_commit.set()
        await intake.stop(5)


def on_loop(name: str, story: Callable[[], Awaitable[None]]) -> None:
    """Run `story` on the loop of that name; it fails where it hangs, and where the loop met an error nobody took."""
    unheard: list[Mapping[str, Any]] = []

    async def bounded() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: unheard.append(context))
        async with asyncio.timeout(20):
            await story()
        gc.collect(1)  # an error in a task is told when the task goes

    with asyncio.Runner(loop_factory=LOOPS[name]) as runner:
        runner.run(bounded())
    assert not unheard, unheard


async def until(claim: Callable[[], bool]) -> None:
    """Wait until `claim` holds."""
    while not claim():
        await asyncio.sleep(0.005)
