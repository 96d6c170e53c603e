"""What comes by time: closing, letting go of raw mail, sweeping; twice or late does no harm."""

import os
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from mailticket import jobs
from mailticket.jobs import JOBS, Job
from mailticket.store import receipts
from mailticket.store import tables as t
from mailticket.store.blobs import ROW_LIMIT, BlobMissing
from mailticket.store.engine import Store
from tests.factories import CARLA, make_raw
from tests.integration.nodes import Node

DAY = timedelta(days=1)
LARGE = random.Random(2).randbytes(ROW_LIMIT + 1)


def run(desk: Node, job: Job) -> None:
    job(desk.ledger, desk.clock.time)


def count(store: Store, table: Any) -> int:
    with store.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


# -- closing


def test_resolved_ticket_closes_after_its_days_and_nobody_is_written_to(desk: Node) -> None:
    number = desk.open(make_raw())
    desk.change(number, status="resolved")
    mails = count(desk.store, t.outbox)

    desk.clock.time += 14 * DAY
    run(desk, jobs.close_tickets)
    assert desk.show(number)["status"] == "resolved"
    desk.clock.time += timedelta(seconds=1)
    run(desk, jobs.close_tickets)
    run(desk, jobs.close_tickets)

    ticket = desk.show(number)
    assert ticket["status"] == "closed"
    assert ticket["closed_at"] == desk.clock.time
    (event,) = [event for event in ticket["events"] if event["detail"].get("to") == "closed"]
    assert (event["actor"], event["kind"]) == ("mailticket", "changed")
    assert count(desk.store, t.outbox) == mails


def test_no_days_mean_that_nothing_closes_by_itself(desk: Node) -> None:
    number = desk.open(make_raw())
    desk.change(number, status="resolved")
    never = replace(desk.context.policy, close_resolved_after=timedelta())
    desk.ledger.context = replace(desk.context, policy=never)
    desk.clock.time += 400 * DAY

    run(desk, jobs.close_tickets)

    assert desk.show(number)["status"] == "resolved"


def test_words_on_a_resolved_ticket_give_it_new_time(desk: Node) -> None:
    number = desk.open(make_raw())
    desk.change(number, status="resolved")
    desk.clock.time += 10 * DAY
    desk.receive(make_raw(message_id="<2@x>", In_Reply_To="<vase@shop.example>", Auto_Submitted="auto-replied"))
    desk.clock.time += 5 * DAY

    run(desk, jobs.close_tickets)

    assert desk.show(number)["status"] == "resolved"


@pytest.mark.parametrize("status", ["open", "in_progress", "pending_customer", "pending_agent"])
def test_ticket_that_is_not_resolved_never_closes_by_itself(desk: Node, status: str) -> None:
    number = desk.open(make_raw())
    desk.change(number, status="resolved")
    desk.change(number, status=status)
    desk.clock.time += 400 * DAY

    run(desk, jobs.close_tickets)

    assert desk.show(number)["status"] == status


# -- raw mail


def raw_of(desk: Node, message_id: str = "<vase@shop.example>") -> bytes:
    with desk.store.reading() as connection:
        query = select(t.receipts.c.raw_sha256).where(t.receipts.c.message_id == message_id)
        sha256 = connection.execute(query).scalar_one()
        if sha256 is None:
            raise BlobMissing("forgotten")
        return desk.context.blobs.read(connection, sha256)


@pytest.mark.parametrize("files", [(), (("vase.zip", LARGE),)], ids=["small", "large"])
def test_raw_mail_is_kept_for_its_days_and_then_forgotten(desk: Node, files: tuple[tuple[str, bytes], ...]) -> None:
    raw = make_raw(files=files)
    number = desk.open(raw)
    desk.clock.time += 90 * DAY
    run(desk, jobs.forget_raw_mail)
    assert raw_of(desk) == raw

    desk.clock.time += timedelta(seconds=1)
    run(desk, jobs.forget_raw_mail)

    with pytest.raises(BlobMissing):
        raw_of(desk)
    attached = desk.show(number)["messages"][0]["attachments"]
    assert [file["filename"] for file in attached] == [name for name, _ in files]
    for file in attached:
        with desk.store.reading() as connection:
            assert desk.context.blobs.read(connection, file["sha256"]) == LARGE
    assert count(desk.store, t.blobs) == len(files), "only what a ticket shows is left"


def test_forgotten_mail_is_still_known(desk: Node) -> None:
    number = desk.open(make_raw())
    desk.clock.time += 91 * DAY
    run(desk, jobs.forget_raw_mail)

    assert desk.receive(make_raw()).kind == "duplicate"
    with desk.store.reading() as connection:
        found = receipts.find(connection, "<vase@shop.example>")
    assert found is not None
    assert found["ticket"] == number


def test_mail_that_waits_for_a_person_is_not_forgotten(desk: Node) -> None:
    raw = make_raw(verdict="fail")
    desk.receive(raw)
    desk.clock.time += 91 * DAY

    run(desk, jobs.forget_raw_mail)

    with desk.store.reading() as connection:
        sha256 = connection.execute(select(t.waiting.c.raw_sha256)).scalar_one()
        assert desk.context.blobs.read(connection, sha256) == raw


def test_file_of_forgotten_mail_goes_with_the_next_sweep(desk: Node) -> None:
    desk.receive(make_raw(sender=CARLA, body="x", files=(("a.exe", b""),), verdict="fail") + LARGE)
    with desk.store.writing() as connection:
        connection.execute(t.waiting.delete())
    files = list(desk.context.blobs.path.glob("??/*"))
    assert len(files) == 1
    desk.clock.time += 91 * DAY
    for file in files:
        os.utime(file, (0, 0))

    run(desk, jobs.sweep_blobs)
    assert files[0].exists()
    run(desk, jobs.forget_raw_mail)
    run(desk, jobs.sweep_blobs)

    assert not files[0].exists()


def test_sweep_neither_waits_for_the_ledger_nor_holds_it_up(desk: Node) -> None:
    desk.context.blobs.prepare(LARGE)
    (file,) = desk.context.blobs.path.glob("??/*")
    os.utime(file, (0, 0))

    with desk.held_up():
        run(desk, jobs.sweep_blobs)

    assert not file.exists()


# -- caps


def test_hours_that_count_no_longer_are_dropped(desk: Node) -> None:
    desk.open(make_raw(verdict=""))
    run(desk, jobs.forget_caps)
    assert count(desk.store, t.caps) >= 3, "by address, by domain, and in all"

    desk.clock.time += timedelta(days=1)
    run(desk, jobs.forget_caps)

    assert count(desk.store, t.caps) == 0


# -- the scheduler


def test_every_job_is_scheduled_and_a_missed_one_is_made_up_for_once() -> None:
    ran: list[Job] = []
    scheduler = jobs.schedule(ran.append)
    scheduler.start(paused=True)
    try:
        scheduled = {job.id: job for job in scheduler.get_jobs()}
        assert scheduled.keys() == {job.__name__ for job, _ in JOBS}
        for job, interval in JOBS:
            planned = scheduled[job.__name__]
            assert (planned.coalesce, planned.max_instances, planned.misfire_grace_time) == (True, 1, None)
            assert planned.trigger.interval == interval
            planned.func(*planned.args)
        assert ran == [job for job, _ in JOBS]
    finally:
        scheduler.shutdown(wait=False)


def test_clock_that_was_set_back_keeps_no_job_waiting() -> None:
    scheduler, before = jobs.schedule(lambda job: None), datetime.now(UTC) - timedelta(days=1)
    scheduler.start(paused=True)
    try:
        planned = [job.next_run_time for job in scheduler.get_jobs()]
        jobs.mind_the_clock(scheduler, datetime.now(UTC))
        assert [job.next_run_time for job in scheduler.get_jobs()] == planned

        jobs.mind_the_clock(scheduler, before)
        assert {job.next_run_time for job in scheduler.get_jobs()} == {before}
    finally:
        scheduler.shutdown(wait=False)
