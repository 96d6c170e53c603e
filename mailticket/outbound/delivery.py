"""When does a mail of ours leave, and what becomes of it? Workers take due rows from the outbox and hand them over.

A row is rendered once and its bytes stored before the first try; what a relay said is committed before the next
mail is touched, so a crash repeats at most the mail in hand and loses none (RFC 5321 §4.5.4.1).
"""

import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
from structlog.contextvars import bound_contextvars

from mailticket.desk.policy import Policy
from mailticket.errors import TemporaryError
from mailticket.mail.compose import Unsendable
from mailticket.outbound.gate import Gate, RelayState
from mailticket.outbound.letter import recipients, write
from mailticket.outbound.outcome import Deferred, Rejected, Sent, Unreachable
from mailticket.outbound.render import Templates
from mailticket.outbound.reverse_path import MailSender, Memory, ReversePaths
from mailticket.store.outbox import OutboxRow

log = structlog.get_logger()

#: Far longer than one mail can take, even at a relay that thinks for ten minutes; else two workers would send it.
LEASE = timedelta(minutes=30)
#: A worker takes this many rows at once, and begins none of them when this much of the lease is gone.
_HANDFUL = 4
_LEASE_MARGIN = timedelta(minutes=5)
#: An idle worker looks again after this long, and gives its connection back.
_IDLE = timedelta(seconds=5)
#: A row that is due and could not be claimed is in somebody else's hands just now.
_MOMENT = timedelta(milliseconds=50)
#: After so many tries a recipient who is refused "for now" no longer keeps the mail from the others.
_PATIENCE = 4
_FIRST_DELAY = timedelta(minutes=1)
_LONGEST_DELAY = timedelta(hours=4)
_JITTER = 0.2


class Queue(Memory, Protocol):
    """The outbox as delivery needs it. Every call blocks until it is committed."""

    def claim(self, now: datetime, limit: int, lease: timedelta) -> list[OutboxRow]:
        """Due rows for the caller alone, until `now + lease`."""

    def facts(self, row: OutboxRow) -> Mapping[str, Any]:
        """Text and files of the message that the row carries; empty for templated mail."""

    def store_rendered(self, id_: int, raw: bytes) -> None:
        """Keeps the bytes for all attempts."""

    def sent(self, id_: int, now: datetime, reply: str) -> None:
        """The relay has it."""

    def refused(self, id_: int, recipients: Sequence[tuple[str, str]], now: datetime) -> None:
        """It was sent, but these recipients, each with the relay's words, were not taken: an event on the ticket."""

    def deferred(self, id_: int, error: str, next_attempt_at: datetime, now: datetime) -> None:
        """Again at `next_attempt_at`."""

    def failed(self, id_: int, error: str, now: datetime) -> None:
        """Never; an event on the ticket says so."""

    def release(self, ids: Sequence[int], error: str) -> None:
        """Gives claims back; no attempt is counted. `error`: why there was none, "" where nothing is wrong."""

    def next_due(self, now: datetime) -> datetime | None:
        """When the next row is due, None where nothing waits."""


class Delivery:
    """The workers. `templates` and `policy` are asked for each mail, so a reload is taken up."""

    def __init__(
        self,
        *,
        queue: Queue,
        senders: Callable[[], MailSender],
        templates: Callable[[], Templates],
        policy: Callable[[], Policy],
        now: Callable[[], datetime],
        connections: int,
        give_up_after: timedelta,
        sign: Callable[[bytes], bytes] = lambda raw: raw,
        jitter: Callable[[], float] = lambda: random.uniform(-1, 1),
    ) -> None:
        """`senders` makes one for each of the `connections` workers; `jitter` gives numbers from -1 to 1.

        `sign` is the last that is done to a mail, at each attempt; where it raises, nothing is sent.
        """
        self._queue = queue
        self._templates = templates
        self._policy = policy
        self._now = now
        self._give_up_after = give_up_after
        self._sign = sign
        self._jitter = jitter
        self._gate = Gate()
        self._signal = threading.Condition()
        self._wakes = 0
        self._stopping = False
        self._reverse_paths = ReversePaths(queue)
        self._workers = [
            threading.Thread(target=self._work, args=(senders(),), name=f"delivery-{n}", daemon=True)
            for n in range(1, connections + 1)
        ]

    @property
    def state(self) -> RelayState:
        """Whether the relay was there at the last attempt, and if not, why."""
        return self._gate.state

    @property
    def alive(self) -> bool:
        """Whether every worker runs: false before `start` and after `stop`."""
        return all(worker.is_alive() for worker in self._workers)

    def start(self) -> None:
        """Begins with what is due already. Raises TemporaryError where the store does not answer."""
        self._reverse_paths.load()
        for worker in self._workers:
            worker.start()

    def wake(self) -> None:
        """Call this after any commit that may have queued mail, from any thread; costs nothing."""
        with self._signal:
            self._wakes += 1
            self._signal.notify()

    def stop(self, timeout: float) -> bool:
        """Finishes the mails in hand and begins no other. False where one took longer than `timeout` seconds.

        Does nothing where `start` was not reached.
        """
        with self._signal:
            self._stopping = True
            self._signal.notify_all()
        deadline = time.monotonic() + timeout
        for worker in filter(threading.Thread.is_alive, self._workers):
            worker.join(max(0.0, deadline - time.monotonic()))
        return not any(worker.is_alive() for worker in self._workers)

    def _work(self, sender: MailSender) -> None:
        faults, called = 0, False
        while not self._stopping:
            seen = self._wakes
            try:
                wait = self._round(sender, called)
                faults = 0
            except Exception:  # the edge of a job: whatever it was, the next mail gets its turn
                log.exception("delivery_faulted")
                wait = min(timedelta(seconds=2**faults), _IDLE)
                faults = min(faults + 1, 8)
                seen = self._wakes  # a call does not cut this pause short
            called = bool(wait) and self._sleep(wait, seen)
            if wait and not called:
                sender.close()
        sender.close()

    def _round(self, sender: MailSender, called: bool) -> timedelta:
        """Delivers a handful of rows; returns how long there is nothing to do.

        Who was `called` looks before claiming: the call may come from a commit of our own, which a claim is too.
        """
        if wait := self._gate.wait(self._now()):
            return wait
        if called and (wait := self._until_due()):
            return wait
        begun = self._now()
        rows = self._queue.claim(begun, _HANDFUL, LEASE)
        if not rows:
            return max(self._until_due(), _MOMENT)
        if len(rows) == _HANDFUL:
            self.wake()  # there may be more than this worker can carry
        try:
            while rows and not self._stopping and not self._gate.wait(self._now()):
                if self._now() - begun > LEASE - _LEASE_MARGIN:
                    break
                if not self._deliver(rows[0], sender):
                    break
                rows = rows[1:]
        finally:
            if rows:
                self._insist(lambda: self._queue.release([row.id for row in rows], self._gate.state.reason))
        return timedelta()

    def _until_due(self) -> timedelta:
        """Zero where a row is due; at most _IDLE."""
        due = self._queue.next_due(self._now())
        return _IDLE if due is None else min(max(due - self._now(), timedelta()), _IDLE)

    def _sleep(self, wait: timedelta, seen: int) -> bool:
        """Whether somebody called before `wait` was over. `seen`: calls that have been answered."""
        with self._signal:
            return self._signal.wait_for(lambda: self._stopping or self._wakes != seen, wait.total_seconds())

    def _deliver(self, row: OutboxRow, sender: MailSender) -> bool:
        """One attempt at one row. False where there was no relay: the row keeps its turn."""
        with bound_contextvars(outbox=row.id, notice=str(row.notice.kind), message_id=row.message_id):
            try:
                rcpt_tos = recipients(row.notice)
                raw = self._sign(row.rendered or self._write(row))
            except Unsendable as error:
                self._fail(row, str(error))
            except TemporaryError:
                raise
            except Exception as error:  # a mail that cannot be written must not keep the others
                log.exception("outgoing_not_written")
                self._defer(row, f"could not be written: {type(error).__name__}: {error}")
            else:
                settle = row.attempts >= _PATIENCE
                outcome = self._reverse_paths.send(sender, row, rcpt_tos, raw, self._now(), settle=settle)
                if isinstance(outcome, Unreachable):
                    self._gate.shut(outcome.reason, self._now())
                    return False
                if isinstance(outcome, Deferred) and outcome.hung_up:
                    self._gate.hung_up(outcome.reply, self._now())
                else:
                    self._gate.open(self._now())
                self._settle(row, outcome)
                self._reverse_paths.save()
        return True

    def _write(self, row: OutboxRow) -> bytes:
        raw = write(row, self._queue.facts(row), self._templates(), self._policy(), self._now())
        self._queue.store_rendered(row.id, raw)
        return raw

    def _settle(self, row: OutboxRow, outcome: Sent | Deferred | Rejected) -> None:
        """What the relay said becomes what the outbox says."""
        now = self._now()
        match outcome:
            case Sent(reply=reply, refused=refused):
                self._insist(lambda: self._queue.sent(row.id, now, reply))
                log.info("outgoing_sent", ticket=row.notice.number or None, attempts=row.attempts + 1, reply=reply)
                if refused:
                    self._insist(lambda: self._queue.refused(row.id, refused, now))
                    log.warning("outgoing_recipients_refused", ticket=row.notice.number or None, count=len(refused))
            case Deferred(reply=reply):
                self._defer(row, reply)
            case Rejected(reply=reply):
                self._fail(row, reply)

    def _defer(self, row: OutboxRow, error: str) -> None:
        now = self._now()
        if now - row.created_at >= self._give_up_after:
            self._fail(row, f"given up after {self._give_up_after.days} days: {error}")
            return
        delay = min(_FIRST_DELAY * 2 ** min(row.attempts, 16), _LONGEST_DELAY) * (1 + _JITTER * self._jitter())
        self._insist(lambda: self._queue.deferred(row.id, error, now + delay, now))
        log.info("outgoing_deferred", ticket=row.notice.number or None, attempts=row.attempts + 1, error=error)

    def _fail(self, row: OutboxRow, error: str) -> None:
        self._insist(lambda: self._queue.failed(row.id, error, self._now()))
        log.warning("outgoing_failed", ticket=row.notice.number or None, attempts=row.attempts + 1, error=error)

    def _insist(self, record: Callable[[], None]) -> None:
        """What happened to a mail is written down however long the store is away: else it would be sent again.

        Only a stop ends it; then the fault is the caller's.
        """
        pause = 0.1
        while True:
            try:
                record()
                return
            except Exception:  # the store's faults have many names, and all are waited out
                if self._stopping:
                    raise
                log.exception("outbox_not_written")
            with self._signal:
                self._signal.wait_for(lambda: self._stopping, pause)
            pause = min(pause * 2, _IDLE.total_seconds())
