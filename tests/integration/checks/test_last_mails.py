"""What the last mails in the store tell: verdicts by door, whose word is not believed, who has signed ours."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from mailticket.checks import clock, last_mails
from mailticket.checks.site import Site
from mailticket.store import receipts, tables
from mailticket.store.engine import Store
from tests.factories import make_raw
from tests.integration.checks.sites import seen, site
from tests.integration.nodes import node


@pytest.fixture
def store(sqlite: Store) -> Store:
    """What is said does not depend on the store."""
    return sqlite


def taken(store: Store, folder: Path, *fields: bytes, count: int = 6, at: datetime | None = None) -> Site:
    """An installation that has taken some mails, all with these header fields on top."""
    with node(store, folder / "data" / "blobs") as desk:
        for number in range(count):
            raw = b"".join(fields) + make_raw(
                subject=f"Vase {number}", message_id=f"<{number}@shop.example>", verdict=""
            )
            desk.receive(raw, received_at=at or datetime.now(UTC))
    return site(folder, store={"url": store.url})


def test_mail_that_proves_nobody_is_told_with_the_mend(store: Store, tmp_path: Path) -> None:
    here = taken(store, tmp_path, b"Authentication-Results: mx.relay.example; spf=pass\r\n")

    (found,) = seen(last_mails.verdicts, here)

    assert not found.ok and "none of the last 6 mails by SMTP had a verdict" in found.detail
    assert 'trusted_authserv = ["mx.relay.example"]' in found.mend


def test_a_relay_whose_clock_is_ahead_is_told(store: Store, tmp_path: Path) -> None:
    stamp = (datetime.now(UTC) + timedelta(minutes=10)).strftime("%a, %d %b %Y %H:%M:%S +0000")
    here = taken(store, tmp_path, f"Received: from a by b; {stamp}\r\n".encode(), count=1)

    found = {one.name: one for one in seen(last_mails.verdicts, here)}

    assert (
        "the server that brings us mail stamps mail with times 10 minutes ahead" in found["clock of the relay"].detail
    )


def test_who_has_signed_our_mail_is_seen_when_it_comes_back(store: Store, tmp_path: Path) -> None:
    signed = b"DKIM-Signature: v=1; a=rsa-sha256; d=Shop.Example; s=x; bh=; b=\r\n"
    here = taken(store, tmp_path, signed, count=1)

    assert last_mails.signers_of("shop.example", here) == frozenset({"shop.example"})
    assert last_mails.signers_of("acme.example", here) is None


@pytest.mark.parametrize(
    ("age", "counts"), [(timedelta(days=1), True), (timedelta(days=8), False)], ids=["yesterday", "longer ago"]
)
def test_the_rate_of_the_last_week_is_that_of_its_mail(
    store: Store, tmp_path: Path, age: timedelta, counts: bool
) -> None:
    here = taken(store, tmp_path, at=datetime.now(UTC) - age)

    with here.reading() as connection:
        bytes_ = receipts.bytes_since(connection, here.now - timedelta(days=7))

    assert (bytes_ > 6 * 200) is counts


def test_no_mail_of_times_to_come_is_taken_for_a_wrong_clock_where_another_clock_stamped_it(
    store: Store, tmp_path: Path
) -> None:
    here = taken(store, tmp_path, count=1, at=datetime.now(UTC) + timedelta(days=2))
    (told,) = seen(clock.clock, here)
    with store.writing() as connection:
        connection.execute(update(tables.receipts).values(transport="import"))

    (imported,) = seen(clock.clock, here)

    assert not told.ok and "its clock was set back" in told.detail
    assert "set back" not in imported.detail
