"""Who watches a mailbox? One thread from start to stop: connects, looks, waits in IDLE, and after a fault begins anew.

RFC 2177 (IDLE). No fault ends the thread; it backs off and tries again for ever, and says what is wrong.
"""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from mailticket.bearer import Token
from mailticket.errors import MailticketError, TemporaryError, said_by
from mailticket.intake.imap_login import MailboxFault, place_of
from mailticket.intake.imap_pulse import Pulse
from mailticket.intake.imap_sent import SentFolder
from mailticket.intake.imap_session import Session
from mailticket.intake.imap_take import Ledger, Taker
from mailticket.intake.imap_throttle import asked_to_wait
from mailticket.settings.intake import ImapSettings

log = structlog.get_logger()

#: Seconds after which IDLE is renewed: servers end it after 29 minutes, NATs forget a silent connection earlier.
IDLE_AT_MOST = 540


@dataclass(slots=True)
class Backoff:
    """Seconds to wait before the next try: twice as long each time, with jitter, never longer than `most`."""

    first: float = 1.0
    most: float = 300.0
    #: A connection that was good for so long is no reason to wait longer than `first` after its end; one that breaks
    #: sooner is, whatever it was good for: else a server that drops us is asked for a login every second.
    steady: float = 60.0
    tries: int = 0

    def next(self, lasted: float = 0.0) -> float:
        """The next wait, after a connection that was good for `lasted` seconds."""
        if lasted >= self.steady:
            self.tries = 0
        longest = min(self.most, self.first * 2.0 ** min(self.tries, 16))
        self.tries += 1
        return longest * random.uniform(0.5, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class WatcherState:
    """What `check` and the watchdog want to know of a mailbox."""

    connected: bool
    #: When the mailbox was last looked through to the end, None before that.
    last_success_at: datetime | None
    #: Last sign of life of the thread.
    last_loop_at: datetime
    #: What is wrong, for people; "" where all is well.
    error: str
    #: Since when it cannot be read, None where it can, and since when it can, None where it cannot. A store that is
    #: away is no fault of the mailbox.
    failing_since: datetime | None
    well_since: datetime | None
    #: Mail that could not be taken so far, a sentence each.
    troubled: tuple[str, ...]


class MailboxWatcher:
    """Takes the mail of one mailbox, in a thread of its own, from `start` to `stop`.

    `password` is asked at every login, so that a new one is taken up; `token` takes its place where a mailbox is opened
    by OAuth2. `now` gives aware UTC. `touch=False`: nothing in
    the mailbox is changed.
    """

    def __init__(
        self,
        settings: ImapSettings,
        password: Callable[[], str],
        ledger: Ledger,
        *,
        now: Callable[[], datetime],
        token: Token | None = None,
        touch: bool = True,
        backoff: Backoff | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._password, self._token = password, token
        self._backoff = backoff or Backoff()
        self._pulse = Pulse(now, monotonic)
        self._touch = touch
        self._taker = Taker(settings, ledger, self._pulse)
        self._sent = SentFolder(settings, ledger, self._pulse) if settings.sent_folder else None
        self._log = log.bind(mailbox=settings.name)
        # a connect() that hangs cannot be interrupted and has nothing in hand: it must not keep the process
        self._thread = threading.Thread(target=self._run, name=f"imap-{settings.name}", daemon=True)
        self._session: Session | None = None
        self._connected = False
        self._last_success_at: datetime | None = None
        self._error = ""
        self._failing_since: datetime | None = None
        self._well_since: datetime | None = None
        #: When the connection was first good for anything, on the clock of the pulse.
        self._good_from: float | None = None
        #: The fault that the log has heard of.
        self._fault = ""

    def start(self) -> None:
        """Starts the thread; returns at once, whatever the server does."""
        self._thread.start()

    def stop(self, timeout: float = 5.0) -> bool:
        """Ends the thread: at once where it waits, else work in hand gets half the time. True where it has ended.

        Does nothing where `start` was not reached.
        """
        self._pulse.stopping.set()
        if not self._thread.is_alive():
            return True
        if session := self._session:
            session.break_off_idle()
        self._thread.join(timeout / 2)
        self._pulse.abandoned.set()
        if session := self._session:
            session.break_off()
        self._thread.join(timeout / 2)
        return not self._thread.is_alive()

    @property
    def state(self) -> WatcherState:
        """How the mailbox does, from any thread."""
        progress = self._taker.progress
        troubles = dict(progress.troubles) if progress else {}
        return WatcherState(
            connected=self._connected,
            last_success_at=self._last_success_at,
            last_loop_at=self._pulse.last_at,
            error=self._error,
            failing_since=self._failing_since,
            well_since=self._well_since,
            troubled=tuple(
                f"UID {uid} (tries: {trouble.tries}): {trouble.reason}" for uid, trouble in troubles.items()
            ),
        )

    def check_liveness(self) -> None:
        """Breaks a connection off that shows no progress, so that the thread makes a new one. From any thread."""
        session, silent = self._session, self._pulse.silent
        if session and silent > 2 * self._wait_at_most + self._settings.timeout:
            self._log.warning("imap_connection_hung", silent_seconds=round(silent))
            session.break_off()

    @property
    def _wait_at_most(self) -> int:
        return min(self._settings.poll_interval, IDLE_AT_MOST)

    def _run(self) -> None:
        while not self._pulse.stopping.is_set():
            self._pulse.beat()
            asked = 0.0
            try:
                self._watch()
            except Exception as error:  # noqa: BLE001  # edge of intake: whatever it is, the mailbox is tried again
                self._note_fault(error)
                asked = asked_to_wait(error)
            finally:
                self._connected = False
                session, self._session = self._session, None
                if session:
                    session.close()
            self._pulse.stopping.wait(max(self._backoff.next(self._lasted()), asked))

    @property
    def _was_steady(self) -> bool:
        good_from = self._good_from
        return good_from is not None and self._pulse.monotonic() - good_from >= self._backoff.steady

    def _lasted(self) -> float:
        """Seconds that the connection which has ended was good for something."""
        begun, self._good_from = self._good_from, None
        return self._pulse.monotonic() - begun if begun is not None else 0.0

    def _watch(self) -> None:
        """Connects and takes mail until `stop`, or until a fault is raised."""
        stopping = self._pulse.stopping
        self._session = session = Session(self._settings, touch=self._touch)
        if stopping.is_set():
            return
        session.log_in(self._token or self._password())
        if self._sent:
            self._sent.begin(session)
        session.open_folder()
        progress = self._taker.begin(session)
        self._connected = True
        self._log.info("imap_connected", host=self._settings.host, folder=self._settings.folder)
        while not stopping.is_set():
            self._pulse.beat()
            session.refresh()
            more = self._taker.look(session, progress)
            if not more and self._sent and self._sent.visit(session):
                # back to INBOX, and before anybody waits a look at what came meanwhile
                session.open_folder()
                progress = self._taker.begin(session)
                continue
            self._note_success()
            if not more and not session.wait(self._wait_at_most, stopping.is_set):
                stopping.wait(self._wait_at_most)

    def _note_success(self) -> None:
        now = self._pulse.now()
        if self._failing_since is not None:
            self._log.info("imap_mailbox_recovered", failing_since=self._failing_since.isoformat())
        if self._good_from is None:
            self._good_from = self._pulse.monotonic()
        self._last_success_at, self._failing_since = now, None
        self._well_since = self._well_since or now
        self._error = self._taker.mark_error or (self._sent.error if self._sent else "")
        self._fault = ""

    def _note_fault(self, error: Exception) -> None:
        """Remembers what is wrong for `state`; the log hears of it once, until something changes."""
        if self._pulse.stopping.is_set():
            return
        place, unexpected = place_of(self._settings), None
        match error:
            case MailboxFault():
                event, self._error = error.event, str(error)
            case TemporaryError():
                event, self._error = "imap_store_unavailable", f"mail waits in the mailbox: {error}"
            case MailticketError():
                event, self._error = "imap_mailbox_failed", str(error)
            case OSError() | IMAPClientAbortError() if self._was_steady:
                # the next connection shows whether anything is wrong; some servers end every session after minutes
                self._log.info("imap_session_ended", said=str(error))
                return
            case OSError() | IMAPClientError() if self._token and self._good_from is not None and not self._fault:
                # servers end what a token has opened when its time is over, and want to see a new one
                self._log.info("imap_session_ended", said=str(error))
                return
            case OSError() | IMAPClientError():
                event, self._error = "imap_connection_lost", f"{place}: the connection was lost: {said_by(error)}"
            case _:
                event, unexpected = "imap_mailbox_failed", error
                self._error = f"{place}: unexpected {type(error).__name__}; the log says more"
        if not isinstance(error, TemporaryError):
            self._failing_since, self._well_since = self._failing_since or self._pulse.now(), None
        if event != self._fault:
            self._log.warning(event, error=self._error, exc_info=unexpected)
        self._fault = event
