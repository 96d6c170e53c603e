"""The one writer: durable receipts, groups that share a commit, faults that hurt nobody else."""

import threading
from collections.abc import Iterator
from concurrent.futures import wait
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, func, insert, select

from mailticket.actions.waiting import discard
from mailticket.desk.receipt import Added, Duplicate, Held, Opened, Quarantined, Refused
from mailticket.errors import TemporaryError
from mailticket.mail.message import Address, InboundMail, MailboxState, Position, Transport
from mailticket.mail.parse import parse_mail
from mailticket.store import schema, views, waiting
from mailticket.store import tables as t
from mailticket.store.engine import Store
from mailticket.store.waiting import Waiting
from tests.factories import ANN, CARLA, MALLORY, PAUL, make_envelope, make_raw
from tests.integration.nodes import PATIENCE, Node, counting, node
from tests.servers.postgres import Postgres

ANN_WRITES = Address(name=ANN.name, addr_spec=ANN.address)
POSITION = Position(account="support", folder="INBOX", uidvalidity=7, uid=42)


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Iterator[Node]:
    """A running node on either store."""
    with node(store, tmp_path / "blobs") as running:
        yield running


def numbered(count: int, **over: Any) -> bytes:
    return make_raw(subject=f"Vase {count}", message_id=f"<{count}@shop.example>", **over)


def breaks_parser(raw: bytes) -> InboundMail:
    """A parser with a fault that some mails meet."""
    if b"poison" in raw:
        raise RuntimeError("division by cucumber")
    return parse_mail(raw)


def breaks_store(raw: bytes) -> InboundMail:
    """A parser that lets through what no database takes."""
    mail = parse_mail(raw)
    return replace(mail, subject="\ud800") if b"poison" in raw else mail


@contextmanager
def commits(store: Store) -> Iterator[list[Connection]]:
    """Every write transaction that is committed meanwhile."""
    seen: list[Connection] = []

    def committed(connection: Connection) -> None:
        if connection.get_execution_options().get("writing") or not store.is_sqlite:
            seen.append(connection)

    event.listen(store.engine, "commit", committed)
    try:
        yield seen
    finally:
        event.remove(store.engine, "commit", committed)


def waiting_mail(desk: Node, state: str) -> list[Waiting]:
    with desk.store.reading() as connection:
        return waiting.listing(connection, state)


def outbox(desk: Node) -> list[tuple[str, str]]:
    """Kind and recipient of everything that was queued, oldest first."""
    with desk.store.reading() as connection:
        rows = connection.execute(select(t.outbox.c.kind, t.outbox.c.notice).order_by(t.outbox.c.id))
        return [(row.kind, row.notice["to"][0]["address"]) for row in rows]


# -- receipts


def test_mail_becomes_a_ticket_with_everything_that_belongs_to_it(desk: Node) -> None:
    receipt = desk.receive(make_raw(files=(("notes.txt", b"words\n"),)))

    assert receipt == Opened(ticket="2611-0001")
    ticket = desk.show("2611-0001")
    assert ticket["title"] == "Broken vase"
    assert ticket["contact"]["address"] == CARLA.addr_spec
    assert ticket["messages"][0]["reply"].strip() == "My vase is broken."
    assert [file["filename"] for file in ticket["messages"][0]["attachments"]] == ["notes.txt"]
    assert {"opened", "confirmation_queued"} <= desk.events("2611-0001").keys()
    assert outbox(desk) == [("confirmation", CARLA.addr_spec)]


def test_answer_to_a_mail_joins_it(desk: Node) -> None:
    number = desk.open(make_raw())

    receipt = desk.receive(make_raw(message_id="<2@shop.example>", In_Reply_To="<vase@shop.example>"))

    assert receipt == Added(ticket=number)
    assert len(desk.show(number)["messages"]) == 2
    assert len(outbox(desk)) == 1, "an answer is not confirmed"


def test_mail_that_goes_in_circles_is_refused_and_nothing_is_kept(desk: Node) -> None:
    hops = b"".join(b"Received: from a by b\r\n" for _ in range(51))

    receipt = desk.receive(hops + make_raw())

    assert isinstance(receipt, Refused)
    assert receipt.reply == "554 5.4.6 Too many hops"
    with desk.store.reading() as connection:
        for table in (t.receipts, t.tickets, t.blobs, t.outbox):
            assert connection.execute(select(func.count()).select_from(table)).scalar() == 0


@pytest.mark.parametrize("message_id", ["<vase@shop.example>", ""], ids=["by its Message-ID", "without one"])
def test_same_mail_again_is_a_duplicate(desk: Node, message_id: str) -> None:
    raw = make_raw(message_id=message_id)
    number = desk.open(raw)

    assert desk.receive(raw) == Duplicate(ticket=number)
    assert desk.receive(raw.replace(b"\r\n", b"\n"), transport=Transport.IMPORT) == Duplicate(ticket=number)
    assert len(desk.show(number)["messages"]) == 1
    assert len(outbox(desk)) == 1


def test_same_message_id_with_other_words_is_another_mail(desk: Node) -> None:
    number = desk.open(make_raw())

    receipt = desk.receive(make_raw(body="Something else entirely.\n"))

    assert receipt == Added(ticket=number)
    assert len(desk.show(number)["messages"]) == 2


def test_duplicates_within_one_batch_are_known(desk: Node) -> None:
    raw = make_raw()
    with desk.held_up():
        futures = [desk.ledger.submit(raw, make_envelope()) for _ in range(3)]

    kinds = sorted(future.result(PATIENCE).kind for future in futures)
    assert kinds == ["duplicate", "duplicate", "opened"]
    assert desk.numbers() == ["2611-0001"]
    assert len(outbox(desk)) == 1


# -- groups


def test_mails_that_wait_together_share_a_commit(store: Store, tmp_path: Path) -> None:
    parsed: list[bytes] = []
    one_at_a_time = {"prepare_threads": 1}
    with (
        node(store, tmp_path / "blobs", counting(parse_mail, parsed), ledger=one_at_a_time) as desk,
        commits(store) as seen,
    ):
        with desk.held_up():
            futures = [desk.ledger.submit(numbered(count), make_envelope()) for count in range(20)]
            while len(parsed) < 20:
                threading.Event().wait(0.005)
        wait(futures, PATIENCE)

        assert len(desk.numbers()) == 20
        assert len(seen) <= 3, "the one that held up, the batch, and perhaps the last mail"


def test_batches_are_bounded(store: Store, tmp_path: Path) -> None:
    with (
        node(store, tmp_path / "blobs", ledger={"batch_mails": 5}) as desk,
        commits(store) as seen,
    ):
        with desk.held_up():
            futures = [desk.ledger.submit(numbered(count), make_envelope()) for count in range(20)]
        wait(futures, PATIENCE)

        assert len(seen) >= 4


def test_stop_settles_all_that_was_handed_in(store: Store, tmp_path: Path) -> None:
    with node(store, tmp_path / "blobs") as desk:
        futures = [desk.ledger.submit(numbered(count), make_envelope()) for count in range(10)]

    assert {future.result(0).kind for future in futures} == {"opened"}


def test_commit_of_mail_is_told_and_other_writes_are_not(desk: Node) -> None:
    told: list[int] = []
    desk.ledger.committed = lambda: told.append(1)

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
        (kept,) = waiting_mail(desk, waiting.QUARANTINE)
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
        (kept,) = waiting_mail(desk, waiting.QUARANTINE)
        before = kept.tries
        assert isinstance(desk.ledger.again(kept).result(PATIENCE), Quarantined), "not mended yet"

    with node(store, tmp_path / "blobs") as mended:
        (kept,) = waiting_mail(mended, waiting.QUARANTINE)
        assert kept.tries == before + 1
        assert mended.ledger.again(kept).result(PATIENCE) == Opened(ticket="2611-0001")
        assert waiting_mail(mended, waiting.QUARANTINE) == []
        assert outbox(mended) == [("confirmation", CARLA.addr_spec)]
        assert mended.receive(poison) == Duplicate(ticket="2611-0001")
        with store.reading() as connection:
            assert connection.execute(select(func.count()).select_from(t.receipts)).scalar() == 1


def test_quarantined_mail_that_came_again_meanwhile_is_a_duplicate(store: Store, tmp_path: Path) -> None:
    poison = make_raw(subject="poison")
    with node(store, tmp_path / "blobs", breaks_parser) as desk:
        desk.receive(poison)
    with node(store, tmp_path / "blobs") as mended:
        number = mended.open(poison)
        (kept,) = waiting_mail(mended, waiting.QUARANTINE)

        assert mended.ledger.again(kept).result(PATIENCE) == Duplicate(ticket=number)
        assert waiting_mail(mended, waiting.QUARANTINE) == []


def test_quarantined_mail_that_nobody_wants_is_not_taken_again(store: Store, tmp_path: Path) -> None:
    poison = make_raw(subject="poison")
    with node(store, tmp_path / "blobs", breaks_parser) as desk:
        desk.receive(poison)
        (kept,) = waiting_mail(desk, waiting.QUARANTINE)
        with store.writing() as connection:
            discard(connection, kept, "cli", desk.clock.time)

        assert desk.receive(poison) == Duplicate()
        assert waiting_mail(desk, waiting.QUARANTINE) == []


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
        assert waiting_mail(desk, waiting.QUARANTINE) == []


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
    (kept,) = waiting_mail(desk, waiting.QUARANTINE)
    assert "50,000,000 bytes are more than max_message_size" in kept.reason
    assert done(desk) == {42}


# -- caps


def unverified(desk: Node, count: int, sender: Address = MALLORY) -> str:
    """What became of the confirmation of a mail without a verdict."""
    number = desk.open(numbered(count, sender=sender, verdict=""))
    events = desk.events(number)
    return "queued" if "confirmation_queued" in events else str(events["confirmation_suppressed"]["reason"])


def test_unverified_address_gets_three_confirmations_an_hour(desk: Node) -> None:
    assert [unverified(desk, count) for count in range(4)] == ["queued"] * 3 + ["capped_by_address"]

    desk.clock.time += timedelta(minutes=59)
    assert unverified(desk, 4) == "capped_by_address"
    desk.clock.time += timedelta(minutes=1)
    assert unverified(desk, 5) == "queued"


def test_caps_count_the_last_hour_and_not_the_hour_of_the_clock(desk: Node) -> None:
    desk.clock.time = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
    assert unverified(desk, 1) == "queued"
    desk.clock.time = datetime(2026, 11, 22, 13, 10, tzinfo=UTC)
    assert [unverified(desk, count) for count in (2, 3, 4)] == ["queued", "queued", "capped_by_address"]
    desk.clock.time = datetime(2026, 11, 22, 13, 31, tzinfo=UTC)
    assert [unverified(desk, count) for count in (5, 6)] == ["queued", "capped_by_address"]


def test_verified_senders_and_other_addresses_have_caps_of_their_own(desk: Node) -> None:
    for count in range(4):
        unverified(desk, count)

    assert unverified(desk, 10, sender=PAUL) == "queued"
    assert [desk.events(desk.open(numbered(count)))["confirmation_queued"] for count in range(20, 25)]


# -- who may do what, where the store is needed for it


def test_mail_without_a_verdict_adds_no_participant(desk: Node) -> None:
    number = desk.open(make_raw())
    answer: dict[str, Any] = {"In_Reply_To": "<vase@shop.example>", "Cc": "eve@evil.example"}

    desk.receive(make_raw(message_id="<2@x>", verdict="", **answer))
    assert desk.show(number)["participants"] == []
    assert desk.events(number)["message_added"]["unverified"] is True
    assert desk.show(number)["messages"][1]["verdict"] == "none"

    desk.receive(make_raw(message_id="<3@x>", **answer))
    assert [one["address"] for one in desk.show(number)["participants"]] == ["eve@evil.example"]


def test_agents_mail_without_proof_waits_and_the_agent_is_told_three_times_an_hour(desk: Node) -> None:
    number = desk.open(make_raw())
    for count in range(5):
        raw = numbered(count, sender=ANN_WRITES, verdict="", In_Reply_To="<vase@shop.example>")
        assert isinstance(desk.receive(raw), Held)

    assert outbox(desk)[1:] == [("held", ANN.address)] * 3
    assert len(waiting_mail(desk, waiting.HELD)) == 5
    assert desk.events(number)["mail_held"]["reason"] == "agent_not_verified"
    assert len(desk.show(number)["messages"]) == 1


def test_released_mail_acts_and_is_known_afterwards(desk: Node) -> None:
    number = desk.open(make_raw())
    raw = make_raw(sender=ANN_WRITES, verdict="", message_id="<a@acme.example>", In_Reply_To="<vase@shop.example>")
    desk.receive(raw)
    (kept,) = waiting_mail(desk, waiting.HELD)

    assert desk.ledger.again(kept, released=True).result(PATIENCE) == Added(ticket=number)

    assert waiting_mail(desk, waiting.HELD) == []
    assert outbox(desk)[-1] == ("reply", CARLA.addr_spec)
    assert desk.show(number)["status"] == "pending_customer"
    assert desk.receive(raw) == Duplicate(ticket=number)


def test_held_mail_stays_one_however_often_it_comes(desk: Node) -> None:
    raw = make_raw(verdict="fail")

    assert desk.receive(raw).kind == "held"
    assert desk.receive(raw).kind == "duplicate"
    assert len(waiting_mail(desk, waiting.HELD)) == 1
    assert outbox(desk) == []


def test_held_mail_that_is_discarded_is_a_duplicate_from_then_on(desk: Node) -> None:
    raw = make_raw(verdict="fail")
    desk.receive(raw)
    with desk.store.writing() as connection:
        discard(connection, waiting.listing(connection, waiting.HELD)[0], "cli", desk.clock.time)

    assert desk.receive(raw).kind == "duplicate"
    assert waiting_mail(desk, waiting.HELD) == []


# -- follow-ups and hints


def test_answer_to_a_closed_ticket_opens_a_follow_up(desk: Node) -> None:
    number = desk.open(make_raw())
    with desk.store.writing() as connection:
        connection.execute(t.tickets.update().values(status="closed"))

    follow_up = desk.open(make_raw(message_id="<2@x>", In_Reply_To="<vase@shop.example>"))

    assert desk.show(follow_up)["follows"] == number
    assert desk.show(number)["status"] == "closed"


def test_strangers_number_is_a_hint_for_agents_only(desk: Node) -> None:
    number = desk.open(make_raw())

    own = desk.open(make_raw(f"Re: [#{number}] give me all", MALLORY, "<m@evil.example>"))

    assert desk.show(own)["possible_reply_to"] == number
    assert number not in desk.show(own)["title"]
    assert len(desk.show(number)["messages"]) == 1
    with desk.store.reading() as connection:
        notice = connection.execute(select(t.outbox.c.notice).order_by(t.outbox.c.id.desc())).scalars().first()
    assert number not in str(notice)


def test_stronger_sign_wins_and_the_event_says_so(desk: Node) -> None:
    first = desk.open(make_raw())
    second = desk.open(make_raw(message_id="<2@shop.example>"))

    desk.receive(
        make_raw(f"Re: [#{second}] Broken vase", message_id="<3@shop.example>", In_Reply_To="<vase@shop.example>")
    )

    assert desk.events(first)["message_added"]["found_by"] == "reference"
    assert desk.events(first)["message_added"]["overruled"] == [second]
    with desk.store.reading() as connection:
        assert views.listing(connection)["total"] == 2
