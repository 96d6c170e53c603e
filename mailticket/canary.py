"""Does a mail get out and in, now? One probe by the settings' own relay, and a wait for it: `canary` and `setup` ask.

Works beside a running service, which then takes the probe as it takes all mail, and without one: then the mailbox is
looked into from here.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from imapclient.exceptions import IMAPClientError

from mailticket import assembly, credentials, data_folder
from mailticket.actions.canary import send_probe
from mailticket.actions.context import Context
from mailticket.bearer import Token
from mailticket.config import Settings, secret_of
from mailticket.desk.policy import Desk
from mailticket.errors import MailticketError
from mailticket.intake.imap_login import CONNECTION_LOST, place_of
from mailticket.intake.imap_session import Session
from mailticket.mail.tokens import find_tokens
from mailticket.outbound.letter import recipients, write
from mailticket.outbound.outcome import Sent, Unreachable
from mailticket.outbound.relay import Relay
from mailticket.outbound.reverse_path import ReversePaths
from mailticket.settings.intake import ImapSettings
from mailticket.store import leaving, outbox, probes
from mailticket.store.engine import Store

#: Until then only this command sends it.
_OURS_FOR = timedelta(hours=1)
_PAUSE = 0.5
_NO_DOOR = (
    "whether mail comes in can be seen only while the service runs, whose door is SMTP. "
    "Start it (mailticket run), then try again: mailticket canary"
)

Tokens = Callable[[str], Token | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundTrip:
    """How far a probe came."""

    address: str
    #: Seconds until the relay had it, None where it has not.
    out_seconds: float | None = None
    #: Seconds from there until it was taken, None where it was not.
    in_seconds: float | None = None
    #: Where it is stuck and what to do; "" where it came all the way.
    problem: str = ""


def round_trip(settings: Settings, timeout: float, origin: Path | None = None, address: str = "") -> RoundTrip:
    """Sends one probe to a desk's `address` ("": the main one) and waits for it `timeout` seconds.

    Before the first start of a service nothing of it is made: what this needs lies in a folder that does not stay.
    Raises ConfigError, TemporaryError where the store or the token key cannot be used.
    """
    if not settings.store.url and not (settings.desk.data_dir / "mailticket.db").exists():
        if not settings.intake.imap:
            # the service, once it is started, would not know the probe that waits for it
            return RoundTrip(address=address or settings.desk.address, problem=f"nothing was sent: {_NO_DOOR}")
        with TemporaryDirectory(prefix="mailticket-") as folder:
            desk = settings.desk.model_copy(update={"data_dir": Path(folder)})
            return _take(settings.model_copy(update={"desk": desk}), timeout, origin, address)
    return _take(settings, timeout, origin, address)


def _take(settings: Settings, timeout: float, origin: Path | None, address: str) -> RoundTrip:
    store = assembly.open_store(settings)
    try:
        context = assembly.context_of(settings, store)
        desk = context.policy.desk_at(address) or context.policy.desks[0]
        if settings.outbound.transport != "smtp":
            problem = f"nothing leaves this machine: mail goes into {settings.outbound.maildir}. Set [outbound] host."
            return RoundTrip(address=desk.address, problem=problem)
        with _tokens_of(settings) as tokens:
            return _Trip(settings, origin, store, context, tokens, desk).take(timeout)
    finally:
        store.close()


class _Trip:
    """One probe on its way."""

    def __init__(
        self, settings: Settings, origin: Path | None, store: Store, context: Context, tokens: Tokens, desk: Desk
    ) -> None:
        self._settings, self._origin, self._store = settings, origin, store
        self._context, self._tokens, self._desk = context, tokens, desk
        self._id = ""

    def take(self, timeout: float) -> RoundTrip:
        """Sends it and waits."""
        began = time.monotonic()
        if problem := self._send():
            return RoundTrip(address=self._desk.address, problem=f"it did not leave: {problem}")
        problem = self._wait(began + timeout)
        with self._store.reading() as connection:
            probe = probes.find(connection, self._desk.address, self._id)
        assert probe is not None
        return RoundTrip(
            address=self._desk.address, out_seconds=probe.out_seconds, in_seconds=probe.in_seconds, problem=problem
        )

    def _send(self) -> str:
        """Why the relay has not taken it; "" where it has."""
        now, context = _now(), self._context
        with self._store.writing() as connection:
            self._id = send_probe(connection, context, self._desk, now, now, _OURS_FOR)
            row = outbox.of_message_id(connection, self._id)
        relay = Relay(self._settings.outbound, lambda: secret_of(self._settings.outbound), self._tokens("outbound"))
        taken = False
        try:
            raw = write(row, {}, assembly.templates_of(self._settings, self._origin), context.policy, now)
            signer = assembly.signer_of(self._settings)
            signed = signer.sign(raw) if signer else raw
            outcome = ReversePaths(_NothingKnown()).send(
                relay, row, recipients(row.notice), signed, _now(), settle=False
            )
            taken = isinstance(outcome, Sent)
        finally:
            relay.close()
            self._note(row.id, taken=taken)
        if isinstance(outcome, Sent):
            return ""
        return outcome.reason if isinstance(outcome, Unreachable) else outcome.reply

    def _note(self, row: int, *, taken: bool) -> None:
        """A probe that did not leave says nothing about the service, which may run elsewhere, or as somebody else."""
        with self._store.writing() as connection:
            if taken:
                leaving.sent(connection, row, _now())
            else:
                probes.drop(connection, self._id)

    def _wait(self, until: float) -> str:
        """Why it did not come in; "" where it did."""
        service, mailboxes = data_folder.is_taken(self._settings.desk.data_dir), self._settings.intake.imap
        if not (service or mailboxes):
            return f"it has left; {_NO_DOOR}"
        while not self._has_arrived():
            trouble = "" if service else self._fetch()
            if time.monotonic() > until:
                return trouble or self._whereabouts(service=service)
            time.sleep(_PAUSE)
        return ""

    def _has_arrived(self) -> bool:
        with self._store.reading() as connection:
            probe = probes.find(connection, self._desk.address, self._id)
        return probe is not None and probe.arrived_at is not None

    def _fetch(self) -> str:
        """Takes it out of the mailbox that it lies in, as the service would; says what is wrong with a mailbox."""
        for mailbox in self._settings.intake.imap:
            try:
                with self._session(mailbox) as session:
                    session.open_folder()
                    if uids := self._find(session):
                        with self._store.writing() as connection:
                            probes.arrive(connection, self._id, _now())
                        session.remove(uids)
                        return ""
            except (MailticketError, IMAPClientError, *CONNECTION_LOST) as error:
                return f"it has left, and the mailbox cannot be looked into: {place_of(mailbox)}: {error}"
        return ""

    def _whereabouts(self, *, service: bool) -> str:
        """What people can do about a probe that left and did not come."""
        for mailbox in self._settings.intake.imap:
            try:
                with self._session(mailbox) as session:
                    for folder in (mailbox.folder, *session.junk_folders()):
                        session.open_to_look(folder)
                        if self._find(session):
                            return self._found_in(mailbox, folder)
            except (MailticketError, IMAPClientError, *CONNECTION_LOST) as error:
                return f"it has left, and the mailbox cannot be looked into: {error}"
        places = [f"mailbox {mailbox.name}" for mailbox in self._settings.intake.imap]
        where = f"it is not in {' or '.join(places)}" if places else "the service has not been given it"
        return (
            f"it has left, and {where}. It may wait in the queue of the mail server, be on its way to another mailbox, "
            f"or have been sent back: see whether mail to {self._desk.address} is delivered where mailticket takes it"
            + ("." if service or places else ", and whether the service runs.")
        )

    def _found_in(self, mailbox: ImapSettings, folder: str) -> str:
        if folder != mailbox.folder:
            return (
                f'it came into the folder "{folder}" of mailbox {mailbox.name}: the mail server takes it for spam. '
                f"Have it let mail from {self._desk.address} through; customers' mail may lie there as well."
            )
        return (
            f"it lies in mailbox {mailbox.name}, and the service has not taken it. Its log says why "
            "(journalctl -u mailticket), and so does: mailticket check"
        )

    def _find(self, session: Session) -> list[int]:
        return session.find(self._id, *find_tokens([self._id]))

    @contextmanager
    def _session(self, mailbox: ImapSettings) -> Iterator[Session]:
        session = Session(mailbox)
        try:
            session.log_in(self._tokens(mailbox.name) or secret_of(mailbox))
            yield session
        finally:
            session.close()


class _NothingKnown:
    """A relay is asked anew what it thinks of our reverse-paths."""

    def refused_forms(self) -> Mapping[str, datetime]:
        return {}

    def form_refused(self, form: str, reply: str, now: datetime) -> None:
        pass


@contextmanager
def _tokens_of(settings: Settings) -> Iterator[Tokens]:
    if not credentials.grants_of(settings):
        yield lambda name: None
        return
    with credentials.command_tokens(settings) as tokens:
        yield lambda name: tokens().of(name)


def _now() -> datetime:
    return datetime.now(UTC)
