"""What do the tests of the IMAP intake share? A ledger that remembers, a watcher at a real Dovecot, waiting."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, Self

from imapclient import IMAPClient

from mailticket.intake.imap import Backoff, MailboxWatcher
from mailticket.mail.message import Envelope, MailboxState
from mailticket.settings.intake import ImapSettings
from tests.servers.dovecot import Dovecot


class StandInLedger:
    """Keeps in memory what it is handed, and settles it from a thread of its own as the ledger does.

    It stands in for the ledger, which is tested elsewhere with its store. `before_commit` may raise what a commit can
    raise, and may take its time.
    """

    def __init__(self, before_commit: Callable[[bytes, Envelope], None] = lambda raw, envelope: None) -> None:
        self.before_commit = before_commit
        self.mails: list[tuple[bytes, Envelope]] = []
        self.large: list[tuple[Envelope, int, bytes]] = []
        self.states: dict[tuple[str, str], MailboxState] = {}
        self._positions: set[tuple[str, str, int, int]] = set()
        self._writer = ThreadPoolExecutor(1)

    @property
    def subjects(self) -> list[str]:
        """Of the mails committed so far, in that order."""
        return [subject_of(raw) for raw, _ in self.mails]

    def submit(self, raw: bytes, envelope: Envelope) -> Future[Any]:
        """Commits a mail with its position."""
        return self._writer.submit(self._commit, raw, envelope)

    def too_large(self, envelope: Envelope, size: int, head: bytes) -> Future[Any]:
        """Commits that there is a mail over the limit."""
        return self._writer.submit(self._commit_large, envelope, size, head)

    def mailbox(self, account: str, folder: str) -> Future[MailboxState | None]:
        """The state saved last."""
        return self._writer.submit(lambda: self.states.get((account, folder)))

    def save_mailbox(self, account: str, folder: str, state: MailboxState) -> Future[None]:
        """Keeps a state and forgets positions up to its floor."""
        return self._writer.submit(self._keep_state, account, folder, state)

    def done_uids(self, account: str, folder: str, uidvalidity: int) -> Future[frozenset[int]]:
        """UIDs whose position was committed."""
        place = (account, folder, uidvalidity)
        return self._writer.submit(lambda: frozenset(p[3] for p in self._positions if p[:3] == place))

    def _commit(self, raw: bytes, envelope: Envelope) -> str:
        self.before_commit(raw, envelope)
        self._keep_position(envelope)
        self.mails.append((raw, envelope))
        return "opened"

    def _commit_large(self, envelope: Envelope, size: int, head: bytes) -> str:
        self._keep_position(envelope)
        self.large.append((envelope, size, head))
        return "quarantined"

    def _keep_state(self, account: str, folder: str, state: MailboxState) -> None:
        self.states[account, folder] = state
        here, now = (account, folder), state.uidvalidity
        self._positions = {p for p in self._positions if p[:2] != here or (p[2] == now and p[3] > state.floor)}

    def _keep_position(self, envelope: Envelope) -> None:
        assert envelope.position is not None
        p = envelope.position
        self._positions.add((p.account, p.folder, p.uidvalidity, p.uid))


def mail(subject: str, size: int = 0) -> bytes:
    """A mail of at least `size` bytes."""
    line = b"0123456789 the quick brown fox jumps over the lazy dog\r\n"
    head = (
        f"From: Carla <carla@shop.example>\r\nTo: support@desk.example\r\nSubject: {subject}\r\n\r\nHello\r\n".encode()
    )
    return head + line * (max(0, size - len(head)) // len(line) + (1 if size else 0))


def subject_of(raw: bytes) -> str:
    """The subject of a mail made by `mail`."""
    return raw.partition(b"\r\nSubject: ")[2].partition(b"\r\n")[0].decode()


def settings(dovecot: Dovecot, **over: Any) -> ImapSettings:
    """A mailbox at `dovecot`, over verified TLS, everything in it to be taken."""
    values = {
        "name": "support", "host": "127.0.0.1", "port": dovecot.imaps_port, "ca_file": dovecot.ca_file,
        "user": "support", "start": "all", "timeout": 10,
    }  # fmt: skip
    return ImapSettings(**{**values, **over})


def watcher(ledger: StandInLedger, box: ImapSettings, **over: Any) -> MailboxWatcher:
    """A watcher that tries again soon."""
    values = {"password": lambda: "secret", "now": lambda: datetime.now(UTC), "backoff": Backoff(first=0.05, most=0.2)}
    return MailboxWatcher(box, ledger=ledger, **{**values, **over})


@contextlib.contextmanager
def watching(ledger: StandInLedger, box: ImapSettings, **over: Any) -> Iterator[MailboxWatcher]:
    """A watcher at work; it must end in time."""
    running = watcher(ledger, box, **over)
    running.start()
    try:
        yield running
    finally:
        assert running.stop(10), "the thread of the mailbox did not end"


def take_all(ledger: StandInLedger, box: ImapSettings, **over: Any) -> None:
    """Watches until the mailbox was looked through once."""
    with watching(ledger, box, **over) as running:
        eventually(lambda: running.state.last_success_at)


def eventually(condition: Callable[[], Any], seconds: float = 30) -> None:
    """Waits until `condition` holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.01)


def flags(dovecot: Dovecot, folder: str = "INBOX") -> dict[str, set[bytes]]:
    """The flags of each mail in a folder, by subject; looking changes none."""
    with dovecot.imap("support") as client:
        return _flags(client, folder)


def _flags(client: IMAPClient, folder: str) -> dict[str, set[bytes]]:
    client.select_folder(folder, readonly=True)
    answer = client.fetch(client.search("ALL"), ["FLAGS", "BODY.PEEK[HEADER]"])
    return {subject_of(data[b"BODY[HEADER]"]): set(data[b"FLAGS"]) - {rb"\Recent"} for data in answer.values()}


class Gate:
    """Holds commits back until it is opened."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.opened = threading.Event()

    def __call__(self, raw: bytes, envelope: Envelope) -> None:
        self.reached.set()
        assert self.opened.wait(30), "nobody opened the gate"


class ScriptedServer:
    """Answers IMAP commands as told, TAG being the command's tag, NO to all others; writes down what it was sent."""

    def __init__(self, greeting: str, answers: Mapping[str, str]) -> None:
        self._greeting, self._answers = greeting, answers
        self.commands: list[str] = []

    def __enter__(self) -> Self:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *details: object) -> None:
        # close() alone leaves a thread in accept()
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._socket.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                with connection, contextlib.suppress(ConnectionError):
                    self._converse(connection)

    def _converse(self, connection: socket.socket) -> None:
        connection.sendall(f"* {self._greeting}\r\n".encode())
        tag = ""
        for line in connection.makefile("rb"):
            *tags, command = line.decode().split()[:2]
            tag = tags[0] if tags else tag
            self.commands.append(command)
            connection.sendall(self._answers.get(command, "TAG NO\r\n").replace("TAG", tag).encode())
