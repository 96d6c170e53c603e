"""Which of the mails that this process has claimed is begun next? The first one whose domain has room.

So one slow domain holds some workers, and the others go on with the rest.
"""

import threading
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from mailticket.store.outbox import OutboxRow


class Hand:
    """Claimed rows that nobody has begun. Shared by all workers."""

    def __init__(self, per_domain: int) -> None:
        """`per_domain`: mails of one domain that are on their way at once."""
        self._per_domain = per_domain
        self._lock = threading.Lock()
        self._rows: list[tuple[OutboxRow, datetime]] = []
        self._sending: Counter[str] = Counter()
        #: Ids of all that is in the hand or on its way.
        self._known: set[int] = set()

    def put(self, rows: Sequence[OutboxRow], until: datetime) -> None:
        """Rows that were claimed; after `until` they are begun no more.

        One that is on its way already is left to whoever sends it: the machine slept until its claim had ended.
        """
        with self._lock:
            new = [row for row in rows if row.id not in self._known]
            self._known.update(row.id for row in new)
            self._rows += [(row, until) for row in new]

    def take(self) -> OutboxRow | None:
        """The next one, whose domain is the caller's until `done`; None where none may be begun."""
        with self._lock:
            for place, (row, _) in enumerate(self._rows):
                if self._has_room(row.domain):
                    del self._rows[place]
                    self._sending[row.domain] += 1
                    return row
        return None

    def done(self, row: OutboxRow) -> None:
        """It is on its way no more, whatever became of it."""
        with self._lock:
            self._known.discard(row.id)
            self._sending[row.domain] -= 1
            if not self._sending[row.domain]:
                del self._sending[row.domain]

    def busy(self) -> frozenset[str]:
        """Domains of which no more is to be claimed."""
        with self._lock:
            return frozenset(domain for domain in self._sending if not self._has_room(domain))

    def give_back(self, now: datetime | None = None) -> list[int]:
        """Takes out those whose time is over at `now`, all of them without it; their ids."""
        with self._lock:
            kept = [(row, until) for row, until in self._rows if now is not None and now < until]
            given = [row.id for row, until in self._rows if now is None or now >= until]
            self._rows = kept
            self._known.difference_update(given)
        return given

    def _has_room(self, domain: str) -> bool:
        return not domain or self._sending[domain] < self._per_domain
