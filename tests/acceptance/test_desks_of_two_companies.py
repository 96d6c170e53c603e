"""Stories: two desks of two companies write to each other, and each keeps one ticket of it; nothing goes round."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.acceptance.people import Customer
from tests.acceptance.two_desks import HELP, TwoDesks
from tests.acceptance.world import DESK, World, until


def say(world: World, number: str, words: str) -> None:
    """An agent's answer, which leaves at once."""
    world.run("ticket", "reply", number, words)
    world.hurry()


def resolve(world: World, number: str) -> None:
    """Resolves a ticket; its update leaves at once and not after the time in which other changes would join it."""
    world.run("ticket", "set", number, "status=resolved")
    (update,) = world.outbox
    world.run("outbox", "retry", update["id"])
    world.hurry()


@pytest.mark.parametrize("their_tag", ["[#{number}]", "[B{number}]"], ids=["the same tag", "another tag"])
def test_each_side_has_one_ticket_and_hears_every_word_once(tmp_path: Path, their_tag: str) -> None:
    with ExitStack() as ends:
        both = TwoDesks(ends, tmp_path, their_tag=their_tag)
        ours, theirs = both.ours, both.theirs
        person = Customer(ours, HELP, "none")
        # the number that comes next over there is an older ticket's here, with the same people
        person.writes("Something else")
        misleading = person.ticket.number
        person.writes("An order of ten")
        here = person.ticket.number

        say(ours, here, "Ten of which?")
        until(lambda: theirs.tickets_of(DESK), lambda: f"a ticket over there: {both.postfix.log}")
        there = theirs.tickets_of(DESK)[0].number
        both.rest()
        assert there == misleading
        assert "confirmation_queued" in theirs.ticket(there).happened
        assert ours.ticket(here).status == "pending_customer", "a confirmation is nobody's answer"
        say(theirs, there, "Of the blue ones.")
        until(lambda: ours.ticket(here).status == "pending_agent", lambda: f"their answer: {both.postfix.log}")
        say(ours, here, "They are on their way.")
        until(lambda: theirs.ticket(there).status == "pending_agent", lambda: f"our answer: {both.postfix.log}")
        for world, number in ((ours, here), (theirs, there)):
            resolve(world, number)
            both.rest()

        assert [one.sender for one in ours.ticket(here).messages] == [HELP, DESK, HELP, HELP, DESK, HELP]
        assert [one.sender for one in theirs.ticket(there).messages] == [DESK, HELP, DESK, DESK]
        assert (ours.ticket(here).status, theirs.ticket(there).status) == ("resolved", "resolved")
        assert (len(ours.tickets_of(HELP)), len(theirs.tickets_of(DESK))) == (2, 1)
        assert len(ours.ticket(misleading).messages) == 1
        # two confirmations, two answers and an update from here; from there each one of them
        assert (both.passed(DESK), both.passed(HELP)) == (5, 3), both.postfix.log
