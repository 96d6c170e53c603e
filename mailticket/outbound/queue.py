"""What does delivery ask of the outbox? Its one in the store is `outbox_queue`, tests have one in memory."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from mailticket.outbound.gate import RelayState
from mailticket.outbound.reverse_path import Memory
from mailticket.outbound.throttle import Throttle
from mailticket.store.outbox import OutboxRow


class Queue(Memory, Protocol):
    """The outbox as delivery needs it. Every call blocks until it is committed."""

    def claim(self, now: datetime, limit: int, lease: timedelta, busy: Collection[str]) -> list[OutboxRow]:
        """Due rows that the pace allows, none of the `busy` domains; the caller's alone until `now + lease`."""

    def facts(self, row: OutboxRow) -> Mapping[str, Any]:
        """Text and files of the message that the row carries; empty for templated mail."""

    def store_rendered(self, id_: int, raw: bytes) -> None:
        """Keeps the bytes for all attempts."""

    def sent(self, id_: int, now: datetime, recipients: int, refused: Sequence[tuple[str, str]] = ()) -> None:
        """The relay has it, for so many recipients; those `refused`, each with the relay's words, are an event."""

    def deferred(self, id_: int, error: str, next_attempt_at: datetime, now: datetime) -> None:
        """Again at `next_attempt_at`."""

    def failed(self, id_: int, error: str, now: datetime) -> None:
        """Never; an event on the ticket says so."""

    def release(self, ids: Sequence[int], error: str) -> None:
        """Gives claims back; no attempt is counted. `error`: why there was none, "" where nothing is wrong."""

    def next_due(self, now: datetime, busy: Collection[str]) -> datetime | None:
        """When the next row may be claimed, None where nothing waits that may."""

    def connections(self, now: datetime) -> int:
        """How many the relay bears just now, as far as is known."""

    def throttled(self, row: OutboxRow, throttle: Throttle, reply: str, now: datetime, *, again: bool) -> None:
        """The relay wants less: the pace changes, the row waits for its next turn, or lets one pass where `again`."""

    def relay_is(self, state: RelayState) -> None:
        """Whether the relay can be reached, for other processes to see."""
