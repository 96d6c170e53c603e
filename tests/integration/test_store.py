"""The promises of the database: durable, consistent, honest about being away, and fair to every writer."""

import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import event, insert, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError

from mailticket.errors import Conflict, TemporaryError
from mailticket.store.engine import NotDurable, Store
from mailticket.store.instance import instance_id
from mailticket.store.tables import blobs, counters, events, references
from tests.servers.postgres import Postgres

COUNTER = {"scope": "a", "value": 1}
EVENT: dict[str, Any] = {"ticket_id": None, "actor": "a", "kind": "k", "detail": {}}


def value_of(store: Store, scope: str = "a") -> int | None:
    with store.reading() as connection:
        found: int | None = connection.execute(select(counters.c.value).where(counters.c.scope == scope)).scalar()
        return found


# -- durable


def test_new_store_is_durable(store: Store) -> None:
    store.assert_durable()


@pytest.mark.parametrize("pragma", ["journal_mode=DELETE", "synchronous=NORMAL", "synchronous=OFF", "foreign_keys=OFF"])
def test_sqlite_with_a_wrong_pragma_is_refused(sqlite: Store, pragma: str) -> None:
    @event.listens_for(sqlite.engine, "connect")
    def _spoil(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA {pragma}")

    sqlite.engine.dispose()

    with pytest.raises(NotDurable, match=pragma.partition("=")[0]):
        sqlite.assert_durable()


def test_postgresql_that_does_not_wait_for_the_disk_is_refused(postgresql_url: str, tmp_path: Path) -> None:
    store = Store(postgresql_url, tmp_path)
    with store.writing() as connection:
        name = postgresql_url.rpartition("/")[2]
        connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = off"))
    store.engine.dispose()

    with pytest.raises(NotDurable, match="synchronous_commit"):
        store.assert_durable()
    store.close()


def test_foreign_keys_are_enforced(store: Store) -> None:
    with pytest.raises(IntegrityError), store.writing() as connection:
        connection.execute(insert(references), {"message_id": "<a@x>", "ticket_id": 99})


# -- consistent


def test_what_has_the_name_of_a_row_that_is_there_is_tried_anew(store: Store) -> None:
    """A random token that is drawn once more is nobody's fault, and no mail's either."""
    with store.writing() as connection:
        connection.execute(insert(counters), COUNTER)

    with pytest.raises(Conflict), store.writing() as connection:
        connection.execute(insert(counters), COUNTER)


def test_fault_takes_back_the_whole_transaction(store: Store) -> None:
    def spoilt() -> None:
        with store.writing() as connection:
            connection.execute(insert(counters), COUNTER)
            raise RuntimeError("after the first half")

    with pytest.raises(RuntimeError):
        spoilt()

    assert value_of(store) is None


def test_reader_sees_one_state_of_the_store(store: Store) -> None:
    with store.writing() as connection:
        connection.execute(insert(counters), COUNTER)

    with store.reading() as reader:
        first = reader.execute(select(counters.c.value)).scalar()
        with store.writing() as writer:
            writer.execute(update(counters).values(value=2))
        second = reader.execute(select(counters.c.value)).scalar()

    assert (first, second) == (1, 1)
    assert value_of(store) == 2


def test_connection_that_was_read_with_writes_again(store: Store) -> None:
    for number in range(4):
        assert value_of(store, str(number)) is None
        with store.writing() as connection:
            connection.execute(insert(counters), {"scope": str(number), "value": number})

    assert value_of(store, "3") == 3


@pytest.mark.parametrize(
    "moment",
    [datetime(2026, 11, 22, 12, 0, tzinfo=UTC), datetime(2026, 11, 22, 13, 0, tzinfo=timezone(timedelta(hours=1)))],
    ids=["UTC", "another zone"],
)
def test_times_come_back_in_utc(store: Store, moment: datetime) -> None:
    with store.writing() as connection:
        connection.execute(insert(events), {**EVENT, "at": moment})
        found = connection.execute(select(events.c.at)).scalar_one()

    assert found == moment
    assert found.utcoffset() == timedelta(0)


def test_time_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(StatementError, match="naive time"), store.writing() as connection:
        connection.execute(insert(events), {**EVENT, "at": datetime(2026, 11, 22)})  # noqa: DTZ001  refused for that


def test_bytes_and_sizes_are_kept_as_they_are(store: Store) -> None:
    row = {"sha256": "a", "size": 2**40, "codec": "", "data": bytes(range(256))}
    with store.writing() as connection:
        connection.execute(insert(blobs), row)

    with store.reading() as connection:
        assert dict(connection.execute(select(blobs)).one()._mapping) == row


def test_installation_has_one_id_for_ever(store: Store) -> None:
    with store.writing() as connection:
        first = instance_id(connection)
    with store.writing() as connection:
        assert instance_id(connection) == first
    assert len(first) == 16


# -- away


def test_sqlite_that_cannot_be_opened_is_away(tmp_path: Path) -> None:
    (tmp_path / "mailticket.db").mkdir()
    store = Store("", tmp_path)

    with pytest.raises(TemporaryError, match="does not answer"), store.writing():
        pass
    store.close()


def test_full_disk_is_called_by_its_name(tmp_path: Path) -> None:
    store = Store("", tmp_path)

    with store.writing() as connection:
        connection.execute(text("CREATE TABLE t (b blob)"))
        connection.execute(text("PRAGMA max_page_count = 10"))

    with pytest.raises(TemporaryError, match="disk of the database is full"), store.writing() as connection:
        connection.execute(text("INSERT INTO t VALUES (zeroblob(100000))"))
    store.close()


def test_postgresql_that_is_stopped_is_away_and_comes_back(tmp_path: Path) -> None:
    with Postgres() as server:
        store = Store(server.url, tmp_path)
        with store.writing() as connection:
            connection.execute(text("CREATE TABLE t (n integer)"))
            connection.execute(text("INSERT INTO t VALUES (1)"))

        server.stop("immediate")
        with pytest.raises(TemporaryError), store.writing():
            pass
        with pytest.raises(TemporaryError), store.reading():
            pass
        server.start()

        with store.reading() as connection:
            assert connection.execute(text("SELECT n FROM t")).scalar() == 1
        store.close()


def test_session_that_the_server_ends_in_a_transaction_is_away(postgresql: Store) -> None:
    def ended() -> None:
        with postgresql.writing() as connection:
            mine = connection.execute(text("SELECT pg_backend_pid()")).scalar()
            with postgresql.reading() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": mine})
            connection.execute(insert(counters), COUNTER)

    with pytest.raises(TemporaryError):
        ended()

    assert value_of(postgresql) is None


# -- one writer at a time


def test_threads_write_one_after_the_other(sqlite: Store) -> None:
    inside, may_leave = Event(), Event()

    def first() -> None:
        with sqlite.writing() as connection:
            connection.execute(insert(counters), COUNTER)
            inside.set()
            assert may_leave.wait(20)

    def second() -> None:
        with sqlite.writing() as connection:
            connection.execute(update(counters).values(value=counters.c.value + 1))

    threads = [Thread(target=first), Thread(target=second)]
    threads[0].start()
    assert inside.wait(20)
    threads[1].start()
    assert value_of(sqlite) is None, "readers do not wait"
    may_leave.set()
    for thread in threads:
        thread.join(20)

    assert value_of(sqlite) == 2


_WRITER = """
import sys
from pathlib import Path
from sqlalchemy import func, select, update
from mailticket.store.engine import Store
from mailticket.store.tables import counters

store, mine, goal = Store("", Path(sys.argv[1])), sys.argv[2], int(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
done = False
while not done:
    with store.writing() as connection:
        done = connection.execute(select(func.sum(counters.c.value))).scalar_one() >= goal
        if not done:
            connection.execute(update(counters).where(counters.c.scope == mine).values(value=counters.c.value + 1))
"""


def test_processes_share_the_writing_fairly(sqlite: Store, tmp_path: Path) -> None:
    # many, because one of them is always the first to wake
    goal = 2000
    with sqlite.writing() as connection:
        connection.execute(insert(counters), [{"scope": "a", "value": 0}, {"scope": "b", "value": 0}])
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(tmp_path / "data"), scope, str(goal)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for scope in "ab"
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=60)
        assert writer.returncode == 0

    counts = [value_of(sqlite, scope) or 0 for scope in "ab"]
    assert sum(counts) == goal
    assert min(counts) > goal / 3
