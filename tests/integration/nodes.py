"""A node without its doors: a running ledger over a store, as the daemon has it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

from sqlalchemy import select

from mailticket.actions import tickets as actions
from mailticket.actions.context import Context
from mailticket.desk.policy import Numbering
from mailticket.desk.receipt import Opened, Receipt
from mailticket.desk.ticket import Source, Ticket
from mailticket.ledger import Ledger
from mailticket.mail.reading import read_mail
from mailticket.pipeline import Parse
from mailticket.store import opening, tickets, views, waiting
from mailticket.store.blobs import BlobFolder
from mailticket.store.engine import Store
from mailticket.store.opening import NewTicket
from mailticket.store.tables import outbox
from mailticket.store.waiting import Waiting
from tests.factories import DESK, KEY, NOW, make_envelope, make_policy, make_raw

#: Seconds after which whatever was waited for has failed.
PATIENCE = 30.0


@dataclass(slots=True)
class Clock:
    """A clock that stands still until it is moved."""

    time: datetime = NOW

    def __call__(self) -> datetime:
        return self.time


@dataclass(slots=True, kw_only=True)
class Node:
    """A ledger and the desk as tests see it."""

    ledger: Ledger
    store: Store
    context: Context
    clock: Clock = field(default_factory=Clock)

    def receive(self, raw: bytes, **envelope: Any) -> Receipt:
        """What becomes of a mail that arrives now."""
        values = {"received_at": self.clock.time} | envelope
        return self.ledger.submit(raw, make_envelope(**values)).result(PATIENCE)

    def open(self, raw: bytes, **envelope: Any) -> str:
        """The number of the ticket that a mail opens."""
        receipt = self.receive(raw, **envelope)
        assert isinstance(receipt, Opened), receipt
        return receipt.ticket

    def show(self, number: str) -> dict[str, Any]:
        """The JSON of `ticket show`."""
        with self.store.reading() as connection:
            found = views.show(connection, number)
        assert found is not None
        return found

    def numbers(self) -> list[str]:
        """All tickets, oldest first."""
        with self.store.reading() as connection:
            return sorted(one["number"] for one in views.listing(connection, limit=10_000)["tickets"])

    def events(self, number: str) -> dict[str, Any]:
        """The last detail of each kind of event on a ticket."""
        return {event["kind"]: event["detail"] for event in self.show(number)["events"]}

    def waiting(self, state: str) -> list[Waiting]:
        """The mail that waits in `state`, oldest first."""
        with self.store.reading() as connection:
            return waiting.listing(connection, state)

    def queued(self, notifications: bool = False) -> list[tuple[str, str]]:
        """Kind and first recipient of every mail that was ever put into the outbox, oldest first.

        Notifications of agents come with every mail; they are left out where they are not asked for.
        """
        with self.store.reading() as connection:
            rows = connection.execute(select(outbox.c.kind, outbox.c.notice).order_by(outbox.c.id))
            mails = [(row.kind, row.notice["to"][0]["address"]) for row in rows]
        return [mail for mail in mails if notifications or mail[0] != "agent_notification"]

    def notices(self) -> list[dict[str, Any]]:
        """All that was ever put into the outbox, before it has words, oldest first."""
        with self.store.reading() as connection:
            return list(connection.execute(select(outbox.c.notice).order_by(outbox.c.id)).scalars())

    def change(self, number: str, **requested: str) -> None:
        """What `ticket set` does."""
        with self.store.writing() as connection:
            ticket = tickets.find_by_number(connection, number)
            assert ticket is not None
            actions.change(connection, self.context, ticket, requested, "cli", self.clock.time)

    @contextmanager
    def held_up(self) -> Iterator[None]:
        """Nothing is written meanwhile: what is handed in forms one batch, or a few where it is too large for one."""
        begun, may_go_on = Event(), Event()

        def wait(connection: object) -> None:
            begun.set()
            assert may_go_on.wait(PATIENCE)

        blocked = self.ledger.write(wait)
        assert begun.wait(PATIENCE)
        try:
            yield
        finally:
            may_go_on.set()
            blocked.result(PATIENCE)


def make_context(folder: Path, **policy: Any) -> Context:
    """What every action needs; large files lie in `folder`. People of these tests answer at once: the clock stands."""
    policy = {"quick_answer": timedelta(), **policy}
    return Context(policy=make_policy(**policy), key=KEY, blobs=BlobFolder(folder))


@contextmanager
def node(
    store: Store,
    folder: Path,
    parse: Parse = read_mail,
    ledger: dict[str, Any] | None = None,
    **policy: Any,
) -> Iterator[Node]:
    """A running node; on the way out it finishes what was begun. `ledger`: arguments of the Ledger beyond the usual."""
    clock = Clock()
    context = make_context(folder, **policy)
    running = Ledger(store, context, parse, **{"now": clock, **(ledger or {})})
    running.start()
    try:
        yield Node(ledger=running, store=store, context=context, clock=clock)
    finally:
        running.stop()


def numbered(count: int, **over: Any) -> bytes:
    """Mails that differ."""
    return make_raw(subject=f"Vase {count}", message_id=f"<{count}@shop.example>", **over)


def open_ticket(
    store: Store, title: str = "Broken vase", numbering: Numbering | None = None, day: date | None = None
) -> Ticket:
    """A ticket straight into the store."""
    new = NewTicket(at=NOW, title=title, contact=None, source=Source.CLI, desk_address=DESK, language="en")
    with store.writing() as connection:
        return opening.open_ticket(connection, new, numbering or make_policy().numbering, day or NOW.date())


def counting(parse: Parse, calls: list[bytes]) -> Parse:
    """`parse` that notes what it was called with."""

    def counted(raw: bytes) -> Any:
        calls.append(raw)
        return parse(raw)

    return counted
