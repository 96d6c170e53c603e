"""Story: a From that two programs read in two ways. To the relay it is Mallory's, who is genuine; to us it must not be
Ann's, who is an agent, nor Carla's, whose ticket it is.
"""

from collections.abc import Callable

import pytest

from tests.acceptance.draft import Value
from tests.acceptance.people import AUTHSERV
from tests.acceptance.world import Customer, World

ANN, MALLORY = "ann@acme.example", "mallory@evil.example"
#: What our relay found out: the mail is genuine. (Whose it is it does not say: it was sure.)
GENUINE = f"{AUTHSERV}; dkim=pass header.d=evil.example; dmarc=pass"
FORMS: dict[str, Value] = {
    "two fields": [ANN, MALLORY],
    "two fields, the other first": [MALLORY, ANN],
    "two mailboxes": f"{ANN}, {MALLORY}",
    "two mailboxes without a comma": f"<{ANN}> <{MALLORY}>",
    "address before the brackets": f"{ANN} <{MALLORY}>",
    "address in the display name": f'"{ANN}" <{MALLORY}>',
    "brackets in the display name": f'"Ann <{ANN}>" <{MALLORY}>',
    "brackets in an encoded name": f"=?utf-8?q?=3Cann=40acme=2Eexample=3E=2C?= <{MALLORY}>",
    "encoded address": "=?utf-8?q?ann=40acme=2Eexample?=",
    "address in a comment": f"{MALLORY} ({ANN})",
    "comment amid the address": "ann(@evil.example)@acme.example",
    "group": f"Team: {ANN}, {MALLORY};",
    "group of nobody": f"{ANN}:;",
    "route": f"<@evil.example:{ANN}>",
    "two at signs": f"{ANN}@evil.example",
    "quoted local part": f'"{ANN}"@evil.example',
    "NUL": b"ann@acme.example\0@evil.example",
    "bare CR": b"ann@acme.example\r <mallory@evil.example>",
    "not closed": f"<{ANN}",
    "zero-width character": "ann@acme\u200b.example".encode(),
    "letter of another alphabet": "аnn@acme.example".encode(),
    "nothing but a Sender": None,
}


@pytest.fixture
def world(world_with: Callable[..., World]) -> World:
    """Not everybody's desk: Ann is asked three times an hour about mail in her name, and this uses it up."""
    return world_with(desk={"notify": "team"})


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_nobody_becomes_an_agent_by_it(world: World, form: Value) -> None:
    carla, mallory = world.somebody(), world.customer(MALLORY)
    carla.writes("Broken vase")
    ticket = carla.waits_for("confirmation").ticket
    fields = {"From": form, "Sender": ANN, "Reply-To": ANN, "Authentication-Results": GENUINE}

    assert mallory.writes(f"Re: [#{ticket.number}] Broken vase", "We send nothing.\n", fields=fields) == 250

    why = mallory.became["why"]
    assert (why["role"], why["verdict"]) != ("agent", "pass")
    now = carla.ticket
    assert (now.status, now.assignee, len(now.messages)) == ("open", None, 1)
    carla.hears_nothing_more()


@pytest.mark.parametrize(
    "form",
    [
        "{carla} <{mallory}>", '"{carla}" <{mallory}>', "{carla}, {mallory}", "{mallory}, {carla}",
        "{mallory} ({carla})", "{carla}@evil.example", "Team: {carla};",
    ],
)  # fmt: skip
def test_nobody_gets_onto_another_ones_ticket_by_it(world: World, form: str) -> None:
    carla, mallory = world.somebody(), Customer(world, MALLORY, "pass")
    carla.writes("Broken vase")
    confirmation = carla.waits_for("confirmation")
    fields = {"From": form.format(carla=carla.address, mallory=MALLORY), "Authentication-Results": GENUINE}

    mallory.replies_to(confirmation, "Send it to my new address.\n", fields=fields)

    assert len(confirmation.ticket.messages) == 1
    assert mallory.became["ticket"] != confirmation.number
    carla.hears_nothing_more()
