"""Facts -> findings, for everything that is looked at without a server: disk, clock, people, mails, rights."""

import os
from datetime import datetime, timedelta

import pytest

from mailticket.checks import clock, disk, doors, last_mails, people, sending_host, store
from mailticket.checks.clock import Times
from mailticket.checks.disk import Disk
from mailticket.checks.last_mails import LastMail
from mailticket.checks.rights import holds_passwords, may_read
from mailticket.config import Settings
from mailticket.mail.fields import Fields
from mailticket.store.postgresql import Server
from tests.factories import NOW
from tests.senders import Names

GB = 1024**3


def settings(**sections: object) -> Settings:
    return Settings.model_validate(sections)


@pytest.mark.parametrize(
    ("free", "files", "bytes_a_day", "ok", "says"),
    [
        (80 * GB, None, 0, True, "80 GB free where data_dir is"),
        (80 * GB, None, GB, True, "enough for 80 days like those of the last week"),
        (12 * GB, None, GB, False, "enough for 12 days"),
        (GB, None, 0, False, "1 GB free"),
        (80 * GB, 500, 0, False, "only 500 more files"),
        (80 * GB, 10**6, 1000, True, "80 GB free where data_dir is"),
    ],
    ids=["plenty", "for months", "for days", "hardly any", "no inodes", "for longer than anybody plans"],
)
def test_disk(free: int, files: int | None, bytes_a_day: float, ok: bool, says: str) -> None:
    found = disk.judged([Disk(holds="data_dir", free=free, files=files)], bytes_a_day)

    assert (found.ok, says in found.detail) == (ok, True), found


@pytest.mark.parametrize(
    ("times", "ok", "says"),
    [
        (Times(now=NOW, synchronised=True, newest=NOW - timedelta(hours=1)), True, "synchronised"),
        (Times(now=NOW, synchronised=True, newest=NOW + timedelta(seconds=90)), True, "synchronised"),
        (Times(now=NOW, synchronised=False), False, "no time service"),
        (Times(now=NOW, synchronised=None), True, "the machine around this one"),
        (Times(now=NOW, synchronised=True, newest=NOW + timedelta(minutes=9)), False, "9 minutes after"),
        (Times(now=NOW, synchronised=True, newest=NOW + timedelta(days=9)), False, "9 days after"),
    ],
    ids=["right", "a little", "nobody holds it", "a container", "set back", "set back by days"],
)
def test_clock(times: Times, ok: bool, says: str) -> None:
    found = clock.judged(times)

    assert (found.ok, says in found.detail) == (ok, True), found


@pytest.mark.parametrize(
    ("ahead", "told"),
    [(timedelta(minutes=1), False), (timedelta(minutes=5), True), (timedelta(days=-30), False)],
    ids=["a minute", "five minutes", "an old mail"],
)
def test_a_server_whose_clock_is_ahead_is_named(ahead: timedelta, told: bool) -> None:
    found = clock.apart("imap.acme.example:993", NOW + ahead, NOW)

    assert (found is not None) is told
    assert found is None or "imap.acme.example:993 stamps mail with times 5 minutes ahead" in found.detail


def agent(number: int, **over: object) -> dict[str, object]:
    return {"name": f"Agent {number}", "address": f"a{number}@acme.example", **over}


@pytest.mark.parametrize(
    ("sections", "ok", "says"),
    [
        ({}, False, "there is no [[agent]]"),
        (
            {"intake": {"imap": [{"name": "support", "host": "imap.acme.example", "sent_folder": "auto"}]}},
            False,
            "people answer from the mailbox itself (sent_folder); nobody hears when",
        ),
        ({"agent": [agent(1)]}, True, "1 (0 in charge), 0 teams; one mail notifies 1 at most"),
        ({"agent": [agent(1, role="lead")]}, True, "1 (1 in charge)"),
        ({"agent": [agent(n) for n in range(9)]}, False, "one mail notifies 9 people"),
        ({"agent": [agent(n) for n in range(8)]}, True, "notifies 8 at most"),
        ({"agent": [agent(n) for n in range(9)], "desk": {"notify": "assignee"}}, True, "notifies 1 at most"),
        (
            {
                "agent": [agent(n, teams=["abc"[n % 3]]) for n in range(9)],
                "team": [{"name": team} for team in "abc"],
                "desk": {"team": "a"},
            },
            True,
            "9 (0 in charge), 3 teams; one mail notifies 3 at most",
        ),
        ({"agent": [agent(1)], "team": [{"name": "returns"}]}, False, "nobody is in the team returns"),
        ({"agent": [agent(1, address="ann@gone.com")]}, False, "takes mail for ann@gone.com"),
        ({"agent": [agent(1, address="ann@there.com")]}, True, "1 (0 in charge)"),
        ({"agent": [agent(1, address="ann@mute.com")]}, True, "1 (0 in charge)"),
    ],
    ids=[
        "nobody", "a shop of two", "one", "one in charge", "too many are told", "eight are told",
        "only the assignee is told", "teams are told", "a team without people", "an address that leads nowhere",
        "an address that leads somewhere",
        "a DNS that does not answer",
    ],
)  # fmt: skip
def test_people(sections: dict[str, object], ok: bool, says: str) -> None:
    names = Names(records={"there.com": {"MX": [(10, "mx.there.com")]}}, mute=["mute.com"])

    (found,) = people.judged(settings(**sections), names)

    assert (found.ok, says in found.detail) == (ok, True), found


def mails(transport: str, *verdicts: str, authserv_id: str = "") -> list[LastMail]:
    return [LastMail(transport=transport, verdict=one, received_at=NOW, authserv_id=authserv_id) for one in verdicts]


MAILBOX = {"intake": {"imap": [{"name": "support", "host": "imap.acme.example"}]}}


@pytest.mark.parametrize(
    ("seen", "sections", "ok", "says"),
    [
        ([], {}, True, "too few"),
        (mails("smtp", *["none"] * 4), {}, True, "too few"),
        (mails("smtp", *["none"] * 9, "pass"), {}, True, "of the last 10 mails by SMTP: 1 pass, 9 none"),
        (mails("smtp", *["none"] * 5), {}, False, "lmtp_send_xforward_command = yes"),
        (mails("smtp", *["none"] * 5, authserv_id="mx.a.example"), {}, False, 'trusted_authserv = ["mx.a.example"]'),
        (mails("imap", *["none"] * 5), MAILBOX, False, "let your mail server add Authentication-Results"),
        (mails("imap", *["none"] * 5, authserv_id="mx.a.example"), MAILBOX, False, 'authserv_id = "mx.a.example"'),
        (mails("imap", *["fail"] * 5), MAILBOX, True, "5 fail"),
        (mails("import", *["none"] * 50), {}, True, "too few"),
    ],
    ids=[
        "no mail", "hardly any", "some", "none by SMTP", "a relay that is not believed", "none in a mailbox",
        "a mail server that is not believed", "only failures, which are verdicts", "imported mail has none",
    ],
)  # fmt: skip
def test_verdicts(seen: list[LastMail], sections: dict[str, object], ok: bool, says: str) -> None:
    (found,) = last_mails.judged(seen, settings(**sections))

    assert (found.ok, says in f"{found.detail} {found.mend}") == (ok, True), found


def test_the_word_of_a_sender_is_not_offered_for_belief() -> None:
    seen = [*mails("imap", *["none"] * 8), *mails("imap", "none", authserv_id="evil.example")]
    many = [one for n in range(9) for one in mails("imap", "none", authserv_id=f"evil{n}.example")]

    for offered in (seen[:8], many):
        (found,) = last_mails.judged(offered, settings(**MAILBOX))
        assert "evil" not in found.mend


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (b"Received: by b; Sun, 22 Nov 2026 10:00:00 +0000\r\nAuthentication-Results: mx.a;\r\n spf=pass\r\n\r\n",
         ("mx.a", "2026-11-22T10:00:00+00:00")),
        (b"Subject: x\r\n\r\nAuthentication-Results: evil; x", ("", None)),
        (b"Received: nonsense\r\nAuthentication-Results: ;\r\n\r\n", ("", None)),
        (b"", ("", None)),
    ],
    ids=["both", "in the body", "neither can be read", "no mail"],
)  # fmt: skip
def test_who_wrote_the_verdict_and_when_it_was_stamped(raw: bytes, found: tuple[str, str | None]) -> None:
    authserv_id, at = last_mails.head(Fields(raw.partition(b"\r\n\r\n")[0]))

    assert (authserv_id, at and at.isoformat()) == found


def test_whose_clock_is_ahead_is_seen_from_the_last_mail() -> None:
    def mail(at: datetime) -> LastMail:
        return LastMail(transport="smtp", verdict="pass", received_at=NOW, stamped_at=at)

    assert [one.ok for one in last_mails.stamps([mail(NOW + timedelta(hours=1)), mail(NOW)])] == [False]
    assert last_mails.stamps([mail(NOW), mail(NOW + timedelta(hours=1))]) == []


@pytest.mark.parametrize(
    ("records", "ok", "says"),
    [
        ({"25.113.0.203.in-addr.arpa": {"PTR": ["mail.a.example"]}, "mail.a.example": {"A": ["203.0.113.25"]}}, True,
         "203.0.113.25 is mail.a.example"),
        ({}, False, "25.113.0.203.in-addr.arpa. IN PTR"),
        ({"25.113.0.203.in-addr.arpa": {"PTR": ["mail.a.example"]}}, False, "mail.a.example. IN A 203.0.113.25"),
        ({"25.113.0.203.in-addr.arpa": {"PTR": ["mail.a.example"]}, "mail.a.example": {"A": ["203.0.113.26"]}}, False,
         "does not lead back to it"),
    ],
    ids=["there and back", "no name", "a name without address", "a name of another host"],
)  # fmt: skip
def test_reverse_names(records: dict[str, dict[str, list[str]]], ok: bool, says: str) -> None:
    found = sending_host.reverse_name("203.0.113.25", Names(records=records))

    assert (found.ok, says in f"{found.detail}\n{found.mend}") == (ok, True), found


def test_the_name_of_an_address_that_nobody_answers_for_is_not_doubted() -> None:
    assert sending_host.reverse_name("203.0.113.25", Names(records={}, mute=[".arpa"])).ok


@pytest.mark.parametrize(
    ("mode", "uid", "groups", "readable"),
    [
        (0o600, 100, (), True), (0o600, 200, (50,), False), (0o640, 200, (50,), True), (0o640, 200, (51,), False),
        (0o604, 200, (50,), False), (0o604, 200, (51,), True), (0o000, 0, (), True),
    ],
    ids=[
        "its owner", "another user", "one of its group", "one of another group", "its group is shut out", "everybody",
        "root",
    ],
)  # fmt: skip
def test_who_may_read(mode: int, uid: int, groups: tuple[int, ...], readable: bool) -> None:
    found = os.stat_result((0o100000 | mode, 0, 0, 1, 100, 50, 0, 0, 0, 0))

    assert may_read(found, uid, frozenset(groups)) is readable


@pytest.mark.parametrize(
    ("sections", "secret"),
    [
        ({}, False),
        ({"outbound": {"user": "u", "password": "x"}}, True),
        ({"outbound": {"user": "u", "password_file": "/x"}}, False),
        ({"intake": {"imap": [{"name": "a", "host": "h", "password": "x"}]}}, True),
        ({"store": {"url": "postgresql://desk@db/desk"}}, False),
        ({"store": {"url": "postgresql://desk:word@db/desk"}}, True),
    ],
    ids=["nothing", "of the relay", "in another file", "of a mailbox", "a URL without", "a URL with one"],
)
def test_settings_that_hold_passwords(sections: dict[str, object], secret: bool) -> None:
    assert holds_passwords(settings(**sections)) is secret


@pytest.mark.parametrize(("used", "ok"), [(3, True), (95, False)], ids=["plenty", "nearly none left"])
def test_connections_of_postgresql(used: int, ok: bool) -> None:
    server = Server(version="15.8", synchronous_commit="on", used=used, most=97)

    found = store.connections(server, 5, "PostgreSQL 15.8")

    assert (found.ok, f"{used} of 97 connections in use" in found.detail) == (ok, True)


@pytest.mark.parametrize(
    ("number", "provider", "ok"),
    [(15, "google", True), (16, "google", False), (16, "fastmail", True)],
    ids=["as many as it allows", "one more", "where nobody publishes a limit"],
)
def test_folders_of_one_account_are_counted_against_the_connections_that_it_may_have(
    number: int, provider: str, ok: bool
) -> None:
    boxes = [{"name": f"box{n}", "provider": provider, "user": "support@acme.example"} for n in range(number)]
    other = {"name": "other", "provider": provider, "user": "returns@acme.example"}

    found = list(doors.crowded(settings(intake={"imap": [*boxes, other]}).intake.imap))

    assert [("support@acme.example" in one.detail, "allows 15" in one.detail) for one in found] == [(True, True)] * (
        not ok
    )
