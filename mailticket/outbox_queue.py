"""How does delivery reach the outbox? Every word of it goes through the ledger: this process has one writer."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from mailticket.actions import undelivered
from mailticket.ledger import Ledger
from mailticket.store import outbox, relays
from mailticket.store.outbox import OutboxRow


class OutboxQueue:
    """The store's outbox as `outbound.delivery` needs it; each call returns after the commit.

    Raises TemporaryError where the store does not answer.
    """

    def __init__(self, ledger: Ledger, node: str, relay: str) -> None:
        """`node` names this daemon among those that share the store; what it had claimed before is given back.

        `relay` is where the mail goes.
        """
        self._ledger = ledger
        self._relay = relay
        self._node = node
        ledger.write(lambda connection: outbox.release_all(connection, node)).result()

    def claim(self, now: datetime, limit: int, lease: timedelta) -> list[OutboxRow]:
        """Due rows for the caller alone, until `now + lease`."""
        return self._ledger.write(lambda connection: outbox.claim(connection, now, limit, lease, self._node)).result()

    def facts(self, row: OutboxRow) -> Mapping[str, Any]:
        """Text and files of the message that the row carries."""
        with self._ledger.store.reading() as connection:
            return outbox.facts(connection, self._ledger.context.blobs, row)

    def store_rendered(self, id_: int, raw: bytes) -> None:
        """Keeps the bytes for all attempts."""
        self._ledger.write(lambda connection: outbox.store_rendered(connection, id_, raw)).result()

    def sent(self, id_: int, now: datetime, reply: str) -> None:
        """The relay has it."""
        self._ledger.write(lambda connection: outbox.sent(connection, id_, now)).result()

    def refused(self, id_: int, recipients: Sequence[tuple[str, str]], now: datetime) -> None:
        """The relay took the mail, but not for these recipients."""
        context = self._ledger.context
        self._ledger.write(lambda one: undelivered.refused(one, context, id_, recipients, now)).result()

    def deferred(self, id_: int, error: str, next_attempt_at: datetime, now: datetime) -> None:
        """Again at `next_attempt_at`."""
        self._ledger.write(lambda connection: outbox.deferred(connection, id_, error, next_attempt_at)).result()

    def failed(self, id_: int, error: str, now: datetime) -> None:
        """Never; an event on the ticket says so."""
        context = self._ledger.context
        self._ledger.write(lambda one: undelivered.failed(one, context, id_, error, now)).result()

    def release(self, ids: Sequence[int], error: str) -> None:
        """Gives claims back; no attempt is counted."""
        self._ledger.write(lambda connection: outbox.release(connection, ids, error)).result()

    def refused_forms(self) -> Mapping[str, datetime]:
        """Forms of reverse-path that this relay refused, and when it did so last."""
        with self._ledger.store.reading() as connection:
            return {one.form: one.at for one in relays.refused_forms(connection, self._relay)}

    def form_refused(self, form: str, reply: str, now: datetime) -> None:
        """The relay refused this form, and took the same mail from the desk's address."""
        self._ledger.write(lambda connection: relays.form_refused(connection, self._relay, form, reply, now)).result()

    def next_due(self, now: datetime) -> datetime | None:
        """When the next row is due, None where nothing waits."""
        with self._ledger.store.reading() as connection:
            return outbox.next_due(connection)
