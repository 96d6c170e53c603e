"""What delivery makes of each mail. The relay here follows a script; real ones are in tests/integration."""

import threading
from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from mailticket.desk.notice import NoticeKind
from mailticket.errors import TemporaryError
from mailticket.outbound.outcome import Deferred, Outcome, Rejected, Unreachable
from tests.unit.outbound.memory import DESK, OK, START, Clock, MemoryOutbox, Script, make_delivery, running, wait_until

NO_RELAY = Unreachable(reason="connection refused")


@pytest.fixture
def outbox() -> MemoryOutbox:
    return MemoryOutbox()


def test_mail_is_rendered_stored_sent_and_then_recorded(outbox: MemoryOutbox) -> None:
    entry, script = outbox.add("carla@shop.example"), Script()

    with running(outbox, script):
        wait_until(lambda: entry.state == "sent")

    [(mail_from, rcpt_tos, raw, settle)] = script.given
    assert (mail_from, rcpt_tos, settle) == ("", ("carla@shop.example",), False)
    assert raw == entry.row.rendered
    assert outbox.calls[:4] == ["claim", "facts", "store_rendered", "sent"]


def test_mail_that_comes_later_leaves_when_delivery_is_woken(outbox: MemoryOutbox) -> None:
    with running(outbox, Script()) as delivery:
        wait_until(lambda: "next_due" in outbox.calls)
        entry = outbox.add("carla@shop.example")
        delivery.wake()
        wait_until(lambda: entry.state == "sent")


def test_being_woken_by_its_own_commits_does_not_keep_delivery_busy(outbox: MemoryOutbox) -> None:
    delivery = make_delivery(outbox, Script, now=Clock(), connections=3)
    outbox.committed = delivery.wake
    entry = outbox.add("carla@shop.example")
    delivery.start()
    wait_until(lambda: entry.state == "sent")

    threading.Event().wait(0.3)  # there is no condition for "and then nothing"

    assert delivery.stop(10)
    assert outbox.calls.count("claim") <= 10


def test_second_try_sends_the_same_bytes(outbox: MemoryOutbox) -> None:
    entry, clock = outbox.add("carla@shop.example"), Clock()
    answers: Iterator[Outcome] = iter([Deferred(reply="451 later"), OK])
    script = Script(lambda *_: next(answers))

    with running(outbox, script, clock) as delivery:
        wait_until(lambda: entry.row.attempts == 1)
        clock.time = entry.due
        delivery.wake()
        wait_until(lambda: entry.state == "sent")

    assert script.given[0][2] == script.given[1][2]
    assert outbox.calls.count("store_rendered") == 1


def test_each_attempt_is_signed_anew_and_no_signature_is_kept(outbox: MemoryOutbox) -> None:
    entry, clock = outbox.add("carla@shop.example"), Clock()
    answers: Iterator[Outcome] = iter([Deferred(reply="451 later"), OK])
    script, keys = Script(lambda *_: next(answers)), iter([b"old ", b"new "])

    with running(outbox, script, clock, sign=lambda raw: next(keys) + raw) as delivery:
        wait_until(lambda: entry.row.attempts == 1)
        clock.time = entry.due
        delivery.wake()
        wait_until(lambda: entry.state == "sent")

    rendered = entry.row.rendered
    assert rendered is not None
    assert [raw for _, _, raw, _ in script.given] == [b"old " + rendered, b"new " + rendered]


def test_mail_that_cannot_be_signed_waits_and_is_not_sent_without(outbox: MemoryOutbox) -> None:
    def sign(raw: bytes) -> bytes:
        raise ValueError("no key")

    entry, script = outbox.add("carla@shop.example"), Script()

    with running(outbox, script, sign=sign):
        wait_until(lambda: entry.row.attempts == 1)

    assert script.given == []
    assert "no key" in entry.error


@pytest.mark.parametrize(
    ("attempts", "jitter", "minutes"),
    [(0, 0.0, 1), (1, 0.0, 2), (5, 0.0, 32), (8, 0.0, 240), (500, 0.0, 240), (0, 1.0, 1.2), (3, -1.0, 6.4)],
)
def test_deferred_mail_waits_twice_as_long_each_time(
    outbox: MemoryOutbox, attempts: int, jitter: float, minutes: float
) -> None:
    entry = outbox.add("carla@shop.example", attempts=attempts)

    with running(outbox, Script(lambda *_: Deferred(reply="451 4.3.0 later")), jitter=lambda: jitter):
        wait_until(lambda: entry.row.attempts == attempts + 1)

    assert (entry.state, entry.error) == ("queued", "451 4.3.0 later")
    assert entry.due - START == timedelta(minutes=minutes)


def test_mail_is_given_up_after_five_days(outbox: MemoryOutbox) -> None:
    entry = outbox.add("carla@shop.example", attempts=4, created_at=START - timedelta(days=5))

    with running(outbox, Script(lambda *_: Deferred(reply="451 later"))):
        wait_until(lambda: entry.state == "failed")

    assert entry.error == "given up after 5 days: 451 later"


def test_mail_that_waited_five_days_for_its_first_try_gets_others(outbox: MemoryOutbox) -> None:
    entry = outbox.add("carla@shop.example", created_at=START - timedelta(days=6))

    with running(outbox, Script(lambda *_: Deferred(reply="451 later"))):
        wait_until(lambda: entry.row.attempts == 1)

    assert (entry.state, entry.due) == ("queued", START + timedelta(minutes=1))


def test_rejected_mail_has_failed(outbox: MemoryOutbox) -> None:
    entry = outbox.add("carla@shop.example", mail_from=DESK)

    with running(outbox, Script(lambda *_: Rejected(reply="550 5.1.1 unknown", before_data=True))):
        wait_until(lambda: entry.state == "failed")

    assert entry.error == "550 5.1.1 unknown"


@pytest.mark.parametrize("to", [("jür gen@shop.example",), ("a@b\r\nRCPT TO:<x@y>",), ()], ids=str)
def test_mail_that_cannot_be_addressed_fails_and_the_next_one_leaves(outbox: MemoryOutbox, to: tuple[str, ...]) -> None:
    broken, whole, script = outbox.add(*to), outbox.add("carla@shop.example"), Script()

    with running(outbox, script):
        wait_until(lambda: whole.state == "sent")

    assert broken.state == "failed"
    assert len(script.given) == 1


def test_mail_that_cannot_be_written_is_deferred_and_the_next_one_leaves(outbox: MemoryOutbox) -> None:
    broken, whole = outbox.add("carla@shop.example", kind=NoticeKind.REPLY), outbox.add("bob@shop.example")
    outbox.facts_of[broken.row.id] = {"text": object()}

    with capture_logs() as logs, running(outbox, Script()):
        wait_until(lambda: whole.state == "sent")

    assert (broken.state, broken.row.attempts) == ("queued", 1)
    assert "could not be written" in broken.error
    assert [e["log_level"] for e in logs if e["event"] == "outgoing_not_written"] == ["error"]


def test_mail_that_left_while_the_store_was_away_is_recorded_and_not_sent_again(outbox: MemoryOutbox) -> None:
    entry, script = outbox.add("carla@shop.example"), Script()
    outbox.broken = {"sent"}

    with running(outbox, script):
        wait_until(lambda: outbox.calls.count("sent") >= 3)
        outbox.broken.clear()
        wait_until(lambda: entry.state == "sent")

    assert len(script.given) == 1


def test_claims_are_given_back_when_relay_and_store_were_away_together(outbox: MemoryOutbox) -> None:
    entry = outbox.add("carla@shop.example")
    outbox.broken = {"release"}

    with running(outbox, Script(lambda *_: NO_RELAY)):
        wait_until(lambda: outbox.calls.count("release") >= 2)
        assert entry.claimed
        outbox.broken.clear()
        wait_until(lambda: not entry.claimed)


@pytest.mark.parametrize("fault", [TemporaryError, RuntimeError], ids=["away", "another fault"])
def test_log_has_a_traceback_of_faults_and_none_of_a_store_that_is_away(
    outbox: MemoryOutbox, fault: type[Exception]
) -> None:
    outbox.add("carla@shop.example")
    outbox.broken, outbox.fault = {"sent", "next_due"}, fault

    with capture_logs() as logs, running(outbox, Script(), connections=2):
        wait_until(lambda: {"outbox_not_written", "delivery_faulted"} <= {e["event"] for e in logs})
        outbox.broken.clear()

    seen = [e for e in logs if e["event"] in ("outbox_not_written", "delivery_faulted")]
    assert all("the store is away" in e["error"] for e in seen)
    assert {e["exc_info"] is None for e in seen} == {fault is TemporaryError}


@pytest.mark.parametrize("call", ["claim", "store_rendered", "next_due"])
def test_store_that_was_away_ends_no_worker(outbox: MemoryOutbox, call: str) -> None:
    clock = Clock()
    outbox.broken = {call}

    with capture_logs() as logs, running(outbox, Script(), clock) as delivery:
        if call != "next_due":
            outbox.add("carla@shop.example")
            delivery.wake()
        wait_until(lambda: any(e["log_level"] == "error" for e in logs))
        outbox.broken.clear()
        last = outbox.add("bob@shop.example")

        def sent() -> bool:
            clock.time += timedelta(hours=1)
            delivery.wake()
            return all(entry.state == "sent" for entry in (last, *outbox.entries.values()))

        wait_until(sent)
        assert delivery.alive


def test_stop_finishes_the_mail_in_hand_and_gives_the_others_back(outbox: MemoryOutbox) -> None:
    entries = [outbox.add("carla@shop.example") for _ in range(3)]
    begun, go_on = threading.Event(), threading.Event()

    def slowly(mail_from: str, rcpt_tos: Sequence[str]) -> Outcome:
        begun.set()
        assert go_on.wait(10)
        return OK

    script = Script(slowly)
    delivery = make_delivery(outbox, lambda: script, now=Clock())
    delivery.start()
    assert begun.wait(10)

    assert not delivery.stop(0.05), "the mail in hand is still on its way"
    go_on.set()
    assert delivery.stop(10)

    assert [entry.state for entry in entries] == ["sent", "queued", "queued"]
    assert not any(entry.claimed for entry in entries[1:])
    assert script.closed
    assert not delivery.alive


def test_several_workers_send_each_mail_once(outbox: MemoryOutbox) -> None:
    entries, script = [outbox.add(f"c{n}@shop.example") for n in range(100)], Script()

    with running(outbox, script, connections=5):
        wait_until(lambda: all(entry.state == "sent" for entry in entries))

    assert len(script.given) == len({rcpt_tos for _, rcpt_tos, *_ in script.given}) == 100
