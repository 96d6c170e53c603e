"""Does a sender whose DNS is slow keep anybody else waiting?"""

import threading
from dataclasses import replace
from pathlib import Path

from mailticket.desk.receipt import Opened, Quarantined
from mailticket.ledger import Ledger
from mailticket.mail.identity import Checks
from mailticket.mail.lookup import Answer, Lookup, Unanswered
from mailticket.mail.message import Address, InboundMail, Position, Transport
from mailticket.mail.parse import parse_mail
from mailticket.mail.reading import read_mail
from mailticket.store.engine import Store
from tests.factories import make_envelope, make_raw
from tests.integration.nodes import PATIENCE, make_context, node, numbered


def test_known_senders_do_not_wait_for_those_who_are_looked_up(sqlite: Store, tmp_path: Path) -> None:
    may_answer, asked = threading.Event(), threading.Semaphore(0)

    def lookup(name: str, kind: str) -> Answer:
        asked.release()
        assert may_answer.wait(PATIENCE)
        raise Unanswered

    def lookups() -> Lookup:
        return lookup

    with node(sqlite, tmp_path / "blobs") as desk:
        desk.ledger.context = replace(desk.ledger.context, checks=Checks(lookup=lookups))
        unknown = [
            desk.ledger.submit(make_raw(message_id=f"<{number}@shop.example>", verdict=""), make_envelope())
            for number in range(100)
        ]
        for _ in range(8):
            assert asked.acquire(timeout=PATIENCE)
        known = desk.ledger.submit(make_raw(message_id="<known@shop.example>"), make_envelope())
        assert known.result(PATIENCE).kind == "opened"
        assert not any(future.done() for future in unknown)

        may_answer.set()
        assert {future.result(PATIENCE).kind for future in unknown} == {"opened"}


def test_sender_whose_dns_is_mute_does_not_keep_other_strangers_waiting(sqlite: Store, tmp_path: Path) -> None:
    may_answer = threading.Event()

    def lookup(name: str, kind: str) -> Answer:
        if name.endswith("evil.example"):
            assert may_answer.wait(PATIENCE)
        raise Unanswered

    def lookups() -> Lookup:
        return lookup

    with node(sqlite, tmp_path / "blobs") as desk:
        desk.ledger.context = replace(desk.ledger.context, checks=Checks(lookup=lookups))
        mute = [
            desk.ledger.submit(
                make_raw(sender=Address(addr_spec=f"m@{number}.evil.example"), message_id=f"<{number}@x>", verdict=""),
                make_envelope(),
            )
            for number in range(100)
        ]
        stranger = desk.ledger.submit(make_raw(verdict=""), make_envelope())
        assert stranger.result(PATIENCE).kind == "opened"
        assert not any(future.done() for future in mute)

        may_answer.set()
        assert {future.result(PATIENCE).kind for future in mute} == {"opened"}


def test_mail_whose_turn_does_not_come_goes_on_unproven(sqlite: Store, tmp_path: Path) -> None:
    asked = threading.Event()

    def lookups() -> Lookup:
        asked.set()
        raise Unanswered

    context = replace(make_context(tmp_path / "blobs"), checks=Checks(lookup=lookups))
    ledger = Ledger(sqlite, context, read_mail, checked_within=0)
    ledger.start()
    try:
        assert ledger.submit(make_raw(verdict=""), make_envelope()).result(PATIENCE).kind == "opened"
    finally:
        ledger.stop(PATIENCE)
    assert not asked.is_set()


def test_fault_of_a_check_costs_the_verdict_and_not_the_mail(sqlite: Store, tmp_path: Path) -> None:
    def lookups() -> Lookup:
        raise ZeroDivisionError

    with node(sqlite, tmp_path / "blobs") as desk:
        desk.ledger.context = replace(desk.ledger.context, checks=Checks(lookup=lookups))
        receipt = desk.ledger.submit(make_raw(verdict=""), make_envelope()).result(PATIENCE)

    assert receipt.kind == "opened"


def test_mails_of_one_mailbox_are_written_in_their_order_whatever_the_first_waits_for(
    sqlite: Store, tmp_path: Path
) -> None:
    read = threading.Semaphore(0)

    def parse(raw: bytes) -> InboundMail:
        if raw == numbered(0):
            assert read.acquire(timeout=PATIENCE) and read.acquire(timeout=PATIENCE)
        else:
            read.release()
        if raw == numbered(1):
            raise RuntimeError("a mail that is quarantined keeps its place, too")
        return parse_mail(raw)

    with node(sqlite, tmp_path / "blobs", parse, ledger={"prepare_threads": 2}) as desk:
        futures = [
            desk.ledger.submit(
                numbered(number),
                make_envelope(
                    transport=Transport.IMAP,
                    position=Position(account="support", folder="INBOX", uidvalidity=7, uid=number + 1),
                ),
            )
            for number in range(3)
        ]
        first, broken, last = (future.result(PATIENCE) for future in futures)

    assert isinstance(first, Opened) and isinstance(last, Opened) and isinstance(broken, Quarantined)
    assert first.ticket < last.ticket
