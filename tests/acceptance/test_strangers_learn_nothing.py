"""Story: whatever a stranger names, the answer is the same byte for byte; so nobody can ask us which tickets exist."""

import re
from collections.abc import Mapping

import pytest

from tests.acceptance.world import DESK, Customer, Received, World

#: What differs between any two mails of ours beside the line between their parts.
_OWN = re.compile(rb"(?m)^(?:Message-ID|Date): .*$")


@pytest.fixture(scope="module")
def no_token() -> str:
    """Looks like one of ours, and is none."""
    return "abcdefgh" * 6


def answer(world: World, number: int, verdict: str, subject: str, to: str, fields: Mapping[str, str]) -> bytes:
    """What a stranger hears: the reply to the mail, and the mail that answers it, but for what is the mail's own."""
    # all of one length, so that no line breaks elsewhere
    mallory = world.customer(f"m{number:02}{verdict}@evil.example", verdict=verdict)
    own_id = f"<{number:02}.{verdict}.{world.port}@evil.example>"
    raw = mallory.drafts(subject, "Hello.\n", fields={"Message-ID": own_id, **fields})

    code, words = world.send(raw, mallory.address, [to])
    mail = mallory.waits_for("confirmation")

    said = b"%d %s\n" % (code, words.encode()) + mail.raw
    for own in (own_id, mallory.address, mail.number, str(mail.mail.get_boundary())):
        said = said.replace(own.encode(), b"OWN")
    return _OWN.sub(b"", said)


def named(ticket: Customer) -> str:
    return f"[#{ticket.ticket.number}] Hello"


def token_of(mail: Received) -> str:
    return mail.message_id.strip("<>").partition("@")[0]


@pytest.mark.parametrize("verdict", ["pass", "none"])
def test_the_answer_to_a_stranger_is_always_the_same(world: World, verdict: str, no_token: str) -> None:
    carla, closed = world.somebody(), world.somebody()
    for customer in (carla, closed):
        customer.writes("Broken vase")
    confirmation = carla.waits_for("confirmation")
    closed.waits_for("confirmation")
    world.run("ticket", "set", closed.ticket.number, "status=closed")
    genuine = token_of(confirmation)
    local, _, domain = DESK.partition("@")

    asked: list[tuple[str, str, Mapping[str, str]]] = [
        ("Hello", DESK, {}),
        (named(carla), DESK, {}),
        (named(closed), DESK, {}),
        ("[#2601-9999] Hello", DESK, {}),
        ("Hello", f"{local}+{no_token}@{domain}", {}),
        ("Hello", f"{local}+c-{no_token}@{domain}", {}),
        ("Hello", f"{local}+c-{genuine}@{domain}", {}),
        ("Hello", f"{local}+n-{genuine}@{domain}", {}),
        ("Hello", f"{local}+b-{genuine}@{domain}", {}),
        (named(carla), f"{local}+c-{genuine}@{domain}", {}),
        (named(closed), f"{local}+c-{no_token}@{domain}", {}),
    ]
    heard = [answer(world, number, verdict, *question) for number, question in enumerate(asked)]

    assert [number for number, one in enumerate(heard) if one != heard[0]] == []
    assert len(carla.ticket.messages) == len(closed.ticket.messages) == 1


@pytest.mark.parametrize("verdict", ["none"])
def test_nor_does_what_a_mail_answers_show_in_it(world: World, verdict: str, no_token: str) -> None:
    carla = world.somebody()
    carla.writes("Broken vase")
    genuine = carla.waits_for("confirmation").message_id
    nothing = f"<{no_token}@acme.example>"

    heard = [
        answer(world, 50 + number, verdict, "Hello", DESK, {"In-Reply-To": one, "References": one})
        for number, one in enumerate((genuine, nothing))
    ]

    assert heard[0] == heard[1]
