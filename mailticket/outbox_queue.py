"""How does delivery reach the outbox? Every word of it goes through the ledger: this process has one writer."""

from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection

from mailticket.actions import undelivered
from mailticket.actions.facts import facts_of
from mailticket.ledger import Ledger
from mailticket.outbound import pace
from mailticket.outbound.gate import RelayState
from mailticket.outbound.pace import Limits
from mailticket.outbound.throttle import Throttle
from mailticket.store import leaving, relays
from mailticket.store import pace as kept
from mailticket.store.outbox import OutboxRow
from mailticket.store.pace import RelayPace
from mailticket.store.room import Room

log = structlog.get_logger()

_MINUTE = timedelta(minutes=1)


class OutboxQueue:
    """The store's outbox as `outbound.delivery` needs it; each call returns after the commit.

    Raises TemporaryError where the store does not answer.
    """

    def __init__(
        self,
        ledger: Ledger,
        node: str,
        relay: str,
        limits: Limits,
        count: Callable[[str], None] = lambda outcome: None,
    ) -> None:
        """`node` names this daemon among those that share the store; what it had claimed before is given back.

        `relay` is where the mail goes, within `limits`. `count` is told of every attempt: sent, deferred or failed.
        """
        self._count = count
        self._limits = limits
        #: When mails left, lately; this and `_pace` belong to the ledger's thread.
        self._left: deque[datetime] = deque(maxlen=10_000)
        self._ledger = ledger
        self._relay = relay
        self._node = node
        ledger.write(lambda connection: leaving.release_all(connection, node)).result()
        with ledger.store.reading() as connection:
            self._pace = kept.read(connection, relay)

    def claim(self, now: datetime, limit: int, lease: timedelta, busy: Collection[str]) -> list[OutboxRow]:
        """Due rows that the pace allows, none of the `busy` domains; the caller's alone until `now + lease`."""

        def claim(connection: Connection) -> list[OutboxRow]:
            known = kept.read(connection, self._relay)
            if not pace.is_free(self._limits, known):
                return self._claim_one(connection, now, lease, busy)
            self._learned(known)
            return leaving.claim(connection, now, limit, lease, self._node, Room(busy=busy))

        return self._ledger.write(claim).result()

    def _claim_one(
        self, connection: Connection, now: datetime, lease: timedelta, busy: Collection[str]
    ) -> list[OutboxRow]:
        """One row at a time where mails are counted: whatever is most urgent when its turn has come leaves next."""
        before = kept.read_to_change(connection, self._relay)
        known = pace.believed(before, now)
        if pace.is_over(known, now):
            known = pace.resumed(known)
        rows: list[OutboxRow] = []
        if pace.next_turn(self._limits, known, now) <= now:
            room = self._room(connection, busy, now)
            rows = leaving.claim(connection, now, 1, lease, self._node, room)
        if rows:
            known = pace.taken(self._limits, known, now)
        if known != before:
            kept.save(connection, self._relay, known)
        self._learned(known)
        return rows

    def _room(self, connection: Connection, busy: Collection[str], now: datetime) -> Room:
        if not self._limits.per_day:
            return Room(busy=busy)
        used = relays.recipients_today(connection, self._relay, now) + leaving.recipients_in_hand(connection, now)
        return Room(busy=busy, recipients=pace.left_today(self._limits, used))

    def _learned(self, known: RelayPace) -> None:
        """One line when the relay asked us to slow down, and one when that is over. In the ledger's thread."""
        before, self._pace = self._pace, known
        if known.slowed_since and not before.slowed_since:
            log.warning("relay_wants_less", reply=known.reply, mails_a_minute_before=round(known.full_rate))
        elif before.slowed_since and not known.slowed_since:
            log.info("relay_bears_full_pace", after_reply=before.reply, since=before.slowed_since.isoformat())

    def connections(self, now: datetime) -> int:
        """How many the relay bears just now, as far as is known."""
        return pace.connections(self._limits, self._pace, now)

    def throttled(self, row: OutboxRow, throttle: Throttle, reply: str, now: datetime, *, again: bool) -> None:
        """The relay wants less: the pace changes, the row waits for its next turn, or lets one pass where `again`."""

        def slow_down(connection: Connection) -> None:
            known = pace.believed(kept.read_to_change(connection, self._relay), now)
            recently = sum(now - left < _MINUTE for left in self._left)
            slower = pace.slowed(self._limits, known, throttle, reply, recently, now)
            kept.save(connection, self._relay, slower)
            assert slower.next_at is not None
            # it keeps its place, for nobody leaves before its turn comes again
            later = slower.next_at + pace.interval(self._limits, slower, now) if again else None
            leaving.postponed(connection, row.id, reply, later)
            self._learned(slower)

        self._ledger.write(slow_down).result()
        self._count("deferred")

    def relay_is(self, state: RelayState) -> None:
        """Whether the relay can be reached, for other processes to see."""
        if state.since is None and self._pace.away_since is None:
            return

        def note(connection: Connection) -> None:
            known = kept.read_to_change(connection, self._relay)
            since = (known.away_since or state.since) if state.since else None
            self._learned(replace(known, away_since=since, away_reason=state.reason))
            kept.save(connection, self._relay, self._pace)

        self._ledger.write(note).result()

    def facts(self, row: OutboxRow) -> Mapping[str, Any]:
        """Text and files of the message that the row carries, or what an agent has asked for."""
        with self._ledger.store.reading() as connection:
            return facts_of(connection, self._ledger.context, row)

    def store_rendered(self, id_: int, raw: bytes) -> None:
        """Keeps the bytes for all attempts."""
        self._ledger.write(lambda connection: leaving.store_rendered(connection, id_, raw)).result()

    def sent(self, id_: int, now: datetime, recipients: int, refused: Sequence[tuple[str, str]] = ()) -> None:
        """The relay has it, for so many recipients, but not for those `refused`."""
        context = self._ledger.context

        def sent(connection: Connection) -> None:
            leaving.sent(connection, id_, now)
            self._left.append(now)
            if self._limits.per_day:
                relays.count_recipients(connection, self._relay, recipients, now)
            if refused:
                undelivered.refused(connection, context, id_, refused, now)

        self._ledger.write(sent).result()
        self._count("sent")

    def deferred(self, id_: int, error: str, next_attempt_at: datetime, now: datetime) -> None:
        """Again at `next_attempt_at`."""
        self._ledger.write(lambda connection: leaving.deferred(connection, id_, error, next_attempt_at)).result()
        self._count("deferred")

    def failed(self, id_: int, error: str, now: datetime) -> None:
        """Never; an event on the ticket says so."""
        context = self._ledger.context
        self._ledger.write(lambda one: undelivered.failed(one, context, id_, error, now)).result()
        self._count("failed")

    def release(self, ids: Sequence[int], error: str) -> None:
        """Gives claims back; no attempt is counted."""
        self._ledger.write(lambda connection: leaving.release(connection, ids, error)).result()

    def refused_forms(self) -> Mapping[str, datetime]:
        """Forms of reverse-path that this relay refused, and when it did so last."""
        with self._ledger.store.reading() as connection:
            return {one.form: one.at for one in relays.refused_forms(connection, self._relay)}

    def form_refused(self, form: str, reply: str, now: datetime) -> None:
        """The relay refused this form, and took the same mail from the desk's address."""
        self._ledger.write(lambda connection: relays.form_refused(connection, self._relay, form, reply, now)).result()

    def next_due(self, now: datetime, busy: Collection[str]) -> datetime | None:
        """When the next row may be claimed, None where nothing waits that may."""
        with self._ledger.store.reading() as connection:
            known = pace.believed(kept.read(connection, self._relay), now)
            due = leaving.next_due(connection, self._room(connection, busy, now))
        return due and max(due, pace.next_turn(self._limits, known, now))
