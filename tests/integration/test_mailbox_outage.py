"""A mailbox that cannot be read for three days, its password changed on the way: nothing lost, no double, one alert."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from mailticket.actions import troubles
from mailticket.desk.alerts import Trouble
from mailticket.intake.imap import Backoff, MailboxWatcher, WatcherState
from mailticket.outages import PATIENCE, Outages
from mailticket.settings.intake import ImapSettings
from mailticket.store.engine import Store
from mailticket.store.troubles import known
from tests.factories import make_raw
from tests.integration import imap_desk
from tests.integration.imap_desk import eventually
from tests.integration.nodes import Node, node
from tests.servers.dovecot import Dovecot

BEGIN = datetime.now(UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    with Dovecot() as dovecot:
        yield dovecot


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Iterator[Node]:
    with node(store, tmp_path / "blobs") as desk:
        desk.clock.time = BEGIN
        yield desk


class Service:
    """A mailbox and who looks after it, between two restarts."""

    def __init__(self, desk: Node, dovecot: Dovecot, password: Path, causes: dict[str, str]) -> None:
        self._desk = desk
        self.box = imap_desk.settings(dovecot, authserv_id="mx.acme.example")
        self.watcher = MailboxWatcher(
            self.box, lambda: password.read_text(encoding="utf-8").strip(), desk.ledger,
            now=desk.clock, backoff=Backoff(first=0.02, most=0.1),
        )  # fmt: skip
        self._outages = Outages(lambda: [(self.box, self.watcher.state)], causes)

    def passes(self, time: timedelta, step: timedelta) -> None:
        """So much time goes by."""
        end = self._desk.clock.time + time
        while self._desk.clock.time < end:
            self._desk.clock.time += step
            self._outages.look(self._desk.ledger, self._desk.clock.time)


@contextmanager
def running(desk: Node, dovecot: Dovecot, password: Path, causes: dict[str, str] | None = None) -> Iterator[Service]:
    service = Service(desk, dovecot, password, causes or {})
    service.watcher.start()
    try:
        yield service
    finally:
        assert service.watcher.stop(10)


def told(desk: Node) -> list[str]:
    """What the leads were told of it, in the order of events."""
    return [
        "over" if notice["details"]["over_at"] else "began" for notice in desk.notices() if notice["kind"] == "trouble"
    ]


def numbered(number: int) -> bytes:
    return make_raw(f"Vase {number}", message_id=f"<{number}@shop.example>")


def test_three_days_without_mailbox_and_a_new_password(desk: Node, dovecot: Dovecot, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("secret\n", encoding="utf-8")
    with running(desk, dovecot, password) as service:
        dovecot.deliver("support", numbered(1))
        eventually(lambda: len(desk.numbers()) == 1)

        dovecot.stop()
        eventually(lambda: "cannot be reached" in service.watcher.state.error)
        service.passes(PATIENCE - MINUTE, MINUTE)
        assert told(desk) == [], "a quarter of an hour is nothing"
        service.passes(24 * HOUR, HOUR)
        assert told(desk) == ["began"]
        assert "cannot be reached" in desk.notices()[-1]["details"]["happened"]

        dovecot.set_password("support", "another")
        dovecot.start()
        dovecot.deliver("support", *(numbered(n) for n in range(2, 6)))
        eventually(lambda: "refused the login" in service.watcher.state.error)
        service.passes(24 * HOUR, HOUR)

    # somebody starts the service anew, which does not help
    with running(desk, dovecot, password) as service:
        eventually(lambda: "refused the login" in service.watcher.state.error)
        service.passes(24 * HOUR, HOUR)
        assert told(desk) == ["began"]
        assert len(desk.numbers()) == 1

        password.write_text("another\n", encoding="utf-8")
        eventually(lambda: len(desk.numbers()) == 5)
        eventually(lambda: service.watcher.state.well_since)
        service.passes(HOUR, MINUTE)
        assert told(desk) == ["began", "over"]
        dovecot.deliver("support", numbered(6))
        eventually(lambda: len(desk.numbers()) == 6)

    assert all(len(desk.show(number)["messages"]) == 1 for number in desk.numbers())


def test_mailbox_that_comes_and_goes_is_one_outage(sqlite: Store, dovecot: Dovecot, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("wrong", encoding="utf-8")
    with node(sqlite, tmp_path / "blobs") as desk, running(desk, dovecot, password) as service:
        for _ in range(2):
            password.write_text("wrong", encoding="utf-8")
            dovecot.restart()
            eventually(lambda: service.watcher.state.failing_since)
            service.passes(2 * PATIENCE, MINUTE)
            password.write_text("secret", encoding="utf-8")
            eventually(lambda: service.watcher.state.well_since)
            service.passes(PATIENCE - MINUTE, MINUTE)
        assert told(desk) == ["began"]


def test_clock_that_was_set_back_delays_no_word(sqlite: Store, tmp_path: Path) -> None:
    box = ImapSettings(name="support", host="imap.acme.example", user="support", password="secret")
    failing = WatcherState(
        connected=False, last_success_at=None, last_loop_at=BEGIN, error="it cannot be reached",
        failing_since=BEGIN, well_since=None, troubled=(),
    )  # fmt: skip
    states = [failing, replace(failing, failing_since=None, well_since=BEGIN)]
    with node(sqlite, tmp_path / "blobs") as desk:
        outages = Outages(lambda: [(box, states.pop(0))])
        outages.look(desk.ledger, BEGIN - 24 * HOUR)
        outages.look(desk.ledger, BEGIN - 24 * HOUR)
        assert told(desk) == ["began", "over"]


def test_mailbox_that_the_settings_name_no_longer_is_broken_no_longer(sqlite: Store, tmp_path: Path) -> None:
    broken = Trouble(name="mailbox old", headline="", since=BEGIN, happened="", means="", mend=())
    with node(sqlite, tmp_path / "blobs") as desk:
        desk.ledger.write(lambda one: troubles.begin(one, desk.ledger.context, broken, BEGIN)).result()

        Outages(list).look(desk.ledger, BEGIN)

        with sqlite.reading() as connection:
            assert known(connection) == frozenset()
        assert told(desk) == ["began"]


def test_the_log_has_one_line_however_often_it_is_tried(dovecot: Dovecot, sqlite: Store, tmp_path: Path) -> None:
    tries = []

    def password() -> str:
        tries.append(1)
        return "wrong"

    with node(sqlite, tmp_path / "blobs") as desk, capture_logs() as lines:
        box = imap_desk.settings(dovecot)
        with imap_desk.watching(desk.ledger, box, password=password):  # type: ignore[arg-type]
            eventually(lambda: len(tries) >= 5)

    assert [line["event"] for line in lines if line["log_level"] != "info"] == ["imap_login_refused"]


def test_nobody_is_told_twice_of_a_refused_sign_in(sqlite: Store, dovecot: Dovecot, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("wrong", encoding="utf-8")
    grant = Trouble(name="oauth2 x", headline="Sign-in ended", since=BEGIN, happened="", means="", mend=())
    with node(sqlite, tmp_path / "blobs") as desk:
        desk.ledger.write(lambda connection: troubles.begin(connection, desk.context, grant, BEGIN)).result()
        with running(desk, dovecot, password, causes={"support": grant.name}) as service:
            eventually(lambda: service.watcher.state.failing_since)
            service.passes(HOUR, MINUTE)
            assert told(desk) == ["began"]

            desk.ledger.write(lambda connection: troubles.end(connection, desk.context, grant.name, BEGIN)).result()
            service.passes(HOUR, MINUTE)
            assert told(desk) == ["began", "over", "began"], "the mailbox still cannot be read, for another reason"
