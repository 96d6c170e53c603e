"""What comes by time? Each job is one function of store and actions; APScheduler, in memory on every node, calls them.

Every job may run on several nodes at once and be missed for days: it asks the store what is due, and repeats nothing.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import Connection

from mailticket.actions.context import Context
from mailticket.actions.tickets import close_resolved
from mailticket.store import blobs, caps, receipts

log = structlog.get_logger()

#: Files without a row are left this long: their transaction may still be under way.
_ORPHAN_AGE = timedelta(days=1)
_RAW_BATCH = 2000


def close_tickets(connection: Connection, context: Context, now: datetime) -> None:
    """Closes what has been resolved for long enough."""
    if closed := close_resolved(connection, context, now):
        log.info("tickets_closed", tickets=closed)


def forget_raw_mail(connection: Connection, context: Context, now: datetime) -> None:
    """Lets go of raw mail that is older than `[retention] raw_days`, a batch at a time."""
    named = receipts.forget_raw(connection, now - context.policy.raw_kept, _RAW_BATCH)
    if dropped := blobs.drop_unused(connection, named):
        log.info("raw_mail_forgotten", mails=len(dropped))


def sweep_blobs(connection: Connection, context: Context, now: datetime) -> None:
    """Removes files in the blobs folder that no row names."""
    if removed := context.blobs.sweep(connection, now - _ORPHAN_AGE):
        log.info("blobs_swept", files=removed)


def forget_caps(connection: Connection, context: Context, now: datetime) -> None:
    """Drops the hours of confirmations that count no longer."""
    caps.forget_old(connection, now)


Job = Callable[[Connection, Context, datetime], None]

#: What runs how often.
JOBS: tuple[tuple[Job, timedelta], ...] = (
    (close_tickets, timedelta(minutes=10)),
    (forget_raw_mail, timedelta(minutes=30)),
    (sweep_blobs, timedelta(hours=6)),
    (forget_caps, timedelta(minutes=15)),
)


def schedule(run: Callable[[Job], None]) -> BackgroundScheduler:
    """A scheduler, not started, that hands every due job to `run`; a run that was missed is made up for, once."""
    scheduler = BackgroundScheduler(
        timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    for job, interval in JOBS:
        scheduler.add_job(
            run, IntervalTrigger(seconds=int(interval.total_seconds()), jitter=30), args=[job], id=job.__name__
        )
    return scheduler
