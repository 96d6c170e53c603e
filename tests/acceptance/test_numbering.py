"""Stories: every ticket has one number, numbers have no gaps, and a new format leaves the old ones findable."""

import re
from collections.abc import Callable

import pytest

from tests.acceptance.world import World


def test_numbers_have_no_gaps_and_no_doubles(world_with: Callable[..., World]) -> None:
    world = world_with(desk={"name": "Counting"})
    people = [world.somebody() for _ in range(6)]

    for person in people:
        person.writes("Hello")

    numbers = [person.ticket.number for person in people]
    assert [int(number.partition("-")[2]) for number in numbers] == list(range(1, 7))


@pytest.mark.parametrize(
    ("numbering", "tag", "form"),
    [
        ({}, "[#{number}]", r"\[#\d{4}-0001\] Hello"),
        ({"prefix": "T", "date": "", "reset": "never", "padding": 1}, "[#{number}]", r"\[#T1\] Hello"),
        (
            {"date": "%Y", "separator": "/", "reset": "year", "suffix": "A"},
            "[ACME#{number}]",
            r"\[ACME#\d{4}/0001A\] Hello",
        ),
    ],
    ids=["the ordinary one", "a plain count", "a desk beside others"],
)
def test_numbers_look_as_the_settings_say_and_are_found_again(
    numbering: dict[str, object], tag: str, form: str
) -> None:
    with World({"desk": {"numbering": numbering, "subject_tag": tag}}) as world:
        carla = world.somebody()
        carla.writes("Hello")
        confirmation = carla.waits_for("confirmation")
        assert re.fullmatch(form, confirmation.subject)

        carla.writes(f"AW: {confirmation.subject}")

        assert carla.became["receipt"] == "added" and carla.became["why"]["found_by"] == "number"


def test_a_new_format_leaves_old_numbers_findable_and_gives_none_twice() -> None:
    with World() as world:
        carla, dora = world.somebody(), world.somebody()
        carla.writes("Hello")
        old = carla.ticket.number
        assert world.stop() == 0
        world.configure({"desk": {"numbering": {"prefix": "X", "date": "%Y%m%d", "reset": "month"}}})
        world.start()

        dora.writes("Hello")
        carla.writes(f"[#{old}] again")

        assert re.fullmatch(r"X\d{8}-0002", dora.ticket.number)
        assert carla.ticket.number == old and len(carla.ticket.messages) == 2
