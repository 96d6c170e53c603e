"""How long does a mailbox full of mail take, and one mail that is announced? With a real Dovecot on loopback."""

import time
from datetime import datetime
from pathlib import Path

from imapclient import IMAPClient

from tests.bench import service
from tests.bench.figures import percentile, ratios, report, spread
from tests.bench.imap_tap import Tap
from tests.bench.mails import Mails
from tests.servers.dovecot import Dovecot

#: At least this share of imapclient's bare fetch; a mail is committed so many milliseconds after its announcement.
TO_FETCH, ANNOUNCED_MS = 0.15, 150.0

_USER, _PASSWORD = "support", "secret"
_FETCHED_AT_ONCE = 50


def bench_backlog(work: Path, seeded: Path, mails: Mails, runs: int) -> None:
    """All mails of a mailbox, from login to the last commit; by turns with a bare fetch of the same."""
    ours: list[float] = []
    fetched: list[float] = []
    with Dovecot({_USER: _PASSWORD}) as dovecot:
        _fill(dovecot, mails)
        for _ in range(runs):
            ours.append(mails.count / _backlog(dovecot, work / "imap", seeded, mails))
            fetched.append(mails.count / _bare_fetch(dovecot, mails.count))
    beside = ratios(ours, fetched)
    report(
        "imap_backlog",
        target=f"at least {TO_FETCH:g} of a bare fetch by {_FETCHED_AT_ONCE}",
        met=beside[0] >= TO_FETCH,
        mails=mails.count,
        megabytes=round(mails.bytes / 1e6, 1),
        mails_per_second=spread(ours),
        fetch_mails_per_second=spread(fetched),
        to_fetch=beside,
    )


def bench_idle(work: Path, seeded: Path, deliveries: int) -> None:
    """From the server's EXISTS, as it passes on the wire, to the log line after the commit."""
    with (
        Dovecot({_USER: _PASSWORD}) as dovecot,
        Tap(dovecot.imap_port) as tap,
        service.running(work / "idle", seeded, _intake(tap.port)) as running,
    ):
        service.wait_for(lambda: any(running.events("imap_connected")))
        waited = [_announced(dovecot, tap, running, number) for number in range(deliveries)]
    median = percentile(waited, 0.5)
    report(
        "imap_idle",
        target=f"under {ANNOUNCED_MS:g} ms at the median",
        met=median < ANNOUNCED_MS,
        deliveries=deliveries,
        announced_to_committed_ms={"p50": median, "p95": percentile(waited, 0.95), "max": percentile(waited, 1)},
    )


def _fill(dovecot: Dovecot, mails: Mails) -> None:
    """One mail by delivery makes the Maildir; the others are put there as a delivery would leave them."""
    files = sorted(mails.folder.iterdir())
    dovecot.deliver(_USER, files[0].read_bytes())
    inbox = dovecot.mail_folder(_USER) / "new"
    owner = inbox.stat()
    for number, file in enumerate(files[1:], start=1):
        target = inbox / f"{int(time.time())}.M{number:06d}.bench"
        target.write_bytes(file.read_bytes())
        service.give(target, owner.st_uid, owner.st_gid)
    with dovecot.imap(_USER) as client:
        found = client.select_folder("INBOX", readonly=True)[b"EXISTS"]
    if found != mails.count:
        raise RuntimeError(f"the mailbox has {found} mails and should have {mails.count}")


def _intake(port: int) -> str:
    return (
        f'[[intake.imap]]\nname = "support"\nhost = "127.0.0.1"\nport = {port}\ntls = "none"\n'
        f'user = "{_USER}"\npassword = "{_PASSWORD}"\nstart = "all"\n'
    )


def _backlog(dovecot: Dovecot, folder: Path, seeded: Path, mails: Mails) -> float:
    """Seconds from login to the last commit."""
    before = service.receipts(seeded)
    with service.running(folder, seeded, _intake(dovecot.imap_port)) as running:
        # seldom: to count all receipts takes some milliseconds of the processors that the service runs on
        service.wait_for(lambda: (service.receipts(folder) - before).total() >= mails.count, every=0.1, patience=600)
        end = time.time()
        connected = next(running.events("imap_connected"))["timestamp"]
    became = service.receipts(folder) - before
    if became != {"opened": mails.new, "added": mails.count - mails.new}:
        raise RuntimeError(f"the mails became {became}")
    return end - datetime.fromisoformat(connected).timestamp()


def _bare_fetch(dovecot: Dovecot, count: int) -> float:
    with dovecot.imap(_USER) as client:
        client.select_folder("INBOX", readonly=True)
        began = time.perf_counter()
        uids = client.search("ALL")
        fetched = sum(_fetch(client, uids[at : at + _FETCHED_AT_ONCE]) for at in range(0, len(uids), _FETCHED_AT_ONCE))
        seconds = time.perf_counter() - began
    if fetched != count:
        raise RuntimeError(f"{fetched} mails were fetched of {count}")
    return seconds


def _fetch(client: IMAPClient, uids: list[int]) -> int:
    return sum(1 for mail in client.fetch(uids, ["BODY.PEEK[]"]).values() if mail[b"BODY[]"])


def _announced(dovecot: Dovecot, tap: Tap, running: service.Service, number: int) -> float:
    """Milliseconds from the announcement of one mail to its commit."""
    message_id = f"<announced-{number}@bench.example>"
    # a watcher that is not yet back in IDLE would be told of the mail in another way
    time.sleep(0.3 + number % 7 * 0.1)
    seen = len(tap.announced)
    dovecot.deliver(
        _USER,
        f"From: carla@shop.example\r\nTo: support@support.example\r\nSubject: Announced {number}\r\n"
        f"Message-ID: {message_id}\r\n\r\nHello\r\n".encode(),
    )
    committed: list[str] = []

    def is_committed() -> bool:
        committed.extend(one["timestamp"] for one in running.events("mail_received") if one["message_id"] == message_id)
        return bool(committed)

    service.wait_for(is_committed)
    return (datetime.fromisoformat(committed[0]).timestamp() - tap.announced[seen]) * 1000
