"""Story: thousands of forged requests, so that our answers bury somebody else, or our agents (relay spam).

Who is not proved gets no more than the caps allow, and not a word of the forger's.
"""

import smtplib
from collections import Counter
from collections.abc import Iterable, Iterator
from email import message_from_bytes

import pytest

from tests.acceptance.waiting import PATIENCE
from tests.acceptance.world import DESK, World

WORDS = "Cheap watches at pills.example"
PER_HOUR, PER_DOMAIN, PER_ADDRESS = 20, 8, 3


@pytest.fixture
def world() -> Iterator[World]:
    """A desk with caps, and nobody's mail but the bomb."""
    caps = {"per_hour": PER_HOUR, "per_domain_per_hour": PER_DOMAIN, "per_address_per_hour": PER_ADDRESS}
    with World({"confirmations": caps, "desk": {"notify": "all"}}) as world:
        yield world


def bomb(world: World, senders: Iterable[str], verdict: str, subject: str = WORDS) -> None:
    """A mail from each of them, over one connection."""
    with smtplib.SMTP("127.0.0.1", world.port, timeout=PATIENCE) as smtp:
        for sender in senders:
            raw = world.customer(f"{WORDS} <{sender}>", verdict).drafts(subject, f"{WORDS}\n")
            assert smtp.sendmail(sender, [DESK], raw) == {}
    world.settle()


def left(world: World) -> Counter[tuple[str, str]]:
    """Mails that have left, by recipient and kind."""
    mails = (message_from_bytes(path.read_bytes()) for path in world.outgoing.glob("new/*"))
    return Counter((str(mail["Delivered-To"]), str(mail["X-Mailticket-Notice"])) for mail in mails)


def confirmed(world: World) -> Counter[str]:
    """Confirmations by recipient."""
    return Counter({to: count for (to, kind), count in left(world).items() if kind == "confirmation"})


def test_proved_forgeries_lead_to_no_mail_at_all(world: World) -> None:
    bomb(world, (f"victim{number}@bystander{number % 7}.example" for number in range(200)), "fail")

    assert left(world) == Counter()
    assert world.json("ticket", "list")["total"] == 0
    assert len(world.json("held", "list")["held"]) == 200


def test_unproved_senders_share_the_caps_and_read_none_of_the_forgers_words(world: World) -> None:
    bomb(world, (f"victim{number}@bystander{number % 7}.example" for number in range(200)), "none")

    got = confirmed(world)
    by_domain = Counter(to.rpartition("@")[2] for to in got.elements())
    assert 0 < got.total() <= PER_HOUR and max(by_domain.values()) <= PER_DOMAIN and max(got.values()) == 1
    for to in got:
        assert not any("pills" in mail.all_words for mail in world.mails_to(to))
    # every one of the mails is a ticket all the same, and agents are told of so many only
    assert world.json("ticket", "list")["total"] == 200
    told = {to: count for (to, kind), count in left(world).items() if kind == "agent_notification"}
    assert set(told) == {"ann@acme.example", "ben@acme.example"} and max(told.values()) <= 120


def test_one_victim_gets_three_mails(world: World) -> None:
    bomb(world, ["victim@bystander.example"] * 40, "none")

    assert 0 < confirmed(world)["victim@bystander.example"] <= PER_ADDRESS


def test_spellings_of_one_mailbox_do_not_help_against_the_domains_cap(world: World) -> None:
    bomb(world, (f"victim+{number}@bystander.example" for number in range(40)), "none")

    assert 0 < confirmed(world).total() <= PER_DOMAIN


def test_bomb_from_elsewhere_keeps_nobody_from_a_confirmation_who_is_proved(world: World) -> None:
    bomb(world, (f"victim{number}@big.example" for number in range(60)), "none")

    bomb(world, (f"customer{number}@big.example" for number in range(60)), "pass", "A question")

    got = confirmed(world)
    assert sum(got[f"customer{number}@big.example"] for number in range(60)) == 60


def test_agent_who_is_forged_again_and_again_is_asked_a_few_times(world: World) -> None:
    bomb(world, ["ann@acme.example"] * 30, "none")

    got = left(world)
    assert set(got) == {("ann@acme.example", "held")} and got.total() <= 10
    assert len(world.json("held", "list")["held"]) == 30
