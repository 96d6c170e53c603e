"""Who goes on sending while a desk goes down? Clients that keep a mail until they got 250, as every mail server does.

What they know at the end is what the desk has promised: `assert_kept` looks whether it holds.
"""

import itertools
import smtplib
import threading
import time
from collections import Counter
from dataclasses import dataclass
from email import message_from_bytes
from types import TracebackType
from typing import Self

from tests.acceptance.draft import draft, now
from tests.acceptance.people import AUTHSERV, DESK, VERDICTS
from tests.acceptance.waiting import PATIENCE, until
from tests.acceptance.world import World

#: Seconds between two tries of one client; a mail server waits minutes.
_PAUSE = 0.05


@dataclass(frozen=True, slots=True)
class Reply:
    """What a client heard at the end of a mail, or instead of it."""

    at: float
    #: 0: the connection broke, or there was none.
    code: int
    words: str


class Load:
    """Clients that send between `with` and its end, each over one lasting connection; at its end all have 250."""

    def __init__(self, world: World, clients: int = 4) -> None:
        self._port = world.port
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._client, args=(name,)) for name in range(clients)]
        #: Message-IDs of the mails that got 250.
        self.taken: list[str] = []
        #: Everything that the clients were told.
        self.replies: list[Reply] = []

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join(3 * PATIENCE)
            assert not thread.is_alive(), f"a mail never got 250; the last replies: {self.replies[-5:]}"

    def wait_for(self, more: int) -> None:
        """Returns when so many more mails have got 250."""
        enough = len(self.taken) + more
        until(lambda: len(self.taken) >= enough, f"{more} more mails to be taken", 3 * PATIENCE)

    def between(self, begin: float, end: float) -> list[Reply]:
        """Replies of this time, by time.monotonic()."""
        return [reply for reply in self.replies if begin <= reply.at <= end]

    def _client(self, name: int) -> None:
        smtp: smtplib.SMTP | None = None
        for count in itertools.count(1):
            if self._stopping.is_set():
                break
            message_id, sender, raw = _mail(name, count)
            code = 0
            while code != 250:
                try:
                    smtp = smtp or smtplib.SMTP("127.0.0.1", self._port, timeout=3 * PATIENCE)
                    code, words = _send(smtp, sender, raw)
                except (OSError, smtplib.SMTPException) as error:
                    smtp, code, words = None, 0, repr(error)
                self.replies.append(Reply(time.monotonic(), code, words))
                if code != 250:
                    time.sleep(_PAUSE)
            self.taken.append(message_id)
        if smtp is not None:
            smtp.close()


def assert_kept(world: World, load: Load) -> None:
    """Every mail that got 250 is one ticket with one message and one confirmation, and the numbers have no gaps."""
    until(lambda: not world.outbox, "everything to leave", 3 * PATIENCE)
    tickets = world.json("ticket", "list", "--limit", "10000")["tickets"]
    assert Counter(ticket["title"] for ticket in tickets) == Counter(load.taken)
    counters = sorted(int(ticket["number"].rpartition("-")[2]) for ticket in tickets)
    assert counters == list(range(1, len(load.taken) + 1))
    answered = Counter(answers(path.read_bytes()) for path in (world.outgoing / "new").iterdir())
    assert answered == Counter(load.taken)
    assert world.json("quarantine", "list")["quarantine"] == []


def answers(raw: bytes) -> str:
    """The Message-ID that this mail answers."""
    return str(message_from_bytes(raw)["In-Reply-To"])


def _mail(client: int, count: int) -> tuple[str, str, bytes]:
    """Message-ID, sender and bytes; the subject is the Message-ID."""
    domain = f"shop{client}.example"
    sender, message_id = f"customer{count}@{domain}", f"<{count}@{domain}>"
    verdict = VERDICTS["pass"].format(authserv=AUTHSERV, domain=domain)
    fields = {"Authentication-Results": verdict, "From": sender, "To": DESK, "Subject": message_id}
    return message_id, sender, draft({**fields, "Date": now(), "Message-ID": message_id}, f"Mail {count}.\n")


def _send(smtp: smtplib.SMTP, sender: str, raw: bytes) -> tuple[int, str]:
    """The reply to the mail, or the one that ended it before its time."""
    smtp.ehlo_or_helo_if_needed()
    for code, words in (smtp.mail(sender), smtp.rcpt(DESK)):
        if code != 250:
            smtp.rset()
            return code, words.decode()
    code, words = smtp.data(raw)
    return code, words.decode()
