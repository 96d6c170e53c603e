"""The pace over the store: who leaves next, what a restart and other nodes know, and what is said of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select
from structlog.testing import capture_logs

from mailticket.desk.notice import Notice, NoticeKind
from mailticket.mail.message import Address
from mailticket.outbound.gate import RelayState
from mailticket.outbound.pace import Limits
from mailticket.outbound.throttle import Throttle
from mailticket.outbox_queue import OutboxQueue
from mailticket.store import outbox, pace
from mailticket.store import tables as t
from mailticket.store.outbox import OutboxRow
from tests.factories import DESK, NOW
from tests.integration.nodes import Node

RELAY = "mx.example:587"
LEASE = timedelta(minutes=30)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
REPLY, CONFIRMATION, UPDATE, DIGEST = (
    NoticeKind.REPLY, NoticeKind.CONFIRMATION, NoticeKind.RESOLVED, NoticeKind.DIGEST,
)  # fmt: skip


def open_queue(desk: Node, node: str = "a", relay: str = RELAY, **limits: int) -> OutboxQueue:
    return OutboxQueue(desk.ledger, node, relay, replace(Limits(connections=4), **limits))


def put(desk: Node, kind: NoticeKind, count: int = 1, to: Sequence[str] = ("carla@shop.example",)) -> None:
    with desk.store.writing() as connection:
        known = len(connection.execute(select(t.outbox.c.id)).all())
        for number in range(known, known + count):
            notice = Notice(
                kind=kind,
                to=tuple(Address(addr_spec=one) for one in to),
                from_=Address(addr_spec=DESK),
                title="",
                language="en",
            )
            outbox.queue(connection, notice, f"<{number}@acme.example>", "", None, NOW, NOW)


def leave(desk: Node, queue: OutboxQueue, busy: Sequence[str] = ()) -> list[NoticeKind]:
    """What may leave at this moment, until nothing more may."""
    gone = []
    while rows := queue.claim(desk.clock.time, 4, LEASE, busy):
        for row in rows:
            queue.sent(row.id, desk.clock.time, row.recipients)
            gone.append(row.notice.kind)
    return gone


def in_minutes(desk: Node, queue: OutboxQueue, minutes: int) -> list[NoticeKind]:
    gone = []
    for _ in range(minutes * 60):
        gone += leave(desk, queue)
        desk.clock.time += SECOND
    return gone


def one(desk: Node, queue: OutboxQueue) -> OutboxRow:
    (row,) = queue.claim(desk.clock.time, 4, LEASE, ())
    return row


def learned(desk: Node) -> pace.RelayPace:
    with desk.store.reading() as connection:
        return pace.read(connection, RELAY)


def test_answer_that_comes_when_five_hundred_confirmations_wait_leaves_next(desk: Node) -> None:
    queue = open_queue(desk, rate_per_minute=30)
    put(desk, CONFIRMATION, 500)
    assert set(in_minutes(desk, queue, 1)) == {CONFIRMATION}

    put(desk, REPLY)

    gone = in_minutes(desk, queue, 1)
    assert (gone[0], set(gone[1:])) == (REPLY, {CONFIRMATION})


def test_ranks_leave_in_order(desk: Node) -> None:
    put(desk, DIGEST)
    put(desk, UPDATE)
    put(desk, NoticeKind.AGENT_NOTIFICATION)
    put(desk, REPLY)

    gone = in_minutes(desk, open_queue(desk, rate_per_minute=1), 4)

    assert gone == [REPLY, NoticeKind.AGENT_NOTIFICATION, UPDATE, DIGEST]


def test_end_of_the_day_belongs_to_answers(desk: Node) -> None:
    queue = open_queue(desk, per_day=20)
    put(desk, UPDATE, 30)
    assert len(leave(desk, queue)) == 16

    put(desk, CONFIRMATION, 30)
    assert len(leave(desk, queue)) == 3

    put(desk, REPLY, 30)
    assert leave(desk, queue) == [REPLY]
    assert queue.next_due(desk.clock.time, ()) is None, "what waits is not asked for again and again"

    desk.clock.time += timedelta(days=1, minutes=1)
    assert leave(desk, queue) == [REPLY] * 20


def test_day_counts_recipients_whether_sent_or_on_their_way(desk: Node) -> None:
    queue = open_queue(desk, per_day=10)
    put(desk, REPLY, 4, to=[f"c{number}@shop.example" for number in range(4)])

    first, second = one(desk, queue), one(desk, queue)
    assert queue.claim(desk.clock.time, 4, LEASE, ()) == []

    queue.sent(first.id, desk.clock.time, 1)
    queue.sent(second.id, desk.clock.time, 4)
    assert len(leave(desk, queue)) == 1, "refused recipients do not count"


def test_mail_with_more_recipients_than_a_day_leaves_first_thing(desk: Node) -> None:
    put(desk, REPLY, 2, to=[f"c{number}@shop.example" for number in range(7)])

    assert leave(desk, open_queue(desk, per_day=5)) == [REPLY]


def test_restart_and_another_node_go_on_at_the_same_pace(desk: Node) -> None:
    put(desk, CONFIRMATION, 100)
    limits = Limits(connections=4, rate_per_minute=10, per_day=15)

    def opened(node: str) -> OutboxQueue:
        return OutboxQueue(desk.ledger, node, RELAY, limits)

    gone = len(in_minutes(desk, opened("a"), 1))
    assert gone == 10

    again, other = opened("a"), opened("b")
    for _ in range(60):
        gone += len(leave(desk, again)) + len(leave(desk, other))
        desk.clock.time += SECOND

    assert gone == 14, "95 % of a day"


def test_other_relay_has_a_pace_of_its_own(desk: Node) -> None:
    put(desk, CONFIRMATION, 10)
    assert len(leave(desk, open_queue(desk, per_day=4))) == 3

    assert len(leave(desk, open_queue(desk, relay="other.example:25", per_day=4))) == 3


def test_busy_domains_are_passed_over(desk: Node) -> None:
    put(desk, REPLY, 2, to=["carla@slow.example"])
    put(desk, UPDATE, 2, to=["bob@quick.example"])
    queue = open_queue(desk)

    assert leave(desk, queue, busy=["slow.example"]) == [UPDATE, UPDATE]
    assert queue.next_due(desk.clock.time, ["slow.example"]) is None
    assert queue.next_due(desk.clock.time, []) == NOW


def test_relay_that_wants_less_is_obeyed_and_asked_for_more_again(desk: Node) -> None:
    put(desk, CONFIRMATION, 2000)
    queue = open_queue(desk, rate_per_minute=60)
    in_minutes(desk, queue, 1)

    with capture_logs() as logs:
        for _ in range(3):
            desk.clock.time += 2 * SECOND
            row = one(desk, queue)
            queue.throttled(row, Throttle.RATE, "450 4.7.1 too much mail", desk.clock.time, again=False)
            due = queue.next_due(desk.clock.time, ())
            assert due is not None
            assert due > desk.clock.time
            desk.clock.time = due
        slow = [len(in_minutes(desk, queue, 1)) for _ in range(8)]

    assert 10 <= slow[0] <= 40, slow
    assert slow[-1] >= 55, slow
    assert queue.connections(desk.clock.time) == 4
    events = [entry["event"] for entry in logs]
    assert events == ["relay_wants_less", "relay_bears_full_pace"]
    with desk.store.reading() as connection:
        attempts = connection.execute(select(t.outbox.c.attempts).where(t.outbox.c.last_error != "")).scalars()
        assert set(attempts) <= {0}


def test_another_node_keeps_to_the_pace_that_was_learned(desk: Node) -> None:
    put(desk, CONFIRMATION, 100)
    one_node, other = open_queue(desk), open_queue(desk, "b")
    row = one(desk, open_queue(desk, rate_per_minute=1))
    one_node.throttled(row, Throttle.CONNECTIONS, "432 4.3.2 Concurrent connections limit exceeded", NOW, again=False)

    assert other.claim(desk.clock.time, 4, LEASE, ()) == []
    assert other.connections(desk.clock.time) == 2
    desk.clock.time += MINUTE
    assert len(leave(desk, other)) == 1


def test_absence_of_the_relay_is_known_to_other_processes_and_outlives_a_restart(desk: Node) -> None:
    hour = timedelta(hours=1)
    open_queue(desk).relay_is(RelayState(reachable=False, reason="refused the login", since=NOW))
    open_queue(desk).relay_is(RelayState(reachable=False, reason="connection refused", since=NOW + hour))
    assert (learned(desk).away_since, learned(desk).away_reason) == (NOW, "connection refused")

    open_queue(desk).relay_is(RelayState())

    assert learned(desk) == pace.RelayPace()


def test_mail_that_was_too_much_keeps_its_place_and_the_second_time_lets_one_pass(desk: Node) -> None:
    put(desk, CONFIRMATION, 3)
    queue, seen = open_queue(desk, rate_per_minute=1), []
    for again in (False, True, False):
        row = one(desk, queue)
        seen.append(row.id)
        queue.throttled(row, Throttle.RATE, "450 4.7.1 too much mail", desk.clock.time, again=again)
        desk.clock.time += MINUTE

    first = seen[0]
    assert seen == [first, first, first + 1]
    desk.clock.time += 10 * MINUTE
    assert sorted(row.id for row in (one(desk, queue),)) == [first + 1]
