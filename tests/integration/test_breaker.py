"""Mail in very many people's names: how many confirmations leave, who still gets one, and who is told."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
import structlog.testing

from mailticket.desk.senders import ListedSender, Listing
from mailticket.mail.message import Address
from mailticket.store import senders
from mailticket.store.engine import Store
from tests.factories import ANN, make_envelope
from tests.integration.nodes import PATIENCE, Node, node, numbered

MANY = 1000
#: So many mails are seconds of work: what is counted, and how, is tried with fewer on both stores.
ONCE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Iterator[Node]:
    # agents' notifications are none of this
    with node(store, tmp_path / "blobs", notify="assignee") as running:
        yield running


def write(desk: Node, verdict: str, people: Sequence[str]) -> None:
    """Everybody writes once, at the same moment."""
    envelope = make_envelope(received_at=desk.clock.time)
    mails = (
        numbered(f"{address}-{desk.clock.time:%d%H%M}", sender=Address(addr_spec=address), verdict=verdict)  # type: ignore[arg-type]  # any text numbers a mail
        for address in people
    )
    futures = [desk.ledger.submit(mail, envelope) for mail in mails]
    for future in futures:
        future.result(PATIENCE)


def strangers(count: int, domain: str = "d{}.example") -> list[str]:
    """Each one at home elsewhere."""
    return [f"victim{number}@{domain.format(number)}" for number in range(count)]


def confirmed(desk: Node) -> list[str]:
    return [to for kind, to in desk.queued() if kind == "confirmation"]


@ONCE
def test_forged_mail_makes_no_mail(desk: Node) -> None:
    write(desk, "fail", strangers(MANY))

    assert desk.queued() == []


@ONCE
def test_mail_in_a_thousand_unproved_names_makes_twenty_mails_and_one_alert(desk: Node) -> None:
    with structlog.testing.capture_logs() as log:
        write(desk, "", strangers(MANY))

    assert len(confirmed(desk)) == 20
    assert [to for kind, to in desk.queued() if kind == "alert"] == [ANN.address]
    assert [one["event"] for one in log].count("confirmation_breaker_opened") == 1
    last = desk.numbers()[-1]
    assert desk.events(last)["confirmation_suppressed"] == {"reason": "breaker"}


@ONCE
def test_a_thousand_honest_customers_of_one_provider_are_all_confirmed(desk: Node) -> None:
    people = strangers(MANY, "bigmail.example")

    write(desk, "pass", people)

    assert sorted(confirmed(desk)) == sorted(people)


def test_proved_senders_are_confirmed_whatever_is_forged(desk: Node) -> None:
    write(desk, "", strangers(30))

    write(desk, "pass", ["carla@shop.example"])

    assert confirmed(desk)[20:] == ["carla@shop.example"]


def test_many_strangers_beside_many_customers_are_nothing_odd(desk: Node) -> None:
    write(desk, "pass", strangers(6, "shop.example"))

    write(desk, "", strangers(31))

    assert len(confirmed(desk)) == 6 + 30


def test_who_writes_for_a_day_is_known_and_two_mails_at_once_make_nobody_known(desk: Node) -> None:
    regulars = strangers(12, "regular.example")
    write(desk, "", regulars[:10])
    desk.clock.time += timedelta(days=1)
    write(desk, "", regulars[:10])
    desk.clock.time += timedelta(minutes=10)

    write(desk, "", regulars)
    desk.clock.time += timedelta(minutes=10)
    write(desk, "", strangers(60))

    # ten known twice within the hour allow a hundred strangers: these are two and sixty
    assert len(confirmed(desk)) == 10 + 10 + 12 + 60


def test_an_hour_after_the_flood_strangers_are_confirmed_again_and_the_next_flood_is_told_the_next_day(
    desk: Node,
) -> None:
    write(desk, "", strangers(30))
    desk.clock.time += timedelta(minutes=61)

    write(desk, "", strangers(30, "again{}.example"))

    assert len(confirmed(desk)) == 40
    assert [kind for kind, _ in desk.queued()].count("alert") == 1
    desk.clock.time += timedelta(days=1)
    write(desk, "", strangers(30, "next{}.example"))
    assert [kind for kind, _ in desk.queued()].count("alert") == 2


def test_while_the_flood_goes_on_it_stays_shut(desk: Node) -> None:
    for minute in range(0, 90, 10):
        write(desk, "", strangers(8, f"m{minute}-{{}}.example"))
        desk.clock.time += timedelta(minutes=10)

    assert len(confirmed(desk)) == 20


def test_whom_the_desk_has_allowed_is_no_stranger(desk: Node) -> None:
    welcome = ListedSender(
        pattern="partner.example", listing=Listing.ALLOW, reason="ours", until=None, actor="cli", at=desk.clock.time
    )
    with desk.store.writing() as connection:
        senders.put(connection, welcome)
    write(desk, "", strangers(30))

    write(desk, "", strangers(30, "partner.example"))

    assert len(confirmed(desk)) == 20 + 30
