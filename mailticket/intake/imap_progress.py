"""Which mail of a mailbox is done, which waits, which makes trouble? Bookkeeping for one UIDVALIDITY, without I/O.

A mail is settled once the ledger has committed it, and finished once the mailbox shows so too. The floor follows the
finished ones, so that what a crash left unmarked is found again.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from mailticket.mail.message import MailboxState

#: The second failure of a mail makes it wait so long, each further one twice as long (seconds).
RETRY_FIRST, RETRY_MOST = 30.0, 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A mail that could not be taken so far."""

    tries: int
    #: On the clock that `Progress` is asked with.
    retry_at: float
    #: What went wrong the last time, for people.
    reason: str


class Progress:
    """How far a mailbox has been read, kept while a connection lasts; troubles are handed on to the next one."""

    def __init__(self, state: MailboxState, done: Iterable[int], too_old: Iterable[int] = ()) -> None:
        self.state = state
        self.troubles: dict[int, Trouble] = {}
        #: Fetched when a connection broke: each is fetched alone, to learn which one breaks it.
        self.suspects: set[int] = set()
        self._settled = set(done)
        self._finished: set[int] = set()
        self._too_old = set(too_old)

    @property
    def may_be_saved(self) -> bool:
        """False at first sight with a start date while old mail lies behind new: a restart would take it for new."""
        return bool(self.state.rescan_below) or not self._too_old

    def inherit(self, before: "Progress") -> None:
        """Takes over what the connection before has learned about bad mail."""
        if before.state.uidvalidity == self.state.uidvalidity:
            self.troubles, self.suspects = before.troubles, before.suspects

    def forget_gone(self, found: Collection[int]) -> None:
        """Drops what is remembered of mail that has left the mailbox."""
        self.suspects.intersection_update(found)
        for uid in self.troubles.keys() - set(found):
            del self.troubles[uid]

    def due(self, found: Iterable[int], now: float) -> list[int]:
        """Of the mail found those that shall be taken now, in the same order."""
        closed = self._settled | self._finished | self._too_old
        return [uid for uid in found if uid not in closed and not self._waits(uid, now)]

    def unmarked(self, found: Iterable[int]) -> list[int]:
        """Of the mail found those that are committed, and the mailbox does not show it yet."""
        return [uid for uid in found if uid in self._settled and uid not in self._finished]

    def settle(self, uids: Iterable[int]) -> None:
        """The ledger has committed these."""
        for uid in uids:
            self._settled.add(uid)
            self.suspects.discard(uid)
            self.troubles.pop(uid, None)

    def finish(self, uids: Iterable[int]) -> None:
        """The mailbox shows that these are taken."""
        self._finished.update(uids)

    def fail(self, uid: int, reason: str, now: float) -> Trouble:
        """Notes a failure; the mail is tried again later: at once, after half a minute, a minute, at most an hour."""
        tries = self.troubles[uid].tries + 1 if uid in self.troubles else 1
        delay = min(RETRY_MOST, RETRY_FIRST * 2 ** min(tries - 2, 16)) if tries > 1 else 0.0
        self.troubles[uid] = trouble = Trouble(tries=tries, retry_at=now + delay, reason=reason)
        return trouble

    def raise_floor(self, found: Sequence[int]) -> MailboxState | None:
        """The state to save after a look at all mail above the floor (ascending); None where there is nothing new."""
        closed = self._finished | self._too_old
        first_open = next((uid for uid in found if uid not in closed), None)
        floor = first_open - 1 if first_open is not None else max(found, default=self.state.floor)
        if floor <= self.state.floor:
            return None
        self.state = replace(self.state, floor=floor)
        self._too_old = {uid for uid in self._too_old if uid > floor}
        self._settled = {uid for uid in self._settled if uid > floor}
        self._finished = {uid for uid in self._finished if uid > floor}
        return self.state if self.may_be_saved else None

    def _waits(self, uid: int, now: float) -> bool:
        return uid in self.troubles and self.troubles[uid].retry_at > now
