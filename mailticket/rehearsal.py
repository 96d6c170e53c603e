"""What would become of a mail? The real path of a mail, in a transaction that is taken back or on a copy of the store.

`explain --file` asks for one mail, `run --dry-run` for one after the other: there each sees what the last one left.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar
from urllib.parse import quote

from sqlalchemy import Connection, insert, null, select

from mailticket import assembly, pipeline
from mailticket.actions.context import Context
from mailticket.actions.waiting import quarantine, reason_of
from mailticket.config import Settings
from mailticket.desk.receipt import Quarantined
from mailticket.errors import ConfigError, TemporaryError
from mailticket.mail.message import Envelope, MailboxState
from mailticket.mail.raw import glimpse, raw_digest
from mailticket.pipeline import Parse
from mailticket.settings.service import StoreSettings
from mailticket.store import history, mailboxes, outbox
from mailticket.store.blobs import BlobFolder
from mailticket.store.engine import Store
from mailticket.store.tables import blobs, metadata

Result = TypeVar("Result")
Transaction = Callable[[], AbstractContextManager[Connection]]

_COPIED_AT_ONCE = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What would become of one mail."""

    message_id: str
    #: As its header says, for people.
    from_: str
    subject: str
    received_at: datetime
    transport: str
    receipt: str
    #: Number, "" for none.
    ticket: str = ""
    reason: str = ""
    #: Why a ticket that it opens would not be confirmed, "" where it would be.
    silent: str = ""
    #: Who would be written to: kind of mail, address.
    written_to: tuple[tuple[str, str], ...] = ()
    #: As in `explain`.
    why: dict[str, Any] = field(default_factory=dict)


def foresee(
    raw: bytes, envelope: Envelope, context: Context, parse: Parse, transaction: Transaction, now: datetime
) -> Foreseen:
    """Carries one mail through its path. Raises what that raises."""
    prepared = pipeline.prepare(raw, envelope, context, parse)
    if pipeline.is_unproven(prepared):
        prepared = pipeline.check(prepared, raw, context)
    mail = prepared.mail
    with transaction() as connection:
        before = outbox.newest(connection)
        outcome = pipeline.decide(connection, prepared, context, now)
        receipt = outcome.receipt
        return Foreseen(
            message_id=mail.message_id,
            from_=_shown(mail.from_.name, mail.from_.addr_spec) if mail.from_ else "",
            subject=mail.subject,
            received_at=envelope.received_at,
            transport=str(envelope.transport),
            receipt=receipt.kind,
            ticket=getattr(receipt, "ticket", ""),
            reason=getattr(receipt, "reason", ""),
            silent=history.why_unconfirmed(connection, outcome.ticket) if receipt.kind == "opened" else "",
            written_to=tuple(outbox.queued_since(connection, before)),
            why={**pipeline.explain(prepared), **outcome.why},
        )


class _WriteNothing(Exception):
    """Rolls a transaction back."""


@contextmanager
def taken_back(store: Store) -> Iterator[Connection]:
    """A transaction of the store of which nothing stays."""
    try:
        with store.writing() as connection:
            yield connection
            raise _WriteNothing
    except _WriteNothing:
        pass


@contextmanager
def rehearsing(settings: Settings) -> Iterator[tuple[Settings, Store]]:
    """The settings and the store of a rehearsal: what the service knows by now, in a folder that does not stay.

    Nothing is made where the service keeps its data, which need not be there yet. The copy of a large store takes room.
    """
    with TemporaryDirectory(prefix="mailticket-") as name:
        folder = Path(name)
        key = settings.identity.token_key_file or settings.desk.data_dir / "token.key"
        there = {
            "desk": settings.desk.model_copy(update={"data_dir": folder}),
            "identity": settings.identity.model_copy(update={"token_key_file": key if key.exists() else None}),
            "store": StoreSettings(),
        }
        if settings.store.url.startswith("postgresql:"):
            _copy_rows(settings, folder)
        else:
            _copy_file(settings, folder / "mailticket.db")
        rehearsed = settings.model_copy(update=there)
        store = assembly.open_store(rehearsed)
        try:
            yield rehearsed, store
        finally:
            store.close()


def _copy_file(settings: Settings, target: Path) -> None:
    """SQLite's own copy, which a service that writes meanwhile does not disturb, nor is disturbed by."""
    source = Path(settings.store.url.removeprefix("sqlite:///") or settings.desk.data_dir / "mailticket.db")
    if not source.exists():
        return
    try:
        with (
            closing(sqlite3.connect(f"file:{quote(str(source))}?mode=ro", uri=True)) as there,
            closing(sqlite3.connect(target)) as here,
        ):
            there.backup(here)
    except sqlite3.Error as error:
        raise ConfigError(
            f"{source}: cannot be copied for a dry run: {error}.\n  Run it as the service's user, with room in $TMPDIR."
        ) from error


def _copy_rows(settings: Settings, folder: Path) -> None:
    """One state of the PostgreSQL store, in SQLite; without the bytes of mails and files, of which no rule asks."""
    with TemporaryDirectory(prefix="mailticket-") as elsewhere:
        desk = settings.desk.model_copy(update={"data_dir": Path(elsewhere)})
        source = assembly.open_store(settings.model_copy(update={"desk": desk}))
        copy = assembly.open_store(settings.model_copy(update={
            "desk": settings.desk.model_copy(update={"data_dir": folder}), "store": StoreSettings()
        }))  # fmt: skip
        try:
            with source.reading() as there, copy.migrating() as here:
                for table in metadata.sorted_tables:
                    wanted = [null().label("data") if one is blobs.c.data else one for one in table.c]
                    streamed = there.execution_options(yield_per=_COPIED_AT_ONCE)
                    for rows in streamed.execute(select(*wanted)).mappings().partitions():
                        here.execute(insert(table), [dict(row) for row in rows])
        finally:
            source.close()
            copy.close()


class Rehearsal:
    """Takes mail as the ledger does (intake.imap_take.Ledger) and tells what would become of it. Thread-safe."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        parse: Parse,
        tell: Callable[[Foreseen], bool],
        now: Callable[[], datetime],
    ) -> None:
        """`store` and `settings` as `rehearsing` has them. `tell` says whether more is wanted."""
        context = assembly.context_of(settings, store)
        self._context = replace(context, blobs=BlobFolder(assembly.blob_folder(settings)))
        self._store, self._parse, self._tell, self._now = store, parse, tell, now
        self._one_at_a_time = threading.Lock()
        self._wanted = True

    def submit(self, raw: bytes, envelope: Envelope) -> Future[Any]:
        """Tells what would become of a mail; the next one builds upon it."""

        def become() -> None:
            try:
                found = foresee(raw, envelope, self._context, self._parse, self._store.writing, self._now())
            except TemporaryError:
                raise
            except Exception as fault:  # noqa: BLE001  the edge of intake, as in the ledger
                found = self._quarantined(raw, envelope, reason_of(fault))
            self._wanted = self._tell(found)

        return self._done(become)

    def too_large(self, envelope: Envelope, size: int, head: bytes) -> Future[Any]:
        """Tells that a mail is over the limit."""

        def become() -> None:
            reason = f"{size:,} bytes are more than max_message_size"
            self._wanted = self._tell(self._quarantined(head, envelope, reason))

        return self._done(become)

    def mailbox(self, account: str, folder: str) -> Future[MailboxState | None]:
        """How far a folder has been read."""
        return self._written(lambda connection: mailboxes.state(connection, account, folder))

    def save_mailbox(self, account: str, folder: str, state: MailboxState) -> Future[None]:
        """Moves a folder's floor."""
        return self._written(lambda connection: mailboxes.save(connection, account, folder, state))

    def done_uids(self, account: str, folder: str, uidvalidity: int) -> Future[frozenset[int]]:
        """UIDs above the floor that are done."""
        return self._written(lambda connection: mailboxes.done_uids(connection, account, folder, uidvalidity))

    def _quarantined(self, raw: bytes, envelope: Envelope, reason: str) -> Foreseen:
        with self._store.writing() as connection:
            quarantine(connection, self._context, raw, envelope, reason, raw_digest(raw))
        seen = glimpse(raw)
        return Foreseen(
            message_id=seen.message_id, from_=seen.from_address, subject=seen.subject, reason=reason,
            received_at=envelope.received_at, transport=str(envelope.transport), receipt=Quarantined.kind,
        )  # fmt: skip

    def _written(self, action: Callable[[Connection], Result]) -> Future[Result]:
        def write() -> Result:
            with self._store.writing() as connection:
                return action(connection)

        return self._done(write)

    def _done(self, work: Callable[[], Result]) -> Future[Result]:
        """The future of what is done at once. Raises nothing: its future does."""
        future: Future[Result] = Future()
        with self._one_at_a_time:
            try:
                if not self._wanted:
                    raise TemporaryError("enough was seen")
                future.set_result(work())
            except Exception as fault:  # noqa: BLE001  whoever waits for the result hears of it
                future.set_exception(fault)
        return future


def _shown(name: str, addr_spec: str) -> str:
    return f"{name} <{addr_spec}>" if name else addr_spec
