"""What has every process that takes mail, the daemon and each acceptor? A store, a parser, a ledger, SMTP's doors."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import structlog

from mailticket import assembly
from mailticket.actions.context import Context
from mailticket.config import Settings
from mailticket.intake.limits import InFlight
from mailticket.intake.logins import Logins
from mailticket.intake.smtp import Give, SmtpIntake
from mailticket.ledger import Ledger
from mailticket.settings.intake import SmtpSettings

log = structlog.get_logger()

#: Seconds for doors and ledger to finish what they began.
STOP_SMTP, STOP_LEDGER = 8.0, 3.0


class Reception:
    """Takes mail and writes it. Its doors are closed until somebody opens them."""

    def __init__(
        self, settings: Settings, process: int = 0, elsewhere: Callable[[int], Give | None] = lambda _: None
    ) -> None:
        """Opens the store. `process` is 0 for the daemon, else the acceptor's number; `elsewhere` names who takes the
        next client of a listener, None for this process. Raises ConfigError, NotDurable, TemporaryError."""
        self.store = assembly.open_store(settings)
        self._parser = assembly.parser_of(settings, process)
        service = settings.service
        self.ledger = Ledger(
            self.store,
            assembly.context_of(settings, self.store),
            self._parser.parse,
            prepare_threads=service.prepare_threads,
            batch_mails=service.batch_mails,
            batch_bytes=service.batch_bytes,
        )
        self.ledger.start()
        in_flight = InFlight()
        self._accounts = assembly.accounts_of(settings)
        logins = Logins(lambda: self._accounts)
        self.smtp = [
            SmtpIntake(
                _shared_out(listener, service.acceptors + 1),
                self.ledger,
                lambda: self.context.policy.desk_addresses,
                trusted_authserv=settings.identity.trusted_authserv,
                in_flight=in_flight,
                logins=logins,
                elsewhere=partial(elsewhere, number),
                now=now,
            )
            for number, listener in enumerate(settings.intake.smtp)
        ]

    @property
    def context(self) -> Context:
        """The rules in force."""
        return self.ledger.context

    @property
    def connections(self) -> int:
        """Clients that this process serves now."""
        return sum(intake.connections for intake in self.smtp)

    def take_up(self, settings: Settings) -> None:
        """New rules come into force, no connection dropped. Raises ConfigError, and then the old ones stay."""
        policy = assembly.policy_of(settings, self.context.policy.instance_id)
        self.ledger.context = replace(self.context, policy=policy, scan=assembly.scan_of(settings))
        self._accounts = assembly.accounts_of(settings)

    async def close_doors(self) -> None:
        """Everybody has heard 250 or 421 afterwards."""
        await asyncio.gather(*(intake.stop(STOP_SMTP) for intake in self.smtp))

    async def finish(self) -> None:
        """Commits what was taken in, and lets go of the store."""
        # whoever still waits for a costly mail to be read was told 421
        await asyncio.to_thread(self._parser.close)
        if not await asyncio.to_thread(self.ledger.stop, STOP_LEDGER):
            log.error("ledger_abandoned", reason="the store does not answer; what it did not commit got no 250")
        self.store.close()


def _shared_out(listener: SmtpSettings, processes: int) -> SmtpSettings:
    """This process's part of what the whole service may hold; the largest mail always fits."""
    part = -(-listener.max_bytes_in_flight // processes)
    return listener.model_copy(update={"max_bytes_in_flight": max(part, listener.max_message_size)})


def now() -> datetime:
    """The clock of the service."""
    return datetime.now(UTC)
