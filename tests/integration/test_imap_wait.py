"""How does new mail come to notice? IDLE, polling, both; and the thread ends when it is told to."""

import threading
import time
from functools import partial

import pytest

from mailticket.intake.imap_session import Session
from mailticket.settings.intake import ImapSettings
from tests.integration.imap_desk import (
    Gate,
    ScriptedServer,
    StandInLedger,
    eventually,
    mail,
    settings,
    watcher,
    watching,
)
from tests.servers.dovecot import CAPABILITIES, Dovecot

WITHOUT_IDLE = [capability for capability in CAPABILITIES if capability != "IDLE"]
AN_HOUR = 3600


def has_taken(ledger: StandInLedger, count: int) -> bool:
    return len(ledger.mails) == count


def test_idle_brings_mail_long_before_the_next_poll() -> None:
    ledger = StandInLedger()
    with Dovecot() as dovecot, watching(ledger, settings(dovecot, poll_interval=AN_HOUR)) as watcher:
        eventually(lambda: watcher.state.last_success_at)
        for n in range(3):
            dovecot.deliver("support", mail(f"mail {n}"))
            eventually(partial(has_taken, ledger, n + 1))


def test_mail_that_comes_just_before_idle_is_not_left_until_the_next_poll() -> None:
    ledger = StandInLedger()
    with Dovecot() as dovecot:
        # while a mail is being committed the next one comes: announced to whatever we ask next, and only once
        ledger.before_commit = lambda raw, envelope: (
            dovecot.deliver("support", mail(f"mail {len(ledger.mails) + 1}")) if len(ledger.mails) < 20 else None
        )
        with watching(ledger, settings(dovecot, poll_interval=AN_HOUR)):
            dovecot.deliver("support", mail("mail 0"))
            eventually(lambda: len(ledger.mails) == 21)

    assert ledger.subjects == [f"mail {n}" for n in range(21)]


@pytest.mark.parametrize(
    "answer",
    ["* 3 EXISTS\r\n+ idling\r\n", "+ idling\r\n* 3 EXISTS\r\n"],
    ids=["before the word to begin", "in one packet with it"],
)
def test_news_at_the_begin_of_idle_ends_the_wait(answer: str) -> None:
    answers = {
        "CAPABILITY": "* CAPABILITY IMAP4rev1 IDLE\r\nTAG OK done\r\n",
        "IDLE": answer,
        "DONE": "TAG OK done\r\n",
    }
    with ScriptedServer("OK hello", answers) as server:
        session = Session(ImapSettings(name="one", host="127.0.0.1", port=server.port, tls="none", timeout=10))
        waiting = threading.Thread(target=session.wait, args=(AN_HOUR, lambda: False), daemon=True)
        waiting.start()
        waiting.join(10)
        session.close()

        assert not waiting.is_alive()
    assert server.commands == ["CAPABILITY", "IDLE", "DONE"]


def test_server_without_idle_is_polled() -> None:
    ledger = StandInLedger()
    with Dovecot(capabilities=WITHOUT_IDLE) as dovecot:
        with watching(ledger, settings(dovecot, poll_interval=1)) as watcher:
            eventually(lambda: watcher.state.last_success_at)
            dovecot.deliver("support", mail("polled"))
            eventually(lambda: ledger.subjects == ["polled"])
        assert "IDLE" not in dovecot.log


@pytest.mark.parametrize("capabilities", [(), WITHOUT_IDLE], ids=["in IDLE", "between polls"])
def test_stop_ends_a_waiting_thread_at_once(capabilities: list[str]) -> None:
    with Dovecot(capabilities=capabilities) as dovecot:
        running = watcher(StandInLedger(), settings(dovecot, poll_interval=AN_HOUR))
        running.start()
        eventually(lambda: running.state.last_success_at)

        # it would grant work in hand half of the two hours
        stopping = threading.Thread(target=running.stop, args=(2 * AN_HOUR,), daemon=True)
        stopping.start()
        stopping.join(10)

        assert not stopping.is_alive()
        assert not running.state.connected


def test_stop_finishes_the_batch_in_hand() -> None:
    gate = Gate()
    ledger = StandInLedger(gate)
    with Dovecot() as dovecot:
        dovecot.deliver("support", mail("in hand"))
        running = watcher(ledger, settings(dovecot))
        running.start()
        assert gate.reached.wait(30)

        assert not running.stop(0)
        gate.opened.set()
        eventually(lambda: ledger.subjects == ["in hand"])
        assert running.stop(10)


def test_stop_does_not_wait_for_a_server_that_cannot_be_reached() -> None:
    with Dovecot() as dovecot:
        running = watcher(StandInLedger(), settings(dovecot, port=1))
        running.start()
        eventually(lambda: running.state.error)

        assert "cannot be reached" in running.state.error
        assert running.stop(5)


def test_silent_connection_is_broken_off_and_made_anew() -> None:
    ahead = [0.0]
    ledger = StandInLedger()
    with Dovecot() as dovecot:
        box = settings(dovecot, poll_interval=AN_HOUR)
        with watching(ledger, box, monotonic=lambda: time.monotonic() + ahead[0]) as watcher:
            eventually(lambda: dovecot.log.count("Login: user=<support>") == 1 and watcher.state.connected)
            watcher.check_liveness()
            dovecot.deliver("support", mail("still the first connection"))
            eventually(lambda: len(ledger.mails) == 1)
            assert dovecot.log.count("Login: user=<support>") == 1

            ahead[0] = 2 * 540 + box.timeout + 60
            watcher.check_liveness()
            eventually(lambda: dovecot.log.count("Login: user=<support>") == 2)
            dovecot.deliver("support", mail("a new connection"))
            eventually(lambda: len(ledger.mails) == 2)
