"""Who keeps the acceptors alive, and who gets the next client? The dead are started again, clients are spread."""

import asyncio
from collections.abc import Callable

import structlog

from mailticket.acceptors.acceptor import Acceptor
from mailticket.config import Settings
from mailticket.errors import MailticketError
from mailticket.intake.smtp import Give
from mailticket.tally import Tally

log = structlog.get_logger()

#: Seconds before a dead one is started again; doubled each time, until one has lived for a while.
_PAUSE, _LONGEST_PAUSE, _A_WHILE = 1.0, 60.0, 60.0


class NotStarted(MailticketError):
    """An acceptor could not be started; the log says why, above."""


class Acceptors:
    """All of a service. `start` before use, `stop` at the end."""

    def __init__(self, settings: Callable[[], Settings], *, at_home: Callable[[], int]) -> None:
        """`settings` are those in force, `at_home` counts the clients that the daemon serves itself."""
        self._settings, self._at_home = settings, at_home
        #: Called after every commit of mail by one of them.
        self.committed: Callable[[Tally], None] = lambda _: None
        self._all: set[Acceptor] = set()
        self._ready: set[Acceptor] = set()
        self._keepers: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Returns when all take clients. Raises NotStarted; those that were started are there until `stop`."""
        numbers = range(1, self._settings().service.acceptors + 1)
        try:
            first = await asyncio.gather(*map(self._start, numbers))
        except OSError as error:
            raise NotStarted(f"an acceptor could not be started: {error.strerror}") from error
        if not all(await asyncio.gather(*map(self._is_ready, first))):
            raise NotStarted
        self._keepers = [asyncio.create_task(self._keep(acceptor)) for acceptor in first]
        if first:
            log.info("acceptors_started", acceptors=len(first))

    def next_for(self, listener: int) -> Give | None:
        """Who takes the next client of this listener: the process with the fewest, None for the daemon itself."""
        least = min(self._ready, key=lambda acceptor: (acceptor.connections, acceptor.number), default=None)
        # the daemon has more to do than the others
        return least.giver(listener) if least and least.connections <= self._at_home() else None

    def take_up(self, settings: Settings) -> None:
        """Tells all of them the new settings in force."""
        for acceptor in self._all:
            acceptor.take_up(settings)

    async def stop(self, within: float) -> None:
        """All have finished what they began and are gone."""
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*(acceptor.stop(within) for acceptor in self._all))

    async def _start(self, number: int) -> Acceptor:
        acceptor = await Acceptor.start(number, self._settings(), self.committed)
        self._all.add(acceptor)
        return acceptor

    async def _is_ready(self, acceptor: Acceptor) -> bool:
        if ready := await acceptor.ready():
            self._ready.add(acceptor)
        return ready

    async def _keep(self, acceptor: Acceptor) -> None:
        """Starts its successor whenever one has died."""
        loop = asyncio.get_running_loop()
        pause, began = _PAUSE, loop.time()
        while True:
            how = await acceptor.ended()
            self._all.discard(acceptor)
            self._ready.discard(acceptor)
            if loop.time() - began > _A_WHILE:
                pause = _PAUSE
            log.error("acceptor_died", acceptor=acceptor.number, how=how, again_in=pause)
            await asyncio.sleep(pause)
            pause, began = min(2 * pause, _LONGEST_PAUSE), loop.time()
            try:
                acceptor = await self._start(acceptor.number)
            except OSError as error:  # too many processes; what has ended says so at once
                log.error("acceptor_not_started", acceptor=acceptor.number, reason=str(error))
                continue
            if await self._is_ready(acceptor):
                log.info("acceptor_restarted", acceptor=acceptor.number)
