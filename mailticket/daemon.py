"""What runs, and in which order does it start and stop? The composition root: one Daemon, its signals, its watchdog."""

import asyncio
import os
import signal
import socket
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import text

from mailticket import assembly, data_folder, jobs, systemd
from mailticket.acceptors.supervisor import Acceptors
from mailticket.actions.context import Context
from mailticket.config import Settings, secret_of
from mailticket.credentials import Credentials, causes
from mailticket.errors import ConfigError, MailticketError, trace_of
from mailticket.intake.imap import MailboxWatcher
from mailticket.metrics import Metrics
from mailticket.outages import Outages
from mailticket.outbound.delivery import Delivery
from mailticket.outbound.maildir import MaildirSender
from mailticket.outbound.relay import Relay, name_of
from mailticket.outbound.reverse_path import MailSender
from mailticket.outbox_queue import OutboxQueue
from mailticket.reception import STOP_LEDGER, STOP_SMTP, Reception, now
from mailticket.tally import Tally

if TYPE_CHECKING:
    from mailticket.web.server import WebServer

log = structlog.get_logger()

#: Seconds for the parts to finish what they began; systemd kills after 30 (deploy/mailticket.service).
STOP_MAILBOX, STOP_DELIVERY, STOP_RENEWAL = 4.0, 4.0, 4.0
#: An acceptor has doors and a ledger, and a moment to end.
STOP_ACCEPTOR = STOP_SMTP + STOP_LEDGER + 2.0
_LIVENESS_INTERVAL = 30.0
#: How often it is looked when credentials end.
_TENDING_INTERVAL = timedelta(minutes=5)
#: How often it is looked which mailboxes cannot be read.
_OUTAGE_INTERVAL = timedelta(minutes=1)
_PROBE_TIMEOUT = 20.0

#: Sections that SIGHUP takes up; a change elsewhere waits for a restart.
_RELOADED = ("agent", "team", "sla", "attachments", "confirmations", "lifecycle", "retention", "canary", "desk")


class Daemon:
    """The service. `serve` runs it until a signal or `stop_soon`."""

    def __init__(self, settings: Settings, origin: Path | None, reload: Callable[[], Settings]) -> None:
        """Opens the store. `reload` reads the settings anew. Raises ConfigError, NotDurable, TemporaryError."""
        if not settings.intake.smtp and not settings.intake.imap:
            raise ConfigError("no mail can come in: add [[intake.smtp]] or [[intake.imap]] to the settings.")
        self._settings, self._origin, self._reload = settings, origin, reload
        self._gate = data_folder.take(settings.desk.data_dir)
        self._acceptors = Acceptors(lambda: self._settings, at_home=lambda: self.reception.connections)
        self.reception = Reception(settings, elsewhere=self._acceptors.next_for)
        self.ledger = self.reception.ledger
        self._templates = assembly.templates_of(settings, origin)
        self.metrics = Metrics(self.reception.store, now)
        self.credentials = Credentials(settings, self.ledger, now, self.metrics.credential_expires)
        self.delivery = self._make_delivery()
        self.ledger.committed = self._acceptors.committed = self._committed
        self.mailboxes = [
            MailboxWatcher(
                mailbox, partial(secret_of, mailbox), self.ledger, now=now, token=self.credentials.token(mailbox.name)
            )
            for mailbox in settings.intake.imap
        ]
        self.metrics.watch_mailboxes(self._last_successes)
        self.metrics.watch_canary(self._probed)
        self._outages = Outages(
            lambda: [(box, one.state) for box, one in zip(settings.intake.imap, self.mailboxes, strict=True)],
            causes(settings),
        )
        self._scheduler = jobs.schedule(
            self._run_job, [(self.credentials.tend, _TENDING_INTERVAL), (self._outages.look, _OUTAGE_INTERVAL)]
        )
        self._web = self._make_web(settings.console.listen)
        self._stop = asyncio.Event()

    @property
    def context(self) -> Context:
        """The rules in force."""
        return self.ledger.context

    def stop_soon(self) -> None:
        """Ends `serve`. From the event loop's thread."""
        self._stop.set()

    async def serve(self, ready: Callable[[], Awaitable[None]] | None = None) -> None:
        """Starts every part, says READY, runs until told to stop, and then stops every part in order."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop_soon)
        loop.add_signal_handler(signal.SIGHUP, lambda: loop.create_task(self._take_up_settings()))
        tasks: list[asyncio.Task[None]] = []
        try:
            if listen := self._settings.metrics.listen:
                self.metrics.serve(listen)
            if self._web is not None:
                await self._web.start()
            sockets = systemd.listen_sockets()
            for intake in self.reception.smtp:
                await intake.start(sockets)
            self.delivery.start()
            for mailbox in self.mailboxes:
                mailbox.start()
            self._scheduler.start()
            tasks = [loop.create_task(self._watch_over()), loop.create_task(self._feed_watchdog())]
            await self._start_acceptors()
            await self._probe()
            systemd.notify("READY=1", "STATUS=taking mail")
            log.info(
                "service_started", desk=self.context.policy.desk_address, store=self.ledger.store.engine.dialect.name
            )
            if ready is not None:
                await ready()
            await self._stop.wait()
        finally:
            systemd.notify("STOPPING=1", "STATUS=finishing what was begun")
            log.info("service_stopping")
            for task in tasks:
                task.cancel()
            await self._stop_all()
            await asyncio.to_thread(self.metrics.stop)
            log.info("service_stopped")

    def _committed(self, tally: Tally) -> None:
        """Mail was committed, here or by an acceptor. From any thread."""
        self.metrics.count_taken(tally)
        self.delivery.wake()

    def _last_successes(self) -> dict[str, datetime | None]:
        watched = zip(self._settings.intake.imap, self.mailboxes, strict=True)
        return {settings.name: mailbox.state.last_success_at for settings, mailbox in watched}

    def _probed(self) -> list[str]:
        policy = self.context.policy
        return [desk.address for desk in policy.desks] if policy.canary.every else []

    async def _start_acceptors(self) -> None:
        """Returns when all are ready, or this service was told to stop before that."""
        starting, stop = asyncio.create_task(self._acceptors.start()), asyncio.create_task(self._stop.wait())
        await asyncio.wait({starting, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if not self._stop.is_set():
            await starting
        starting.cancel()

    async def _stop_all(self) -> None:
        """Doors first, then the writer, so that everything taken in is committed; outgoing mail waits in the outbox."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        await asyncio.gather(self._acceptors.stop(STOP_ACCEPTOR), self._stop_own())
        os.close(self._gate)

    async def _stop_own(self) -> None:
        await asyncio.gather(
            self.reception.close_doors(),
            *([self._web.stop()] if self._web is not None else []),
            *(asyncio.to_thread(mailbox.stop, STOP_MAILBOX) for mailbox in self.mailboxes),
        )
        await asyncio.to_thread(self.delivery.stop, STOP_DELIVERY)
        await asyncio.to_thread(self.credentials.finish, STOP_RENEWAL)
        await self.reception.finish()

    def _make_delivery(self) -> Delivery:
        outbound = self._settings.outbound
        signer = assembly.signer_of(self._settings)

        def sender() -> MailSender:
            if outbound.transport == "maildir":
                assert outbound.maildir is not None
                return MaildirSender(outbound.maildir)
            return Relay(outbound, lambda: secret_of(outbound), self.credentials.token("outbound"))

        return Delivery(
            queue=OutboxQueue(
                self.ledger,
                f"{socket.gethostname()}:{self._settings.desk.data_dir}",
                name_of(outbound),
                assembly.limits_of(outbound),
                self.metrics.count_outgoing,
            ),
            senders=sender,
            templates=lambda: self._templates,
            policy=lambda: self.context.policy,
            now=now,
            connections=outbound.connections,
            per_domain=outbound.connections_per_domain,
            give_up_after=timedelta(days=outbound.give_up_after_days),
            sign=signer.sign if signer else lambda raw: raw,
        )

    def _make_web(self, listen: str) -> "WebServer | None":
        if not listen:
            return None
        # 20 MB and a quarter of a second, for those who have a console
        from mailticket.web.acting import application
        from mailticket.web.server import WebServer

        return WebServer(listen, application(self.ledger, now))

    def _run_job(self, job: jobs.Job) -> None:
        """The edge of a job: its fault is logged, and the next run tries again."""
        try:
            job(self.ledger, now())
        except Exception as fault:
            log.error("job_failed", job=job.__name__, error=str(fault), exc_info=trace_of(fault))
        self.delivery.wake()  # it may have queued mail

    async def _probe(self) -> None:
        """A write through ledger and database. Raises what they raise, TimeoutError where they do not answer.

        Raises MailticketError where a worker of the outbox has ended, which none does by itself.
        """
        if not self.delivery.alive:
            raise MailticketError("a worker of the outbox has ended; only a restart brings it back")
        future = self.ledger.write(lambda connection: connection.execute(text("SELECT 1")).scalar())
        async with asyncio.timeout(_PROBE_TIMEOUT):
            await asyncio.wrap_future(future)

    async def _feed_watchdog(self) -> None:
        """WATCHDOG=1 only while loop, ledger and database answer, and the outbox is worked on."""
        interval = systemd.watchdog_interval()
        while interval is not None:
            try:
                await self._probe()
                systemd.notify("WATCHDOG=1")
            except (MailticketError, TimeoutError) as fault:
                log.error("watchdog_not_fed", error=str(fault) or type(fault).__name__)
            await asyncio.sleep(interval)

    async def _watch_over(self) -> None:
        """Breaks off mailboxes that hang, says so where nobody sends any more, and sees what the clock does."""
        while True:
            await asyncio.sleep(_LIVENESS_INTERVAL)
            jobs.mind_the_clock(self._scheduler, now())
            if not self.delivery.alive:
                log.error("delivery_worker_ended", mend="restart the service; systemd does where it has a watchdog")
            for mailbox in self.mailboxes:
                mailbox.check_liveness()

    async def _take_up_settings(self) -> None:
        """SIGHUP: a good new file comes into force, no connection dropped; a bad one is refused with its reason."""
        systemd.notify("RELOADING=1", f"MONOTONIC_USEC={_monotonic_usec()}")
        try:
            settings = await asyncio.to_thread(self._reload)
            templates = await asyncio.to_thread(assembly.templates_of, settings, self._origin)
            self.reception.take_up(_in_force(settings, self._settings))
        except MailticketError as refusal:
            log.error("settings_refused", reason=str(refusal))
            systemd.notify("READY=1", "STATUS=taking mail; the new settings were refused, the log says why")
        else:
            self._templates = templates
            waiting = [
                name
                for name in type(settings).model_fields
                if name not in _RELOADED and getattr(settings, name) != getattr(self._settings, name)
            ]
            log.info("settings_taken_up", waiting_for_restart=waiting or None)
            self._settings = _in_force(settings, self._settings)
            self._acceptors.take_up(self._settings)
            systemd.notify("READY=1", "STATUS=taking mail")


def _in_force(new: Settings, old: Settings) -> Settings:
    """What is in force once `new` was taken up: the rest of it waits for a restart."""
    taken_up = {name: getattr(new, name) for name in _RELOADED}
    taken_up["desk"] = new.desk.model_copy(update={"data_dir": old.desk.data_dir})
    return old.model_copy(update=taken_up)


def _monotonic_usec() -> int:
    return time.monotonic_ns() // 1000
