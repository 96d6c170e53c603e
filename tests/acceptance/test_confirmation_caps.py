"""Stories: how much mail somebody may get from us on the word of somebody else."""

from collections.abc import Callable

from tests.acceptance.world import World


def test_no_verdict_no_confirmation(world_with: Callable[..., World]) -> None:
    world = world_with(confirmations={"unverified": "never"})
    somebody, carla = world.customer("a@unknown.example", verdict="none"), world.customer("b@known.example")

    somebody.writes("Hello")
    carla.writes("Hello")

    carla.waits_for("confirmation")
    assert somebody.ticket.detail("confirmation_suppressed") == {"reason": "not_verified"}
    somebody.hears_nothing_more()


def test_a_domain_and_all_together_are_capped(world_with: Callable[..., World]) -> None:
    world = world_with(confirmations={"per_domain_per_hour": 2, "per_hour": 3})
    addresses = ["a@one.example", "b@one.example", "c@one.example", "d@two.example", "e@three.example"]

    reasons = []
    for address in addresses:
        somebody = world.customer(address, verdict="none")
        somebody.writes("Hello")
        events = {event.kind: event.detail for event in somebody.ticket.events}
        reasons.append(events.get("confirmation_suppressed", {}).get("reason"))

    assert reasons == [None, None, "capped_by_domain", None, "capped_in_all"]


def test_the_fourth_unverified_mail_within_an_hour_is_not_confirmed(world_with: Callable[..., World]) -> None:
    world = world_with(confirmations={"per_address_per_hour": 3})
    victim = world.customer("victim@bombed.example", verdict="none")
    for number in range(3):
        victim.writes(f"Mail {number}")
        victim.waits_for("confirmation")

    victim.writes("Mail 4")

    assert victim.ticket.detail("confirmation_suppressed") == {"reason": "capped_by_address"}
    victim.hears_nothing_more()


def test_forged_mail_leaves_its_victim_the_confirmations_that_are_theirs(world_with: Callable[..., World]) -> None:
    world = world_with(confirmations={"per_address_per_hour": 3})
    forger = world.customer("carla@busy.example", verdict="none")
    for number in range(3):
        forger.writes(f"Forged {number}")
        forger.waits_for("confirmation")
    carla = world.customer("carla@busy.example")

    for number in range(3):
        carla.writes(f"Mail {number}")
        carla.waits_for("confirmation")
