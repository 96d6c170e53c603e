"""When a probe is due, and what probes that are late say of the way out and in."""

from datetime import datetime, timedelta

import pytest

from mailticket.desk.canary import Probe, Side, late
from tests.factories import NOW

LATE = timedelta(minutes=10)


def probe(sent: float, left: float | None = None, arrived: float | None = None) -> Probe:
    """Minutes ago, each; `left` and `arrived` None where that did not happen."""

    def ago(minutes: float) -> datetime:
        return NOW - minutes * timedelta(minutes=1)

    return Probe(
        message_id=f"<{sent:g}@acme.example>",
        sent_at=ago(sent),
        left_at=None if left is None else ago(left),
        arrived_at=None if arrived is None else ago(arrived),
    )


@pytest.mark.parametrize(
    ("probes", "broken"),
    [
        ([], {}),
        ([probe(3, 3, 2)], {}),
        ([probe(9)], {}),
        ([probe(10)], {"out": 10}),
        ([probe(5), probe(20), probe(35)], {"out": 35}),
        ([probe(5, 5), probe(20), probe(35)], {}),
        ([probe(20, 9)], {}),
        ([probe(20, 10)], {"in": 20}),
        ([probe(5, 5), probe(20, 20), probe(35, 35)], {"in": 35}),
        ([probe(5, 5), probe(20, 20, 1), probe(35, 35)], {}),
        ([probe(5, 5, 4), probe(20, 20)], {}),
        ([probe(15), probe(30, 30), probe(45, 45, 44)], {"out": 15, "in": 30}),
        ([probe(12, None, 11)], {}),
    ],
    ids=[
        "none was sent", "all is well", "it has time to leave", "it has not left", "three have not left",
        "a later one has left", "it has time to arrive", "it has not arrived", "three have not arrived",
        "a later one has arrived", "one was lost and the next is here", "both sides",
        "it is here, and that it left is not written down",
    ],
)  # fmt: skip
def test_side_is_broken_from_its_first_late_probe_until_one_comes_through(
    probes: list[Probe], broken: dict[str, float]
) -> None:
    found = late(probes, NOW, LATE)

    assert {side: one.message_id for side, one in found.items()} == {
        Side(side): f"<{sent:g}@acme.example>" for side, sent in broken.items()
    }
