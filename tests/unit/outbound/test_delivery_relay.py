"""What delivery makes of a relay that is away, hangs up, or does not like how it is spoken to."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from mailticket.outbound.outcome import Deferred, Outcome, Rejected, Sent, Unreachable
from tests.unit.outbound.memory import DESK, OK, START, Clock, MemoryOutbox, Script, running, wait_until

HUNG_UP = Deferred(reply="mx.example:25 hung up: 421 4.7.0 not now", hung_up=True)
NO_RELAY = Unreachable(reason="connection refused")


@pytest.fixture
def outbox() -> MemoryOutbox:
    return MemoryOutbox()


def test_missing_relay_pauses_all_and_costs_no_mail_an_attempt(outbox: MemoryOutbox) -> None:
    entries, clock = [outbox.add("carla@shop.example") for _ in range(6)], Clock()
    answers: list[Outcome] = [NO_RELAY]
    script = Script(lambda *_: answers[0])

    def given_back(tries: int) -> Callable[[], bool]:
        return lambda: len(script.given) >= tries and not any(entry.claimed for entry in entries)

    with capture_logs() as logs, running(outbox, script, clock) as delivery:
        for tries in range(1, 6):
            wait_until(given_back(tries))
            assert (delivery.state.reason, delivery.state.since) == ("connection refused", START)
            assert "connection refused" in {entry.error for entry in entries}
            clock.time += timedelta(minutes=6)
            delivery.wake()
        wait_until(given_back(6))
        answers[0] = OK
        clock.time += timedelta(minutes=6)
        delivery.wake()
        wait_until(lambda: all(entry.state == "sent" for entry in entries))
        assert delivery.state.reachable

    assert {entry.row.attempts for entry in entries} == {0}
    events = [entry["event"] for entry in logs]
    assert (events.count("relay_unreachable"), events.count("relay_reachable")) == (1, 1)


def test_missing_relay_is_asked_by_one_worker_for_all(outbox: MemoryOutbox) -> None:
    entries, clock = [outbox.add(f"carla@shop{n}.example") for n in range(8)], Clock()
    two_ask, is_back, met = threading.Barrier(2), threading.Event(), []

    def answer(*_: object) -> Outcome:
        if is_back.is_set():
            return OK
        if clock.time > START:
            with suppress(threading.BrokenBarrierError):
                two_ask.wait(0.3)
                met.append("two asked at once")
        return NO_RELAY

    with running(outbox, script := Script(answer), clock, connections=4) as delivery:
        wait_until(lambda: not delivery.state.reachable and not any(entry.claimed for entry in entries))
        tries = len(script.given)
        clock.time += timedelta(minutes=6)
        delivery.wake()
        wait_until(lambda: len(script.given) > tries and not any(entry.claimed for entry in entries))
        assert met == []

        is_back.set()
        clock.time += timedelta(minutes=6)
        delivery.wake()
        wait_until(lambda: all(entry.state == "sent" for entry in entries))


@pytest.mark.parametrize("bad", [1, 2, 7], ids=["one mail", "two mails", "many mails"])
def test_mail_at_which_the_relay_hangs_up_does_not_keep_the_others(outbox: MemoryOutbox, bad: int) -> None:
    hangs_up = [outbox.add("bad@shop.example") for _ in range(bad)]
    good, clock = outbox.add("carla@shop.example"), Clock()
    script = Script(lambda _, rcpt_tos: HUNG_UP if "bad@shop.example" in rcpt_tos else OK)

    with running(outbox, script, clock) as delivery:

        def sent() -> bool:
            if not delivery.state.reachable:
                clock.time += timedelta(seconds=1)  # shorter than any mail's own pause
                delivery.wake()
            return good.state == "sent"

        wait_until(sent)
        assert delivery.state.reachable

    assert {entry.row.attempts for entry in hangs_up} == {1}
    assert {(entry.state, entry.error) for entry in hangs_up} == {("queued", HUNG_UP.reply)}


def test_relay_that_hangs_up_at_every_mail_pauses_all(outbox: MemoryOutbox) -> None:
    entries, script = [outbox.add("carla@shop.example") for _ in range(10)], Script(lambda *_: HUNG_UP)

    with capture_logs() as logs, running(outbox, script) as delivery:
        wait_until(lambda: not delivery.state.reachable and not any(entry.claimed for entry in entries))
        assert delivery.state.reason == HUNG_UP.reply

    assert sum(entry.row.attempts for entry in entries) == 3
    assert [entry["event"] for entry in logs].count("relay_unreachable") == 1


@pytest.mark.parametrize(("mail_from", "form"), [("", "null"), ("support+b-t@acme.example", "token")])
def test_reverse_path_that_the_relay_refuses_is_replaced_at_once_and_remembered(
    outbox: MemoryOutbox, mail_from: str, form: str
) -> None:
    entries = [outbox.add("carla@shop.example", mail_from=mail_from) for _ in range(2)]
    script = Script(lambda sender, _: OK if sender == DESK else Rejected(reply="550 no", before_data=True))

    with running(outbox, script):
        wait_until(lambda: all(entry.state == "sent" for entry in entries))

    assert script.reverse_paths == [mail_from, DESK, DESK]
    assert outbox.refused_paths == {form: START}


def test_unknown_recipient_is_not_held_against_the_reverse_path(outbox: MemoryOutbox) -> None:
    entry, script = outbox.add("nobody@shop.example"), Script(lambda *_: Rejected(reply="550 who?", before_data=True))

    with running(outbox, script):
        wait_until(lambda: entry.state == "failed")

    assert script.reverse_paths == ["", DESK]
    assert outbox.refused_paths == {}


@pytest.mark.parametrize(
    ("days", "tried"), [(0, [DESK]), (6, [DESK]), (7, ["", DESK])], ids=["just now", "6 days ago", "a week ago"]
)
def test_refused_reverse_path_outlives_a_restart_and_is_tried_again_after_a_week(
    outbox: MemoryOutbox, days: int, tried: list[str]
) -> None:
    outbox.refused_paths = {"null": START - timedelta(days=days)}
    entry = outbox.add("carla@shop.example")
    script = Script(lambda sender, _: OK if sender == DESK else Rejected(reply="550 no", before_data=True))

    with running(outbox, script):
        wait_until(lambda: entry.state == "sent")

    assert script.reverse_paths == tried


def test_store_that_is_away_does_not_send_a_mail_twice_because_of_its_reverse_path(outbox: MemoryOutbox) -> None:
    first = outbox.add("carla@shop.example")
    outbox.broken = {"form_refused"}
    script = Script(lambda sender, _: OK if sender == DESK else Rejected(reply="550 no", before_data=True))

    with running(outbox, script) as delivery:
        wait_until(lambda: first.state == "sent" and "form_refused" in outbox.calls)
        outbox.broken.clear()
        outbox.add("carla@shop.example")
        delivery.wake()
        wait_until(lambda: outbox.refused_paths)

    assert script.reverse_paths == ["", DESK, DESK]


def test_words_that_the_relay_refused_are_not_sent_again_from_elsewhere(outbox: MemoryOutbox) -> None:
    entry, script = outbox.add("carla@shop.example"), Script(lambda *_: Rejected(reply="554 spam"))

    with running(outbox, script):
        wait_until(lambda: entry.state == "failed")

    assert script.reverse_paths == [""]


def test_recipients_who_were_not_taken_are_recorded_beside_those_who_were(outbox: MemoryOutbox) -> None:
    refused = (("bob@gone.example", "550 5.1.2 no such domain"),)
    entry = outbox.add("carla@shop.example", "bob@gone.example")
    known: list[tuple[str, object]] = []
    outbox.committed = lambda: known.append((entry.state, entry.refused))

    with running(outbox, Script(lambda *_: Sent(reply="250 Ok", refused=refused))):
        wait_until(lambda: entry.refused == refused)

    assert ("sent", refused) in known and ("sent", ()) not in known, "a crash in between would lose them"


@pytest.mark.parametrize(("attempts", "settle"), [(0, False), (3, False), (4, True)])
def test_after_some_tries_one_recipient_no_longer_keeps_the_mail_from_the_others(
    outbox: MemoryOutbox, attempts: int, settle: bool
) -> None:
    entry, script = outbox.add("carla@shop.example", attempts=attempts), Script()

    with running(outbox, script):
        wait_until(lambda: entry.state == "sent")

    assert [given[3] for given in script.given] == [settle]
