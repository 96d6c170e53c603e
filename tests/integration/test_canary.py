"""The desk's mails to itself: sent once a moment, measured, and told about when they do not come back."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from mailticket import jobs
from mailticket.desk.canary import slot_of
from mailticket.desk.policy import Desk
from mailticket.desk.receipt import Ignored, Opened
from mailticket.store import tables as t
from mailticket.store import troubles
from mailticket.store.engine import Store
from tests.factories import ANN, CARLA, DESK, NOW, make_raw
from tests.integration.nodes import Node, node
from tests.integration.probing import CANARY, LEAD, MINUTE, Probed

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
