"""Stories: until when a customer has an answer, and who hears of it."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.acceptance.world import World


@pytest.fixture
def berlin(world_with: Callable[..., World]) -> World:
    """A desk that is always there, and answers within four hours."""
    desk = {"business_hours": "Mon-Sun 0:00-24:00", "timezone": "Europe/Berlin"}
    return world_with(desk=desk, sla=[{"name": "all", "answer_hours": 4}])


def test_the_confirmation_says_until_when(berlin: World) -> None:
    carla = berlin.somebody()
    carla.writes("Broken vase", "My vase has arrived broken, and I would like to have a new one.\n")

    mail = carla.waits_for("confirmation")

    due = datetime.fromisoformat(mail.ticket.json["due_at"])
    assert 3.9 < (due - datetime.now(UTC)).total_seconds() / 3600 < 4.1
    assert "at the latest" in mail.text


def test_the_confirmation_says_it_in_the_customers_language(berlin: World) -> None:
    hans = berlin.somebody()
    hans.writes("Vase kaputt", "Guten Tag, meine Vase ist leider zerbrochen. Können Sie mir eine neue schicken?\n")

    assert "spätestens bis\n" in hans.waits_for("confirmation").text
