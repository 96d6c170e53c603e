"""What if the server goes away, refuses us, or is not the one it should be? No mail lost, no password given away."""

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from mailticket.errors import ConfigError
from mailticket.intake.imap_login import MailboxFault, connect, log_in
from mailticket.mail.message import Envelope
from mailticket.settings.intake import ImapSettings
from tests.integration.imap_desk import (
    ScriptedServer,
    StandInLedger,
    eventually,
    flags,
    mail,
    settings,
    take_all,
    watching,
)
from tests.servers.dovecot import Dovecot


def test_dovecot_restarted_in_mid_fetch_loses_and_doubles_nothing() -> None:
    count = 300
    ledger = StandInLedger()
    restarts: list[Future[None]] = []
    with Dovecot() as dovecot, ThreadPoolExecutor(1) as operator:

        def restart_on_the_way(raw: bytes, envelope: Envelope) -> None:
            if len(ledger.mails) in {20, 120}:
                for restart in restarts:
                    restart.result()  # each is a restart of its own, however slowly this machine does the first one
                restarts.append(operator.submit(dovecot.restart))

        dovecot.deliver("support", *(mail(f"mail {n}", 20_000) for n in range(count)))
        ledger.before_commit = restart_on_the_way
        with capture_logs() as lines, watching(ledger, settings(dovecot, batch_bytes=65536)):
            eventually(lambda: len(set(ledger.subjects)) == count, seconds=60)
            for restart in restarts:
                restart.result()
            eventually(lambda: all(b"$Mailticket" in seen for seen in flags(dovecot).values()))

    assert len(restarts) == 2
    assert "imap_connection_lost" in {line["event"] for line in lines}
    # a mail committed while the connection broke may be handed in again: by its position the ledger knows it
    assert len({envelope.position for _, envelope in ledger.mails}) == count


def test_uidvalidity_change_leads_to_a_rescan_without_confirmations() -> None:
    ledger = StandInLedger()
    with Dovecot() as dovecot:
        dovecot.deliver("support", mail("one"), mail("two"))
        box = settings(dovecot, start="now")
        take_all(ledger, settings(dovecot))
        before = ledger.states["support", "INBOX"]

        dovecot.stop()
        dovecot.renew_uidvalidity("support")
        dovecot.start()
        with watching(ledger, box):
            eventually(lambda: len(ledger.mails) == 4)
            dovecot.deliver("support", mail("three"))
            eventually(lambda: len(ledger.mails) == 5)

    after = ledger.states["support", "INBOX"]
    assert after.uidvalidity != before.uidvalidity
    assert after.rescan_below == 3
    confirmed = [envelope.confirm for _, envelope in ledger.mails]
    assert list(zip(ledger.subjects, confirmed, strict=True)) == [
        ("one", True), ("two", True), ("one", False), ("two", False), ("three", True)
    ]  # fmt: skip


def test_uids_that_a_restored_backup_gives_out_again_hide_no_mail() -> None:
    ledger = StandInLedger()
    refused = [b"two"]

    def fail_for_some(raw: bytes, envelope: Envelope) -> None:
        if any(subject in raw for subject in refused):
            raise RuntimeError("a commit that fails")

    ledger.before_commit = fail_for_some
    with Dovecot() as dovecot:
        dovecot.deliver("support", mail("one"))
        take_all(ledger, settings(dovecot))
        backup = dovecot.keep_backup("support")
        dovecot.deliver("support", mail("two"), mail("three"))  # two holds the floor, three is known as done above it
        take_all(ledger, settings(dovecot))
        before = ledger.states["support", "INBOX"]

        dovecot.stop()
        dovecot.put_back("support", backup)
        dovecot.start()
        dovecot.deliver("support", mail("four"))
        refused.clear()
        with capture_logs() as lines, watching(ledger, settings(dovecot)):
            eventually(lambda: "four" in ledger.subjects)
            dovecot.deliver("support", mail("five"))
            eventually(lambda: "five" in ledger.subjects)
        take_all(ledger, settings(dovecot))

    after = ledger.states["support", "INBOX"]
    assert (after.uidvalidity, after.floor) == (before.uidvalidity, 3)
    assert [line["event"] for line in lines].count("imap_rescan_started") == 1
    confirmed = [envelope.confirm for _, envelope in ledger.mails]
    assert list(zip(ledger.subjects, confirmed, strict=True)) == [
        ("one", True), ("three", True), ("one", False), ("four", False), ("five", True)
    ]  # fmt: skip


def test_rescan_passes_over_what_came_before_the_first_connection() -> None:
    ledger = StandInLedger()
    with Dovecot() as dovecot:
        with dovecot.imap("support") as client:
            client.append("INBOX", mail("years old"), msg_time=datetime(2020, 5, 1, tzinfo=UTC))
        box = settings(dovecot, start="now")
        with watching(ledger, box):
            eventually(lambda: ("support", "INBOX") in ledger.states)
            dovecot.deliver("support", mail("new"))
            eventually(lambda: ledger.subjects == ["new"])

        dovecot.stop()
        dovecot.renew_uidvalidity("support")
        dovecot.start()
        with watching(ledger, box):
            eventually(lambda: len(ledger.mails) == 2)
            dovecot.deliver("support", mail("newer"))
            eventually(lambda: len(ledger.mails) == 3)

    assert ledger.subjects == ["new", "new", "newer"]


def test_wrong_password_is_asked_for_again_until_it_is_right() -> None:
    password = ["wrong"]
    ledger = StandInLedger()
    with Dovecot() as dovecot, watching(ledger, settings(dovecot), password=lambda: password[0]) as watcher:
        dovecot.deliver("support", mail("question"))
        eventually(lambda: "refused the login of support" in watcher.state.error)
        assert not watcher.state.connected
        assert "wrong" not in watcher.state.error

        password[0] = "secret"
        eventually(lambda: ledger.subjects == ["question"])
        eventually(lambda: watcher.state.connected and watcher.state.error == "")


def test_password_that_cannot_be_read_is_a_fault_like_others() -> None:
    def password() -> str:
        raise ConfigError("/run/secret: the password cannot be read: No such file or directory.")

    with Dovecot() as dovecot, watching(StandInLedger(), settings(dovecot), password=password) as watcher:
        eventually(lambda: watcher.state.error)

        assert watcher.state.error == "/run/secret: the password cannot be read: No such file or directory."


def test_password_with_spaces_quotes_and_letters_outside_ascii_gets_through() -> None:
    ledger = StandInLedger()
    with Dovecot({"support": 'pä ss"\\word'}) as dovecot:
        dovecot.deliver("support", mail("question"))
        take_all(ledger, settings(dovecot), password=lambda: 'pä ss"\\word')

    assert ledger.subjects == ["question"]


@pytest.mark.parametrize(
    ("tls", "trusted", "certificate_for"),
    [
        pytest.param("implicit", False, "IP:127.0.0.1", id="implicit, unknown CA"),
        pytest.param("implicit", True, "DNS:other.example", id="implicit, other name"),
        pytest.param("starttls", False, "IP:127.0.0.1", id="starttls, unknown CA"),
        pytest.param("starttls", True, "DNS:other.example", id="starttls, other name"),
    ],
)
def test_no_login_is_tried_where_the_certificate_is_not_right(tls: str, trusted: bool, certificate_for: str) -> None:
    with Dovecot(certificate_for=certificate_for) as dovecot:
        port = dovecot.imaps_port if tls == "implicit" else dovecot.imap_port
        box = settings(dovecot, tls=tls, port=port, ca_file=dovecot.ca_file if trusted else None)
        with watching(StandInLedger(), box) as watcher:
            eventually(lambda: watcher.state.error)
            assert "its certificate is not trusted" in watcher.state.error
            # several tries, and none goes further than the first
            eventually(lambda: dovecot.log.count("no auth attempts") >= 4)

        assert "Login:" not in dovecot.log
        assert "method=PLAIN" not in dovecot.log


@pytest.mark.parametrize("tls", ["starttls", "none"])
def test_other_ways_to_a_mailbox(tls: str) -> None:
    ledger = StandInLedger()
    with Dovecot() as dovecot:
        dovecot.deliver("support", mail("question"))
        take_all(ledger, settings(dovecot, tls=tls, port=dovecot.imap_port))

        assert ledger.subjects == ["question"]
        assert ("TLS, session" in next(line for line in dovecot.log.splitlines() if "Login:" in line)) == (
            tls == "starttls"
        )


@pytest.mark.parametrize(
    ("greeting", "capability", "tls", "complaint"),
    [
        pytest.param("PREAUTH hello", "IMAP4rev1", "none", "logged in before", id="PREAUTH"),
        pytest.param("PREAUTH hello", "IMAP4rev1 STARTTLS", "starttls", "logged in before", id="PREAUTH, starttls"),
        pytest.param("OK hello", "IMAP4rev1", "starttls", "offers no STARTTLS", id="STARTTLS stripped"),
        pytest.param("OK hello", "IMAP4rev1 STARTTLS", "starttls", "cannot be reached", id="STARTTLS refused"),
        pytest.param("OK hello", "IMAP4rev1 LOGINDISABLED", "none", "no login by password", id="LOGINDISABLED"),
    ],
)
def test_no_password_is_sent_to_a_server_that_behaves_oddly(
    greeting: str, capability: str, tls: str, complaint: str
) -> None:
    with ScriptedServer(greeting, {"CAPABILITY": f"* CAPABILITY {capability}\r\nTAG OK done\r\n"}) as server:
        box = ImapSettings(name="odd", host="127.0.0.1", port=server.port, tls=tls, user="support", timeout=10)
        with watching(StandInLedger(), box) as watcher:
            eventually(lambda: watcher.state.error)
            assert complaint in watcher.state.error

    assert set(server.commands) <= {"CAPABILITY", "STARTTLS"}


@pytest.mark.parametrize(
    ("offered", "answers", "complaint"),
    [
        ("", {"LOGIN": 'TAG NO what is LOGIN "support" "horse"\r\n'}, 'what is LOGIN "support" "(hidden)"'),
        (" AUTH=PLAIN", {"AUTHENTICATE": "+ x\r\n"}, "cannot be reached"),
    ],
    ids=["quotes our line", "asks what cannot be read"],
)
def test_login_that_goes_astray_is_said_without_the_password(
    offered: str, answers: dict[str, str], complaint: str
) -> None:
    answers = {"CAPABILITY": f"* CAPABILITY IMAP4rev1{offered}\r\nTAG OK done\r\n", **answers}
    with ScriptedServer("OK hello", answers) as server:
        box = ImapSettings(name="odd", host="127.0.0.1", port=server.port, tls="none", user="support", timeout=10)
        with watching(StandInLedger(), box, password=lambda: "horse") as watcher:
            eventually(lambda: watcher.state.error)
            assert complaint in watcher.state.error


def test_fault_is_said_in_words_without_the_systems_numbers() -> None:
    nobody = ImapSettings(name="odd", host="127.0.0.1", port=1, tls="none", user="support", timeout=10)
    with pytest.raises(MailboxFault) as fault:
        connect(nobody)

    assert str(fault.value) == "127.0.0.1:1 cannot be reached: Connection refused"


def test_nobody_logs_in_without_a_user() -> None:
    with ScriptedServer("OK hello", {"CAPABILITY": "* CAPABILITY IMAP4rev1\r\nTAG OK done\r\n"}) as server:
        box = ImapSettings(name="odd", host="127.0.0.1", port=server.port, tls="none", timeout=10)
        with pytest.raises(MailboxFault, match="there is nobody to log in as; set user"):
            log_in(connect(box), box, "horse")

    assert server.commands == ["CAPABILITY"]


def test_folder_that_does_not_exist_is_named() -> None:
    with Dovecot() as dovecot, watching(StandInLedger(), settings(dovecot, folder="Nowhere")) as watcher:
        eventually(lambda: watcher.state.error)

        assert "Nowhere cannot be opened" in watcher.state.error


def test_ca_file_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with Dovecot() as dovecot, watching(StandInLedger(), settings(dovecot, ca_file=tmp_path / "ca.crt")) as watcher:
        eventually(lambda: watcher.state.error)

        assert str(tmp_path / "ca.crt") in watcher.state.error


def test_done_folder_that_cannot_be_made_is_named() -> None:
    # Maildir++ has no folder of this name
    with Dovecot() as dovecot, watching(StandInLedger(), settings(dovecot, done_folder="Done/now")) as watcher:
        eventually(lambda: watcher.state.error)

        assert "done_folder Done/now cannot be made" in watcher.state.error
