"""Who may come in, and how often may somebody guess?"""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from argon2 import PasswordHasher

from mailticket.intake import logins
from mailticket.intake.logins import Account, Failed, Logins, hashed
from tests.unit.intake.accounts import ANN, PASSWORD


@pytest.fixture
def nobodys_is_cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """A guess at the password of nobody costs what a real one does: seconds, where there are many."""
    monkeypatch.setattr(logins, "_NOBODYS", ANN.password_hash)


class Desk:
    """Logins whose time passes only where it is told to."""

    def __init__(self) -> None:
        self.time, self.waits = 1000.0, list[float]()
        self.logins = Logins(lambda: dict.fromkeys(ANN.addresses, ANN), clock=lambda: self.time, sleep=self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    async def tries(self, password: str, peer: str | None = "192.0.2.1", user: str = ANN.address) -> Account | Failed:
        return await self.logins.log_in(peer, user, password)

    async def fails(self, times: int, peer: str = "192.0.2.{}", user: str = ANN.address) -> list[Account | Failed]:
        return [await self.tries("wrong", peer.format(number), user) for number in range(times)]


def told(story: Callable[[Desk], Awaitable[None]]) -> None:
    asyncio.run(story(Desk()))  # type: ignore[arg-type]  # every story is a coroutine


@pytest.mark.parametrize(
    ("user", "password", "result"),
    [
        ("ann@acme.example", PASSWORD, ANN),
        (" Ann@ACME.example ", PASSWORD, ANN),
        ("ann@home.example", PASSWORD, ANN),
        ("ann@acme.example", "Correct horse", Failed.WRONG),
        ("ann@acme.example", "", Failed.WRONG),
        ("eve@acme.example", PASSWORD, Failed.WRONG),
        ("", "", Failed.WRONG),
    ],
    ids=["herself", "in other letters", "by her alias", "wrong", "empty", "an unknown user", "nobody"],
)
def test_only_the_right_password_lets_in(user: str, password: str, result: Account | Failed) -> None:
    async def story(desk: Desk) -> None:
        assert await desk.tries(password, user=user) == result

    told(story)


def test_an_agent_without_a_password_never_comes_in() -> None:
    bare = Account(address="ben@acme.example", addresses=frozenset({"ben@acme.example"}), password_hash="")

    assert asyncio.run(Logins(lambda: {"ben@acme.example": bare}).log_in(None, "ben@acme.example", "")) is Failed.WRONG


@pytest.mark.usefixtures("nobodys_is_cheap")
def test_a_peer_that_guesses_waits_longer_and_longer_and_then_has_to_go() -> None:
    async def story(desk: Desk) -> None:
        results = [await desk.tries("wrong", user=f"{number}@acme.example") for number in range(12)]
        assert results == [Failed.WRONG] * 10 + [Failed.PEER] * 2
        assert desk.waits == [1, 2, 4, 8, 8, 8, 8]
        assert await desk.tries(PASSWORD) is Failed.PEER
        assert await desk.tries(PASSWORD, "192.0.2.2") == ANN
        desk.time += 901
        assert await desk.tries(PASSWORD) == ANN

    told(story)


def test_addresses_of_one_household_count_together() -> None:
    async def story(desk: Desk) -> None:
        results = await desk.fails(11, "2001:db8::{}")
        assert results[-1] is Failed.PEER

    told(story)


def test_a_user_whom_many_peers_guess_is_closed_to_all_but_those_who_have_come_in() -> None:
    async def story(desk: Desk) -> None:
        assert await desk.tries(PASSWORD, "198.51.100.1") == ANN
        assert (await desk.fails(31))[-1] is Failed.USER
        assert await desk.tries(PASSWORD, "198.51.100.2") is Failed.USER
        assert await desk.tries(PASSWORD, "198.51.100.1") == ANN

    told(story)


@pytest.mark.usefixtures("nobodys_is_cheap")
def test_whether_a_user_exists_does_not_show_in_the_limits() -> None:
    async def story(desk: Desk) -> None:
        assert await desk.fails(31, user="eve@acme.example") == await Desk().fails(31)

    told(story)


def test_who_comes_in_uses_nothing_up() -> None:
    async def story(desk: Desk) -> None:
        assert {await desk.tries(PASSWORD) for _ in range(40)} == {ANN}
        assert desk.waits == []

    told(story)


def test_attempts_at_the_same_time_are_counted_before_they_have_failed() -> None:
    async def story(desk: Desk) -> None:
        results = await asyncio.gather(*(desk.tries("wrong") for _ in range(15)))
        assert results.count(Failed.PEER) == 5

    told(story)


def test_a_password_is_kept_as_a_hash_of_its_own() -> None:
    one, other = hashed(PASSWORD), hashed(PASSWORD)

    assert one != other and PASSWORD not in one
    costs = "$argon2id$v=19$m=65536,t=3,p=4$"
    assert one.startswith(costs) and logins._NOBODYS.startswith(costs)
    assert PasswordHasher().verify(one, PASSWORD)
    assert one not in repr(Account(address="a@b", addresses=frozenset(), password_hash=one))
