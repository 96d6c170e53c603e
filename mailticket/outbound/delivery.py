"""When does a mail of ours leave, and what becomes of it? Workers take due rows from the outbox and hand them over.

A row is rendered once and its bytes stored before the first try; what a relay said is committed before the next
mail is touched, so a crash repeats at most the mail in hand and loses none (RFC 5321 §4.5.4.1).
"""

import random
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from structlog.contextvars import bound_contextvars

from mailticket.desk.policy import Policy
from mailticket.errors import TemporaryError, trace_of
from mailticket.mail.compose import Unsendable
from mailticket.outbound.gate import Gate, RelayState
from mailticket.outbound.hand import Hand
from mailticket.outbound.letter import recipients, write
from mailticket.outbound.outcome import Deferred, Outcome, Rejected, Sent, Throttled, Unreachable
from mailticket.outbound.queue import Queue
from mailticket.outbound.render import Templates
from mailticket.outbound.reverse_path import MailSender, ReversePaths
from mailticket.store.outbox import OutboxRow

log = structlog.get_logger()

#: Far longer than one mail can take, even at a relay that thinks for ten minutes; else two workers would send it.
LEASE = timedelta(minutes=30)
#: So many rows are claimed at once, and none of them is begun when only this much of the lease is left.
_HANDFUL = 4
_LEASE_MARGIN = timedelta(minutes=5)
#: An idle worker looks again after this long, and gives its connection back.
_IDLE = timedelta(seconds=5)
#: A row that is due and could not be claimed is in somebody else's hands just now.
_MOMENT = timedelta(milliseconds=50)
#: After so many tries a recipient who is refused "for now" no longer keeps the mail from the others; before that many
#: no mail is given up, however long it waited for its first one.
_PATIENCE = 4
_FIRST_DELAY = timedelta(minutes=1)
_LONGEST_DELAY = timedelta(hours=4)
_JITTER = 0.2


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
        per_domain: int = 2,
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
        self._hand = Hand(per_domain)
        #: The row that was throttled last.
        self._throttled = 0
        self._signal = threading.Condition()
        self._wakes = 0
        self._stopping = False
        self._reverse_paths = ReversePaths(queue)
        self._workers = [
            threading.Thread(target=self._work, args=(n, senders()), name=f"delivery-{n}", daemon=True)
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

    def _work(self, number: int, sender: MailSender) -> None:
        faults, called = 0, False
        while not self._stopping:
            seen = self._wakes
            try:
                wait = self._round(number, sender, called)
                faults = 0
            except Exception as fault:  # the edge of a job: whatever it was, the next mail gets its turn
                log.error("delivery_faulted", error=str(fault), exc_info=trace_of(fault))
                wait = min(timedelta(seconds=2**faults), _IDLE)
                faults = min(faults + 1, 8)
                seen = self._wakes  # a call does not cut this pause short
            called = bool(wait) and self._sleep(wait, seen)
            if wait and not called:
                sender.close()
        sender.close()
        try:
            self._give_back(self._hand.give_back())
        except Exception as fault:  # the store is away: the next start frees them
            log.error("delivery_faulted", error=str(fault), exc_info=trace_of(fault))

    def _round(self, number: int, sender: MailSender, called: bool) -> timedelta:
        """Delivers one row; returns how long there is nothing to do.

        Who was `called` looks before claiming: the call may come from a commit of our own, which a claim is too.
        """
        now = self._now()
        if wait := self._gate.wait(now):
            self._give_back(self._hand.give_back())
            return wait
        # while it is away one asks for all: each login that is refused may count against us
        if number > (self._queue.connections(now) if self._gate.state.reachable else 1):
            sender.close()
            self._pass_on()
            return _IDLE
        self._give_back(self._hand.give_back(now))
        row = self._hand.take()
        if row is None:
            if called and (wait := self._until_due()):
                return wait
            if not self._claim(now):
                return max(self._until_due(), _MOMENT)
            row = self._hand.take()
        if row is not None:
            self._begin(row, sender)
        return timedelta()

    def _claim(self, now: datetime) -> bool:
        """Takes due rows into the hand; whether there were any."""
        rows = self._queue.claim(now, _HANDFUL, LEASE, self._hand.busy())
        self._hand.put(rows, now + LEASE - _LEASE_MARGIN)
        if len(rows) > 1:
            self.wake()  # more than this worker can carry
        return bool(rows)

    def _begin(self, row: OutboxRow, sender: MailSender) -> None:
        over = False
        try:
            over = self._deliver(row, sender)
        finally:
            self._hand.done(row)
            if not over:
                self._give_back([row.id])

    def _give_back(self, ids: Sequence[int]) -> None:
        if ids:
            self._insist(lambda: self._queue.release(ids, self._gate.state.reason))

    def _until_due(self) -> timedelta:
        """Zero where a row is due; at most _IDLE."""
        due = self._queue.next_due(self._now(), self._hand.busy())
        return _IDLE if due is None else min(max(due - self._now(), timedelta()), _IDLE)

    def _pass_on(self) -> None:
        """Who may not work just now was perhaps called in another's place."""
        with self._signal:
            self._signal.notify_all()

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
                news = self._look_at_relay(outcome)
                if not isinstance(outcome, Unreachable):
                    self._settle(row, outcome, len(rcpt_tos))
                    self._reverse_paths.save()
                if news:
                    self._insist(lambda: self._queue.relay_is(self._gate.state))
                return not isinstance(outcome, Unreachable)
        return True

    def _look_at_relay(self, outcome: Outcome) -> bool:
        """Whether an attempt says something new of the relay, which other processes want to know."""
        match outcome:
            case Unreachable(reason=reason):
                return self._gate.shut(reason, self._now())
            case Deferred(reply=reply, hung_up=True):
                return self._gate.hung_up(reply, self._now())
            case _:
                return self._gate.open(self._now())

    def _write(self, row: OutboxRow) -> bytes:
        raw = write(row, self._queue.facts(row), self._templates(), self._policy(), self._now())
        self._queue.store_rendered(row.id, raw)
        return raw

    def _settle(self, row: OutboxRow, outcome: Sent | Deferred | Rejected | Throttled, asked: int) -> None:
        """What the relay said becomes what the outbox says. `asked`: recipients that it was asked to take."""
        now = self._now()
        match outcome:
            case Sent(reply=reply, refused=refused):
                self._insist(lambda: self._queue.sent(row.id, now, asked - len(refused), refused))
                log.info("outgoing_sent", ticket=row.notice.number or None, attempts=row.attempts + 1, reply=reply)
                if refused:
                    log.warning("outgoing_recipients_refused", ticket=row.notice.number or None, count=len(refused))
            case Deferred(reply=reply):
                self._defer(row, reply)
            case Rejected(reply=reply):
                self._fail(row, reply)
            case Throttled(reply=reply, throttle=throttle):
                again, self._throttled = self._throttled == row.id, row.id
                self._insist(lambda: self._queue.throttled(row, throttle, reply, now, again=again))

    def _defer(self, row: OutboxRow, error: str) -> None:
        now = self._now()
        if now - row.created_at >= self._give_up_after and row.attempts >= _PATIENCE:
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
            except Exception as fault:  # the store's faults have many names, and all are waited out
                if self._stopping:
                    raise
                log.error("outbox_not_written", error=str(fault), exc_info=trace_of(fault))
            with self._signal:
                self._signal.wait_for(lambda: self._stopping, pause)
            pause = min(pause * 2, _IDLE.total_seconds())
