"""Is a mailbox's thread alive, and shall it go on? What it and the threads around it say to each other."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime
from typing import TypeVar

from mailticket.errors import TemporaryError

Answer = TypeVar("Answer")


class Pulse:
    """Signs of life of a mailbox's thread, and the word to end it, for other threads."""

    def __init__(self, now: Callable[[], datetime], monotonic: Callable[[], float] = time.monotonic) -> None:
        self.now, self.monotonic = now, monotonic
        #: Finish what is in hand.
        self.stopping = threading.Event()
        #: Leave what is in hand.
        self.abandoned = threading.Event()
        self.beat()

    def beat(self) -> None:
        """The thread gets on."""
        self._last, self.last_at = self.monotonic(), self.now()

    @property
    def silent(self) -> float:
        """Seconds since the last sign of life."""
        return self.monotonic() - self._last


def answer_of(future: Future[Answer], pulse: Pulse) -> Answer:
    """What the ledger answers, however long it takes; TemporaryError once nobody waits for it any longer."""
    while not future.done():
        try:
            future.exception(timeout=0.2)
        except TimeoutError:
            pulse.beat()
            if pulse.abandoned.is_set():
                raise TemporaryError("stopped before the ledger answered") from None
    return future.result()
