"""What the figures of the store say when the clock is set right. What is counted: tests/acceptance/test_metrics.py."""

from datetime import UTC, datetime, timedelta

from mailticket.metrics import Metrics
from mailticket.store import troubles
from mailticket.store.engine import Store
from tests.integration.nodes import Clock


def test_clock_that_was_set_back_freezes_no_figure(sqlite: Store) -> None:
    clock = Clock(datetime.now(UTC))
    metrics = Metrics(sqlite, clock)
    assert metrics.registry.get_sample_value("mailticket_troubles") == 0

    with sqlite.writing() as connection:
        troubles.remember(connection, "mailbox support", "Mailbox support cannot be read", clock.time, [])
    clock.time -= timedelta(days=1)

    assert metrics.registry.get_sample_value("mailticket_troubles") == 1
