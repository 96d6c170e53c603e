"""When will what leave, and why not now? The pace carried on in thought, over all that waits."""

import heapq
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailticket.desk.urgency import SHARES, Rank
from mailticket.outbound import pace
from mailticket.outbound.pace import Limits
from mailticket.store.outbox_view import Unsent
from mailticket.store.pace import RelayPace

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What is to be expected of one mail."""

    #: None where nobody can know, or it never will.
    leaves_at: datetime | None
    #: Its place among all that leave, from 1; None where it never will.
    place: int | None
    #: Why it has not left, in words for people.
    why: str


def forecast(
    mails: Sequence[Unsent], limits: Limits, known: RelayPace, given: Sequence[tuple[datetime, int]], now: datetime
) -> Mapping[int, Forecast]:
    """By id. `given`: recipients of the last day, with the moments at which they no longer count, the next one first.

    How long a mail takes, and what its relay will say, is not known: where nothing holds it back it leaves now.
    """
    waiting = [mail for mail in mails if mail.state == "queued"]
    failed = {
        mail.id: Forecast(leaves_at=None, place=None, why=f"failed, not tried again: {mail.last_error}")
        for mail in mails
        if mail.state != "queued"
    }
    if known.away_since is None:
        return {**failed, **_Future(waiting, limits, known, given, now).all()}
    why = f"the relay is away since {_when(known.away_since)}: {known.away_reason}"
    return failed | {
        mail.id: Forecast(leaves_at=None, place=place, why=_retry(mail) if mail.next_attempt_at > now else why)
        for place, mail in enumerate(sorted(waiting, key=_order), 1)
    }


class _Future:
    """One run of the pace from now on."""

    def __init__(
        self,
        mails: Sequence[Unsent],
        limits: Limits,
        known: RelayPace,
        given: Sequence[tuple[datetime, int]],
        now: datetime,
    ) -> None:
        self._limits, self._known, self._now, self._at = limits, known, now, now
        self._count = len(mails)
        self._later = deque(sorted(mails, key=lambda mail: mail.next_attempt_at))
        #: By rank and recipients: of those alike the first one leaves first.
        self._due: defaultdict[tuple[int, int], list[tuple[tuple[int, datetime, int], Unsent]]] = defaultdict(list)
        self._given = deque(given)
        self._used = sum(recipients for _, recipients in given)
        self._day_is_full = False

    def all(self) -> dict[int, Forecast]:
        """Every mail, in the order in which they leave."""
        found: dict[int, Forecast] = {}
        while len(found) < self._count:
            self._look_at_clock()
            first = self._first()
            if moment := self._not_before(first):
                self._at = moment
                continue
            assert first is not None
            _, mail = heapq.heappop(self._due[first])
            found[mail.id] = Forecast(leaves_at=self._at, place=len(found) + 1, why=self._why(mail))
            self._leaves(mail)
        return found

    def _look_at_clock(self) -> None:
        while self._later and self._later[0].next_attempt_at <= self._at:
            mail = self._later.popleft()
            heapq.heappush(self._due[mail.priority, mail.recipients], (_order(mail), mail))
        while self._given and self._given[0][0] <= self._at:
            self._used -= self._given.popleft()[1]
        if pace.is_over(self._known, self._at):
            self._known = pace.resumed(self._known)

    def _first(self) -> tuple[int, int] | None:
        """Where the mail lies that leaves next, the most urgent one of which the day has room for all recipients."""
        left = pace.left_today(self._limits, self._used)
        fitting = (key for key, due in self._due.items() if due and (left is None or key[1] <= left[Rank(key[0])]))
        return min(fitting, key=lambda key: self._due[key][0], default=None)

    def _not_before(self, first: tuple[int, int] | None) -> datetime | None:
        """The moment at which to look again, None where the `first` mail leaves now."""
        if not any(self._due.values()):
            return self._later[0].next_attempt_at
        if (turn := pace.next_turn(self._limits, self._known, self._at)) > self._at:
            return turn
        if first:
            return None
        self._day_is_full = True
        room_at = self._given[0][0]
        return min(room_at, self._later[0].next_attempt_at) if self._later else room_at

    def _leaves(self, mail: Unsent) -> None:
        self._known = pace.taken(self._limits, self._known, self._at)
        if self._limits.per_day:
            # counted by the minute: what left in one makes room at once
            self._given.append((self._at.replace(second=0, microsecond=0) + _DAY, mail.recipients))
            self._used += mail.recipients

    def _why(self, mail: Unsent) -> str:
        if mail.next_attempt_at > self._now and not self._known.slowed_since:
            return _retry(mail)
        if self._at == self._now:
            return "leaves now"
        if self._day_is_full:
            share = SHARES[Rank(mail.priority)]
            part = "" if share == 100 else f"{share} % of "
            return f"{part}per_day = {self._limits.per_day} reached, goes on at {_when(self._at)}"
        if self._known.slowed_since:
            return f"the relay asked us to slow down: {self._known.reply}"
        return f"paced: {self._limits.rate_per_minute} a minute"


def _order(mail: Unsent) -> tuple[int, datetime, int]:
    return mail.priority, mail.next_attempt_at, mail.id


def _retry(mail: Unsent) -> str:
    return f"retry: {mail.last_error}" if mail.last_error else "it has its time, for changes until then"


def _when(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
