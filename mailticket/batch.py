"""What waits for its commit, and how much of it shares one? Group commit, as the ledger does it."""

import queue
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from mailticket.pipeline import Prepared
from mailticket.store.together import together


@dataclass(slots=True, kw_only=True, eq=False)
class Entry:
    """Something that waits for its commit: a prepared mail, or any other write of this process."""

    future: Future[Any]
    write: Callable[[Connection], Any]
    #: The mail, None for other writes.
    prepared: Prepared | None = None
    #: By which door it came, "" for other writes.
    transport: str = ""
    raw: bytes = field(default=b"", repr=False)
    conflicts: int = 0
    prepare_ms: float = 0.0


def collect(
    waiting: "queue.SimpleQueue[Entry | None]", first: Entry, most_mails: int, most_bytes: int
) -> tuple[list[Entry], bool]:
    """All that waits, within bounds, and whether the end was among it.

    While it is committed the next batch gathers: under load they share a sync.
    """
    batch, held = [first], len(first.raw)
    while len(batch) < most_mails and held < most_bytes:
        try:
            entry = waiting.get_nowait()
        except queue.Empty:
            break
        if entry is None:
            return batch, True
        batch.append(entry)
        held += len(entry.raw)
    return batch, False


def written(connection: Connection, batch: Iterable[Entry]) -> list[Any]:
    """What each entry's write returns. Mails in a row share statements; any other write sees all that came before."""
    results: list[Any] = []
    for are_mails, entries in groupby(batch, lambda entry: entry.prepared is not None):
        with together(connection) if are_mails else nullcontext():
            results += [entry.write(connection) for entry in entries]
    return results


def promise() -> Future[Any]:
    """A future that nobody can cancel: what was handed in is carried through, whoever has stopped waiting."""
    future: Future[Any] = Future()
    future.set_running_or_notify_cancel()
    return future
