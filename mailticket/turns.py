"""Who waits for whom? Work that waits a lot, in threads of its own, of which nobody can take more than their share;
what is done by many threads at once, and goes on in the order in which it came; and who comes too late.
"""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Door:
    """Lets in who comes before it is shut. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_open = True

    def enter(self, act: Callable[[], object]) -> bool:
        """Does `act`, which must be quick, and is True; False where the door is shut."""
        with self._lock:
            if self._is_open:
                act()
            return self._is_open

    def shut(self) -> None:
        """After this nobody enters; whoever was in the door is through."""
        with self._lock:
            self._is_open = False


class Lanes(Generic[Item]):
    """What is done in any order leaves each lane in the order in which it entered. Thread-safe."""

    def __init__(self, leave: Callable[[Item], None]) -> None:
        """`leave` must be quick: it is called for one item at a time."""
        self._leave = leave
        self._lock = threading.Lock()
        #: Places, each empty until it is known what has become of it.
        self._lanes: dict[str, deque[list[Item | None]]] = {}

    def enter(self, name: str) -> Callable[[Item | None], None]:
        """A place; to be called exactly once, with what shall leave, or None."""
        place: list[Item | None] = []
        with self._lock:
            lane = self._lanes.setdefault(name, deque())
            lane.append(place)

        def done(item: Item | None) -> None:
            with self._lock:
                place.append(item)
                while lane and lane[0]:
                    (first,) = lane.popleft()
                    if first is not None:
                        self._leave(first)
                if not lane:
                    self._lanes.pop(name, None)

        return done


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
