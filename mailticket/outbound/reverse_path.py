"""From which reverse-path does a mail leave? The wanted one; the desk's address where the relay refuses its form.

Who refuses the null one, which RFC 5321 §4.5.5 forbids, does so for every mail: it is asked once a week.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from mailticket.mail.compose import ascii_address
from mailticket.outbound.outcome import Outcome, Rejected, Sent
from mailticket.store.outbox import OutboxRow

log = structlog.get_logger()

#: A refusal counts for so long: somebody may have mended the relay, and asking costs one refused command.
ASKED_AGAIN_AFTER = timedelta(days=7)


class Memory(Protocol):
    """What outlives a restart, kept for the relay in use alone: another one is asked anew."""

    def refused_forms(self) -> Mapping[str, datetime]:
        """Forms of reverse-path, "null" and "token", that the relay refused, and when it did so last."""

    def form_refused(self, form: str, reply: str, now: datetime) -> None:
        """The relay refused this form, and took the same mail from the desk's address."""


class MailSender(Protocol):
    """Relay or MaildirSender; each worker has its own."""

    def send(self, mail_from: str, rcpt_tos: Sequence[str], raw: bytes, *, settle: bool = False) -> Outcome:
        """Hands one mail over; raises nothing."""

    def close(self) -> None:
        """Gives the connection back; `send` opens it again."""


class ReversePaths:
    """What is known of the relay's taste. Shared by all workers."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._refused: dict[str, datetime] = {}
        self._unsaved: dict[str, tuple[str, datetime]] = {}

    def load(self) -> None:
        """Remembers what was known before a restart."""
        self._refused.update(self._memory.refused_forms())

    def send(
        self, sender: MailSender, row: OutboxRow, rcpt_tos: Sequence[str], raw: bytes, now: datetime, *, settle: bool
    ) -> Outcome:
        """Hands one mail over by the row's reverse-path, or by the desk's address where the relay does not like that.

        Raises nothing: what it has learned waits for `save`.
        """
        desk = ascii_address(row.notice.from_.addr_spec)
        form = "token" if row.mail_from else "null"
        refused_at = self._refused.get(form)
        is_refused = refused_at is not None and now - refused_at < ASKED_AGAIN_AFTER
        mail_from = desk if is_refused else row.mail_from
        outcome = sender.send(mail_from, rcpt_tos, raw, settle=settle)
        if not isinstance(outcome, Rejected) or not outcome.before_data or mail_from == desk:
            return outcome
        again = sender.send(desk, rcpt_tos, raw, settle=settle)
        if isinstance(again, Sent):
            self._refused[form] = now
            self._unsaved[form] = outcome.reply, now
            log.warning("reverse_path_refused", form=form, reply=outcome.reply)
        return again

    def save(self) -> None:
        """Writes down what is new. Raises what the store raises, and tries again at the next call."""
        for form, (reply, at) in list(self._unsaved.items()):
            self._memory.form_refused(form, reply, at)
            self._unsaved.pop(form, None)
