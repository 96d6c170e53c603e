"""Story: customers of a shop write by its contact form, whose mail comes from an address that nobody reads."""

from collections.abc import Callable

from tests.acceptance.world import World

FORM = "no-reply@webshop.example"


def test_the_customer_is_confirmed_and_the_answer_goes_to_them(world_with: Callable[..., World]) -> None:
    world = world_with(identity={"forms": [FORM]})
    form, carla, ann = world.customer(f"Web shop <{FORM}>"), world.somebody(), world.agent()

    form.writes("Contact form", "Is the vase there in blue?\n", fields={"Reply-To": carla.name})

    confirmation = carla.waits_for("confirmation")
    assert confirmation["Auto-Submitted"] == "auto-replied" and "Contact form" not in confirmation.all_words
    assert form.ticket.json["contact"]["address"] == carla.address and form.ticket.json["source"] == "contact_form"
    assert f"form      {FORM}: whoever its Reply-To names is the customer" in world.run(
        "explain", form.written[0].message_id
    )
    ann.writes(f"Re: [#{form.ticket.number}] Contact form", "Yes.\n")
    carla.waits_for("reply")
    carla.replies_to(confirmation, "I take it.\n")
    assert carla.ticket.number == form.ticket.number
    form.hears_nothing_more()
