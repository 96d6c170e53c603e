"""Stories: several desks in one daemon, each with its own address, name, team and words; one mail is one ticket."""

import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.acceptance.people import Customer
from tests.acceptance.post import mailbox
from tests.acceptance.world import DESK, World, free_port, until
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix

RETURNS = "returns@acme.example"
TEAMS: list[dict[str, Any]] = [
    {"name": "support"},
    {
        "name": "returns", "address": RETURNS, "aliases": ["retoure@acme.example"], "display_name": "Acme Returns",
        "templates": "returns",
    },
]  # fmt: skip
AGENTS = [
    {"name": "Ann Ahlberg", "address": "ann@acme.example", "teams": ["support"]},
    {"name": "Ben Bauer", "address": "ben@acme.example", "teams": ["returns"]},
]
SETTINGS: dict[str, Any] = {
    "desk": {"aliases": [], "team": "support", "notify": "team"}, "team": TEAMS, "agent": AGENTS,
}  # fmt: skip


@pytest.fixture(scope="module")
def shared() -> Iterator[World]:
    with World(SETTINGS, start=False) as world:
        words = world.folder / "templates" / "returns" / "en"
        words.mkdir(parents=True)
        (words / "confirmation.txt").write_text("Subject: Your parcel\n\nYour return has the number {{ number }}.\n")
        world.start()
        yield world


@pytest.fixture
def world(shared: World) -> Iterator[World]:
    yield shared
    shared.settle()


@pytest.fixture
def ann(world: World) -> Customer:
    return world.agent()


@pytest.fixture
def ben(world: World) -> Customer:
    return world.agent("Ben Bauer <ben@acme.example>")


def writes_to(customer: Customer, *addresses: str, subject: str = "Broken vase", **more: Any) -> str:
    """Returns the number of the ticket."""
    assert customer.writes(subject, fields={"To": ", ".join(addresses)}, to=addresses, **more) == 250
    return customer.ticket.number


def test_second_desk_speaks_in_its_own_name_from_its_own_address_in_its_own_words(
    world: World, ann: Customer, ben: Customer
) -> None:
    carla = world.somebody()

    number = writes_to(carla, RETURNS)

    confirmation = carla.waits_for("confirmation")
    assert confirmation["From"] == f"Acme Returns <{RETURNS}>"
    assert confirmation.subject == f"[#{number}] Your parcel"
    assert confirmation.text == f"Your return has the number {number}.\n"
    told = ben.waits_for("agent_notification")
    assert told["From"] == f"Carla Customer via Acme Returns <{RETURNS}>"
    ben.replies_to(told, "Send it back, please.\n")
    answer = carla.waits_for("reply")
    assert answer["From"] == f'"Ben Bauer (Acme Returns)" <{RETURNS}>'
    assert carla.ticket.detail("opened")["team"] == "returns"
    listed = world.json("ticket", "list", "--team", "returns", "--query", carla.address)["tickets"]
    assert [(one["number"], one["team"]) for one in listed] == [(number, "returns")]
    ann.hears_nothing_more()


def test_main_desk_has_a_team_too_and_the_second_desk_hears_nothing_of_it(
    world: World, ann: Customer, ben: Customer
) -> None:
    carla = world.somebody()

    number = writes_to(carla, DESK)

    assert carla.waits_for("confirmation")["From"] == f"Acme Support <{DESK}>"
    assert world.ticket(number).team == "support"
    assert ann.waits_for("agent_notification").number == number
    ben.hears_nothing_more()


@pytest.mark.parametrize("copies", ["one", "two"])
def test_mail_to_two_desks_is_one_ticket_at_the_first_and_both_hear_of_it(
    world: World, ann: Customer, ben: Customer, copies: str
) -> None:
    carla = world.somebody()
    raw = carla.drafts("Broken vase", fields={"To": f"{RETURNS}, {DESK}"})

    # where the mail server delivers it twice, the copy for the second desk may come first
    for to in ([DESK, RETURNS],) if copies == "one" else ([DESK], [RETURNS]):
        assert carla.sends(raw, to=to) == 250

    assert carla.waits_for("confirmation")["From"] == f"Acme Returns <{RETURNS}>"
    carla.hears_nothing_more()
    (ticket,) = world.tickets_of(carla.address)
    assert ticket.team == "returns"
    assert ann.waits_for("agent_notification").number == ticket.number
    assert ben.waits_for("agent_notification").number == ticket.number


def test_ticket_that_moves_to_another_team_keeps_its_address(world: World, ann: Customer, ben: Customer) -> None:
    carla = world.somebody()
    number = writes_to(carla, DESK)
    confirmation = carla.waits_for("confirmation")
    ann.waits_for("agent_notification")

    world.run("ticket", "set", number, "team=returns")
    ben.waits_for("agent_notification")
    carla.replies_to(confirmation, "Any news?\n")

    told = ben.waits_for("agent_notification")
    assert told["From"] == f"Carla Customer via Acme Support <{DESK}>"
    ben.replies_to(told, "On its way.\n")
    assert carla.waits_for("reply")["From"] == f'"Ben Bauer (Acme Support)" <{DESK}>'
    ann.hears_nothing_more()


def test_agents_answer_with_another_desk_in_copy_reaches_the_customer_and_that_desk(
    world: World, ann: Customer, ben: Customer
) -> None:
    carla = world.somebody()
    number = writes_to(carla, DESK)
    told = ann.waits_for("agent_notification")

    ann.replies_to(told, "My colleagues take it back.\n", fields={"Cc": RETURNS})

    assert carla.waits_for("reply").text.startswith("My colleagues take it back.")
    copy = ben.waits_for("agent_notification")
    assert copy.number == number and copy.text.startswith("My colleagues take it back.")
    assert world.ticket(number).participants == ()
    ann.hears_nothing_more()


def test_notification_that_an_agent_sends_on_to_another_desk_is_for_its_people_alone(
    world: World, ann: Customer, ben: Customer
) -> None:
    carla = world.somebody()
    number = writes_to(carla, DESK)
    carla.waits_for("confirmation")
    told = ann.waits_for("agent_notification")

    ann.replies_to(told, "She has complained before, what do we do?\n", fields={"To": RETURNS})

    assert ann.ticket.team == "returns" and ann.ticket.possible_reply_to == number
    assert ben.waits_for("agent_notification").text.startswith("She has complained before")
    assert ann.waits_for("confirmation")["From"] == f"Acme Returns <{RETURNS}>"
    assert len(world.ticket(number).messages) == 1
    carla.hears_nothing_more()


def test_desk_that_is_added_at_sighup_takes_mail_at_once() -> None:
    with World({"desk": {"aliases": []}, "team": []} | {"agent": []}) as world:
        carla = world.somebody()
        assert carla.writes("Vase", fields={"To": RETURNS}, to=[RETURNS]) == 550
        world.configure({"team": [{"name": "returns", "address": RETURNS, "display_name": "Acme Returns"}]})
        assert world.process is not None
        os.kill(world.process.pid, signal.SIGHUP)
        until(lambda: any(line["event"] == "settings_taken_up" for line in world.log), "the settings")

        writes_to(carla, RETURNS)

        assert carla.waits_for("confirmation")["From"] == f"Acme Returns <{RETURNS}>"


@pytest.fixture(scope="module")
def mailboxes() -> Iterator[tuple[World, Dovecot]]:
    """The main desk's mailbox, and one that is a team's."""
    with Dovecot({"support": "secret", "returns": "secret"}) as dovecot:
        boxes = [mailbox(dovecot), {**mailbox(dovecot, "returns"), "team": "returns"}]
        with World({**SETTINGS, "intake": {"imap": boxes}}) as world:
            yield world, dovecot


def test_mail_in_two_mailboxes_is_one_ticket_at_the_desk_that_stands_first(mailboxes: tuple[World, Dovecot]) -> None:
    world, dovecot = mailboxes
    carla = world.somebody()
    raw = carla.drafts("Broken vase", fields={"To": f"{DESK}, {RETURNS}"})

    dovecot.deliver("returns", raw)
    dovecot.deliver("support", raw)

    assert carla.waits_for("confirmation")["From"] == f"Acme Support <{DESK}>"
    until(lambda: receipts(world) == ["duplicate", "opened"], lambda: str(receipts(world)))
    carla.hears_nothing_more()
    (ticket,) = world.tickets_of(carla.address)
    assert ticket.team == "support"


def test_mail_in_a_teams_mailbox_that_names_no_desk_is_the_teams(mailboxes: tuple[World, Dovecot]) -> None:
    world, dovecot = mailboxes
    paul, victim = world.somebody(), world.somebody("fail")
    to_friends = {"To": "friends@shop.example"}

    dovecot.deliver("returns", *(one.drafts("Bcc", fields=to_friends) for one in (paul, victim)))

    assert paul.waits_for("confirmation")["From"] == f"Acme Returns <{RETURNS}>"
    held = until(lambda: world.json("held", "list")["held"], "the forged one to be held")
    world.run("held", "release", held[0]["id"])
    until(lambda: world.tickets_of(victim.address), "the forged one to be let through")
    for sender in (paul, victim):
        assert [ticket.team for ticket in world.tickets_of(sender.address)] == ["returns"]


def receipts(world: World) -> list[str]:
    return sorted(event["receipt"] for event in world.log if event["event"] == "mail_received")


# -- from desk to desk, by mail


@pytest.fixture
def round_about() -> Iterator[Callable[[], tuple[World, Postfix]]]:
    """One daemon whose own mail to its own addresses comes back to it by a real relay."""
    with ExitStack() as ends:

        def begin() -> tuple[World, Postfix]:
            port = free_port()
            postfix = ends.enter_context(Postfix({"acme.example": f"smtp:[127.0.0.1]:{port}"}))
            outbound = {"transport": "smtp", "host": "127.0.0.1", "port": postfix.port, "tls": "none"}
            settings = {**SETTINGS, "agent": [], "outbound": outbound}
            settings["team"] = [{key: value for key, value in team.items() if key != "templates"} for team in TEAMS]
            world = ends.enter_context(World({**settings, "intake": {"smtp": [{"listen": [f"127.0.0.1:{port}"]}]}}))
            world.port = port
            return world, postfix

        yield begin


def test_what_people_of_two_desks_write_to_each_other_arrives_and_nothing_else(
    round_about: Callable[[], tuple[World, Postfix]],
) -> None:
    world, postfix = round_about()
    returns = Customer(world, f"Acme Returns <{RETURNS}>", "none")
    first = writes_to(returns, DESK, subject="Where is the list?")

    world.run("ticket", "reply", first, "Which list?")
    world.hurry()
    until(lambda: world.tickets_of(DESK), lambda: f"a ticket at the other desk: {postfix.log}")
    (second,) = world.tickets_of(DESK)
    assert (second.team, second.title) == ("returns", "Where is the list?")
    assert world.ticket(second.number).detail("confirmation_suppressed") == {"reason": "own_address"}

    for number, words, hears in [(second.number, "The long one.", first), (first, "Here.", second.number)]:
        world.run("ticket", "reply", number, words)
        world.hurry()
        until(lambda: words in world.ticket(hears).messages[-1].text, lambda: f"{words}: {postfix.log}")  # noqa: B023
    world.run("ticket", "set", first, "status=resolved")
    world.run("ticket", "set", second.number, "status=resolved")

    world.settle()
    postfix.wait_until_empty()
    assert [len(world.ticket(number).messages) for number in (first, second.number)] == [4, 3]
    assert len(world.json("ticket", "list")["tickets"]) == 2
    assert len(re.findall(r"qmgr\[\d+\]: \w+: from=<(?:support|returns)@", postfix.log)) == 3, postfix.log
