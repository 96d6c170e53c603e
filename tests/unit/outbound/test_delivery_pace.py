"""What delivery makes of a relay that wants less, of a domain that is slow, and of fewer connections."""

import threading
from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest

from mailticket.outbound.outcome import Outcome, Throttled
from mailticket.outbound.throttle import Throttle
from tests.unit.outbound.memory import OK, START, Clock, MemoryOutbox, Script, running, wait_until

TOO_MUCH = Throttled(reply="450 4.7.1 too much mail", throttle=Throttle.RATE)


@pytest.fixture
def outbox() -> MemoryOutbox:
    return MemoryOutbox()


def test_mail_that_was_too_much_costs_no_attempt_and_leaves_later(outbox: MemoryOutbox) -> None:
    entry, clock = outbox.add("carla@shop.example", created_at=START - timedelta(days=30)), Clock()
    answers: Iterator[Outcome] = iter([TOO_MUCH, TOO_MUCH, OK])
    script = Script(lambda *_: next(answers))

    with running(outbox, script, clock) as delivery:
        for pause in (1, 2):
            wait_until(lambda: entry.due > clock.time)
            assert entry.due - clock.time == timedelta(minutes=pause), "the second time it lets another one pass"
            assert (entry.state, entry.row.attempts, entry.error) == ("queued", 0, TOO_MUCH.reply)
            assert delivery.state.reachable
            clock.time = entry.due
            delivery.wake()
        wait_until(lambda: entry.state == "sent")


def test_slow_domain_holds_some_workers_and_not_the_others(outbox: MemoryOutbox) -> None:
    slow = [outbox.add(f"c{n}@slow.example") for n in range(20)]
    quick = [outbox.add(f"c{n}@quick.example") for n in range(20)]
    go_on, lock = threading.Event(), threading.Lock()
    at_once, most = 0, 0

    def answer(mail_from: str, rcpt_tos: Sequence[str]) -> Outcome:
        nonlocal at_once, most
        if rcpt_tos[0].endswith("@slow.example"):
            with lock:
                at_once += 1
                most = max(most, at_once)
            assert go_on.wait(20)
            with lock:
                at_once -= 1
        return OK

    with running(outbox, Script(answer), connections=4, per_domain=2):
        wait_until(lambda: all(entry.state == "sent" for entry in quick))
        assert {entry.state for entry in slow} == {"queued"}
        go_on.set()
        wait_until(lambda: all(entry.state == "sent" for entry in slow))

    assert most == 2


def test_what_waits_for_a_slow_domain_is_given_back_before_its_claim_ends(outbox: MemoryOutbox) -> None:
    entries, clock = [outbox.add(f"c{n}@slow.example") for n in range(4)], Clock()
    begun, go_on = threading.Event(), threading.Event()

    def slowly(mail_from: str, rcpt_tos: Sequence[str]) -> Outcome:
        begun.set()
        assert go_on.wait(20)
        return OK

    with running(outbox, Script(slowly), clock, connections=2, per_domain=1) as delivery:
        assert begun.wait(20)
        clock.time += timedelta(minutes=26)
        delivery.wake()
        wait_until(lambda: [entry.claimed for entry in entries] == [True, False, False, False])
        go_on.set()
        wait_until(lambda: all(entry.state == "sent" for entry in entries))


def test_workers_for_whom_the_relay_has_no_connection_keep_still(outbox: MemoryOutbox) -> None:
    entries, lock = [outbox.add(f"c{n}@d{n}.example") for n in range(40)], threading.Lock()
    outbox.most_connections = 1
    at_once, most = 0, 0

    def answer(mail_from: str, rcpt_tos: Sequence[str]) -> Outcome:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        threading.Event().wait(0.001)  # long enough for another worker to come in between
        with lock:
            at_once -= 1
        return OK

    with running(outbox, Script(answer), connections=4) as delivery:
        wait_until(lambda: all(entry.state == "sent" for entry in entries))
        later = outbox.add("late@shop.example")
        delivery.wake()
        wait_until(lambda: later.state == "sent", 4)

    assert most == 1
