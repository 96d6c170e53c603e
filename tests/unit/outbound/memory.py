"""An outbox in memory: what delivery asks of the store, without one. The store's own is tested with its database."""

import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from mailticket.desk.notice import Notice, NoticeKind
from mailticket.desk.policy import AttachmentRules, Desk, Policy
from mailticket.mail.message import Address
from mailticket.outbound.delivery import Delivery
from mailticket.outbound.gate import RelayState
from mailticket.outbound.outcome import Outcome, Sent
from mailticket.outbound.queue import Queue
from mailticket.outbound.render import Templates
from mailticket.outbound.reverse_path import MailSender
from mailticket.outbound.throttle import Throttle
from mailticket.store.outbox import OutboxRow

#: Today, so that what is due at START is due by a real clock too.
START = datetime.now(UTC).replace(microsecond=0)
DESK = "support@acme.example"
POLICY = Policy(
    instance_id="desk-1",
    desks=(Desk(name="Acme Support", address=DESK),),
    attachments=AttachmentRules(allowed=frozenset({"pdf"})),
)


@dataclass(slots=True)
class Entry:
    """One row, and what delivery said of it."""

    row: OutboxRow
    due: datetime
    state: str = "queued"
    claimed: bool = False
    error: str = ""
    refused: Sequence[tuple[str, str]] = ()


@dataclass(slots=True)
class MemoryOutbox:
    """Rows in a dict under a lock; what tests wait for is set last.

    `broken` names calls that fail by `fault`, `committed` is called after every write.
    """

    entries: dict[int, Entry] = field(default_factory=dict)
    facts_of: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    fault: type[Exception] = RuntimeError
    calls: list[str] = field(default_factory=list)
    committed: Callable[[], None] = lambda: None
    most_connections: int = 50
    relay: RelayState = field(default_factory=RelayState)
    refused_paths: dict[str, datetime] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def add(self, *to: str, mail_from: str = "", attempts: int = 0, created_at: datetime = START, **over: Any) -> Entry:
        """Queues a notice that is due at once."""
        number = len(self.entries) + 1
        notice = Notice(
            kind=over.pop("kind", NoticeKind.CONFIRMATION),
            to=tuple(Address(addr_spec=one) for one in to),
            from_=Address(name="Acme Support", addr_spec=DESK),
            title=over.pop("title", f"Vase {number}"),
            number="2611-0042",
            language="en",
            **over,
        )
        row = OutboxRow(
            id=number, notice=notice, message_id=f"<t{number}@acme.example>", ticket=1, attempts=attempts,
            created_at=created_at, rendered=None, mail_from=mail_from, domain=notice.to[0].domain if to else "",
            recipients=len(to),
        )  # fmt: skip
        self.entries[number] = Entry(row=row, due=START)
        return self.entries[number]

    def claim(self, now: datetime, limit: int, lease: timedelta, busy: Collection[str]) -> list[OutboxRow]:
        with self._call("claim"):
            due = [e for e in self._waiting(busy) if e.due <= now][:limit]
            for entry in due:
                entry.claimed = True
            return [entry.row for entry in due]

    def facts(self, row: OutboxRow) -> Mapping[str, Any]:
        with self._call("facts"):
            return self.facts_of.get(row.id, {})

    def store_rendered(self, id_: int, raw: bytes) -> None:
        with self._call("store_rendered"):
            self._change(id_, rendered=raw)

    def sent(self, id_: int, now: datetime, recipients: int, refused: Sequence[tuple[str, str]] = ()) -> None:
        with self._call("sent"):
            self.entries[id_].state, self.entries[id_].refused = "sent", refused

    def deferred(self, id_: int, error: str, next_attempt_at: datetime, now: datetime) -> None:
        with self._call("deferred"):
            entry = self.entries[id_]
            entry.due, entry.error, entry.claimed = next_attempt_at, error, False
            self._change(id_, attempts=entry.row.attempts + 1)

    def failed(self, id_: int, error: str, now: datetime) -> None:
        with self._call("failed"):
            self.entries[id_].error, self.entries[id_].state = error, "failed"

    def release(self, ids: Sequence[int], error: str) -> None:
        with self._call("release"):
            for id_ in ids:
                entry = self.entries[id_]
                entry.error, entry.claimed = error or entry.error, False

    def refused_forms(self) -> Mapping[str, datetime]:
        return dict(self.refused_paths)

    def form_refused(self, form: str, reply: str, now: datetime) -> None:
        with self._call("form_refused"):
            self.refused_paths[form] = now

    def next_due(self, now: datetime, busy: Collection[str]) -> datetime | None:
        with self._call("next_due"):
            return min((entry.due for entry in self._waiting(busy)), default=None)

    def connections(self, now: datetime) -> int:
        return self.most_connections

    def throttled(self, row: OutboxRow, throttle: Throttle, reply: str, now: datetime, *, again: bool) -> None:
        with self._call("throttled"):
            entry = self.entries[row.id]
            entry.due, entry.error, entry.claimed = now + timedelta(minutes=2 if again else 1), reply, False

    def relay_is(self, state: RelayState) -> None:
        with self._call("relay_is"):
            self.relay = state

    def _waiting(self, busy: Collection[str]) -> list[Entry]:
        free = [entry for entry in self.entries.values() if entry.state == "queued" and not entry.claimed]
        return [entry for entry in free if entry.row.domain not in busy]

    @contextmanager
    def _call(self, name: str) -> Iterator[None]:
        self.calls.append(name)
        if name in self.broken:
            raise self.fault(f"the store is away: {name}")
        with self.lock:
            yield
        if name not in ("facts", "next_due"):
            self.committed()

    def _change(self, id_: int, **values: Any) -> None:
        self.entries[id_].row = replace(self.entries[id_].row, **values)


@dataclass(slots=True)
class Clock:
    """A clock that stands still until it is moved."""

    time: datetime = START

    def __call__(self) -> datetime:
        return self.time


def make_delivery(outbox: Queue, senders: Callable[[], MailSender], **over: Any) -> Delivery:
    """A delivery over `outbox` with one worker, built-in templates and no jitter."""
    templates = Templates(None)
    values: dict[str, Any] = {
        "queue": outbox,
        "senders": senders,
        "templates": lambda: templates,
        "policy": lambda: POLICY,
        "now": lambda: datetime.now(UTC),
        "connections": 1,
        "give_up_after": timedelta(days=5),
        "jitter": lambda: 0.0,
    }
    return Delivery(**values | over)


OK = Sent(reply="250 Ok")


@dataclass(slots=True)
class Script:
    """A sender that answers by `answer` and remembers what it was given."""

    answer: Callable[[str, Sequence[str]], Outcome] = lambda mail_from, rcpt_tos: OK
    given: list[tuple[str, tuple[str, ...], bytes, bool]] = field(default_factory=list)
    closed: int = 0

    def send(self, mail_from: str, rcpt_tos: Sequence[str], raw: bytes, *, settle: bool = False) -> Outcome:
        self.given.append((mail_from, tuple(rcpt_tos), raw, settle))
        return self.answer(mail_from, rcpt_tos)

    def close(self) -> None:
        self.closed += 1

    @property
    def reverse_paths(self) -> list[str]:
        return [mail_from for mail_from, *_ in self.given]


@contextmanager
def running(outbox: MemoryOutbox, script: Script, clock: Clock | None = None, **over: Any) -> Iterator[Delivery]:
    delivery = make_delivery(outbox, lambda: script, now=clock or Clock(), **over)
    delivery.start()
    try:
        yield delivery
    finally:
        assert delivery.stop(10)


def wait_until(condition: Callable[[], object], seconds: float = 20) -> None:
    """Returns when `condition` holds; fails when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)
