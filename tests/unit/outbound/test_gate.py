"""The pause while there is no relay: longer each time, the same for all workers."""

from datetime import timedelta

from mailticket.outbound.gate import Gate, RelayState
from tests.unit.outbound.memory import START

SECOND = timedelta(seconds=1)


def test_open_gate_keeps_nobody() -> None:
    gate = Gate()

    assert (gate.wait(START), gate.state) == (timedelta(), RelayState())


def test_pause_doubles_up_to_five_minutes_and_begins_anew_after_a_success() -> None:
    gate, now, pauses = Gate(), START, []

    for _ in range(11):
        gate.shut("down", now)
        pauses.append(gate.wait(now) // SECOND)
        now += gate.wait(now)
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]

    gate.open(now)
    gate.shut("down", now)
    assert gate.wait(now) == SECOND


def test_workers_that_fail_together_count_as_one() -> None:
    gate = Gate()

    for _ in range(4):
        gate.shut("down", START)

    assert gate.wait(START) == SECOND


def test_state_tells_the_newest_reason_and_the_first_time() -> None:
    gate = Gate()

    gate.shut("down", START)
    gate.shut("login refused", START + SECOND)

    assert gate.state == RelayState(reachable=False, reason="login refused", since=START)


def test_clock_that_was_set_back_makes_nobody_wait_until_it_is_that_late_again() -> None:
    gate = Gate()
    gate.shut("down", START)
    earlier = START - timedelta(days=1)

    assert gate.wait(earlier) == timedelta()

    gate.shut("down", earlier)
    assert gate.wait(earlier) == 2 * SECOND
