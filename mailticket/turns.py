"""Who waits for whom? Work that waits a lot, in threads of its own, of which nobody can take more than their share."""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor


class Turns:
    """Does work in the order in which it comes, of one name's only some at once. Thread-safe."""

    def __init__(self, at_once: int, of_one_name: int, title: str) -> None:
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix=title)
        self._share = of_one_name
        self._lock = threading.Lock()
        #: Threads that a name has, and what waits until one of these is free.
        self._threads: dict[str, int] = {}
        self._waiting: dict[str, deque[Callable[[], None]]] = {}

    def submit(self, name: str, work: Callable[[], None]) -> None:
        """Does `work`, which never raises, when it is its turn."""
        with self._lock:
            threads = self._threads.get(name, 0)
            if threads >= self._share:
                self._waiting.setdefault(name, deque()).append(work)
                return
            self._threads[name] = threads + 1
        self._pool.submit(self._work, name, work)

    def finish(self) -> None:
        """Returns when all is done; nothing more may come."""
        self._pool.shutdown(wait=True)

    def _work(self, name: str, work: Callable[[], None] | None) -> None:
        while work is not None:
            work()
            work = self._next(name)

    def _next(self, name: str) -> Callable[[], None] | None:
        """What waits for this name's thread; None where nothing does, and the thread is anybody's."""
        with self._lock:
            if waiting := self._waiting.get(name):
                work = waiting.popleft()
                if not waiting:
                    del self._waiting[name]
                return work
            self._threads[name] -= 1
            if not self._threads[name]:
                del self._threads[name]
            return None
