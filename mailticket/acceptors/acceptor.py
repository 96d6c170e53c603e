"""How does the daemon see one acceptor? A process that is started, given clients, asked for life signs, and ended."""

import asyncio
import itertools
import pickle
import signal
import socket
import sys
from collections.abc import Callable
from functools import partial

import structlog

from mailticket.acceptors.channel import Channel
from mailticket.config import Settings
from mailticket.intake.sandbox_child import environment
from mailticket.intake.smtp import Give
from mailticket.tally import Tally, unpacked

log = structlog.get_logger()

#: Seconds for it to load, open the store, and wait until the one before it has let go of its board.
_READY_WITHIN = 60.0
#: Seconds between two pings.
PING_EVERY = 5.0
#: So many may stay unanswered: 20 s of silence.
_UNANSWERED = 4
#: What systemd has told the daemon is the daemon's alone.
_SYSTEMD = ("LISTEN_", "NOTIFY_SOCKET", "WATCHDOG_")


class Acceptor:
    """One process. Made by `start`; belongs to the event loop's thread."""

    def __init__(
        self,
        number: int,
        process: asyncio.subprocess.Process,
        sock: socket.socket,
        committed: Callable[[Tally], None],
        ping_every: float,
    ) -> None:
        """`sock` is our end of the channel."""
        self.number = number
        self._process = process
        self._committed = committed
        self._ping_every = ping_every
        self._names = itertools.count(1)
        #: Who is in, and whom that interests.
        self._clients: dict[bytes, Callable[[], None]] = {}
        self._ready = asyncio.Event()
        self._unanswered = 0
        self._channel = Channel(sock, self._heard, self._forget_clients)
        self._life = asyncio.create_task(self._live())

    @classmethod
    async def start(
        cls, number: int, settings: Settings, committed: Callable[[Tally], None], *, ping_every: float = PING_EVERY
    ) -> "Acceptor":
        """Starts it; `committed` is called after each of its commits of mail. Raises OSError."""
        ours, theirs = socket.socketpair()
        with theirs:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-P", "-m", "mailticket.acceptors.child", str(number), str(theirs.fileno()),
                stdin=asyncio.subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env={name: value for name, value in environment().items() if not name.startswith(_SYSTEMD)},
                start_new_session=True,
            )  # fmt: skip
        acceptor = cls(number, process, ours, committed, ping_every)
        acceptor.take_up(settings)
        return acceptor

    @property
    def connections(self) -> int:
        """Clients that it serves now."""
        return len(self._clients)

    async def ready(self) -> bool:
        """Waits until it takes clients; False where it has ended instead."""
        waiting = asyncio.create_task(self._ready.wait())
        await asyncio.wait({waiting, self._life}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        return not self._life.done()

    async def ended(self) -> str:
        """Waits for its end, which comes by force where it falls silent; says how it came."""
        return await asyncio.shield(self._life)

    def giver(self, listener: int) -> Give:
        """How it is given a client of this listener."""
        return partial(self._give, listener)

    def take_up(self, settings: Settings) -> None:
        """Tells it the settings that are in force."""
        self._channel.say("settings", pickle.dumps(settings))

    async def stop(self, within: float) -> None:
        """Tells it to finish what it began and to end, and waits for that; kills it after `within` seconds."""
        self._channel.say("stop")
        await asyncio.wait({self._life}, timeout=within)
        if not self._life.done():
            self._kill(f"it has not ended within {within:g} s")
            await self._life

    def _give(self, listener: int, client: socket.socket, gone: Callable[[], None]) -> bool:
        name = str(next(self._names)).encode()
        if not self._channel.give("client", b"%d %s" % (listener, name), client):
            return False
        self._clients[name] = gone
        return True

    def _heard(self, word: str, body: bytes, _client: socket.socket | None) -> None:
        match word:
            case "ready":
                self._ready.set()
            case "gone":
                self._clients.pop(body, lambda: None)()
            case "committed":
                self._committed(unpacked(body))
            case "pong":
                self._unanswered = 0

    async def _live(self) -> str:
        """Watches it until its end; returns how that came."""
        watch = asyncio.create_task(self._watch())
        try:
            status = await self._process.wait()
        finally:
            watch.cancel()
            self._channel.close()
            self._forget_clients()
        return f"ended by {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"

    async def _watch(self) -> None:
        try:
            async with asyncio.timeout(_READY_WITHIN):
                await self._ready.wait()
        except TimeoutError:
            self._kill(f"it was not ready within {_READY_WITHIN:g} s")
            return
        # counted in pings that were sent, so that a loop of ours that was held up holds nobody else guilty
        while self._unanswered < _UNANSWERED:
            self._unanswered += 1
            self._channel.say("ping")
            await asyncio.sleep(self._ping_every)
        self._kill(f"it has not answered for {_UNANSWERED * self._ping_every:g} s")

    def _kill(self, reason: str) -> None:
        log.error("acceptor_killed", acceptor=self.number, reason=reason)
        if self._process.returncode is None:
            self._process.kill()

    def _forget_clients(self) -> None:
        clients, self._clients = self._clients, {}
        for gone in clients.values():
            gone()
