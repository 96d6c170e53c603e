"""Access tokens: fresh in time, and each refresh token used once and kept, whoever renews at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mailticket.errors import TemporaryError
from mailticket.oauth.keeping import LEASE, direct
from mailticket.store import grants
from mailticket.store.engine import Store
from tests.acceptance.waiting import until
from tests.integration.nodes import Clock
from tests.integration.oauth2.granting import BOTH, Process, asked, stored
from tests.servers.oauth2 import OAuth2


def test_token_is_asked_for_once_and_kept_in_memory(server: OAuth2, process: Process) -> None:
    before = asked(server)

    assert process.access() == process.access()
    assert asked(server) == before + 1


def test_token_near_its_end_is_renewed_before_somebody_uses_it(server: OAuth2, process: Process) -> None:
    server.control(accessTokenSeconds=1)
    first = process.access()

    until(lambda: process.access() != first, "another token")


def test_refused_token_is_renewed_once_for_all_who_were_refused(server: OAuth2, process: Process) -> None:
    first, before = process.access(), asked(server)

    second = process.access(refused=first)

    assert second != first
    assert process.access(refused=first) == second
    assert asked(server) == before + 1


@BOTH
def test_newest_refresh_token_is_stored_each_time_and_none_is_used_twice(
    server: OAuth2, store: Store, process: Process
) -> None:
    reused, seen = server.control()["reused"], {stored(store)}
    for _ in range(4):
        process.access(refused=process.access())
        seen.add(stored(store))

    assert len(seen) == 5
    assert server.control()["reused"] == reused


@BOTH
def test_processes_that_renew_at_once_take_turns(
    server: OAuth2, store: Store, process: Process, tmp_path: Path
) -> None:
    grant, reused = process.tokens.grants[0], server.control(delayMs=100)["reused"]
    stores = [store, Store(store.url, tmp_path / "data"), Store(store.url, tmp_path / "data")]
    processes = [Process(one, grant) for one in stores for _ in range(2)]
    with ThreadPoolExecutor(len(processes)) as threads:
        tokens = list(threads.map(lambda one: [one.access(), one.access(one.access())], processes))
    for one in stores[1:]:
        one.close()

    assert len({token for pair in tokens for token in pair}) == 2 * len(processes)
    assert server.control()["reused"] == reused


@BOTH
@pytest.mark.parametrize("step", [LEASE, -2 * LEASE], ids=["time goes by", "the clock is set back"])
def test_turn_of_a_process_that_died_is_over_after_its_lease(store: Store, process: Process, step: timedelta) -> None:
    clock = Clock()
    other = Process(store, *process.tokens.grants, clock=clock)
    with store.writing() as connection:
        assert grants.claim(connection, other.tokens.grants[0].key, "dead", clock(), LEASE)

    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(other.access)
        with pytest.raises(TimeoutError):
            waiting.result(0.5)
        clock.time += step
        assert waiting.result(20)


def test_store_that_is_away_when_the_new_refresh_token_comes_loses_nothing(
    server: OAuth2, store: Store, process: Process
) -> None:
    plain, failing = direct(store), [False]

    def write(action: Any) -> Any:
        if failing[0] and action.__qualname__.startswith("Keeping.renewed"):
            raise TemporaryError("away")
        return plain(action)

    other, reused = Process(store, *process.tokens.grants, write=write), server.control()["reused"]
    failing[0] = True
    with pytest.raises(TemporaryError):
        other.access()
    failing[0] = False

    assert other.access()
    assert other.access(refused=other.access())
    assert server.control()["reused"] == reused


def test_process_that_ends_waits_for_the_token_that_replaces_the_one_it_has_used(
    server: OAuth2, store: Store, process: Process
) -> None:
    grant, before = process.tokens.grants[0], stored(store)
    counts = server.control(delayMs=300)
    with ThreadPoolExecutor(1) as threads:
        renewing = threads.submit(process.access)
        until(lambda: asked(server) > counts["asked"], "the server to be asked")
        process.tokens.finish(20)

        assert stored(store) != before
        assert renewing.result(20)
    with pytest.raises(TemporaryError, match="about to end"):
        process.access()
    assert Process(store, grant).access()
    assert server.control()["reused"] == counts["reused"]
