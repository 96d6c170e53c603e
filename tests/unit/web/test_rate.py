"""Who asks too often waits a minute; nobody else does."""

import pytest

from mailticket.web.rate import Rate, client_of


def test_one_client_too_many_times_within_a_minute() -> None:
    clock = iter([0.0, 1.0, 2.0, 3.0, 61.0])
    rate = Rate(2, clock=lambda: next(clock))

    assert [rate.is_over(client) for client in ("a", "a", "a", "b", "a")] == [False, False, True, False, False]


def test_clients_remembered_are_bounded() -> None:
    rate = Rate(1, clock=lambda: 0.0)
    for number in range(10_001):
        rate.is_over(str(number))

    assert rate.is_over("10000") and not rate.is_over("0")


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("192.0.2.1", [], "192.0.2.1"),
        ("127.0.0.1", ["198.51.100.7, 192.0.2.1"], "192.0.2.1"),
        ("127.0.0.1", ["198.51.100.7", "192.0.2.1"], "192.0.2.1"),
        ("::1", ["2001:db8::1"], "2001:db8::1"),
        ("192.0.2.9", ["192.0.2.1"], "192.0.2.9"),
        ("127.0.0.1", ["<script>"], "127.0.0.1"),
        ("", ["192.0.2.1"], ""),
    ],
    ids=["direct", "by our proxy", "in its own field", "IPv6", "anybody can say so", "no address", "no peer"],
)
def test_whose_request_it_is(peer: str, forwarded: list[str], client: str) -> None:
    assert client_of(peer, forwarded) == client
