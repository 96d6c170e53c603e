"""The morning's digest: who gets it, when, and what is in it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailticket.actions.digest import send_digests
from mailticket.actions.facts import facts_of
from mailticket.desk.policy import Agent
from mailticket.outbound.render import Templates
from mailticket.outbound.shelf import Words
from mailticket.store import absences, outbox
from mailticket.store.engine import Store
from mailticket.store.tables import tickets
from tests.factories import ANN, CARLA, make_raw
from tests.integration.nodes import Node, node, numbered

BEN = Agent(name="Ben Bauer", address="ben@acme.example", teams=("returns",), lead=True)
FAR = Agent(name="Fay Far", address="fay@acme.example", timezone="America/New_York")
#: Eight o'clock in Berlin, two in New York.
MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Iterator[Node]:
    with node(store, tmp_path, agents=(ANN, BEN, FAR), timezone="Europe/Berlin") as running:
        yield running


def sent(desk: Node, at: datetime = MONDAY) -> list[str]:
    """Who gets a digest at that time."""
    with desk.store.writing() as connection:
        return send_digests(connection, desk.context, at)


def read(desk: Node, agent: Agent) -> Words:
    """The digest of this agent, as it leaves."""
    with desk.store.reading() as connection:
        rows = [outbox.find(connection, id_) for id_ in range(1, outbox.newest(connection) + 1)]
        (row,) = [
            row for row in rows if row and row.notice.kind == "digest" and row.notice.to[0].addr_spec == agent.address
        ]
        facts = facts_of(connection, desk.context, row)
    return Templates(None).render(row.notice, facts)


def test_each_agent_reads_what_waits_and_whose_it_is(desk: Node) -> None:
    for count, changes in enumerate(
        (
            {"assignee": ANN.address},
            {"assignee": ANN.address, "due_at": "2026-11-22 20:00"},
            {"assignee": ANN.address, "due_at": "2026-11-23 15:00"},
            {"assignee": ANN.address, "snoozed_until": "2026-12-24"},
            {"assignee": BEN.address},
            {"team": "returns"},
            {"assignee": ANN.address, "status": "resolved"},
        )
    ):
        desk.change(desk.open(numbered(count)), **changes)

    assert sent(desk) == [ANN.address, BEN.address]

    ann, ben = read(desk, ANN), read(desk, BEN)
    assert ann.subject == "Today: 1 overdue, 1 due today, 1 waiting for you"
    titles = [line.partition(" · ")[2] for line in ann.text.splitlines() if line.startswith("2611-")]
    assert titles == ["Vase 1", "Vase 2", "Vase 0"]
    assert "overdue since Sunday, 22 November" in " ".join(ann.text.split())
    assert ben.subject == "Today: 1 waiting for you, 1 nobody's yet"
    assert "Vase 5" in ben.text and "Vase 5" not in ann.text
    assert "Resolve: mailto:" in ben.text and "mailto:" in ben.html


def test_what_an_agent_had_who_has_left_is_nobodys(desk: Node) -> None:
    desk.open(make_raw())
    with desk.store.writing() as connection:
        connection.execute(tickets.update().values(assignee="gone@acme.example"))

    assert sent(desk) == [ANN.address, BEN.address]

    assert read(desk, ANN).subject == "Today: 1 nobody's yet"


def test_once_a_working_day_however_often_and_wherever_it_is_looked(desk: Node) -> None:
    desk.open(make_raw())

    assert not sent(desk, MONDAY - timedelta(days=1)), "Sunday"
    assert not sent(desk, MONDAY - timedelta(hours=1)), "too early"
    assert sent(desk) == [ANN.address, BEN.address]
    assert not sent(desk, MONDAY + timedelta(minutes=10))
    assert sent(desk, MONDAY + timedelta(hours=6)) == [FAR.address], "the morning in New York"
    assert sent(desk, MONDAY + timedelta(days=1)) == [ANN.address, BEN.address]


def test_where_nothing_is_to_be_said_nobody_is_written_to_that_day(desk: Node) -> None:
    assert not sent(desk)
    desk.open(make_raw())

    assert not sent(desk, MONDAY + timedelta(minutes=10)), "they were notified of it"
    assert sent(desk, MONDAY + timedelta(days=1)) == [ANN.address, BEN.address]


def test_those_in_charge_hear_of_held_mail_the_same_day(desk: Node) -> None:
    assert not sent(desk)
    desk.receive(make_raw(verdict="fail"))

    assert sent(desk, MONDAY + timedelta(hours=3)) == [BEN.address]

    digest = read(desk, BEN)
    assert digest.subject == "Today: 1 held" and "No ticket waits for you" in digest.text
    assert CARLA.addr_spec in digest.text
    assert not sent(desk, MONDAY + timedelta(hours=4))


def test_who_is_away_gets_none_and_held_mail_is_told_to_somebody(desk: Node) -> None:
    desk.receive(make_raw(verdict="fail"))
    with desk.store.writing() as connection:
        absences.leave(connection, BEN.address, MONDAY + timedelta(days=3))

    assert sent(desk) == [ANN.address]

    assert CARLA.addr_spec in read(desk, ANN).text


def test_what_is_due_of_who_is_away_is_told_to_colleagues(desk: Node) -> None:
    for count, due in enumerate(("2026-11-22 20:00", "2026-11-30")):
        desk.change(desk.open(numbered(count)), assignee=BEN.address, due_at=due)
    with desk.store.writing() as connection:
        absences.leave(connection, BEN.address, MONDAY + timedelta(days=9))

    assert sent(desk) == [ANN.address]

    assert read(desk, ANN).subject == "Today: 1 overdue"


def test_a_long_list_is_cut_and_counted(desk: Node) -> None:
    for count in range(12):
        desk.open(numbered(count))

    sent(desk)

    digest = read(desk, ANN)
    assert digest.subject == "Today: 12 nobody's yet"
    assert digest.text.count("Take it: ") == 8 and 'and 4 more: send a mail with the subject "queue"' in digest.text
    assert len(digest.text) + len(digest.html) < 60_000
