"""Stories: loops of all five kinds end by themselves, after three mails of ours at most, and an event says so.

The machines without a header are people of these stories who answer at once; desks and forwarders are real ones.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.acceptance.people import Customer
from tests.acceptance.two_desks import HELP, TwoDesks
from tests.acceptance.world import DESK, World, free_port, until
from tests.servers.postfix import Postfix

#: What a help desk that says nothing of itself leaves out, and a relay that is too tidy.
ANONYMOUS = (
    r"/^(Auto-Submitted|Precedence|X-Mailticket-[a-z]+|X-Auto-Response-Suppress|In-Reply-To|References):/ IGNORE"
)


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(world_with: Callable[..., World], request: pytest.FixtureRequest) -> World:
    """A desk whose agents all hear of a new ticket."""
    return world_with(request.param, desk={"notify": "all", "quick_answer_seconds": 15})


# -- two help desks that acknowledge each other


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Callable[[str], TwoDesks]]:
    with ExitStack() as ends:
        yield lambda checks: TwoDesks(ends, tmp_path, checks)


def test_two_help_desks_say_one_word_to_each_other(desks: Callable[[str], TwoDesks]) -> None:
    both = desks("")

    Customer(both.ours, HELP, "none").writes("We have a question")

    both.rest()
    assert (both.passed(DESK), both.passed(HELP)) == (1, 0), both.postfix.log


def test_two_help_desks_without_marks_fall_silent_after_three_mails(desks: Callable[[str], TwoDesks]) -> None:
    both = desks(ANONYMOUS)

    Customer(both.ours, HELP, "none").writes("We have a question")

    until(lambda: len(both.ours.tickets_of(HELP)) == 4, lambda: f"four rounds: {both.postfix.log}")
    both.rest()
    assert (both.passed(DESK), both.passed(HELP)) == (3, 3), both.postfix.log
    last = both.ours.ticket(both.ours.tickets_of(HELP)[0].number)
    assert last.detail("confirmation_suppressed") == {"reason": "loop_suspected"}
    assert "loop_suspected" in last.happened


# -- vacation programs


def test_vacation_program_without_a_header_gets_three_confirmations(desk: World) -> None:
    vera = desk.somebody(verdict="none")
    for _ in range(3):
        vera.writes("I am not here", "Back on Monday.\n")
        vera.waits_for("confirmation")

    vera.writes("I am not here", "Back on Monday.\n")

    assert vera.ticket.detail("confirmation_suppressed") == {"reason": "loop_suspected"}
    assert "loop_suspected" in vera.ticket.happened
    vera.hears_nothing_more()


def test_vacation_program_that_answers_by_thread_reopens_no_more_than_twice(desk: World) -> None:
    carla = desk.somebody()
    carla.writes("Broken vase")
    mail = carla.waits_for("confirmation")
    for _ in range(3):
        carla.replies_to(mail, "I am not here.\n")
        assert len(mail.ticket.messages) > 1
        desk.run("ticket", "reply", mail.number, "A new one is on its way.")
        desk.hurry()
        mail = carla.waits_for("reply")

    carla.replies_to(mail, "I am not here.\n")

    assert mail.ticket.status == "pending_customer", "the answer of a machine is nobody's"
    assert mail.ticket.happened.count("loop_suspected") == 1


# -- forwarders


def test_our_mail_that_is_forwarded_to_us_ends_there() -> None:
    port = free_port()
    aliases = {"virtual_alias_maps": f"inline:{{{{carla@shop.example={DESK}}}}}"}
    with Postfix({"acme.example": f"smtp:[127.0.0.1]:{port}"}, settings=aliases) as postfix:
        outbound = {"transport": "smtp", "host": "127.0.0.1", "port": postfix.port, "tls": "none"}
        with World({"outbound": outbound, "intake": {"smtp": [{"listen": [f"127.0.0.1:{port}"]}]}}) as world:
            world.port = port
            carla = world.customer("Carla <carla@shop.example>")
            carla.writes("Broken vase")

            until(lambda: any(line.get("reason") == "own_loop" for line in world.log), lambda: postfix.log)

            world.settle()
            postfix.wait_until_empty()
            assert len(re.findall(r"qmgr\[\d+\]: \w+: from=<>", postfix.log)) == 1, postfix.log
            assert len(carla.ticket.messages) == 1
            assert [ticket.number for ticket in world.tickets_of(DESK)] == []


def test_our_mail_is_known_without_its_mark(desk: World) -> None:
    carla = desk.somebody()
    carla.writes("Broken vase")
    confirmation = carla.waits_for("confirmation")
    bare = re.sub(rb"(?im)^(?:X-Mailticket-\S+|Auto-Submitted|Authentication-Results): .*\r?\n", b"", confirmation.raw)

    carla.sends(bare)

    assert (carla.became["receipt"], carla.became["reason"]) == ("ignored", "own_loop")
    assert len(confirmation.ticket.messages) == 1


# -- an agent is away


@pytest.fixture
def ann(desk: World) -> Customer:
    return desk.agent()


@pytest.fixture
def ben(desk: World) -> Customer:
    return desk.agent("Ben Bauer <ben@acme.example>")


def test_absence_notice_gives_the_ticket_back_to_the_others(desk: World, ann: Customer, ben: Customer) -> None:
    carla = desk.somebody()
    carla.writes("Broken vase")
    confirmation = carla.waits_for("confirmation")
    for agent in (ann, ben):
        agent.waits_for("agent_notification")
    desk.run("ticket", "set", confirmation.number, "assignee=ann@acme.example")
    desk.hurry()
    ann.waits_for("agent_notification")
    carla.replies_to(confirmation, "Is there any news?\n")

    away = {"Auto-Submitted": "auto-replied"}
    ann.replies_to(ann.waits_for("agent_notification"), "I am back on Monday.\n", fields=away)

    desk.hurry()
    again = ben.waits_for("agent_notification")
    assert again.number == confirmation.number and again.text.startswith("Is there any news?")
    ticket = confirmation.ticket
    assert ticket.assignee is None and ticket.detail("handed_back") == {"agent": ann.address, "team": ""}
    ann.hears_nothing_more()
    assert "reply" not in [mail.notice for mail in carla.mailbox.mails]


def test_absence_notice_without_a_header_is_held_the_third_time(desk: World, ann: Customer, ben: Customer) -> None:
    carla = desk.somebody()
    carla.writes("Broken vase")
    carla.waits_for("confirmation")
    mail = ann.waits_for("agent_notification")
    for _ in range(2):
        ann.replies_to(mail, "I am back on Monday.\n")
        carla.replies_to(carla.waits_for("reply"), "When is that?\n")
        mail = ann.waits_for("agent_notification")

    ann.replies_to(mail, "I am back on Monday.\n")

    assert (ann.became["receipt"], ann.became["reason"]) == ("held", "too_quick")
    question = ann.waits_for("held")
    ann.replies_to(question, "I am back on Monday.\n")
    ann.hears_nothing_more()
    carla.hears_nothing_more()
