"""The one writer: groups that share a commit, faults that hurt nobody else, positions in mailboxes."""

from concurrent.futures import Future, wait
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, insert, select
from structlog.testing import capture_logs

from mailticket.actions.waiting import discard
from mailticket.desk.buttons import Word
from mailticket.desk.receipt import Duplicate, Opened, Quarantined
from mailticket.errors import TemporaryError
from mailticket.mail.message import InboundMail, MailboxState, Position, Transport
from mailticket.mail.parse import parse_mail
from mailticket.store import schema, waiting
from mailticket.store import tables as t
from mailticket.store.engine import Store
from tests.factories import CARLA, make_envelope, make_raw
from tests.integration.nodes import PATIENCE, Node, counting, node, numbered
from tests.servers.postgres import Postgres
from tests.unit.outbound.memory import wait_until

POSITION = Position(account="support", folder="INBOX", uidvalidity=7, uid=42)


def breaks_parser(raw: bytes) -> InboundMail:
    """A parser with a fault that some mails meet."""
    if b"poison" in raw:
        raise RuntimeError("division by cucumber")
    return parse_mail(raw)


def breaks_store(raw: bytes) -> InboundMail:
    """A parser that lets through what no database takes."""
    mail = parse_mail(raw)
    return replace(mail, subject="\ud800") if b"poison" in raw else mail


def batches_of(store: Store, folder: Path, mails: int, **ledger: Any) -> list[int]:
    """Hands in `mails` while nothing is written, and one more; the size of the commit that each of them was part of."""
    parsed: list[bytes] = []
    options = {"prepare_threads": 1, **ledger}
    with capture_logs() as lines, node(store, folder, counting(parse_mail, parsed), ledger=options) as desk:
        with desk.held_up():
            futures = [desk.ledger.submit(numbered(count), make_envelope()) for count in range(mails + 1)]
            # one thread prepares: when it reads the last mail, all before that are in the ledger's queue
            wait_until(lambda: len(parsed) > mails)
        wait(futures, PATIENCE)
        assert len(desk.numbers()) == mails + 1
    return [line["batch"] for line in lines if line["event"] == "mail_received"]


# -- groups


def test_mails_that_wait_together_share_a_commit(store: Store, tmp_path: Path) -> None:
    sizes = batches_of(store, tmp_path / "blobs", 20)

    assert max(sizes) >= 20, "the last mail may be a commit of its own"


def test_batches_are_bounded(store: Store, tmp_path: Path) -> None:
    sizes = batches_of(store, tmp_path / "blobs", 20, batch_mails=5)

    assert sizes == [5] * 20 + [1]


def test_stop_settles_all_that_was_handed_in(store: Store, tmp_path: Path) -> None:
    with node(store, tmp_path / "blobs") as desk:
        futures = [desk.ledger.submit(numbered(count), make_envelope()) for count in range(10)]

    assert {future.result(0).kind for future in futures} == {"opened"}


def test_what_comes_after_the_stop_is_refused_and_nobody_waits_for_ever(sqlite: Store, tmp_path: Path) -> None:
    with node(sqlite, tmp_path / "blobs", breaks_parser) as desk:
        desk.receive(make_raw(body="poison\n"))
        (kept,) = desk.waiting(waiting.QUARANTINE)

    asked: list[Future[Any]] = [
        desk.ledger.submit(make_raw(), make_envelope()),
        desk.ledger.submit(make_raw(), make_envelope(transport=Transport.IMAP, position=POSITION)),
        desk.ledger.too_large(make_envelope(), 10**9, b"Subject: x\r\n\r\n"),
        desk.ledger.again(kept),
        desk.ledger.write(lambda connection: None),
    ]

    assert {type(future.exception(PATIENCE)) for future in asked} == {TemporaryError}


def test_commit_of_mail_is_told_and_other_writes_are_not(desk: Node) -> None:
    told: list[int] = []
    desk.ledger.committed = lambda _: told.append(1)

    desk.ledger.write(lambda connection: None).result(PATIENCE)
    desk.open(make_raw())
    desk.ledger.write(lambda connection: None).result(PATIENCE)

    assert told == [1]


# -- faults


@pytest.mark.parametrize("parse", [breaks_parser, breaks_store], ids=["in the parser", "in the store"])
def test_mail_with_a_fault_hurts_only_itself(store: Store, tmp_path: Path, parse: Any) -> None:
    poison = make_raw(subject="poison", message_id="<poison@shop.example>")
    with node(store, tmp_path / "blobs", parse) as desk:
        with desk.held_up():
            good = [desk.ledger.submit(numbered(count), make_envelope()) for count in range(3)]
            bad = desk.ledger.submit(poison, make_envelope())
            good += [desk.ledger.submit(numbered(count), make_envelope()) for count in range(3, 6)]

        assert {future.result(PATIENCE).kind for future in good} == {"opened"}
        assert isinstance(bad.result(PATIENCE), Quarantined)
        assert desk.numbers() == [f"2611-{count:04}" for count in range(1, 7)], "no gap where it was"
        (kept,) = desk.waiting(waiting.QUARANTINE)
        assert (kept.from_address, kept.subject, kept.tries) == (CARLA.addr_spec, "poison", 1)
        assert kept.reason.partition(":")[0] in ("RuntimeError", "UnicodeEncodeError", "DataError", "StatementError")
        with store.reading() as connection:
            assert desk.context.blobs.read(connection, kept.raw_sha256) == poison


@pytest.mark.parametrize("parse", [breaks_parser, breaks_store], ids=["in the parser", "in the store"])
def test_quarantined_mail_takes_the_same_path_once_the_fault_is_mended(
    store: Store, tmp_path: Path, parse: Any
) -> None:
    poison = make_raw(subject="poison")
    with node(store, tmp_path / "blobs", parse) as desk:
        assert isinstance(desk.receive(poison), Quarantined)
        assert desk.receive(poison).kind in ("quarantined", "duplicate"), "the peer sends it again"
        (kept,) = desk.waiting(waiting.QUARANTINE)
        before = kept.tries
        assert isinstance(desk.ledger.again(kept).result(PATIENCE), Quarantined), "not mended yet"

    with node(store, tmp_path / "blobs") as mended:
        (kept,) = mended.waiting(waiting.QUARANTINE)
        assert kept.tries == before + 1
        assert mended.ledger.again(kept).result(PATIENCE) == Opened(ticket="2611-0001")
        assert mended.waiting(waiting.QUARANTINE) == []
        assert mended.queued() == [("confirmation", CARLA.addr_spec)]
        assert mended.receive(poison) == Duplicate(ticket="2611-0001")
        with store.reading() as connection:
            assert connection.execute(select(func.count()).select_from(t.receipts)).scalar() == 1


def test_quarantined_mail_that_came_again_meanwhile_is_a_duplicate(store: Store, tmp_path: Path) -> None:
    poison = make_raw(subject="poison")
    with node(store, tmp_path / "blobs", breaks_parser) as desk:
        desk.receive(poison)
    with node(store, tmp_path / "blobs") as mended:
        number = mended.open(poison)
        (kept,) = mended.waiting(waiting.QUARANTINE)

        assert mended.ledger.again(kept).result(PATIENCE) == Duplicate(ticket=number)
        assert mended.waiting(waiting.QUARANTINE) == []


@pytest.mark.parametrize("by", ["released", "discarded"])
def test_held_mail_that_somebody_else_settled_is_left_alone(store: Store, tmp_path: Path, by: str) -> None:
    with node(store, tmp_path / "blobs") as desk:
        desk.receive(make_raw(verdict="fail"))
        (kept,) = desk.waiting(waiting.HELD)
        if by == "released":
            assert desk.ledger.again(kept, Word.RELEASE).result(PATIENCE) == Opened(ticket="2611-0001")
        else:
            with store.writing() as connection:
                discard(connection, kept, "cli", desk.clock.time)

        found = desk.ledger.again(kept, Word.RELEASE).result(PATIENCE)

        assert found == Duplicate(ticket="2611-0001" if by == "released" else "")


def test_number_of_a_mail_that_waited_is_never_given_to_another(store: Store, tmp_path: Path) -> None:
    with node(store, tmp_path / "blobs") as desk:
        ids = []
        for name in ("<1@x>", "<2@x>"):
            desk.receive(make_raw(message_id=name, verdict="fail"))
            (kept,) = desk.waiting(waiting.HELD)
            desk.ledger.again(kept, Word.RELEASE).result(PATIENCE)
            ids.append(kept.id)

        assert ids[0] < ids[1], "somebody may still type the first one"


def test_quarantined_mail_that_nobody_wants_is_not_taken_again(store: Store, tmp_path: Path) -> None:
    poison = make_raw(subject="poison")
    with node(store, tmp_path / "blobs", breaks_parser) as desk:
        desk.receive(poison)
        (kept,) = desk.waiting(waiting.QUARANTINE)
        with store.writing() as connection:
            discard(connection, kept, "cli", desk.clock.time)

        assert desk.receive(poison) == Duplicate()
        assert desk.waiting(waiting.QUARANTINE) == []


def test_fault_of_another_write_undoes_only_itself(desk: Node) -> None:
    def spoilt(connection: Connection) -> None:
        connection.execute(insert(t.counters), {"scope": "spoilt", "value": 1})
        raise RuntimeError("after the first half")

    with desk.held_up():
        mail = desk.ledger.submit(make_raw(), make_envelope())
        failing = desk.ledger.write(spoilt)
        after = desk.ledger.write(lambda connection: connection.execute(select(func.count()).select_from(t.counters)))

    with pytest.raises(RuntimeError, match="first half"):
        failing.result(PATIENCE)
    assert mail.result(PATIENCE).kind == "opened"
    after.result(PATIENCE)
    with desk.store.reading() as connection:
        assert connection.execute(select(t.counters.c.scope)).scalars().all() == ["2026-11"]


def test_full_disk_leaves_the_mail_to_the_peer(sqlite: Store, tmp_path: Path) -> None:
    with node(sqlite, tmp_path / "blobs") as desk:
        (tmp_path / "blobs").rmdir()
        (tmp_path / "blobs").write_bytes(b"")
        large = make_raw(files=(("a.zip", bytes(range(256)) * 2000),))

        with pytest.raises(TemporaryError, match="cannot be stored just now"):
            desk.receive(large)
        assert desk.numbers() == []
        assert desk.waiting(waiting.QUARANTINE) == []


def test_store_that_is_away_leaves_the_mail_to_the_peer(tmp_path: Path) -> None:
    with Postgres() as server:
        store = Store(server.url, tmp_path)
        schema.upgrade(store)
        with node(store, tmp_path / "blobs") as desk:
            desk.open(numbered(1))
            server.stop("immediate")
            with pytest.raises(TemporaryError):
                desk.receive(numbered(2))
            with pytest.raises(TemporaryError):
                desk.ledger.write(lambda connection: None).result(PATIENCE)
            server.start()

            assert desk.receive(numbered(1)) == Duplicate(ticket="2611-0001")
            assert desk.receive(numbered(2)) == Opened(ticket="2611-0002")
        store.close()


# -- mailboxes


def done(desk: Node) -> frozenset[int]:
    return desk.ledger.done_uids("support", "INBOX", 7).result(PATIENCE)


def test_position_is_written_with_the_ticket(desk: Node) -> None:
    desk.open(make_raw(), position=POSITION, transport=Transport.IMAP)

    assert done(desk) == {42}


@pytest.mark.parametrize(
    "raw",
    [make_raw(subject="poison"), b"Received: x\r\n" * 51 + make_raw(), make_raw(X_Mailticket_Loop="desk-1")],
    ids=["quarantined", "refused", "ignored"],
)
def test_position_is_written_whatever_became_of_the_mail(store: Store, tmp_path: Path, raw: bytes) -> None:
    with node(store, tmp_path / "blobs", breaks_parser) as desk:
        assert desk.receive(raw, position=POSITION).kind in ("quarantined", "refused", "ignored")

        assert done(desk) == {42}


def test_position_of_a_duplicate_is_written_too(desk: Node) -> None:
    desk.open(make_raw())

    assert desk.receive(make_raw(), position=POSITION).kind == "duplicate"
    assert done(desk) == {42}


def test_floor_makes_positions_below_it_needless(desk: Node) -> None:
    for uid in (41, 42, 43):
        desk.receive(numbered(uid), position=replace(POSITION, uid=uid))
    desk.receive(numbered(1), position=replace(POSITION, uidvalidity=6))
    state = MailboxState(uidvalidity=7, floor=42)

    assert desk.ledger.mailbox("support", "INBOX").result(PATIENCE) is None
    desk.ledger.save_mailbox("support", "INBOX", state).result(PATIENCE)
    desk.ledger.save_mailbox("support", "INBOX", state).result(PATIENCE)

    assert desk.ledger.mailbox("support", "INBOX").result(PATIENCE) == state
    assert done(desk) == {43}
    assert desk.ledger.done_uids("support", "INBOX", 6).result(PATIENCE) == frozenset()


def test_mail_over_the_limit_is_told_about(desk: Node) -> None:
    head = make_raw().partition(b"\r\n\r\n")[0]

    receipt = desk.ledger.too_large(make_envelope(position=POSITION), 50_000_000, head).result(PATIENCE)

    assert isinstance(receipt, Quarantined)
    (kept,) = desk.waiting(waiting.QUARANTINE)
    assert "50,000,000 bytes are more than max_message_size" in kept.reason
    assert done(desk) == {42}
