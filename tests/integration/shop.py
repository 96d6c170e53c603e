"""A mailbox from which people answer by themselves, and a desk that looks into it: what was said there, and heard."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

from mailticket.intake.imap import MailboxWatcher
from mailticket.mail.message import Address
from tests.factories import CARLA, DESK
from tests.integration import imap_desk
from tests.integration.imap_desk import eventually
from tests.integration.nodes import Node
from tests.servers.dovecot import Dovecot

NOW = datetime.now(UTC).replace(microsecond=0)
RITA = Address(name="Rita", addr_spec="rita@supplier.example")


@dataclass(slots=True)
class Shop:
    """Two people, one mailbox, and a desk that looks into it."""

    desk: Node
    dovecot: Dovecot
    user: str

    @contextmanager
    def open(self, **over: Any) -> Iterator[MailboxWatcher]:
        """The mailbox is watched; Sent is looked into every second."""
        values = {
            "user": self.user, "sent_folder": "auto", "mark_seen": False, "poll_interval": 1,
            "authserv_id": "mx.acme.example",
        }  # fmt: skip
        box = imap_desk.settings(self.dovecot, **values | over)
        with imap_desk.watching(self.desk.ledger, box) as watcher:  # type: ignore[arg-type]
            yield watcher

    def hears(self, raw: bytes, at: datetime = NOW) -> None:
        """A mail comes in."""
        with self.dovecot.imap(self.user) as client:
            client.append("INBOX", raw, msg_time=at)

    def sends(self, raw: bytes, at: datetime = NOW + timedelta(minutes=1)) -> None:
        """Somebody writes from the mailbox itself."""
        self.dovecot.append(self.user, "Sent", raw, at=at)

    def has(self, messages: int) -> dict[str, Any]:
        """The only ticket, once it has so many messages."""
        eventually(lambda: self.desk.numbers() and len(self.desk.show(self.desk.numbers()[0])["messages"]) == messages)
        (number,) = self.desk.numbers()
        return self.desk.show(number)


def answer(
    words: str = "A new vase is on its way.\n",
    to: str = CARLA.addr_spec,
    reply_to: str = "<vase@shop.example>",
    message_id: str = "<answer@acme.example>",
    subject: str = "Re: Broken vase",
    **fields: str,
) -> bytes:
    """What a mail program puts into Sent."""
    mail = EmailMessage()
    mail["From"] = f"Acme <{DESK}>"
    mail["To"] = to
    mail["Subject"] = subject
    mail["Message-ID"] = message_id
    if reply_to:
        mail["In-Reply-To"] = mail["References"] = reply_to
    for name, value in fields.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(words)
    return mail.as_bytes().replace(b"\n", b"\r\n")
