"""Who writes to the desk, and what do they get back? People with a mail program and nothing else."""

import itertools
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.acceptance.draft import File, Value, draft, now
from tests.acceptance.seen import Received, Ticket
from tests.acceptance.waiting import until

if TYPE_CHECKING:
    from tests.acceptance.world import World

DESK = "support@acme.example"
#: Our relay's name in Authentication-Results.
AUTHSERV = "mx.acme.example"

#: How a relay of ours writes down what it found out about a sender.
VERDICTS = {
    "pass": "{authserv}; dkim=pass header.d={domain}; dmarc=pass header.from={domain}",
    "fail": "{authserv}; dkim=none; dmarc=fail (p=reject dis=none) header.from={domain}",
    "none": "",
}

_count = itertools.count(1)


def new_id(address: str) -> str:
    """A Message-ID as the mail program of this address makes them."""
    return f"<{next(_count)}.{time.time_ns()}@{address.rpartition('@')[2]}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A mail that somebody sent."""

    raw: bytes
    mail_from: str

    @property
    def message_id(self) -> str:
        """ "" where it has none."""
        found = re.search(rb"^Message-ID: *(\S+)", self.raw, re.MULTILINE | re.IGNORECASE)
        return found[1].decode() if found else ""


class Mailbox:
    """What somebody has received since they came into this world."""

    def __init__(self, world: "World", address: str) -> None:
        self._world = world
        self._address = address
        self._before = {mail.message_id for mail in world.mails_to(address)}

    @property
    def mails(self) -> list[Received]:
        """Oldest first."""
        return [mail for mail in self._world.mails_to(self._address) if mail.message_id not in self._before]

    @property
    def text(self) -> str:
        """Everything that can be read in it."""
        return "\n".join(mail.all_words for mail in self.mails)


class Customer:
    """Somebody who writes to the desk and reads what comes back."""

    def __init__(self, world: "World", name: str, verdict: str) -> None:
        self.world = world
        self.name = name
        self.address = parseaddr(name)[1].lower()
        self.verdict = verdict
        self.mailbox = Mailbox(world, self.address)
        self.written: list[Written] = []
        self._read: set[str] = set()

    # -- writing

    def drafts(
        self,
        subject: str | bytes,
        body: str = "Hello.\n",
        *,
        fields: Mapping[str, Value] | None = None,
        files: Sequence[File] = (),
        html: str = "",
        attached: Sequence[bytes] = (),
    ) -> bytes:
        """The mail as it would be sent; `fields` stand in the place of the usual header fields."""
        domain = self.address.rpartition("@")[2]
        usual: dict[str, Value] = {
            "Authentication-Results": VERDICTS[self.verdict].format(authserv=AUTHSERV, domain=domain) or None,
            "From": self.name,
            "To": DESK,
            "Subject": subject,
            "Date": now(),
            "Message-ID": new_id(self.address),
        }
        return draft({**usual, **(fields or {})}, body, files, html, attached)

    def writes(
        self,
        subject: str | bytes,
        body: str = "Hello.\n",
        *,
        mail_from: str | None = None,
        to: Sequence[str] = (DESK,),
        **more: Any,
    ) -> int:
        """Sends a mail to the desk, see `drafts`; `mail_from` and `to` are the envelope's. Returns the reply's code."""
        return self.sends(self.drafts(subject, body, **more), mail_from=mail_from, to=to)

    def sends(self, raw: bytes, *, mail_from: str | None = None, to: Sequence[str] = (DESK,)) -> int:
        """Sends these bytes."""
        mail_from = self.address if mail_from is None else mail_from
        code, _ = self.world.send(raw, mail_from, to)
        self.written.append(Written(raw=raw, mail_from=mail_from))
        return code

    def replies_to(
        self,
        mail: Received,
        body: str = "And one thing more.\n",
        *,
        subject: str | None = None,
        fields: Mapping[str, Value] | None = None,
        files: Sequence[File] = (),
    ) -> int:
        """Presses "reply": thread, subject and quoted text as mail programs make them."""
        quoted = "".join(f"> {line}\n" for line in mail.text.splitlines())
        thread = {
            "To": mail["From"],
            "In-Reply-To": mail.message_id,
            "References": "\r\n ".join([*mail.references, mail.message_id]),
        }
        words = f"{body}\nOn {mail['Date']}, Acme Support wrote:\n{quoted}"
        return self.writes(subject or f"Re: {mail.subject}", words, fields={**thread, **(fields or {})}, files=files)

    def clicks(self, mail: Received, before: str) -> int:
        """Clicks on the link in the line below the words `before`, and sends the mail that opens."""
        link = urlsplit(re.findall(rf"{before}[^\n]*\n(mailto:\S+)", mail.text)[0])
        query = parse_qs(link.query)
        return self.writes(query["subject"][0], query.get("body", ["\n"])[0], fields={"To": unquote(link.path)})

    # -- reading

    def waits_for(self, notice: str) -> Received:
        """The oldest mail of this kind that was not waited for before."""
        mail = until(lambda: self._next(notice), lambda: self._missing(notice))
        self._read.add(mail.message_id)
        return mail

    def hears_nothing_more(self) -> None:
        """Asserts that there is no mail for this person but what was waited for."""
        known = [mail for mail in self.world.mails_to(self.address) if not self._is_news(mail)]
        self.world.silence_for(self.address, after=known)

    def _is_news(self, mail: Received) -> bool:
        return mail in self.mailbox.mails and mail.message_id not in self._read

    def _missing(self, notice: str) -> str:
        return f"{notice} to {self.address}; there is {self.mailbox.mails}; {self.world.troubles[-5:]}"

    def _next(self, notice: str) -> Received | None:
        fresh = (mail for mail in self.mailbox.mails if mail.notice == notice and mail.message_id not in self._read)
        return next(fresh, None)

    # -- what became of it

    @property
    def became(self) -> dict[str, Any]:
        """What `explain` says of the last mail that this person wrote: receipt, ticket, reason, why."""
        return self.world.explain(self.written[-1].message_id)

    @property
    def ticket(self) -> Ticket:
        """The ticket that this person's last mail became or joined, as it is now."""
        became = self.became
        assert became["ticket"], f"the last mail of {self.address} has no ticket: {became}"
        return self.world.ticket(became["ticket"])
