"""Mailboxes as providers have them: mail comes, sessions break, the service restarts, and each mail is one ticket.

Dovecot offers what each of them offers, as nearly as it can; what it does not advertise nobody uses.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.acceptance.people import DESK, Customer
from tests.acceptance.post import flags, mailbox
from tests.acceptance.waiting import until
from tests.acceptance.world import World
from tests.servers.dovecot import Dovecot

#: Of its folder's flags a mail program may change \Seen and \Deleted, and set no keyword.
NO_KEYWORDS = "INBOX owner lrstekxi"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One kind of mailbox, and what a shop writes into its settings."""

    server: Mapping[str, Any]
    settings: Mapping[str, Any]
    #: Where people's own mail lies.
    sent: str
    #: What is seen of a mail that was taken.
    flags: frozenset[bytes]
    #: Where mail lies that was taken, and whether it lies in INBOX, too.
    done: str = "INBOX"
    leftovers: frozenset[bytes] | None = None
    #: Other folders in which every mail lies.
    labels: tuple[str, ...] = field(default=())


PROVIDERS = {
    # a mail lies in all folders whose label it has, and two of them are watched
    "google": Provider(
        server={
            "folders": {"[Gmail]/Sent Mail": r"\Sent", "[Gmail]/All Mail": r"\All", "Orders": ""},
            "separator": "/",
            "acl": NO_KEYWORDS,
            "capabilities": ("IMAP4rev1", "UNSELECT", "IDLE", "NAMESPACE", "UIDPLUS", "MOVE", "CONDSTORE", "ENABLE"),
            "connections": 15,
        },
        settings={"mark_seen": False, "sent_folder": "auto"},
        sent="[Gmail]/Sent Mail",
        flags=frozenset(),
        labels=("[Gmail]/All Mail", "Orders"),
    ),
    "microsoft365": Provider(
        server={
            "folders": {"Sent Items": ""},
            "separator": "/",
            "acl": NO_KEYWORDS,
            "capabilities": ("IMAP4rev1", "AUTH=PLAIN", "SASL-IR", "UIDPLUS", "MOVE", "ID", "UNSELECT", "IDLE"),
            "connections": 3,
        },
        settings={"sent_folder": "auto", "done_folder": "Fertig für heute"},
        sent="Sent Items",
        flags=frozenset({rb"\Seen"}),
        done="Fertig für heute",
    ),
    "fastmail": Provider(
        server={"folders": {"Sent": r"\Sent"}, "separator": "/"},
        settings={"sent_folder": "auto"},
        sent="Sent",
        flags=frozenset({rb"\Seen", b"$Mailticket"}),
    ),
    # neither IDLE nor MOVE nor UIDPLUS, everything below INBOX, two connections, no special use
    "hosting": Provider(
        server={
            "folders": {"Objets envoyés": ""},
            "prefix": "INBOX.",
            "acl": NO_KEYWORDS,
            "capabilities": ("IMAP4rev1",),
            "connections": 2,
        },
        settings={"sent_folder": "INBOX.Objets envoyés", "done_folder": "INBOX.Traité"},
        sent="INBOX.Objets envoyés",
        flags=frozenset({rb"\Seen"}),
        done="INBOX.Traité",
        leftovers=frozenset({rb"\Seen", rb"\Deleted"}),
    ),
}


@pytest.fixture(params=sorted(PROVIDERS))
def provider(request: pytest.FixtureRequest) -> Provider:
    return PROVIDERS[request.param]


@pytest.fixture
def dovecot(provider: Provider) -> Iterator[Dovecot]:
    with Dovecot(**provider.server) as dovecot:
        yield dovecot


def test_each_mail_is_one_ticket_and_one_confirmation(provider: Provider, dovecot: Dovecot) -> None:
    watched = [mailbox(dovecot, poll_interval=1, **provider.settings)]
    if provider.labels:
        others = {"name": "orders", "user": "support", "folder": provider.labels[-1], "mark_seen": False}
        watched.append({**mailbox(dovecot), **others})
    with World({"intake": {"imap": watched}}, start=False) as world:
        people = [world.customer(f"Carla <carla@shop{number}.example>") for number in range(6)]

        def come(some: list[Customer]) -> None:
            for person in some:
                raw = person.drafts(f"Vase of {person.address}")
                dovecot.deliver("support", raw)
                for label in provider.labels:
                    dovecot.append("support", label, raw)

        come(people[:2])
        world.start()
        come(people[2:4])
        first = people[0].waits_for("confirmation")
        # somebody answers from the mailbox itself, while the server throws everybody out
        answer = {"From": DESK, "To": people[0].address, "In-Reply-To": first["In-Reply-To"], "Message-ID": "<a@a.ex>"}
        dovecot.append("support", provider.sent, people[0].drafts(f"Re: {first.subject}", fields=answer))
        until(lambda: world.ticket(first.number).status == "pending_customer", "the answer to be recorded")
        dovecot.restart()
        world.stop()
        come(people[4:])
        world.start()

        for person in people[1:]:
            person.waits_for("confirmation")
        world.settle()
        for person in people:
            assert [mail.notice for mail in world.mails_to(person.address)] == ["confirmation"]
            assert len(world.tickets_of(person.address)) == 1
        assert [message.direction for message in world.ticket(first.number).messages] == ["inbound", "outbound"]
        marked = [set(provider.flags)] * len(people)
        until(lambda: flags(dovecot, "support", provider.done) == marked, "all mail to be marked as the settings say")
        if provider.done != "INBOX":
            left = [] if provider.leftovers is None else [set(provider.leftovers)] * len(people)
            assert flags(dovecot, "support") == left
