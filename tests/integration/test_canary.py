"""The desk's mails to itself: sent once a moment, known when they come back, and told about when they do not."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from mailticket import jobs
from mailticket.desk.canary import Probe, slot_of
from mailticket.desk.policy import Agent, Canary, Desk
from mailticket.desk.receipt import Duplicate, Ignored, Opened
from mailticket.mail.message import Address, Position, Transport
from mailticket.outbound.letter import write
from mailticket.outbound.render import Templates
from mailticket.store import outbox, probes, troubles
from mailticket.store import tables as t
from mailticket.store.engine import Store
from tests.factories import ANN, CARLA, DESK, NOW, make_raw
from tests.integration.nodes import Node, node

MINUTE = timedelta(minutes=1)
CANARY = Canary(every=15 * MINUTE, late_after=10 * MINUTE, doors=("mailbox support (support at imap.acme.example)",))
LEAD = Agent(name="Lea", address="lea@acme.example", lead=True)
DSN = """From: MAILER-DAEMON@acme.example\r
To: {desk}\r
Subject: Undelivered Mail\r
Message-ID: <report@acme.example>\r
Content-Type: multipart/report; report-type=delivery-status; boundary=b\r
\r
--b\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mx.acme.example\r
\r
Final-Recipient: rfc822; {desk}\r
Action: failed\r
Status: 5.1.1\r
\r
--b\r
Content-Type: text/rfc822-headers\r
\r
{header}\r
--b--\r
"""


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
        self.desk.ledger.write(lambda connection: outbox.sent(connection, row.id, now)).result()
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


@pytest.fixture
def probed(store: Store, tmp_path: Path) -> Iterator[Probed]:
    with node(store, tmp_path / "blobs", canary=CANARY, agents=(ANN, LEAD)) as desk:
        yield Probed(desk)


# -- the way of a probe


def test_probe_that_comes_back_is_measured_and_leaves_no_trace_at_the_desk(probed: Probed) -> None:
    probed.after(0)
    probed.desk.clock.time += timedelta(seconds=3)
    raw = probed.leave()
    probed.desk.clock.time += timedelta(seconds=5)

    assert probed.arrives(raw) == Ignored(reason="probe", spent=True)
    assert (probed.newest().out_seconds, probed.newest().in_seconds) == (3, 5)
    assert probed.desk.numbers() == []
    assert [kind for kind, _ in probed.desk.queued()] == ["probe"]
    assert b"\r\nAuto-Submitted: auto-generated\r\n" in raw and b"\r\nX-Mailticket-Notice: probe\r\n" in raw


def test_one_probe_a_moment_is_sent_whoever_asks_and_however_often(probed: Probed, tmp_path: Path) -> None:
    probed.after(0)
    probed.after(14)
    with node(probed.desk.store, tmp_path / "other", canary=CANARY) as other:
        jobs.keep_canary(other.ledger, probed.desk.clock.time)
    assert len(probed.desk.queued()) == 1

    probed.leave()
    probed.after(1)
    assert len(probed.desk.queued()) == 2


def test_every_desk_has_a_probe_of_its_own(store: Store, tmp_path: Path) -> None:
    desks = tuple(Desk(name=name, address=f"{name}@acme.example") for name in ("support", "returns"))
    with node(store, tmp_path / "blobs", canary=CANARY, desks=desks) as desk:
        jobs.keep_canary(desk.ledger, NOW)

        assert desk.queued() == [("probe", "support@acme.example"), ("probe", "returns@acme.example")]


def test_nothing_is_sent_where_it_is_switched_off(desk: Node) -> None:
    jobs.keep_canary(desk.ledger, NOW)

    assert desk.queued() == []


# -- what is known as a probe


def without_mark(raw: bytes) -> bytes:
    return re.sub(rb"X-[^\r]*\r\n", b"", raw)


def renamed(raw: bytes) -> bytes:
    return re.sub(rb"Message-ID: [^\r]*", b"Message-ID: <0100018f@amazonses.example>", raw)


@pytest.mark.parametrize("change", [without_mark, renamed], ids=["without our fields", "with another Message-ID"])
def test_probe_is_known_however_a_relay_has_changed_it(probed: Probed, change: Any) -> None:
    probed.after(0)

    assert probed.arrives(change(probed.leave())) == Ignored(reason="probe", spent=True)
    assert probed.newest().arrived_at is not None


def test_probe_that_is_sent_again_is_ignored_and_measures_nothing(probed: Probed) -> None:
    probed.after(0)
    raw = probed.leave()
    probed.arrives(raw)
    arrived_at = probed.newest().arrived_at
    probed.desk.clock.time += MINUTE

    assert isinstance(probed.arrives(raw), Duplicate)
    forged = without_mark(raw).replace(b"mailticket has written", b"Mallory has written")
    assert probed.arrives(forged) == Ignored(reason="own_loop")
    assert probed.newest().arrived_at == arrived_at
    assert probed.desk.numbers() == []


def test_words_of_an_old_probe_do_not_stand_for_a_lost_one(probed: Probed) -> None:
    probed.after(0)
    old = probed.leave()
    probed.arrives(old)
    probed.after(15)
    probed.leave()

    probed.arrives(old.replace(b"mailticket has written", b"Mallory has written"))

    assert probed.newest().arrived_at is None


def test_mail_that_only_looks_like_a_probe_is_a_ticket_like_all(probed: Probed) -> None:
    probed.after(0)
    probed.leave()
    token = "a" * 48
    forged = make_raw(
        f"mailticket looks how long mail takes {{probe-{token}}}",
        message_id=f"<{token}@acme.example>",
        X_Mailticket_Notice="probe",
    )

    assert isinstance(probed.arrives(forged), Opened)
    assert probed.newest().arrived_at is None


def test_answer_to_a_probe_is_a_ticket_like_all(probed: Probed) -> None:
    """A colleague has found it in the mailbox, and asks what that is."""
    probed.after(0)
    raw = probed.leave()
    subject = re.search(rb"Subject: (.*(?:\r\n .*)*)", raw)
    id_ = re.search(rb"Message-ID: (.*)\r", raw)
    assert subject and id_
    words = " ".join(subject[1].decode().split())

    assert isinstance(probed.arrives(make_raw(f"Re: {words}", In_Reply_To=id_[1].decode())), Opened)
    assert probed.newest().arrived_at is None


def test_our_copy_among_what_was_sent_is_no_arrival(probed: Probed) -> None:
    """Providers put what leaves by SMTP into the Sent folder."""
    probed.after(0)
    raw = probed.leave()

    assert probed.arrives(raw, transport=Transport.IMAP, sent=True) != Ignored(reason="probe", spent=True)
    assert probed.newest().arrived_at is None

    assert probed.arrives(raw, transport=Transport.IMAP) == Ignored(reason="probe", spent=True)
    assert probed.desk.numbers() == []


def test_probe_in_an_archive_that_is_imported_is_no_arrival(probed: Probed) -> None:
    probed.after(0)

    assert probed.arrives(without_mark(probed.leave()), transport=Transport.IMPORT) == Ignored(reason="own_loop")
    assert probed.newest().arrived_at is None


def test_absence_notice_that_answers_a_probe_opens_no_ticket(probed: Probed) -> None:
    probed.after(0)
    raw = probed.leave()
    assert b"\r\nX-Auto-Response-Suppress: OOF, AutoReply\r\n" in raw
    id_ = re.search(rb"Message-ID: (.*)\r", raw)
    assert id_
    itself = Address(name="Acme Support", addr_spec=DESK)
    answer = make_raw("Automatic reply: x", itself, In_Reply_To=id_[1].decode(), Auto_Submitted="auto-replied")

    probed.arrives(answer)

    assert probed.desk.numbers() == []


def test_rescan_of_a_mailbox_makes_no_ticket_of_a_probe_nor_counts_it_again(probed: Probed) -> None:
    probed.after(0)
    raw = probed.leave()
    for uidvalidity in (1, 2):
        position = Position(account="support", folder="INBOX", uidvalidity=uidvalidity, uid=7)
        probed.arrives(raw, transport=Transport.IMAP, position=position, confirm=uidvalidity == 1)
    probed.desk.clock.time += timedelta(days=9)
    jobs.forget_probes(probed.desk.ledger, probed.desk.clock.time)

    assert probed.arrives(without_mark(raw), transport=Transport.IMAP) == Ignored(reason="own_loop")
    assert probed.desk.numbers() == []


# -- what is told


def test_mail_that_does_not_come_in_is_told_once_by_mail_and_once_when_it_does(probed: Probed, tmp_path: Path) -> None:
    probed.after(0)
    probed.leave()
    probed.after(9)
    assert probed.told == []

    probed.after(1)
    told = [(LEAD.address, f"Mail to {DESK} does not come in")]
    assert probed.told == told
    assert probed.broken == {f"canary in {DESK}"}
    with node(probed.desk.store, tmp_path / "after the restart", canary=CANARY, agents=(LEAD,)) as restarted:
        jobs.keep_canary(restarted.ledger, probed.desk.clock.time)
    probed.after(5)
    assert probed.told == told

    raw = probed.leave()
    probed.after(1)
    assert probed.told == told, "it has left again, and nothing has come in"
    probed.arrives(raw)
    probed.after(1)
    probed.after(1)
    assert probed.told == [*told, (LEAD.address, "over")]
    assert probed.broken == set()


def test_mail_that_does_not_leave_is_told_by_no_mail(probed: Probed) -> None:
    probed.after(0)
    probed.after(10)
    assert probed.broken == {f"canary out {DESK}"}

    probed.after(5)
    assert len(probed.queued()) == 1, "the new probe has taken the place of the old one"
    raw = probed.leave()
    probed.after(0)
    assert probed.broken == set()
    probed.arrives(raw)
    assert probed.told == []


def test_while_nothing_leaves_nothing_is_said_of_what_comes_in(probed: Probed) -> None:
    probed.after(0)
    probed.leave()
    probed.after(9)
    probed.desk.clock.time += 6 * MINUTE  # the service was not there for a while
    jobs.keep_canary(probed.desk.ledger, probed.desk.clock.time)
    assert probed.told == [(LEAD.address, f"Mail to {DESK} does not come in")]

    probed.after(20)
    assert probed.broken == {f"canary in {DESK}", f"canary out {DESK}"}
    assert len(probed.told) == 1


def test_probe_that_is_sent_back_is_told_of_as_mail_that_does_not_come_in(probed: Probed) -> None:
    probed.after(0)
    header = probed.leave().partition(b"\r\n\r\n")[0].decode()

    probed.arrives(DSN.format(desk=DESK, header=header).encode())
    probed.after(10)

    assert [kind for kind, _ in probed.desk.queued()] == ["probe", "trouble"]
    (alert,) = [notice for notice in probed.desk.notices() if notice["kind"] == "trouble"]
    assert alert["details"]["happened"].endswith(" It came back as undeliverable.")


def test_who_was_told_of_a_mailbox_that_cannot_be_read_gets_no_second_mail(probed: Probed) -> None:
    probed.after(0)
    probed.leave()
    known = ("mailbox support", "Mailbox support cannot be read", NOW, [LEAD.address])
    probed.desk.ledger.write(lambda connection: troubles.remember(connection, *known)).result()

    probed.after(10)

    assert probed.broken == {"mailbox support", f"canary in {DESK}"}
    assert probed.told == []


def test_customer_is_served_while_probes_run(probed: Probed) -> None:
    probed.after(0)
    probed.arrives(probed.leave())

    assert isinstance(probed.desk.receive(make_raw()), Opened)
    assert ("confirmation", CARLA.addr_spec) in probed.desk.queued()


def test_probes_of_last_week_are_forgotten_with_all_they_left(probed: Probed) -> None:
    probed.after(0)
    probed.arrives(probed.leave())
    probed.desk.clock.time += timedelta(days=9)
    jobs.forget_probes(probed.desk.ledger, probed.desk.clock.time)

    with probed.desk.store.reading() as connection:
        left = {
            table.name
            for table in (t.probes, t.outbox, t.receipts, t.blobs)
            if connection.execute(select(table)).first()
        }
    assert left == set()


def test_time_of_day_and_not_the_start_of_the_service_says_when_a_probe_is_due() -> None:
    at = datetime.fromisoformat
    assert slot_of(at("2026-11-22T10:44:59+00:00"), CANARY) == at("2026-11-22T10:30:00+00:00")
    assert slot_of(at("2026-11-22T00:00:00+00:00"), CANARY) == at("2026-11-22T00:00:00+00:00")
