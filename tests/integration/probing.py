"""A desk that writes to itself: what the relay takes of its probes, and what comes back of them."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from mailticket import jobs
from mailticket.desk.canary import Probe
from mailticket.desk.policy import Agent, Canary
from mailticket.outbound.letter import write
from mailticket.outbound.render import Templates
from mailticket.store import leaving, outbox, probes, troubles
from mailticket.store import tables as t
from tests.factories import DESK
from tests.integration.nodes import Node

MINUTE = timedelta(minutes=1)
CANARY = Canary(every=15 * MINUTE, late_after=10 * MINUTE, doors=("mailbox support (support at imap.acme.example)",))
LEAD = Agent(name="Lea", address="lea@acme.example", lead=True)


class Probed:
    """A desk that writes to itself; time passes when a test says so."""

    def __init__(self, desk: Node) -> None:
        self.desk = desk
        self._templates = Templates(None)

    def after(self, minutes: float) -> None:
        """What the service does by itself after so long."""
        self.desk.clock.time += minutes * MINUTE
        jobs.keep_canary(self.desk.ledger, self.desk.clock.time)

    def queued(self) -> list[Any]:
        """Rows of probes that wait in the outbox."""
        these = select(t.outbox.c.id).where(t.outbox.c.kind == "probe", t.outbox.c.state == "queued")
        with self.desk.store.reading() as connection:
            found = [outbox.find(connection, id_) for id_ in connection.execute(these.order_by("id")).scalars()]
        return [row for row in found if row is not None]

    def leave(self) -> bytes:
        """The relay takes the probe that waits: its bytes."""
        (row,) = self.queued()
        raw = write(row, {}, self._templates, self.desk.context.policy, self.desk.clock.time)
        now = self.desk.clock.time
        self.desk.ledger.write(lambda connection: leaving.sent(connection, row.id, now)).result()
        return raw

    def arrives(self, raw: bytes, **envelope: Any) -> Any:
        return self.desk.receive(raw, mail_from=DESK, **envelope)

    @property
    def told(self) -> list[tuple[str, str]]:
        """Who was told what."""
        alerts = [notice for notice in self.desk.notices() if notice["kind"] == "trouble"]
        return [
            (notice["to"][0]["address"], "over" if notice["details"]["over_at"] else notice["details"]["headline"])
            for notice in alerts
        ]

    @property
    def broken(self) -> set[str]:
        with self.desk.store.reading() as connection:
            return set(troubles.known(connection))

    def newest(self, address: str = DESK) -> Probe:
        with self.desk.store.reading() as connection:
            return probes.newest(connection, address)[0]
