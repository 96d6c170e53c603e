"""Two customers, three agents and a desk who have nothing but mail programs and a provider of mailboxes each."""

import itertools
import re
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from tests.acceptance.neomutt import NeoMutt
from tests.acceptance.people import AUTHSERV, DESK
from tests.acceptance.post import fetch
from tests.acceptance.seen import Received
from tests.acceptance.waiting import until
from tests.acceptance.world import World, free_port
from tests.servers.post_office import PASSWORD, PostOffice

CARLA, OTTO = "Carla Customer <carla@shop.example>", "Otto Ott <otto@shop.example>"
ANN, BEN, CLEO = "Ann Ahlberg <ann@acme.example>", "Ben Bauer <ben@acme.example>", "Cléo Charron <cleo@acme.example>"
#: Ann's telephone sends by an account that the desk does not know.
ANNS_TELEPHONE = "Ann <annie@home.example>"
EVERYBODY = (CARLA, OTTO, ANN, BEN, CLEO, ANNS_TELEPHONE)


class Person:
    """Somebody with a mailbox, and with neomutt open on it from the first use on."""

    def __init__(self, town: "Town", name: str) -> None:
        self.name, _, address = name.partition(" <")
        self.address = address.removesuffix(">")
        self._town = town
        self._read: set[str] = set()
        self._program: NeoMutt | None = None

    # -- reading

    @property
    def inbox(self) -> list[Received]:
        """What lies in the mailbox, oldest first."""
        return self._town.inbox(self.address)

    def waits_for(self, notice: str) -> Received:
        """The oldest mail of this kind that was not waited for before."""

        def find() -> Received | None:
            found = (mail for mail in self.inbox if mail.notice == notice and mail.message_id not in self._read)
            return next(found, None)

        mail = until(find, lambda: f"{notice} for {self.address}; there is {self.inbox}; {self._town.troubles}")
        self._read.add(mail.message_id)
        return mail

    def reads(self, mail: Received) -> str:
        """What the mail program shows of it."""
        return self.program.reads(mail.message_id)

    @property
    def threads(self) -> list[int]:
        """How many mails each thread of the mailbox has, as the mail program shows them."""
        return self.program.threads()

    # -- writing

    def writes(self, subject: str, *lines: str, to: str = DESK) -> None:
        """A new mail to the desk."""
        self.program.writes(to, subject, *lines)

    def answers(self, mail: Received, *lines: str) -> None:
        """Presses "reply" and writes these lines above the quote."""
        self.program.answers(mail.message_id, *lines)

    def begins_answer(self, mail: Received, *lines: str) -> None:
        """The same without sending: the person has been called away."""
        self.program.begins_answer(mail.message_id, *lines)

    def sends(self) -> None:
        """What was begun."""
        self.program.sends()

    def clicks(self, mail: Received, label: str, *lines: str) -> None:
        """Clicks on the link below this label, and sends the mail that opens with these lines below what is in it."""
        self.follows(links(mail)[label], *lines)

    def follows(self, link: str, *lines: str) -> None:
        """The same with a mailto: link that came by another way."""
        with self._town.neomutt(self, link, lines) as program:
            program.sends_linked()

    @property
    def program(self) -> NeoMutt:
        """Open on the INBOX."""
        if self._program is None:
            self._program = self._town.open(self)
        return self._program


def links(mail: Received) -> dict[str, str]:
    """The mailto: links of a mail by the lines above them, and by how the subject begins that they write."""
    found = re.findall(r"^ *(.+?):?\n *(mailto:\S+)$", mail.text, re.MULTILINE)
    subjects = {parse_qs(urlsplit(link).query)["subject"][0]: link for _, link in found}
    return {re.split(r" [({]", subject)[0]: link for subject, link in subjects.items()} | dict(found)


class Town:
    """Runs between `with` and its end; `people` begin anew with each story, their servers and the desk go on."""

    def __init__(self, folder: Path, settings: Mapping[str, Any]) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._servers, self._programs = ExitStack(), ExitStack()
        port = free_port()
        listener = {"listen": [f"127.0.0.1:{port}"], "protocol": "lmtp"}
        self.world = World({"intake": {"smtp": [listener]}, **settings}, start=False)
        route = {DESK: f"lmtp:inet:127.0.0.1:{port}"}
        addresses = [person.partition("<")[2].strip(">") for person in EVERYBODY]
        self.office = PostOffice(addresses, route, AUTHSERV)

    def __enter__(self) -> Self:
        try:
            self._servers.enter_context(self.world)
            self._servers.enter_context(self.office)
            login = {"user": DESK.partition("@")[0], "password": PASSWORD}
            relay = {"transport": "smtp", "host": "127.0.0.1", "port": self.office.postfix.port, "tls": "none"}
            self.world.configure({"outbound": {**relay, **login}, "identity": {"dns": [self.office.dns.address]}})
            self.world.start()
        except BaseException:
            self._servers.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.go_home()
        self._servers.close()

    def person(self, name: str) -> Person:
        return Person(self, name)

    def go_home(self) -> None:
        """The story is over: all programs are closed, and all mailboxes emptied once nothing is on its way."""
        self._programs.close()
        self.world.settle()
        self.office.postfix.wait_until_empty()
        self.office.empty_mailboxes()

    def inbox(self, address: str) -> list[Received]:
        """What lies in a mailbox, oldest first."""
        return [self._opened(raw) for raw in fetch(self.office.dovecot, address.partition("@")[0])]

    def _opened(self, raw: bytes) -> Received:
        path = self._folder / "opened.eml"
        path.write_bytes(raw)
        return Received(path, self.world.ticket)

    def open(self, person: Person) -> NeoMutt:
        """Somebody's mail program, until the story is over."""
        return self._programs.enter_context(self.neomutt(person))

    def neomutt(self, person: Person, link: str = "", lines: Sequence[str] = ()) -> NeoMutt:
        """One that is to be opened."""
        return NeoMutt(
            self._folder / f"neomutt-{next(self._numbers)}", person.name, person.address,
            self.office.dovecot.imap_port, self.office.postfix.port, PASSWORD, link, lines,
        )  # fmt: skip

    @property
    def troubles(self) -> str:
        """What may have gone wrong."""
        return f"{self.world.troubles[-5:]}\n{self.office.postfix.log[-3000:]}"
