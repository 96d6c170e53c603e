"""Servers that want less of us: nobody is asked for a login again and again, and no mail is blamed for it."""

import pytest
from imapclient.exceptions import IMAPClientError
from structlog.testing import capture_logs

from mailticket.errors import MailticketError
from mailticket.intake.imap import Backoff
from mailticket.intake.imap_login import MailboxFault
from mailticket.intake.imap_throttle import asked_to_wait, is_put_off
from tests.integration.imap_desk import StandInLedger, eventually, mail, settings, watching
from tests.servers.dovecot import Dovecot
from tests.servers.go_between import GoBetween

THROTTLED = "TAG NO [THROTTLED] Request is throttled. Suggested Backoff Time: 120 milliseconds"


class Counting(Backoff):
    """Remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(first=0.02, most=0.5)
        self.waits: list[float] = []

    def next(self, lasted: float = 0.0) -> float:
        self.waits.append(super().next(lasted))
        return self.waits[-1]


def test_limit_of_connections_is_waited_for_ever_more_seldom_with_one_line_in_the_log() -> None:
    ledger, backoff = StandInLedger(), Counting()
    with Dovecot(connections=1) as dovecot, capture_logs() as lines:
        # somebody's mail program has the only connection
        with dovecot.imap("support") as other, watching(ledger, settings(dovecot), backoff=backoff) as watcher:
            eventually(lambda: len(backoff.waits) >= 6)
            assert "takes no login just now" in watcher.state.error
            other.append("INBOX", mail("question"))
            other.logout()
            eventually(lambda: ledger.subjects == ["question"])
            eventually(lambda: not watcher.state.error)

        warned = [line["event"] for line in lines if line["log_level"] == "warning"]
    assert warned == ["imap_login_put_off"]
    assert backoff.waits[5] > 4 * backoff.waits[0]


def test_mail_is_not_blamed_for_a_server_that_throttles() -> None:
    ledger = StandInLedger()
    with (
        Dovecot() as dovecot,
        GoBetween(dovecot.imap_port, {"UID FETCH": [THROTTLED] * 3}) as between,
        capture_logs() as lines,
    ):
        dovecot.deliver("support", *(mail(f"mail {n}") for n in range(20)))
        box = settings(dovecot, tls="none", port=between.port)
        with watching(ledger, box) as watcher:
            eventually(lambda: len(ledger.subjects) == 20)
            assert watcher.state.troubled == ()

    assert between.connections == 4, "one for each refusal, and not one for each mail"
    assert "imap_mail_failed" not in {line["event"] for line in lines}


@pytest.mark.parametrize("command", ["SELECT", "UID SEARCH", "UID FETCH", "UID STORE", "IDLE"])
def test_bye_in_the_middle_loses_nothing(command: str) -> None:
    ledger = StandInLedger()
    with Dovecot() as dovecot, GoBetween(dovecot.imap_port, {command: ["* BYE Session invalidated"]}) as between:
        dovecot.deliver("support", mail("one"))
        with watching(ledger, settings(dovecot, tls="none", port=between.port)) as watcher:
            eventually(lambda: between.connections == 2)
            dovecot.deliver("support", mail("two"))
            eventually(lambda: set(ledger.subjects) == {"one", "two"})
            eventually(lambda: watcher.state.connected)

    positions = {envelope.position for _, envelope in ledger.mails}
    assert len(positions) == 2


def test_server_that_drops_every_session_is_not_asked_for_logins_without_end() -> None:
    backoff = Counting()
    with (
        Dovecot() as dovecot,
        GoBetween(dovecot.imap_port, {"IDLE": ["* BYE Go away"] * 100}) as between,
        watching(StandInLedger(), settings(dovecot, tls="none", port=between.port), backoff=backoff),
    ):
        eventually(lambda: len(backoff.waits) >= 6)

    # every session was good for a look, and yet the next one was waited for longer
    assert backoff.waits[5] > 4 * backoff.waits[0]


def test_server_that_ends_every_session_after_a_while_is_not_out_of_order() -> None:
    with Dovecot() as dovecot, capture_logs() as lines:
        backoff = Backoff(first=0.02, most=0.1, steady=0.0)
        with watching(StandInLedger(), settings(dovecot), backoff=backoff) as watcher:
            eventually(lambda: watcher.state.well_since)
            well_since = watcher.state.well_since
            for ended in (1, 2):
                dovecot.kick("support")
                eventually(lambda ended=ended: [one["event"] for one in lines].count("imap_connected") > ended)  # type: ignore[misc]
            assert watcher.state.well_since == well_since, "an outage before would never be over"

    assert {line["log_level"] for line in lines} == {"info"}


@pytest.mark.parametrize(
    ("lasted", "waits"),
    [
        pytest.param(0.0, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300], id="never good"),
        pytest.param(59.0, [1, 2, 4, 8], id="broke soon"),
        pytest.param(3600.0, [1, 1, 1, 1], id="good for an hour each time"),
    ],
)
def test_waits_between_connections(lasted: float, waits: list[float]) -> None:
    backoff = Backoff()

    for longest in waits:
        assert longest / 2 <= backoff.next(lasted) <= longest


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        pytest.param(IMAPClientError(THROTTLED), 0.12, id="Exchange's"),
        pytest.param(IMAPClientError("[THROTTLED] Suggested Backoff Time: 99999999 milliseconds"), 3600, id="too long"),
        pytest.param(MailboxFault("x", "host: [UNAVAILABLE] Temporary authentication failure"), 0, id="RFC 5530"),
        pytest.param(IMAPClientError("[ALERT] Too many simultaneous connections. (Failure)"), 0, id="Gmail's"),
    ],
)
def test_words_that_put_us_off(error: Exception, seconds: float) -> None:
    assert is_put_off(error)
    assert asked_to_wait(error) == seconds


@pytest.mark.parametrize("error", [IMAPClientError("[AUTHENTICATIONFAILED] no"), MailticketError("no"), OSError("x")])
def test_words_that_do_not(error: Exception) -> None:
    assert not is_put_off(error)
    assert asked_to_wait(error) == 0
