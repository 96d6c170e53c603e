"""What comes by time? Each job is one function of store and actions; APScheduler, in memory on every node, calls them.

Every job may run on several nodes at once and be missed for days: it asks the store what is due, and repeats nothing.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import Connection

from mailticket.actions.holding import send_digest
from mailticket.actions.tickets import close_resolved
from mailticket.actions.waiting import set_aside
from mailticket.desk.buttons import Word
from mailticket.errors import TemporaryError
from mailticket.ledger import Ledger
from mailticket.store import blobs, caps, receipts, waiting
from mailticket.store.waiting import Waiting

log = structlog.get_logger()

#: Files without a row are left this long: their transaction may still be under way.
_ORPHAN_AGE = timedelta(days=1)
_RAW_BATCH = 2000
#: Held mails that are run again at once; the others wait for the next look.
_HELD_BATCH = 20
#: Held mail that cannot be run just now (the virus scanner is away) makes room for others so long.
_PUT_OFF = timedelta(minutes=1)


def close_tickets(ledger: Ledger, now: datetime) -> None:
    """Closes what has been resolved for long enough."""
    context = ledger.context
    if closed := ledger.write(lambda connection: close_resolved(connection, context, now)).result():
        log.info("tickets_closed", tickets=closed)


def carry_out_words(ledger: Ledger, now: datetime) -> None:
    """Runs held mail again on which somebody said a word, or nobody did in time. A fault in one of them holds up no
    other.

    A crash in between loses nothing: the word waits in the store, and a mail that was settled meanwhile is a duplicate.
    """
    with ledger.store.reading() as connection:
        due = waiting.due(connection, now, _HELD_BATCH)
    for one in due:
        _carry_out(ledger, one, now)


def _carry_out(ledger: Ledger, one: Waiting, now: datetime) -> None:
    try:
        word = Word(one.word) if one.word else Word.OWN
        receipt = ledger.again(one, word).result()
    except (TemporaryError, OSError) as fault:
        log.warning("held_mail_put_off", id=one.id, word=one.word, error=str(fault))
        ledger.write(lambda connection: waiting.later(connection, one, now + _PUT_OFF)).result()
    except Exception as fault:
        log.exception("held_mail_not_carried_out", id=one.id, word=one.word)
        ledger.write(partial(set_aside, one=one, fault=fault)).result()
    else:
        log.info("held_mail_decided", id=one.id, word=str(word), receipt=receipt.kind)


def send_digests(ledger: Ledger, now: datetime) -> None:
    """Tells those in charge in the morning which mail is held."""
    context = ledger.context
    if ledger.write(lambda connection: send_digest(connection, context, now)).result():
        log.info("digest_queued")


def forget_raw_mail(ledger: Ledger, now: datetime) -> None:
    """Lets go of raw mail that is older than `[retention] raw_days`, a batch at a time."""
    until = now - ledger.context.policy.raw_kept

    def forget(connection: Connection) -> list[str]:
        return blobs.drop_unused(connection, receipts.forget_raw(connection, until, _RAW_BATCH))

    if dropped := ledger.write(forget).result():
        log.info("raw_mail_forgotten", mails=len(dropped))


def sweep_blobs(ledger: Ledger, now: datetime) -> None:
    """Removes files in the blobs folder that no row names. Beside the ledger: thousands of files hold up no mail."""

    def named(sha256s: Sequence[str]) -> frozenset[str]:
        with ledger.store.reading() as connection:
            return blobs.in_files(connection, sha256s)

    if removed := ledger.context.blobs.sweep(named, now - _ORPHAN_AGE):
        log.info("blobs_swept", files=removed)


def forget_caps(ledger: Ledger, now: datetime) -> None:
    """Drops what was counted more than a day ago."""
    ledger.write(lambda connection: caps.forget_old(connection, now)).result()


#: A job asks the ledger for its writes, and waits for them.
Job = Callable[[Ledger, datetime], None]

#: What runs how often.
JOBS: tuple[tuple[Job, timedelta], ...] = (
    (carry_out_words, timedelta(seconds=5)),
    (close_tickets, timedelta(minutes=10)),
    (send_digests, timedelta(minutes=10)),
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
        seconds = int(interval.total_seconds())
        # many nodes do not all ask at once
        trigger = IntervalTrigger(seconds=seconds, jitter=min(30, seconds // 5))
        scheduler.add_job(run, trigger, args=[job], id=job.__name__)
    return scheduler
