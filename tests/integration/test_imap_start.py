"""Which mail of a mailbox seen for the first time becomes tickets? `start` and what is remembered of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mailticket.mail.message import Envelope, Provider, Transport
from tests.integration.imap_desk import StandInLedger, eventually, flags, mail, settings, subject_of, take_all, watching
from tests.servers.dovecot import Dovecot

NOW, DAY = datetime.now(UTC), timedelta(days=1)
OCTOBER, NOVEMBER = datetime(2026, 10, 20, 12, tzinfo=UTC), datetime(2026, 11, 20, 12, tzinfo=UTC)


def append(dovecot: Dovecot, subject: str, at: datetime) -> None:
    with dovecot.imap("support") as client:
        client.append("INBOX", mail(subject), msg_time=at)


def test_start_now_opens_nothing_for_old_mail_and_takes_what_comes_later() -> None:
    ledger = StandInLedger()
    with Dovecot() as dovecot:
        dovecot.deliver("support", mail("old 1"), mail("old 2"))
        take_all(ledger, settings(dovecot, start="now"))
        assert ledger.subjects == []

        # even mail that comes while we are away
        dovecot.deliver("support", mail("new 1"))
        with watching(ledger, settings(dovecot, start="now")):
            eventually(lambda: ledger.subjects == ["new 1"])
            dovecot.deliver("support", mail("new 2"))
            eventually(lambda: ledger.subjects == ["new 1", "new 2"])


def test_start_now_in_an_empty_mailbox_takes_the_first_mail() -> None:
    ledger = StandInLedger()
    with Dovecot() as dovecot, watching(ledger, settings(dovecot, start="now")) as watcher:
        eventually(lambda: watcher.state.last_success_at)
        dovecot.deliver("support", mail("first"))
        eventually(lambda: ledger.subjects == ["first"])


def test_start_all_takes_everything_once_and_in_order() -> None:
    ledger = StandInLedger()
    with Dovecot() as dovecot:
        dovecot.deliver("support", *(mail(f"mail {n}") for n in range(30)))
        take_all(ledger, settings(dovecot))
        take_all(ledger, settings(dovecot))

    assert ledger.subjects == [f"mail {n}" for n in range(30)]


def test_start_date_takes_mail_from_that_day_on_whatever_its_place() -> None:
    ledger = StandInLedger()
    with Dovecot() as dovecot:
        for subject, at in (("october 1", OCTOBER), ("november 1", NOVEMBER), ("october 2", OCTOBER)):
            append(dovecot, subject, at)
        box = settings(dovecot, start="2026-11-01")
        take_all(ledger, box)
        assert ledger.subjects == ["november 1"]

        # the day decides about mail that was there at first sight, not about what somebody files later
        append(dovecot, "october 3", OCTOBER)
        take_all(ledger, box)

    assert ledger.subjects == ["november 1", "october 3"]


def test_start_date_holds_over_a_stop_in_the_middle_of_the_backlog() -> None:
    def fail_once(raw: bytes, envelope: Envelope) -> None:
        if subject_of(raw) == "november 2" and not failed:
            failed.append(True)
            raise RuntimeError("a commit that fails")

    failed: list[bool] = []
    ledger = StandInLedger(fail_once)
    with Dovecot() as dovecot:
        for subject, at in (("november 1", NOVEMBER), ("november 2", NOVEMBER), ("october 1", OCTOBER)):
            append(dovecot, subject, at)
        box = settings(dovecot, start="2026-11-01")
        take_all(ledger, box)
        assert ledger.subjects == ["november 1"]

        take_all(ledger, box)

    assert ledger.subjects == ["november 1", "november 2"]


def test_start_date_without_any_younger_mail_is_remembered() -> None:
    ledger = StandInLedger()
    with Dovecot() as dovecot:
        append(dovecot, "october 1", OCTOBER)
        take_all(ledger, settings(dovecot, start="2026-11-01"))

        assert ledger.states["support", "INBOX"].floor == 1


@pytest.mark.parametrize(
    ("over", "taken"),
    [
        pytest.param({"start": "all", "max_age_days": 30}, ["a week", "today"], id="of all mail"),
        pytest.param({"start": "2000-01-01", "max_age_days": 3}, ["today"], id="younger than the date"),
        pytest.param({"start": str((NOW - 10 * DAY).date()), "max_age_days": 90}, ["a week", "today"], id="date first"),
        pytest.param({"start": "all"}, ["a year", "a week", "today"], id="no limit"),
    ],
)
def test_age_limit_leaves_old_mail_where_it_lies(over: dict[str, Any], taken: list[str]) -> None:
    ledger = StandInLedger()
    with Dovecot() as dovecot:
        for subject, at in (("a year", NOW - 365 * DAY), ("a week", NOW - 7 * DAY), ("today", NOW)):
            append(dovecot, subject, at)
        box = settings(dovecot, **over)
        take_all(ledger, box)
        untouched = {subject for subject, seen in flags(dovecot).items() if not seen}
        # what is filed there later is news, whatever its date
        append(dovecot, "filed later", NOW - 365 * DAY)
        take_all(ledger, box)

    assert ledger.subjects == [*taken, "filed later"]
    assert untouched == {"a year", "a week", "today"}.difference(taken)


def test_age_limit_holds_when_the_server_has_forgotten_all_uids() -> None:
    ledger = StandInLedger()
    with Dovecot() as dovecot:
        for subject, at in (("a year", NOW - 365 * DAY), ("a week", NOW - 7 * DAY)):
            append(dovecot, subject, at)
        take_all(ledger, settings(dovecot))
        dovecot.stop()
        dovecot.renew_uidvalidity("support")
        dovecot.start()
        take_all(ledger, settings(dovecot, max_age_days=30))

    assert ledger.subjects == ["a year", "a week", "a week"]


@pytest.mark.parametrize("authserv_id", ["", "mx.desk.example"])
def test_envelope_says_how_the_mail_came(authserv_id: str) -> None:
    ledger = StandInLedger()
    with Dovecot() as dovecot:
        append(dovecot, "question", NOVEMBER)
        take_all(ledger, settings(dovecot, authserv_id=authserv_id))

    [(raw, envelope)] = ledger.mails
    assert raw == mail("question")
    assert envelope.transport is Transport.IMAP
    assert (envelope.mail_from, envelope.rcpt_tos, envelope.peer) == (None, (), None)
    assert envelope.received_at == NOVEMBER
    assert envelope.received_at.tzinfo is UTC
    assert envelope.authserv_ids == ((authserv_id,) if authserv_id else ())
    assert envelope.position is not None
    assert (envelope.position.account, envelope.position.folder, envelope.position.uid) == ("support", "INBOX", 1)
    assert envelope.confirm
    assert (envelope.provider, envelope.tenant, envelope.client) == (None, "", None)


def test_envelope_names_the_provider_and_the_tenant_of_its_mailbox() -> None:
    ledger = StandInLedger()
    with Dovecot() as dovecot:
        append(dovecot, "question", NOVEMBER)
        take_all(ledger, settings(dovecot, provider="microsoft365", user="Support@ACME.example"))

    [(_, envelope)] = ledger.mails
    assert (envelope.provider, envelope.tenant) == (Provider.MICROSOFT365, "acme.example")
