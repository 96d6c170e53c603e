"""How is mail read? In bounded batches, large mail in parts, too large mail told about; a bad one stops nobody."""

import time
import tracemalloc
from collections import Counter

import pytest

from mailticket.intake.imap_session import PART, WHOLE_BELOW, Session
from mailticket.mail.message import Envelope
from tests.integration.imap_desk import (
    StandInLedger,
    eventually,
    flags,
    mail,
    settings,
    subject_of,
    take_all,
    watching,
)
from tests.servers.dovecot import Dovecot
from tests.servers.go_between import GoBetween

TAKEN = {rb"\Seen", b"$Mailticket"}


@pytest.mark.parametrize("rest", [0, 1, 1000], ids=["ends with a part", "one byte more", "somewhere"])
def test_large_mail_comes_in_parts_and_whole(rest: int) -> None:
    size = WHOLE_BELOW + PART + rest
    large = mail("large", size)[: size - 2] + b"\r\n"
    ledger = StandInLedger()
    with Dovecot() as dovecot:
        dovecot.deliver("support", mail("small"))
        with dovecot.imap("support") as client:
            # LMTP would add its own header fields, and the size must be exact
            client.append("INBOX", large)
        take_all(ledger, settings(dovecot))

        assert ledger.subjects == ["small", "large"]
        assert ledger.mails[1][0] == large
        assert flags(dovecot) == {"small": TAKEN, "large": TAKEN}


def test_large_mail_that_somebody_removes_between_two_parts_is_not_taken_for_a_shorter_one() -> None:
    with Dovecot() as dovecot, GoBetween(dovecot.imap_port) as between:
        dovecot.append("support", "INBOX", mail("large", WHOLE_BELOW + PART))
        session = Session(settings(dovecot, tls="none", port=between.port))
        session.log_in("secret")
        session.open_folder()
        try:
            gone = session.fetch_in_parts(1, lambda: between.answers.update({"UID FETCH": ["TAG OK Fetch completed."]}))
        finally:
            session.close()

    assert gone is None


def test_mail_is_not_written_out_once_more_for_a_log_while_it_is_fetched() -> None:
    size = WHOLE_BELOW * 3 // 4
    with Dovecot() as dovecot:
        with dovecot.imap("support") as client:
            client.append("INBOX", mail("binary") + b"\xff" * size)
        session = Session(settings(dovecot))
        session.log_in("secret")
        session.open_folder()
        tracemalloc.start()
        try:
            fetched = session.fetch([1])
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
            session.close()

    assert len(fetched[1].raw) > size
    assert peak < 4 * size  # escaped it would be four times as long, and imaplib would write it so twice


@pytest.mark.parametrize("size", [80_000, WHOLE_BELOW + 1], ids=["small enough to be fetched whole", "large"])
def test_mail_over_the_limit_is_told_about_and_stays(size: int) -> None:
    ledger = StandInLedger()
    with Dovecot() as dovecot:
        dovecot.deliver("support", mail("before"), mail("too large", size), mail("after"))
        take_all(ledger, settings(dovecot, max_message_size=65536))
        take_all(ledger, settings(dovecot, max_message_size=65536))

        assert ledger.subjects == ["before", "after"]
        assert flags(dovecot).keys() == {"before", "too large", "after"}
    [(envelope, told, head)] = ledger.large
    assert told >= size
    assert head.endswith(b"\r\n\r\n")
    assert subject_of(head) == "too large"
    assert b"quick brown fox" not in head
    assert envelope.position is not None
    assert envelope.position.uid == 2


def test_backlog_larger_than_a_batch_is_taken_once_and_in_order() -> None:
    count = 520
    ledger = StandInLedger()
    with Dovecot() as dovecot:
        dovecot.deliver("support", *(mail(f"mail {n}", 500) for n in range(count)))
        take_all(ledger, settings(dovecot, batch_bytes=65536))

        assert ledger.subjects == [f"mail {n}" for n in range(count)]
        assert set(flags(dovecot)) == {f"mail {n}" for n in range(count)}
        assert all(seen == TAKEN for seen in flags(dovecot).values())
        assert ledger.states["support", "INBOX"].floor == count


def test_mail_that_cannot_be_committed_stops_nobody_and_is_tried_again() -> None:
    tries: Counter[str] = Counter()

    def fail_for_one(raw: bytes, envelope: Envelope) -> None:
        tries[subject_of(raw)] += 1
        if subject_of(raw) == "bad" and tries["bad"] < 2:
            raise RuntimeError("a commit that fails")

    ledger = StandInLedger(fail_for_one)
    with Dovecot() as dovecot:
        dovecot.deliver("support", mail("one"), mail("bad"), mail("two"))
        with watching(ledger, settings(dovecot, poll_interval=1)) as watcher:
            eventually(lambda: ledger.subjects == ["one", "two"])
            eventually(lambda: flags(dovecot) == {"one": TAKEN, "bad": set(), "two": TAKEN})
            eventually(lambda: watcher.state.troubled)
            assert list(watcher.state.troubled) == ["UID 2 (tries: 1): it could not be processed (RuntimeError)"]
            assert ledger.states["support", "INBOX"].floor == 1

            eventually(lambda: ledger.subjects == ["one", "two", "bad"])
            eventually(lambda: flags(dovecot)["bad"] == TAKEN and ledger.states["support", "INBOX"].floor == 3)
            assert not watcher.state.troubled


def test_mail_that_the_server_cannot_read_stops_nobody_and_is_tried_again() -> None:
    ahead = [0.0]
    ledger = StandInLedger()
    with Dovecot() as dovecot:
        dovecot.deliver("support", mail("one"), mail("bad"), mail("two"))
        bad = next(p for p in dovecot.mail_folder("support").glob("new/*") if b"Subject: bad" in p.read_bytes())
        # Dovecot ends the connection over such a mail: which one it was shows when each is fetched alone
        bad.chmod(0)
        box = settings(dovecot, poll_interval=1)
        with watching(ledger, box, monotonic=lambda: time.monotonic() + ahead[0]) as watcher:
            eventually(lambda: ledger.subjects == ["one", "two"])
            eventually(lambda: watcher.state.troubled)
            assert watcher.state.troubled[0].startswith("UID 2 ")

            next(dovecot.mail_folder("support").glob(f"*/{bad.name}*")).chmod(0o644)
            ahead[0] = 3600
            eventually(lambda: ledger.subjects == ["one", "two", "bad"])


@pytest.mark.parametrize("trusted", [True, False])
def test_mailbox_says_whether_its_spam_filter_is_believed(trusted: bool) -> None:
    ledger = StandInLedger()
    with Dovecot() as dovecot:
        dovecot.deliver("support", mail("question"))
        take_all(ledger, settings(dovecot, trust_spam_headers=trusted))

    assert [envelope.filtered for _, envelope in ledger.mails] == [trusted]
