"""What `check` says about mailboxes of a real Dovecot: quota, rights, folders, a certificate that ends soon."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from mailticket.checks import mailbox
from mailticket.checks.finding import Finding
from tests.factories import make_raw
from tests.integration.checks.sites import seen, site
from tests.integration.imap_desk import settings
from tests.servers.dovecot import Dovecot


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    users = dict.fromkeys(("support", "full", "readonly"), "secret")
    rights = "INBOX user=readonly lr\n* owner lrwstipekxa"
    folders = {"Sent Messages": r"\Sent"}
    with Dovecot(users, quota="storage=1M", acl=rights, certificate_days=5, folders=folders) as server:
        yield server


def looked(dovecot: Dovecot, tmp_path: Path, now: datetime | None = None, **box: object) -> list[Finding]:
    one = settings(dovecot, password="secret", **box)
    return list(seen(partial(mailbox.mailbox, one), site(tmp_path, now), f"mailbox {one.name}"))


def test_a_mailbox_says_what_it_offers_and_how_full_it_is(dovecot: Dovecot, tmp_path: Path) -> None:
    dovecot.deliver("support", make_raw())

    first, *others = looked(dovecot, tmp_path)

    assert first.ok and first.name == "mailbox support"
    assert first.detail.startswith(f"127.0.0.1:{dovecot.imaps_port}, IDLE, MOVE, UIDPLUS, ")
    assert " of 1024 KB used, " in first.detail and first.detail.endswith(" mails in INBOX")
    assert [(one.name, one.ok) for one in others] == [("certificate support", False)]
    assert "its certificate expires on " in others[0].detail and "in 4 days" in others[0].detail


def test_nothing_in_the_mailbox_is_changed(dovecot: Dovecot, tmp_path: Path) -> None:
    dovecot.deliver("support", make_raw(subject="Nobody has read this"))
    with dovecot.imap("support") as client:
        client.select_folder("INBOX", readonly=True)
        before = client.fetch(client.search(), ["FLAGS"])

    looked(dovecot, tmp_path, done_folder="Done")

    with dovecot.imap("support") as client:
        client.select_folder("INBOX", readonly=True)
        after = client.fetch(client.search(), ["FLAGS"])
        assert not client.folder_exists("Done")
    assert [set(after[uid][b"FLAGS"]) - {rb"\Recent"} for uid in after] == [
        set(before[uid][b"FLAGS"]) - {rb"\Recent"} for uid in before
    ]


def test_a_mailbox_that_is_nearly_full_is_told(dovecot: Dovecot, tmp_path: Path) -> None:
    dovecot.deliver("full", *[make_raw(subject=f"{n}") + b"y\r\n" * 145_000 for n in range(3)])

    details = {one.ok: one for one in looked(dovecot, tmp_path, user="full") if "full" in one.detail}

    assert "% full" in details[False].detail and details[False].mend.startswith("make room there")


def test_a_mailbox_that_may_only_be_read_is_told(dovecot: Dovecot, tmp_path: Path) -> None:
    assert any("may only be read" in one.detail for one in looked(dovecot, tmp_path, user="readonly"))


def test_a_mail_from_the_future_shows_whose_clock_differs(dovecot: Dovecot, tmp_path: Path) -> None:
    dovecot.deliver("support", make_raw())

    found = looked(dovecot, tmp_path, now=datetime.now(UTC) - timedelta(hours=5))

    assert any("ahead of this machine's clock" in one.detail for one in found)


@pytest.mark.parametrize(
    ("box", "ok", "says"),
    [
        ({"folder": "Support"}, False, 'is folder = "Support" right? There are: '),
        ({"done_folder": "Done"}, True, 'done_folder = "Done" is not there yet; the service makes it'),
        ({"sent_folder": "Gesendet"}, False, 'the server says that it is "Sent Messages"'),
        ({"password": "wrong"}, False, "refused the login of support"),
        ({"host": "localhost", "ca_file": None}, False, "its certificate is not trusted"),
    ],
    ids=["no such folder", "a folder that we make", "no such folder for what was sent", "password", "unknown CA"],
)
def test_what_is_not_there(dovecot: Dovecot, tmp_path: Path, box: dict[str, object], ok: bool, says: str) -> None:
    found = list(seen(partial(mailbox.mailbox, settings(dovecot, **{"password": "secret", **box})), site(tmp_path)))

    (told,) = [one for one in found if says in f"{one.detail} {one.mend}"]
    assert told.ok is ok
