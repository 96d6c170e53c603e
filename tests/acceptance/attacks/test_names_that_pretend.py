"""Story: a display name, a subject or a file's name says to an agent, in our own mail, what is not so.

Notifications name the customer in From. Nobody there is taken for an agent, the desk or another address.
"""

from collections.abc import Callable
from email.utils import parseaddr

import pytest

from tests.acceptance.draft import File
from tests.acceptance.samples import PROGRAM
from tests.acceptance.world import DESK, Customer, World

#: Turn or hide what stands beside them.
TRICKS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u2060\ufeff"


@pytest.fixture
def desk(world_with: Callable[..., World]) -> World:
    """A desk whose agents hear of new tickets."""
    return world_with(desk={"notify": "team"})


@pytest.fixture
def ann(desk: World) -> Customer:
    return desk.agent()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Carla Customer", "Carla Customer"),
        ("Carla O'Neill-Müller", "Carla O'Neill-Müller"),
        ("", "mallory"),
        ("Ben Bauer", "mallory at evil.example"),
        ("ben  BAUER", "mallory at evil.example"),
        ("Ben\u200b Bauer", "mallory at evil.example"),
        ("Ben Bauer (Acme Support)", "mallory at evil.example"),
        ("Acme Support", "mallory at evil.example"),
        ("ben@acme.example", "mallory at evil.example"),
        ('support@acme.example" <ceo@acme.example>', "mallory at evil.example"),
        ("Carla via Acme Support <support@acme.example>", "mallory at evil.example"),
        (f"Car{TRICKS}la", "Carla"),
        ("Carla\u202e elpmaxe.emca tropus", "Carla elpmaxe.emca tropus"),
        ("=?utf-8?q?Ben_Bauer?=", "mallory at evil.example"),
    ],
    ids=repr,
)
def test_writer_of_a_notification_is_who_it_is(desk: World, ann: Customer, name: str, shown: str) -> None:
    mallory = desk.customer("mallory@evil.example")
    quoted = name.replace('"', '\\"')
    written = name if name.startswith("=?") or not name.isascii() else f'"{quoted}"'

    mallory.writes("Broken vase", fields={"From": [f"{_encoded(written)} <mallory@evil.example>"]})

    mail = ann.waits_for("agent_notification")
    said, address = parseaddr(mail["From"])
    assert (said, address) == (f"{shown} via Acme Support", DESK)
    assert mail.mail["From"].addresses[0].addr_spec == DESK and len(mail.mail["From"].addresses) == 1
    assert f"{shown} <mallory@evil.example>" in mail.text


def _encoded(name: str) -> str:
    return name if name.isascii() else f"=?utf-8?q?{''.join(f'={byte:02X}' for byte in name.encode())}?="


def test_nothing_in_a_subject_or_a_files_name_turns_the_line_round(desk: World, ann: Customer) -> None:
    carla = desk.somebody()

    carla.writes(f"Broken{TRICKS} vase", files=[File("invoice\u202egpj.exe", PROGRAM), File(f"a{TRICKS}.exe", PROGRAM)])

    for mail in (ann.waits_for("agent_notification"), carla.waits_for("confirmation")):
        assert mail.subject.endswith("] Broken vase")
        assert "invoicegpj.exe" in mail.text and " a.exe" in mail.text
        assert not set(TRICKS) & set(mail.all_words.replace(carla.ticket.title, ""))
