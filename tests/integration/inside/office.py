"""A desk in one process with a clock that is moved: mail goes in, all that is due comes out, as its readers have it."""

import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from email.utils import parseaddr
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from mailticket import jobs
from mailticket.desk.notice import TO_CUSTOMERS
from mailticket.desk.policy import Agent, Caps
from mailticket.desk.prepared import PreparedAnswer
from mailticket.desk.receipt import Receipt
from mailticket.outbound.letter import recipients, write
from mailticket.outbound.render import Templates
from mailticket.store import leaving, outbox
from mailticket.store.engine import Store
from mailticket.store.tables import events, tickets
from mailticket.store.tables import outbox as table
from mailticket.store.waiting import QUARANTINE
from tests.acceptance.draft import File, draft
from tests.factories import DESK
from tests.integration.inside.letters import Letter
from tests.integration.nodes import Node, node

ANN = Agent(
    name="Ann Ahlberg", address="ann@acme.example", aliases=("ann@home.example",), lead=True, signature="Kind regards"
)
BEN = Agent(name="Ben Bauer", address="ben@acme.example")
CLEO = Agent(name="Cleo Charron", address="cleo@acme.example")
AGENTS = (ANN, BEN, CLEO)

MACRO = PreparedAnswer(
    name="parcel", title="Parcel", fields={"status": "resolved", "tags": "parcel"}, words="Dear {{ greeting_name }},"
)

_JOBS = (jobs.close_tickets, jobs.wake_tickets, jobs.remind_customers, jobs.send_digests)
_NUMBER = re.compile(r"\[#([^\]]+)\]")
_LEASE = timedelta(minutes=5)
_VERDICTS = {
    "pass": "mx.acme.example; dmarc=pass header.from={domain}",
    "none": "",
    "fail": "mx.acme.example; dmarc=fail (p=reject) header.from={domain}",
}


_REPORT = """From: Mail Delivery System <MAILER-DAEMON@{domain}>\r
To: {desk}\r
Subject: Undelivered Mail Returned to Sender\r
Auto-Submitted: auto-replied\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=delivery-status; boundary=returned\r
\r
--returned\r
Content-Type: text/plain\r
\r
This mail could not be delivered.\r
--returned\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mx.{domain}\r
\r
Final-Recipient: rfc822; {recipient}\r
Action: failed\r
Status: 5.1.1\r
--returned\r
Content-Type: message/rfc822\r
\r
"""


class Office:
    """The desk and everybody's mailboxes, see `office`."""

    def __init__(self, desk: Node) -> None:
        self.desk = desk
        self.letters: list[Letter] = []
        self._count = 0

    def receive(
        self,
        sender: str,
        text: str,
        *,
        subject: str = "",
        html: str = "",
        to: str = DESK,
        cc: Sequence[str] = (),
        answers: Letter | None = None,
        verdict: str = "pass",
        attached: Sequence[bytes] = (),
        files: Sequence[File] = (),
        fields: dict[str, str] | None = None,
    ) -> tuple[str, Receipt]:
        """Somebody's mail arrives, and its consequences leave. Returns its Message-ID and its receipt."""
        self._count += 1
        domain = parseaddr(sender)[1].rpartition("@")[2]
        message_id = f"<{self._count}.mailer@{domain}>"
        references = f"{answers.mail['References'] or ''} {answers.message_id}".split() if answers else []
        all_fields = {
            "Authentication-Results": _VERDICTS[verdict].format(domain=domain) or None,
            "From": sender,
            "To": to,
            "Cc": ", ".join(cc) or None,
            "Subject": subject or (f"Re: {answers.subject}" if answers else "Hello"),
            "Date": self.desk.clock.time.strftime("%a, %d %b %Y %H:%M:%S +0000"),
            "Message-ID": message_id,
            "In-Reply-To": answers.message_id if answers else None,
            "References": " ".join(references) or None,
            **(fields or {}),
        }
        raw = draft(all_fields, text, files, html, attached)
        receipt = self.desk.receive(raw, mail_from=parseaddr(sender)[1])
        self.deliver()
        return message_id, receipt

    def comes_back(self, letter: Letter, recipient: str) -> None:
        """The whole of a letter, from the mail server of a recipient who is not known there."""
        domain = recipient.rpartition("@")[2]
        head = _REPORT.format(domain=domain, desk=DESK, recipient=recipient).encode()
        self.desk.receive(head + letter.raw + b"\r\n--returned--\r\n", mail_from="")
        self.deliver()

    def passes(self, time: timedelta) -> None:
        """So much time, with all that comes by time."""
        self.desk.clock.time += time
        for job in _JOBS:
            job(self.desk.ledger, self.desk.clock.time)
        self.deliver()

    def deliver(self) -> None:
        """Carries out what people said of held mail, and hands everything that is due to its readers."""
        broken = self.desk.waiting(QUARANTINE)
        assert not broken, f"a fault of ours: {broken}"
        jobs.carry_out_words(self.desk.ledger, self.desk.clock.time)
        while rows := self._write(lambda connection: leaving.claim(connection, self._now, 100, _LEASE, "node")):
            for row in rows:
                self.letters.append(self._letter(row))
                self._write(lambda connection, id_=row.id: leaving.sent(connection, id_, self._now))

    def of(self, address: str) -> list[Letter]:
        """What somebody has in the mailbox, oldest first."""
        return [letter for letter in self.letters if address in letter.to]

    def notes_on(self, letter: Letter) -> list[str]:
        """What agents have noted on the ticket that a letter is about, oldest first."""
        found = _NUMBER.search(letter.subject)
        if found is None:
            return []
        messages = self.desk.show(found[1])["messages"]
        return [message["reply"] for message in messages if message["visibility"] == "internal"]

    def customers_ids(self) -> frozenset[str]:
        """Message-IDs of everything that ever was queued for customers."""
        with self.desk.store.reading() as connection:
            found = connection.execute(select(table.c.message_id).where(table.c.kind.in_(TO_CUSTOMERS)))
            return frozenset(found.scalars())

    def last_events(self) -> dict[str, int]:
        """The newest event of each ticket, by number: everything that happens to a ticket is one."""
        newest = select(tickets.c.number, func.max(events.c.id)).join(events).group_by(tickets.c.number)
        with self.desk.store.reading() as connection:
            return {number: event for number, event in connection.execute(newest)}  # noqa: C416  rows are no pairs

    @property
    def _now(self) -> Any:
        return self.desk.clock.time

    def _write(self, action: Any) -> Any:
        return self.desk.ledger.write(action).result()

    def _letter(self, row: outbox.OutboxRow) -> Letter:
        context = self.desk.context
        with self.desk.store.reading() as connection:
            facts = outbox.facts(connection, context.blobs, row)
        raw = write(row, facts, _templates(), context.policy, self._now)
        return Letter(str(row.notice.kind), frozenset(recipients(row.notice)), row.ticket, raw)


@cache
def _templates() -> Templates:
    """Compiled once a run: that takes longer than a story."""
    return Templates(None)


@contextmanager
def office(ready: Path, **policy: Any) -> Iterator[Office]:
    """A running one on a copy of the database `ready`."""
    with ExitStack() as ends:
        folder = Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="mailticket-office-")))
        shutil.copy(ready, folder / "mailticket.db")
        store = Store("", folder)
        ends.callback(store.close)
        values = {
            "agents": AGENTS, "notify": "all", "macros": (MACRO,), "confirmations": Caps(per_address_per_hour=1000),
            **policy,
        }  # fmt: skip
        yield Office(ends.enter_context(node(store, folder / "blobs", **values)))
