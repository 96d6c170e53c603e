"""Two nodes on one store that meet the same thread, or the same mail, at the same time."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select, text
from structlog.testing import capture_logs

from mailticket.actions.holding import GONE, decide_held
from mailticket.actions.relating import merge
from mailticket.desk.buttons import Word
from mailticket.desk.decision import DecideHeld
from mailticket.desk.receipt import Added, Duplicate, Opened, Receipt
from mailticket.desk.ticket import Ticket
from mailticket.mail.message import Address
from mailticket.store import contacts
from mailticket.store import tables as t
from mailticket.store.engine import Store
from mailticket.store.tickets import find_by_number, set_fields
from mailticket.store.waiting import HELD
from tests.factories import ANN, CARLA, NOW, PAUL, make_envelope, make_raw
from tests.integration.answering import ANNS, Office
from tests.integration.nodes import PATIENCE, Node, node

#: Two mails of one thread whose root we have never seen.
CARLAS = make_raw(message_id="<1@shop.example>", References="<root@shop.example>", Cc=PAUL.addr_spec)
PAULS = make_raw(sender=PAUL, message_id="<2@shop.example>", References="<root@shop.example>", Cc=CARLA.addr_spec)
NAMELESS = make_raw(message_id="")


@pytest.fixture
def nodes(store: Store, tmp_path: Path) -> Iterator[tuple[Node, Node]]:
    """Two nodes as two machines run them: nothing is shared but the store."""
    another = Store(store.url, tmp_path / "data")
    with node(store, tmp_path / "one") as one, node(another, tmp_path / "two") as two:
        yield one, two
    another.close()


@contextmanager
def open_transaction(one: Node, raw: bytes) -> Iterator[Future[Receipt]]:
    """`one` has written a mail and does not commit before the end."""
    written, may_commit = threading.Event(), threading.Event()

    def hold(connection: object) -> None:
        written.set()
        assert may_commit.wait(PATIENCE)

    with one.held_up():
        first = one.ledger.submit(raw, make_envelope())
        # what is prepared by the time that this runs is in the queue before what it puts there
        one.ledger._pool.submit(lambda: one.ledger.write(hold)).result(PATIENCE)
    assert written.wait(PATIENCE)
    try:
        yield first
    finally:
        may_commit.set()


def until_somebody_waits(store: Store) -> None:
    """Returns once a session waits for another one's commit."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    for _ in range(int(PATIENCE / 0.01)):
        with store.reading() as connection:
            if connection.execute(waiting).scalar():
                return
        threading.Event().wait(0.01)
    raise AssertionError("nobody waits for anybody")


def ticket_of(connection: Connection, number: str) -> Ticket:
    """The ticket of this number."""
    found = find_by_number(connection, number)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("first", "second", "became"),
    [
        (CARLAS, PAULS, Added(ticket="2611-0001")),
        (CARLAS, CARLAS, Duplicate(ticket="2611-0001")),
        (NAMELESS, NAMELESS, Duplicate(ticket="2611-0001")),
    ],
    ids=["two mails of an unseen root", "the same mail", "the same mail without a Message-ID"],
)
def test_loser_of_a_race_does_its_work_again(
    postgresql: Store, tmp_path: Path, first: bytes, second: bytes, became: Receipt
) -> None:
    another = Store(postgresql.url, tmp_path / "data")
    with (
        node(postgresql, tmp_path / "one", ledger={"prepare_threads": 1}) as one,
        node(another, tmp_path / "two") as two,
    ):
        with capture_logs() as logged:
            with open_transaction(one, first) as winner:
                loser = two.ledger.submit(second, make_envelope())
                until_somebody_waits(postgresql)
            wait([winner, loser], PATIENCE)

        assert [line["event"] for line in logged] == ["mail_received"] * 2, "no fault, no quarantine"
        assert winner.result(PATIENCE) == Opened(ticket="2611-0001")
        assert loser.result(PATIENCE) == became
        assert one.numbers() == ["2611-0001"]
        assert one.open(make_raw(message_id="<3@x>")) == "2611-0002", "the loser left no gap"
    another.close()


def test_customer_who_writes_while_an_agent_answers_is_not_left_waiting(postgresql: Store, tmp_path: Path) -> None:
    another = Store(postgresql.url, tmp_path / "data")
    with (
        node(postgresql, tmp_path / "one", ledger={"prepare_threads": 1}) as one,
        node(another, tmp_path / "two") as two,
    ):
        number = one.open(make_raw(message_id="<1@shop.example>"))
        told = Office(one).sent("agent_notification", ANN.address)[-1].message_id
        answer = make_raw(sender=ANNS, message_id="<2@acme.example>", In_Reply_To=told, body="We send a new one.\n")
        words = make_raw(message_id="<3@shop.example>", In_Reply_To="<1@shop.example>", body="Please call me.\n")

        with open_transaction(one, answer) as answered:
            written = two.ledger.submit(words, make_envelope())
            until_somebody_waits(postgresql)
        wait([answered, written], PATIENCE)

        assert answered.result(PATIENCE) == written.result(PATIENCE) == Added(ticket=number)
        assert one.show(number)["status"] == "pending_agent", "what the customer wrote came last"
    another.close()


def test_mail_meets_the_customer_whom_an_agent_names_at_that_moment(postgresql: Store, tmp_path: Path) -> None:
    with node(postgresql, tmp_path / "one") as one:
        number = one.open(make_raw(message_id="<1@shop.example>"))
        words = make_raw(sender=PAUL, message_id="<2@shop.example>", In_Reply_To="<1@shop.example>")

        with postgresql.writing() as connection:
            paul = contacts.meet(connection, PAUL, NOW).id
            set_fields(connection, ticket_of(connection, number).id, {"contact_id": paul}, NOW)
            written = one.ledger.submit(words, make_envelope())
            until_somebody_waits(postgresql)

        assert written.result(PATIENCE) == Added(ticket=number)


def test_mail_follows_its_ticket_into_the_one_that_it_is_merged_into_at_that_moment(
    postgresql: Store, tmp_path: Path
) -> None:
    with node(postgresql, tmp_path / "one") as one:
        old, new = (one.open(make_raw(message_id=f"<{name}@shop.example>")) for name in ("1", "2"))
        words = make_raw(message_id="<3@shop.example>", In_Reply_To="<1@shop.example>")

        with postgresql.writing() as connection:
            gone, heir = ticket_of(connection, old), ticket_of(connection, new)
            merge(connection, one.context, gone, heir, "cli", NOW)
            written = one.ledger.submit(words, make_envelope())
            until_somebody_waits(postgresql)

        assert written.result(PATIENCE) == Added(ticket=new)


def test_of_two_words_on_a_held_mail_the_second_finds_nothing(postgresql: Store, tmp_path: Path) -> None:
    with node(postgresql, tmp_path / "one") as one, ThreadPoolExecutor(1) as other:
        one.receive(make_raw(verdict="fail"))
        (held,) = one.waiting(HELD)
        discards, releases = (
            DecideHeld(word=word, held=held.id, agent=ANN.address) for word in (Word.DISCARD, Word.RELEASE)
        )

        def release() -> object:
            with postgresql.writing() as connection:
                return decide_held(connection, releases, NOW)

        with postgresql.writing() as connection:
            decide_held(connection, discards, NOW)
            second = other.submit(release)
            until_somebody_waits(postgresql)

        assert second.result(PATIENCE) == (GONE, None)


def test_thread_that_two_nodes_see_at_once_is_one_ticket(nodes: tuple[Node, Node]) -> None:
    mails = [
        make_raw(sender=sender, message_id=f"<{count}@shop.example>", References="<root@shop.example>", Cc=other)
        for count, (sender, other) in enumerate([(CARLA, PAUL.addr_spec), (PAUL, CARLA.addr_spec)] * 10)
    ]

    futures = [nodes[count % 2].ledger.submit(raw, make_envelope()) for count, raw in enumerate(mails)]
    kinds = [future.result(PATIENCE).kind for future in futures]

    assert sorted(kinds) == ["added"] * 19 + ["opened"]
    assert len(nodes[0].show("2611-0001")["messages"]) == 20


def test_mail_that_two_nodes_take_at_once_is_there_once(nodes: tuple[Node, Node]) -> None:
    people = [Address(addr_spec=f"carla{count}@shop.example") for count in range(10)]
    mails = [
        make_raw(sender=person, message_id=f"<{count}@x>" if count % 2 else "", body=f"{count}\n")
        for count, person in enumerate(people)
    ]

    futures = [desk.ledger.submit(raw, make_envelope()) for raw in mails for desk in nodes]
    kinds = [future.result(PATIENCE).kind for future in futures]

    assert sorted(kinds) == ["duplicate"] * 10 + ["opened"] * 10
    assert nodes[0].numbers() == [f"2611-{count:04}" for count in range(1, 11)]
    with nodes[0].store.reading() as connection:
        confirmations = select(func.count()).where(t.outbox.c.kind == "confirmation")
        assert connection.execute(confirmations).scalar() == 10
        assert connection.execute(select(func.count()).select_from(t.waiting)).scalar() == 0
