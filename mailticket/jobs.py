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

from mailticket.actions import canary, digest
from mailticket.actions.reminding import remind
from mailticket.actions.sleeping import wake
from mailticket.actions.tickets import close_resolved
from mailticket.actions.waiting import set_aside
from mailticket.desk.buttons import Word
from mailticket.errors import TemporaryError
from mailticket.ledger import Ledger
from mailticket.store import blobs, caps, receipts, used_buttons, waiting
from mailticket.store.waiting import Waiting

log = structlog.get_logger()

#: Files without a row are left this long: their transaction may still be under way.
_ORPHAN_AGE = timedelta(days=1)
_RAW_BATCH = 2000
#: Longer than any button works.
_BUTTONS_EXPIRE = timedelta(days=90)
#: Held mails that are run again at once; the others wait for the next look.
_HELD_BATCH = 20
#: Held mail that cannot be run just now (the virus scanner is away) makes room for others so long.
_PUT_OFF = timedelta(minutes=1)


def close_tickets(ledger: Ledger, now: datetime) -> None:
    """Closes what has been resolved for long enough."""
    context = ledger.context
    if closed := ledger.write(lambda connection: close_resolved(connection, context, now)).result():
        log.info("tickets_closed", tickets=closed)


def wake_tickets(ledger: Ledger, now: datetime) -> None:
    """Brings back what was put off until now."""
    context = ledger.context
    if woken := ledger.write(lambda connection: wake(connection, context, now)).result():
        log.info("tickets_woken", tickets=woken)


def remind_customers(ledger: Ledger, now: datetime) -> None:
    """Reminds customers who were asked something, once."""
    context = ledger.context
    if reminded := ledger.write(lambda connection: remind(connection, context, now)).result():
        log.info("customers_reminded", tickets=reminded)


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
    """Tells every agent in the morning what waits."""
    context = ledger.context
    if sent := ledger.write(lambda connection: digest.send_digests(connection, context, now)).result():
        log.info("digests_queued", to=sent)


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


def keep_canary(ledger: Ledger, now: datetime) -> None:
    """Sends the probes that are due, and says where they are late."""
    context = ledger.context
    if not context.policy.canary.every:
        return
    with ledger.store.reading() as connection:
        desks = canary.due(connection, context, now)
        began, over = canary.judge(connection, context, now)
    if desks and (sent := ledger.write(lambda one: canary.send_due(one, context, desks, now)).result()):
        log.info("canary_queued", addresses=sent)
    if began or over:
        begun, ended = ledger.write(lambda one: canary.tell(one, context, began, over, now)).result()
        for trouble in begun:
            log.error("canary_late", trouble=trouble.name, since=trouble.since.isoformat(), happened=trouble.happened)
        for name in ended:
            log.info("canary_recovered", trouble=name)


def forget_probes(ledger: Ledger, now: datetime) -> None:
    """Drops probes of last week, with all that they left behind."""
    ledger.write(lambda connection: canary.forget_old(connection, now)).result()


def forget_buttons(ledger: Ledger, now: datetime) -> None:
    """Drops pressed buttons that have expired."""
    ledger.write(lambda connection: used_buttons.forget(connection, now - _BUTTONS_EXPIRE)).result()


#: A job asks the ledger for its writes, and waits for them.
Job = Callable[[Ledger, datetime], None]

#: What runs how often.
JOBS: tuple[tuple[Job, timedelta], ...] = (
    (carry_out_words, timedelta(seconds=5)),
    (keep_canary, timedelta(seconds=5)),
    (wake_tickets, timedelta(minutes=1)),
    (close_tickets, timedelta(minutes=10)),
    (remind_customers, timedelta(minutes=10)),
    (send_digests, timedelta(minutes=10)),
    (forget_raw_mail, timedelta(minutes=30)),
    (sweep_blobs, timedelta(hours=6)),
    (forget_caps, timedelta(minutes=15)),
    (forget_probes, timedelta(hours=1)),
    (forget_buttons, timedelta(hours=12)),
)


def schedule(run: Callable[[Job], None], also: Sequence[tuple[Job, timedelta]] = ()) -> BackgroundScheduler:
    """A scheduler, not started, that hands every due job to `run`; a run that was missed is made up for, once.

    `also`: jobs of parts that have a state of their own.
    """
    scheduler = BackgroundScheduler(
        timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    for job, interval in (*JOBS, *also):
        seconds = int(interval.total_seconds())
        # many nodes do not all ask at once
        trigger = IntervalTrigger(seconds=seconds, jitter=min(30, seconds // 5))
        scheduler.add_job(run, trigger, args=[job], id=job.__name__)
    return scheduler


def mind_the_clock(scheduler: BackgroundScheduler, now: datetime) -> None:
    """A clock that was set back makes no job wait until it shows again what it showed before."""
    waiting = [job for job in scheduler.get_jobs() if job.next_run_time - now > 2 * job.trigger.interval]
    for job in waiting:
        job.modify(next_run_time=now)
    if waiting:
        log.warning("clock_was_set_back", jobs_run_now=len(waiting))
