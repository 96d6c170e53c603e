"""What happens to the mail of a folder, one look at a time? Fetch, hand in, await the receipts, then mark.

Nothing is marked before its commit; the UID is the key (RFC 9051 §2.3.1.1). One bad mail waits while the others go on.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, date, timedelta
from itertools import islice
from typing import Any, Protocol

import structlog
from imapclient.exceptions import IMAPClientError

from mailticket.errors import TemporaryError
from mailticket.intake.imap_login import CONNECTION_LOST
from mailticket.intake.imap_progress import Progress
from mailticket.intake.imap_pulse import Answer, Pulse, answer_of
from mailticket.intake.imap_session import WHOLE_BELOW, Fetched, Session
from mailticket.intake.imap_throttle import is_put_off
from mailticket.mail.message import Envelope, MailboxState, Position, Provider, Transport
from mailticket.settings.intake import ImapSettings

log = structlog.get_logger()

#: The settings name more providers than those whose own way of verdict we read.
_VERDICTS_OF = {provider.value: provider for provider in Provider}

#: Mails in one command, and in one look (after which the floor is saved and the folder searched anew).
BATCH_MAILS, LOOK_MAILS = 500, 5000


class Ledger(Protocol):
    """What a mailbox needs of the ledger; every call from any thread. A future may raise TemporaryError."""

    def submit(self, raw: bytes, envelope: Envelope) -> Future[Any]:
        """The receipt of a mail, once it is committed."""

    def too_large(self, envelope: Envelope, size: int, head: bytes) -> Future[Any]:
        """The receipt of a mail over the limit, of which we take the header block only."""

    def mailbox(self, account: str, folder: str) -> Future[MailboxState | None]:
        """How far the mailbox was read; None at first sight."""

    def save_mailbox(self, account: str, folder: str, state: MailboxState) -> Future[None]:
        """Keeps `state` and forgets positions up to its floor."""

    def done_uids(self, account: str, folder: str, uidvalidity: int) -> Future[frozenset[int]]:
        """UIDs above the floor that are committed."""


class Taker:
    """Takes the mail of one folder, session after session; remembers what it learned about bad mail.

    `sent`: it is the Sent folder, where the desk's own people write.
    """

    def __init__(self, settings: ImapSettings, ledger: Ledger, pulse: Pulse, *, sent: bool = False) -> None:
        self._settings = settings
        self._sent = sent
        self._ledger = ledger
        self._pulse = pulse
        self._log = log.bind(mailbox=settings.name)
        self.progress: Progress | None = None
        #: Why taken mail cannot be marked; "" where it can.
        self.mark_error = ""

    @property
    def has_due(self) -> bool:
        """Whether mail that made trouble is to be tried again by now."""
        troubles = self.progress.troubles.values() if self.progress else ()
        return any(trouble.retry_at <= self._pulse.monotonic() for trouble in troubles)

    def begin(self, session: Session) -> Progress:
        """Where to go on in this folder: as saved, or by `start` at first sight.

        From 0 after a new UIDVALIDITY, or where an older state of the folder was put back.
        """
        name, folder, start = self._settings.name, self._settings.folder, self._settings.start
        known = self._result(self._ledger.mailbox(name, folder))
        done = self._result(self._ledger.done_uids(name, folder, session.uidvalidity))
        if known is None:
            state = MailboxState(
                uidvalidity=session.uidvalidity,
                floor=session.uidnext - 1 if start == "now" else 0,
                since=self._pulse.now().date() if start == "now" else None,
            )
        elif known.uidvalidity != session.uidvalidity:
            state = self._rescan(session, known)
        elif session.went_back_behind(last := max({known.floor, *done})):
            # what is known of its UIDs is of other mail; saving a floor forgets all up to it
            self._save(replace(known, floor=last))
            done, state = frozenset(), self._rescan(session, known)
        else:
            state = known
        below = session.uidnext if known is None else state.rescan_below
        oldest = _latest_of(state.since or start, self._settings.max_age_days, self._pulse.now().date())
        progress = Progress(state, done, _too_old(session, oldest, state.floor, below))
        if self.progress:
            progress.inherit(self.progress)
        if state != known and progress.may_be_saved:
            self._save(state)
        self.progress = progress
        return progress

    def _rescan(self, session: Session, known: MailboxState) -> MailboxState:
        folder, uidvalidity = self._settings.folder, session.uidvalidity
        self._log.warning("imap_rescan_started", folder=folder, was=known.uidvalidity, uidvalidity=uidvalidity)
        return MailboxState(uidvalidity=uidvalidity, floor=0, rescan_below=session.uidnext, since=known.since)

    def look(self, session: Session, progress: Progress) -> bool:
        """Takes all mail that is due, at most LOOK_MAILS. True where more is due. Raises TemporaryError."""
        found = session.uids_above(progress.state.floor)
        progress.forget_gone(found)
        unmarked = iter(progress.unmarked(found))
        while some := list(islice(unmarked, BATCH_MAILS)):
            self._mark(session.mark, progress, some)
        due = progress.due(found, self._pulse.monotonic())
        handed: dict[int, Future[Any]] = {}
        for sizes in self._batches(session, progress, due[:LOOK_MAILS]):
            # the ledger commits one batch while the next one is fetched
            before, handed = handed, self._hand_in(progress, self._read(session, progress, sizes))
            self._finish(session, progress, before)
            if self._pulse.stopping.is_set():
                break
        self._finish(session, progress, handed)
        if state := progress.raise_floor(found):
            self._save(state)
        return len(due) > LOOK_MAILS

    def _batches(self, session: Session, progress: Progress, uids: Sequence[int]) -> Iterator[dict[int, int]]:
        """UIDs with their sizes, bounded by count and bytes; a suspect comes alone."""
        for start in range(0, len(uids), BATCH_MAILS):
            asked = uids[start : start + BATCH_MAILS]
            sizes = session.sizes(asked)
            self._note_missing(progress, asked, sizes)
            batch: dict[int, int] = {}
            for uid, size in sizes.items():
                full = sum(batch.values()) + size > self._settings.batch_bytes
                if batch and (full or progress.suspects & {uid, *batch}):
                    yield batch
                    batch = {}
                batch[uid] = size
            if batch:
                yield batch

    def _read(self, session: Session, progress: Progress, sizes: Mapping[int, int]) -> dict[int, tuple[int, Fetched]]:
        """Size and mail by UID; where the batch fails, each is fetched alone, and what still fails is noted."""
        self._pulse.beat()
        first = next(iter(sizes))
        try:
            mails = self._fetch(session, sizes)
        except CONNECTION_LOST:
            progress.suspects.update(sizes)
            if len(sizes) == 1:
                self._note_trouble(progress, first, "the connection broke when it was fetched")
            raise
        except Exception as error:  # edge of intake: one bad mail must not stop the mailbox
            if is_put_off(error):
                raise
            if len(sizes) > 1:
                alone = (self._read(session, progress, {uid: size}) for uid, size in sizes.items())
                return {uid: mail for one in alone for uid, mail in one.items()}
            self._note_trouble(progress, first, f"it cannot be fetched: {error}")
            return {}
        self._note_missing(progress, sizes, mails)
        return {uid: (max(size, len(mails[uid].raw)), mails[uid]) for uid, size in sizes.items() if uid in mails}

    def _fetch(self, session: Session, sizes: Mapping[int, int]) -> dict[int, Fetched]:
        limit = self._settings.max_message_size
        mails = session.fetch([uid for uid, size in sizes.items() if size <= min(limit, WHOLE_BELOW)])
        for uid, size in sizes.items():
            if size > limit:
                mail = session.fetch_header(uid)
            elif size > WHOLE_BELOW:
                mail = session.fetch_in_parts(uid, self._pulse.beat)
            else:
                continue
            if mail:
                mails[uid] = mail
        return mails

    def _hand_in(self, progress: Progress, mails: Mapping[int, tuple[int, Fetched]]) -> dict[int, Future[Any]]:
        """Hands mails to the ledger, in the order of the folder. Raises TemporaryError."""
        handed: dict[int, Future[Any]] = {}
        for uid, (size, mail) in mails.items():
            envelope = self._envelope(progress.state, uid, mail)
            if size > self._settings.max_message_size:
                self._log.warning("imap_mail_too_large", uid=uid, bytes=size)
                handed[uid] = self._ledger.too_large(envelope, size, mail.raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
            else:
                handed[uid] = self._ledger.submit(mail.raw, envelope)
        return handed

    def _envelope(self, state: MailboxState, uid: int, mail: Fetched) -> Envelope:
        settings, at = self._settings, mail.internaldate
        return Envelope(
            mail_from=None,
            transport=Transport.IMAP,
            received_at=at.astimezone(UTC) if at and at.tzinfo else self._pulse.now(),
            authserv_ids=(settings.authserv_id,) if settings.authserv_id else (),
            trusted=True,
            provider=_VERDICTS_OF.get(settings.provider),
            team=settings.team,
            tenant=settings.user.rpartition("@")[2].lower() if "@" in settings.user else "",
            filtered=settings.trust_spam_headers,
            position=Position(account=settings.name, folder=settings.folder, uidvalidity=state.uidvalidity, uid=uid),
            sent=self._sent,
            confirm=uid >= state.rescan_below,
        )

    def _finish(self, session: Session, progress: Progress, handed: Mapping[int, Future[Any]]) -> None:
        """Awaits the receipts in order and marks what has one. Raises TemporaryError where the store is away."""
        settled: list[int] = []
        spent: list[int] = []
        away: TemporaryError | None = None
        for uid, future in handed.items():
            try:
                receipt = self._result(future)
            except TemporaryError as error:
                away = error
            except Exception as error:  # noqa: BLE001  # edge of intake: one bad mail must not stop the mailbox
                # the error's own words may hold more than a log should
                self._note_trouble(progress, uid, f"it could not be processed ({type(error).__name__})")
            else:
                (spent if getattr(receipt, "spent", False) else settled).append(uid)
        progress.settle([*settled, *spent])
        self._mark(session.mark, progress, settled)
        self._mark(session.remove, progress, spent)
        if away:
            raise away

    def _mark(self, show: Callable[[Sequence[int]], None], progress: Progress, uids: Sequence[int]) -> None:
        try:
            show(uids)
        except CONNECTION_LOST:
            raise
        except IMAPClientError as error:
            if not self.mark_error:
                self._log.warning("imap_mark_failed", error=str(error))
            self.mark_error = f"mail was taken and cannot be marked or moved in the mailbox: {error}"
        else:
            progress.finish(uids)
            self.mark_error = "" if uids else self.mark_error

    def _result(self, future: Future[Answer]) -> Answer:
        return answer_of(future, self._pulse)

    def _save(self, state: MailboxState) -> None:
        self._result(self._ledger.save_mailbox(self._settings.name, self._settings.folder, state))

    def _note_missing(self, progress: Progress, asked: Collection[int], got: Collection[int]) -> None:
        for uid in asked:
            if uid not in got:
                self._note_trouble(progress, uid, "the server did not hand it out")

    def _note_trouble(self, progress: Progress, uid: int, reason: str) -> None:
        trouble = progress.fail(uid, reason, self._pulse.monotonic())
        self._log.warning("imap_mail_failed", uid=uid, tries=trouble.tries, error=reason)


def _latest_of(start: date | str, max_age_days: int, today: date) -> date | str:
    """From which day on mail is taken that lay there before us; "now" and "all" are no days."""
    if not max_age_days or start == "now":
        return start
    youngest = today - timedelta(days=max_age_days)
    return youngest if isinstance(start, str) else max(start, youngest)


def _too_old(session: Session, start: date | str, floor: int, below: int) -> set[int]:
    """UIDs below `below` that came before the day from which mail is taken; none where `start` is no day."""
    if isinstance(start, str) or below <= floor + 1:
        return set()
    wanted = session.uids_above(floor, since=start)
    return {uid for uid in session.uids_above(floor) if uid < below}.difference(wanted)
