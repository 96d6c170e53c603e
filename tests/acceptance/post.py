"""Who writes to the desk over real mail servers? Customers who hand in at Postfix and fetch at Dovecot."""

import smtplib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.acceptance.people import AUTHSERV, DESK, Customer, Written
from tests.acceptance.seen import Received
from tests.acceptance.waiting import PATIENCE, until
from tests.acceptance.world import World
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix

#: What the README tells people to copy.
DEPLOY = Path(__file__).parents[2] / "deploy"


class Correspondent(Customer):
    """Somebody whose mail program knows two servers: `postfix` to send, `dovecot` to read."""

    def __init__(self, world: World, name: str, postfix: Postfix, dovecot: Dovecot) -> None:
        super().__init__(world, name, "none")
        self._postfix, self._dovecot = postfix, dovecot

    def sends(self, raw: bytes, *, mail_from: str | None = None, to: Sequence[str] = (DESK,)) -> int:
        """Hands the mail to Postfix, which takes it from there."""
        mail_from = self.address if mail_from is None else mail_from
        with smtplib.SMTP("127.0.0.1", self._postfix.port, timeout=PATIENCE) as smtp:
            assert smtp.sendmail(mail_from, to, raw) == {}
        self.written.append(Written(raw=raw, mail_from=mail_from))
        return 250

    @property
    def inbox(self) -> list[Received]:
        """What lies in the mailbox, oldest first."""
        raws = fetch(self._dovecot, self.address.partition("@")[0])
        return [self._opened(number, raw) for number, raw in enumerate(raws)]

    def waits_for(self, notice: str) -> Received:
        """The oldest mail of this kind in the mailbox."""

        def find() -> Received | None:
            return next((mail for mail in self.inbox if mail.notice == notice), None)

        return until(find, lambda: f"{notice} for {self.address}\n{self._postfix.log}")

    def _opened(self, number: int, raw: bytes) -> Received:
        path = self.world.folder / f"{self.address}-{number}.eml"
        path.write_bytes(raw)
        return Received(path, self.world.ticket)


def fetch(dovecot: Dovecot, user: str, folder: str = "INBOX") -> list[bytes]:
    """All mails of a folder, oldest first; looking changes nothing."""
    with dovecot.imap(user) as client:
        client.select_folder(folder, readonly=True)
        found = client.fetch(client.search("ALL"), ["BODY.PEEK[]"])
    return [found[uid][b"BODY[]"] for uid in sorted(found)]


def flags(dovecot: Dovecot, user: str, folder: str = "INBOX") -> list[set[bytes]]:
    """Flags of all mails of a folder, oldest first."""
    with dovecot.imap(user) as client:
        client.select_folder(folder, readonly=True)
        found = client.get_flags(client.search("ALL"))
    return [set(found[uid]) - {b"\\Recent"} for uid in sorted(found)]


def mailbox(dovecot: Dovecot, name: str = "support", **over: Any) -> Mapping[str, Any]:
    """An [[intake.imap]] at `dovecot`, by TLS with its certificate checked; everything in it becomes tickets."""
    settings = {
        "name": name, "host": "127.0.0.1", "port": dovecot.imaps_port, "ca_file": str(dovecot.ca_file),
        "user": name, "password": "secret", "start": "all", "authserv_id": AUTHSERV,
    }  # fmt: skip
    return {**settings, **over}


@contextmanager
def relay(folder: Path, routes: Mapping[str, str], *, xforward: bool = False) -> Iterator[Postfix]:
    """A Postfix with the header checks of deploy/postfix, which let nobody else speak in our relay's name.

    `xforward`: it says who its client was, as deploy/postfix has it.
    """
    checks = folder / "header-checks"
    checks.write_text((DEPLOY / "postfix" / "mailticket-header-checks").read_text(encoding="utf-8"), encoding="utf-8")
    for path in (folder, checks):
        path.chmod(0o755)  # Postfix reads it as its own user
    settings = {"header_checks": f"regexp:{checks}", "recipient_delimiter": "+"}
    if xforward:
        settings |= {"smtp_send_xforward_command": "yes", "lmtp_send_xforward_command": "yes"}
    with Postfix(routes, hostname=AUTHSERV, settings=settings) as postfix:
        yield postfix
