"""The whole way over real servers: Postfix before the desk and behind it, Dovecot where people read their mail."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Worlds
from tests.acceptance.people import AUTHSERV
from tests.acceptance.post import Correspondent, fetch, flags, mailbox, relay
from tests.acceptance.seen import Ticket
from tests.acceptance.world import World, free_port, until
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix

USERS = ("carla", "otto", "support")


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    """The customers' mailboxes, and the desk's own."""
    with Dovecot(dict.fromkeys(USERS, "secret")) as dovecot:
        yield dovecot


class Place:
    """A world with its servers."""

    def __init__(self, ends: ExitStack, dovecot: Dovecot, folder: Path) -> None:
        self._ends, self._dovecot, self._folder = ends, dovecot, folder

    def desk(self, route: str, intake: dict[str, Sequence[Any]], store_url: str = "") -> tuple[World, Postfix]:
        """A running desk: `route` is where Postfix takes its mail, `intake` how it comes in from there."""
        routes = {"acme.example": route, "shop.example": f"lmtp:inet:127.0.0.1:{self._dovecot.lmtp_port}"}
        postfix = self._ends.enter_context(relay(self._folder, routes))
        smarthost = {"transport": "smtp", "host": "127.0.0.1", "port": postfix.port, "tls": "none"}
        world = World({"outbound": smarthost, "intake": intake}, store_url=store_url)
        return self._ends.enter_context(world), postfix

    def person(self, world: World, name: str, postfix: Postfix) -> Correspondent:
        return Correspondent(world, name, postfix, self._dovecot)


@pytest.fixture
def place(dovecot: Dovecot, tmp_path: Path) -> Iterator[Place]:
    for user in USERS:
        with dovecot.imap(user) as client:
            client.select_folder("INBOX")
            client.delete_messages(client.search("ALL"))
            client.expunge()
    with ExitStack() as ends:
        yield Place(ends, dovecot, tmp_path)


def talk(carla: Correspondent) -> Ticket:
    """She writes, gets her number, and answers that mail."""
    carla.writes("Broken vase", "My vase arrived broken.\n")
    confirmation = carla.waits_for("confirmation")
    assert confirmation.subject.startswith("[#")
    assert confirmation["Auto-Submitted"] == "auto-replied"
    carla.replies_to(confirmation, "It was a present.\n")
    until(lambda: len(confirmation.ticket.messages) == 2, "the second message")
    return confirmation.ticket


@pytest.mark.parametrize(
    ("protocol", "store"),
    [("smtp", "sqlite"), ("lmtp", "sqlite"), ("smtp", "postgresql")],
)
def test_customer_behind_postfix_gets_a_number_and_adds_to_it(
    place: Place, worlds: Worlds, protocol: str, store: str
) -> None:
    url = worlds.database() if store == "postgresql" else ""
    port = free_port()
    route = f"smtp:[127.0.0.1]:{port}" if protocol == "smtp" else f"lmtp:inet:127.0.0.1:{port}"
    listener = {"listen": [f"127.0.0.1:{port}"], "protocol": protocol}
    world, postfix = place.desk(route, {"smtp": [listener]}, url)
    carla = place.person(world, "Carla <carla@shop.example>", postfix)

    ticket = talk(carla)

    assert [message.reply for message in ticket.messages] == ["My vase arrived broken.", "It was a present."]
    assert {message.sender for message in ticket.messages} == {"carla@shop.example"}
    assert ticket.json["source"] == "smtp"
    shown = world.run("ticket", "show", ticket.number)
    assert "My vase arrived broken." in shown and "It was a present." in shown
    postfix.wait_until_empty()
    assert [mail.notice for mail in carla.inbox] == ["confirmation"]
    assert world.outbox == []


def test_verdict_that_a_stranger_brings_along_is_dropped_by_the_relay(place: Place) -> None:
    port = free_port()
    world, postfix = place.desk(f"smtp:[127.0.0.1]:{port}", {"smtp": [{"listen": [f"127.0.0.1:{port}"]}]})
    otto = place.person(world, "Otto <otto@shop.example>", postfix)
    forged = f"{AUTHSERV}; dkim=pass header.d=shop.example; dmarc=pass header.from=shop.example"

    otto.writes("Broken vase", fields={"Authentication-Results": forged})

    assert otto.waits_for("confirmation").ticket.messages[0].verdict == "none"


@pytest.mark.parametrize(
    ("done_folder", "store"),
    [("", "sqlite"), ("Done", "sqlite"), ("Done", "postgresql")],
    ids=["flags", "moves", "moves, postgresql"],
)
def test_mailbox_that_postfix_delivers_into_is_read_by_idle(
    place: Place, dovecot: Dovecot, worlds: Worlds, done_folder: str, store: str
) -> None:
    url = worlds.database() if store == "postgresql" else ""
    # an hour: what comes in time has come by IDLE
    box = mailbox(dovecot, poll_interval=3600, done_folder=done_folder)
    world, postfix = place.desk(f"lmtp:inet:127.0.0.1:{dovecot.lmtp_port}", {"smtp": [], "imap": [box]}, url)
    carla = place.person(world, "Carla <carla@shop.example>", postfix)

    ticket = talk(carla)

    assert ticket.json["source"] == "imap"
    assert [message.reply for message in ticket.messages] == ["My vase arrived broken.", "It was a present."]
    if done_folder:
        until(lambda: len(fetch(dovecot, "support", done_folder)) >= 2, "both mails to be moved")
        assert fetch(dovecot, "support") == []
    marks = {b"\\Seen", b"$Mailticket"}
    until(lambda: flags(dovecot, "support", done_folder or "INBOX")[-2:] == [marks, marks], "both mails to be marked")
    postfix.wait_until_empty()
    assert [mail.notice for mail in carla.inbox] == ["confirmation"]
