"""What does an acceptor do? It serves the clients that the daemon gives it, until the daemon says stop or is gone.

`python -m mailticket.acceptors.child NUMBER DESCRIPTOR`: the descriptor is its end of the channel. It accepts nobody
itself, so whatever becomes of it, the port is the daemon's.
"""

import asyncio
import pickle
import signal
import socket
import sys

import structlog
import uvloop

from mailticket import interpreter, log
from mailticket.acceptors.channel import Channel
from mailticket.config import Settings
from mailticket.errors import MailticketError
from mailticket.reception import Reception
from mailticket.tally import Tally, packed

events = structlog.get_logger()


class _Acceptor:
    """This process; `serve` is its life."""

    def __init__(self, number: int, sock: socket.socket) -> None:
        self._number = number
        self._loop = asyncio.get_running_loop()
        self._settings: Settings | None = None
        self._reception: Reception | None = None
        #: There are settings, or there is nothing more to do.
        self._told, self._stop = asyncio.Event(), asyncio.Event()
        self._channel = Channel(sock, self._heard, self._end)

    async def serve(self) -> None:
        """Raises what Reception raises where it cannot begin."""
        for number in (signal.SIGTERM, signal.SIGINT):
            self._loop.add_signal_handler(number, self._end)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # the daemon's to hear
        await self._told.wait()
        if self._settings is None:
            return
        service = self._settings.service
        log.configure(service.log, service.log_level, process=f"acceptor-{self._number}")
        self._reception = reception = Reception(self._settings, self._number)
        reception.ledger.committed = self._tell_of_commit
        try:
            for intake in reception.smtp:
                await intake.open()
            interpreter.tune()
            self._channel.say("ready")
            await self._stop.wait()
        finally:
            await reception.close_doors()
            await reception.finish()

    def _end(self) -> None:
        self._stop.set()
        self._told.set()

    def _tell_of_commit(self, tally: Tally) -> None:
        """From any thread."""
        self._loop.call_soon_threadsafe(self._channel.say, "committed", packed(tally))

    def _heard(self, word: str, body: bytes, client: socket.socket | None) -> None:
        match word:
            case "settings":
                self._take_up(pickle.loads(body))  # noqa: S301  what our own parent has written
            case "client":
                assert self._reception is not None
                listener, name = body.split()
                if client is None:
                    events.error("client_lost", reason="too many open files; raise LimitNOFILE of the service")
                    self._channel.say("gone", name)
                    return
                client.setblocking(False)
                self._reception.smtp[int(listener)].take(client, lambda: self._channel.say("gone", name))
            case "ping":
                self._channel.say("pong")
            case "stop":
                self._end()

    def _take_up(self, settings: Settings) -> None:
        self._settings = settings
        self._told.set()
        if self._reception is not None:
            self._reception.take_up(settings)
            events.info("settings_taken_up")


def main(number: int, descriptor: int) -> int:
    """Exit status 1: it could not begin, the log says why."""
    log.configure("json", process=f"acceptor-{number}")

    async def serve() -> None:
        await _Acceptor(number, socket.socket(fileno=descriptor)).serve()

    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve())
    except MailticketError as error:
        events.error("acceptor_not_started", reason=str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
