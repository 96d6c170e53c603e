"""Who writes? The one writer of this process: collects what was prepared, commits it in groups, settles every Receipt.

A Receipt is given only after a durable commit. A batch that fails is repeated one by one, so one bad mail hurts
only itself; what cannot be processed is kept raw in quarantine, in a commit of its own.
"""

import asyncio
import queue
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from time import perf_counter
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection

from mailticket import pipeline
from mailticket.actions.aliases import Aliases
from mailticket.actions.context import Context
from mailticket.actions.waiting import quarantine, reason_of
from mailticket.batch import Entry, collect, promise, written
from mailticket.desk.buttons import Word
from mailticket.desk.receipt import Quarantined, Receipt, Refused
from mailticket.errors import Conflict, TemporaryError
from mailticket.mail.lookup import organization
from mailticket.mail.message import Envelope, MailboxState
from mailticket.mail.raw import raw_digest
from mailticket.mail_log import log_mail
from mailticket.pipeline import Parse, Prepared
from mailticket.store import mailboxes, waiting
from mailticket.store.engine import Store
from mailticket.store.waiting import Waiting
from mailticket.tally import AGAIN, Tally
from mailticket.turns import Door, Lanes, Turns

log = structlog.get_logger()

Result = TypeVar("Result")
#: Takes a mail that is ready for the writer; None where the peer keeps it.
Done = Callable[[Entry | None], None]

__all__ = ["Ledger", "Quarantined", "Receipt", "Refused"]

#: Mails whose senders are looked up in the DNS at the same time: they wait, and nobody who is known waits for them.
#: Of one organization only some, or one whose DNS never answers would keep all others waiting.
_CHECKED_AT_ONCE, _OF_ONE_ORGANIZATION = 32, 8
#: What came into another writer's way this often is a fault.
_CONFLICTS = 5
_ENDING = "mailticket is about to end"


class Ledger:
    """Takes mail from every door. Thread-safe; `start` before use, `stop` settles all that was begun."""

    def __init__(
        self,
        store: Store,
        context: Context,
        parse: Parse,
        *,
        prepare_threads: int = 2,
        checked_within: float = 20.0,
        batch_mails: int = 64,
        batch_bytes: int = 64 * 1024 * 1024,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`checked_within`: seconds after which a mail whose turn to be looked up has not come goes on unproven."""
        self.store = store
        self.context = context
        self._parse = parse
        self._now = now
        #: Called after every commit of mail, from the ledger's thread: confirmations may wait in the outbox.
        self.committed: Callable[[Tally], None] = lambda _: None
        self._checked_within = checked_within
        self._batch_mails = batch_mails
        self._batch_bytes = batch_bytes
        self._aliases = Aliases()
        self._queue: queue.SimpleQueue[Entry | None] = queue.SimpleQueue()
        self._pool = ThreadPoolExecutor(prepare_threads, thread_name_prefix="prepare")
        self._lanes = Lanes(self._enqueue)
        self._checks = Turns(_CHECKED_AT_ONCE, _OF_ONE_ORGANIZATION, "check")
        self._thread = threading.Thread(target=self._run, name="ledger", daemon=True)
        #: What comes after they are shut is refused: nobody would ever answer it.
        self._mail_door, self._write_door = Door(), Door()

    def start(self) -> None:
        """Begins to write."""
        self._thread.start()

    def stop(self, timeout: float | None = None) -> bool:
        """Finishes all that was handed in, then ends. False where the store did not answer for `timeout` seconds."""
        self._mail_door.shut()
        self._pool.shutdown(wait=True)
        self._checks.finish()
        self._write_door.shut()
        self._queue.put(None)
        if self._thread.is_alive():
            self._thread.join(timeout)
        return not self._thread.is_alive()

    # -- mail

    async def receive(self, raw: bytes, envelope: Envelope) -> Receipt:
        """`submit` for the event loop."""
        return await asyncio.wrap_future(self.submit(raw, envelope))

    def submit(self, raw: bytes, envelope: Envelope) -> Future[Receipt]:
        """What became of this mail, once that is durable. The future raises TemporaryError where nothing was
        stored because the store cannot be reached or is full: the peer keeps the mail and tries again.

        Mails of one mailbox are written in the order in which they come: of two orders the later one shall count.
        """
        future: Future[Receipt] = promise()
        done = self._lanes.enter(envelope.position.account) if envelope.position else self._enqueue
        self._begin(future, lambda: self._prepare(future, raw, envelope, {}, done), done)
        return future

    def again(self, kept: Waiting, word: Word | None = None) -> Future[Receipt]:
        """Runs a mail that waits through the same path once more, with what a person said about it."""
        future: Future[Receipt] = promise()

        def read() -> None:
            try:
                with self.store.reading() as connection:
                    raw = self.context.blobs.read(connection, kept.raw_sha256)
            except Exception as fault:  # noqa: BLE001  whatever it was, whoever waits for the receipt hears of it
                future.set_exception(fault)
                return
            marks = {"word": word, "again": kept.digest, "tries": kept.tries, "shown_until": kept.shown_until}
            self._prepare(future, raw, kept.envelope, marks, self._enqueue)

        self._begin(future, read, self._enqueue)
        return future

    def too_large(self, envelope: Envelope, size: int, head: bytes) -> Future[Receipt]:
        """Quarantines a mail over the mailbox's limit by its header block; the mail itself stays where it lies."""
        at = envelope.position
        where = f"folder {at.folder} of mailbox {at.account}" if at else "the mailbox"
        reason = f"{waiting.TOO_LARGE}{size:,} bytes are more than max_message_size; the mail itself is in {where}"
        future: Future[Receipt] = promise()
        self._enqueue(self._kept(future, head, envelope, reason, raw_digest(head), envelope.transport))
        return future

    # -- every other write of this process

    def write(self, action: Callable[[Connection], Result]) -> Future[Result]:
        """Runs `action` in the next group's transaction. Its fault undoes only itself and is raised by the future."""
        future: Future[Result] = promise()
        self._enqueue(Entry(future=future, write=action))
        return future

    def mailbox(self, account: str, folder: str) -> Future[MailboxState | None]:
        """How far a folder has been read."""
        return self.write(lambda connection: mailboxes.state(connection, account, folder))

    def save_mailbox(self, account: str, folder: str, state: MailboxState) -> Future[None]:
        """Moves a folder's floor."""
        return self.write(lambda connection: mailboxes.save(connection, account, folder, state))

    def done_uids(self, account: str, folder: str, uidvalidity: int) -> Future[frozenset[int]]:
        """UIDs above the floor that are done."""
        return self.write(lambda connection: mailboxes.done_uids(connection, account, folder, uidvalidity))

    # -- preparing

    def _begin(self, future: Future[Receipt], work: Callable[[], None], done: Done) -> None:
        if not self._mail_door.enter(lambda: self._pool.submit(work)):
            future.set_exception(TemporaryError(_ENDING))
            done(None)

    def _enqueue(self, entry: Entry | None) -> None:
        if entry is not None and not self._write_door.enter(lambda: self._queue.put(entry)):
            entry.future.set_exception(TemporaryError(_ENDING))

    def _prepare(
        self, future: Future[Receipt], raw: bytes, envelope: Envelope, marks: dict[str, Any], done: Done
    ) -> None:
        """Runs in the pool. What cannot be prepared goes to quarantine; a full disk is the peer's turn to wait."""
        began = perf_counter()
        try:
            prepared = replace(pipeline.prepare(raw, envelope, self.context, self._parse), **marks)
        except (TemporaryError, OSError) as fault:
            log.error("mail_not_prepared", error=str(fault))
            future.set_exception(TemporaryError("the mail cannot be stored just now"))
            done(None)
            return
        except Exception as fault:
            log.exception("mail_not_prepared")
            done(self._quarantined(future, raw, envelope, fault, marks.get("again", "")))
            return
        if pipeline.is_unproven(prepared):
            latest = perf_counter() + self._checked_within
            whose = organization(prepared.mail.from_.domain) if prepared.mail.from_ else ""
            self._checks.submit(whose, lambda: self._check(future, raw, prepared, began, latest, done))
        else:
            done(self._entry(future, raw, prepared, began))

    def _check(
        self, future: Future[Receipt], raw: bytes, prepared: Prepared, began: float, latest: float, done: Done
    ) -> None:
        """Runs in the wide pool, where waiting for the DNS keeps nobody else waiting."""
        try:
            if perf_counter() < latest:
                prepared = pipeline.check(prepared, raw, self.context)
            else:
                log.warning("sender_not_checked", reason="too many mails wait for the DNS of its organization")
        except Exception:
            # what is not known of a sender grants nothing, and no sender may stop a mail by it
            log.exception("sender_not_checked")
        done(self._entry(future, raw, prepared, began))

    def _entry(self, future: Future[Receipt], raw: bytes, prepared: Prepared, began: float) -> Entry:
        return Entry(
            future=future,
            write=lambda connection: self._decide(connection, prepared),
            prepared=prepared,
            transport=AGAIN if prepared.again else prepared.envelope.transport,
            raw=raw,
            prepare_ms=(perf_counter() - began) * 1000,
        )

    def _decide(self, connection: Connection, prepared: Prepared) -> pipeline.Outcome:
        certain = prepared.word is not None or prepared.trail.is_of_agents
        context = self._aliases.known_to(connection, self.context, certain=certain)
        return pipeline.decide(connection, prepared, context, self._now())

    def _quarantined(
        self, future: Future[Receipt], raw: bytes, envelope: Envelope, fault: Exception, again: str, digest: str = ""
    ) -> Entry:
        transport = AGAIN if again else envelope.transport
        return self._kept(future, raw, envelope, reason_of(fault), again or digest or raw_digest(raw), transport)

    def _kept(
        self, future: Future[Receipt], raw: bytes, envelope: Envelope, reason: str, digest: str, transport: str
    ) -> Entry:
        def keep(connection: Connection) -> Receipt:
            return quarantine(connection, self.context, raw, envelope, reason, digest)

        return Entry(future=future, write=keep, raw=raw, transport=transport)

    # -- writing

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            batch, ended = collect(self._queue, first, self._batch_mails, self._batch_bytes)
            self._commit(batch)
            if ended:
                return

    def _commit(self, batch: list[Entry]) -> None:
        began = perf_counter()
        try:
            with self.store.writing() as connection:
                results = written(connection, batch)
        except Exception as fault:  # noqa: BLE001  the edge of intake: no fault of one mail may stop the writer
            if len(batch) > 1 and not isinstance(fault, TemporaryError):
                for entry in batch:
                    self._commit([entry])
            else:
                for entry in batch:
                    self._fail(entry, fault)
            return
        spent = (perf_counter() - began) * 1000
        tally: Counter[tuple[str, str]] = Counter()
        for entry, result in zip(batch, results, strict=True):
            if entry.prepared is not None:
                log_mail(entry.prepared, result, entry.prepare_ms, spent, len(batch))
                result = result.receipt
            if entry.transport:
                tally[result.kind, entry.transport] += 1
            entry.future.set_result(result)
        if tally:
            self.committed(tally)

    def _fail(self, entry: Entry, fault: Exception) -> None:
        """One entry alone could not be written."""
        if isinstance(fault, Conflict) and entry.conflicts < _CONFLICTS:
            entry.conflicts += 1
            self._commit([entry])
        elif isinstance(fault, TemporaryError):
            log.error("store_unreachable", error=repr(fault.__cause__ or fault))
            entry.future.set_exception(fault)
        elif entry.prepared is None:
            entry.future.set_exception(fault)
        else:
            log.error("mail_not_processed", exc_info=fault)
            mail, again = entry.prepared.mail, entry.prepared.again
            self._commit(
                [self._quarantined(entry.future, entry.raw, entry.prepared.envelope, fault, again, mail.digest)]
            )
