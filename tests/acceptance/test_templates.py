"""Stories: our mails say what the desk wants them to say, and a template that is broken stops no mail."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.world import World


@pytest.fixture(scope="module")
def own_words() -> Iterator[World]:
    """A desk with templates of its own beside its settings."""
    with World(start=False) as world:
        write(world, "Subject: Got it\n\nHi {{ greeting_name }}, it is number {{ number }}.\n")
        world.start()
        yield world


def write(world: World, confirmation: str) -> Path:
    file = world.folder / "templates" / "en" / "confirmation.txt"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(confirmation, encoding="utf-8")
    return file


def test_the_desks_own_template_wins(own_words: World) -> None:
    carla = own_words.somebody()

    carla.writes("Broken vase")

    mail = carla.waits_for("confirmation")
    assert mail.text.strip() == f"Hi Carla Customer, it is number {mail.number}."
    assert mail.subject == f"[#{mail.number}] Got it" and mail.html == ""


@pytest.mark.parametrize(
    "broken",
    ["Subject: Oops\n\n{% if title %}", "Subject: Oops\n\n{{ ''.__class__.__mro__ }}"],
    ids=["does not parse", "reaches out"],
)
def test_a_broken_template_is_named_by_check_and_the_built_in_one_is_sent(broken: str) -> None:
    with World(start=False) as world:
        write(world, broken)
        found = world.cli("check", "--json")
        (wrong,) = [look for look in found.json["checks"] if not look["ok"]]
        assert found.code == 1 and wrong["name"] == "templates" and "confirmation" in wrong["detail"]
        world.start()
        carla = world.somebody()

        carla.writes("Broken vase")

        assert "given it the number" in carla.waits_for("confirmation").text
        assert [event for event in world.log if event.get("level") == "error" and "template" in str(event)]


def test_a_customers_words_are_never_a_template(own_words: World, world: World) -> None:
    for desk in (own_words, world):
        carla = desk.customer("{{ 7 * 7 }} <carla@evil.example>")

        carla.writes("{{ 7 * 7 }} {% raw %} <script>alert(1)</script>")

        mail = carla.waits_for("confirmation")
        assert "49" not in mail.text.replace(mail.number, "") and "{{ 7 * 7 }}" in mail.text
        assert "<script>" not in mail.html
