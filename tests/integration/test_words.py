"""Words on held mail when something is in the way: a fault, another node, a flood, another copy."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import event, func, insert, select

from mailticket.actions.digest import send_digests
from mailticket.actions.holding import decide_held
from mailticket.actions.waiting import discard
from mailticket.desk.buttons import Word
from mailticket.desk.decision import DecideHeld
from mailticket.desk.receipt import Duplicate, Held, Quarantined
from mailticket.errors import TemporaryError
from mailticket.jobs import carry_out_words
from mailticket.mail.message import Address
from mailticket.store import tables as t
from mailticket.store import waiting
from mailticket.store.engine import Store
from mailticket.store.waiting import Waiting
from tests.factories import ANN, MALLORY, NOW, make_policy, make_raw
from tests.integration.nodes import PATIENCE, Node, node, numbered

ANN_WRITES = Address(name="Ann", addr_spec=ANN.address)
#: A working morning.
MONDAY = NOW.replace(day=23)


def held(desk: Node) -> list[Waiting]:
    return desk.waiting(waiting.HELD)


def say(desk: Node, *those: Waiting, word: Word = Word.RELEASE) -> None:
    with desk.store.writing() as connection:
        for one in those:
            waiting.say(connection, one.id, word, desk.clock.time)


def carry_out(desk: Node) -> None:
    carry_out_words(desk.ledger, desk.clock.time)


def scalar(store: Store, query: Any) -> Any:
    with store.reading() as connection:
        return connection.execute(query).scalar_one()


def kinds(desk: Node, number: str) -> list[str]:
    return [one["kind"] for one in desk.show(number)["events"]]


def statements(store: Store, action: Callable[[], object]) -> int:
    """How many statements `action` runs."""
    ran: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        ran.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    try:
        action()
    finally:
        event.remove(store.engine, "before_cursor_execute", note)
    return len(ran)


# -- faults


def lose_bytes(desk: Node, one: Waiting) -> None:
    with desk.store.writing() as connection:
        row = t.blobs.c.sha256 == one.raw_sha256
        connection.execute(t.blobs.update().where(row).values(data=None))


def test_mail_whose_bytes_are_gone_goes_to_quarantine_and_holds_up_no_other(desk: Node) -> None:
    for count in range(2):
        desk.receive(numbered(count, verdict="fail"))
    lost, other = held(desk)
    lose_bytes(desk, lost)
    say(desk, lost, other)

    carry_out(desk)

    assert held(desk) == []
    assert [desk.show(number)["title"] for number in desk.numbers()] == ["Vase 1"]
    (kept,) = desk.waiting(waiting.QUARANTINE)
    assert (kept.id, kept.tries, kept.word) == (lost.id, 2, "")
    assert kept.reason.startswith("BlobMissing: ")
    receipt = select(t.receipts.c.kind).where(t.receipts.c.digest == lost.digest)
    assert scalar(desk.store, receipt) == Quarantined.kind


def test_fault_in_a_mail_that_somebody_settled_meanwhile_changes_nothing(desk: Node) -> None:
    desk.receive(numbered(1, verdict="fail"))
    (one,) = held(desk)
    with desk.store.writing() as connection:
        discard(connection, one, "cli", NOW)
        assert waiting.set_aside(connection, one, "BlobMissing") is False

    assert desk.waiting(waiting.QUARANTINE) == []


def test_mail_that_cannot_be_run_just_now_waits_a_minute_and_holds_up_no_other(store: Store, tmp_path: Path) -> None:
    with node(store, tmp_path / "blobs") as desk:
        for count, files in enumerate([(("a.txt", b"words"),), ()]):
            desk.receive(numbered(count, verdict="fail", files=files))
        with_file, without = held(desk)
        say(desk, with_file, without)
        answers: list[str | Exception] = [TemporaryError("clamd does not answer"), ""]

        def scan(data: bytes) -> str:
            answer = answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        desk.ledger.context = replace(desk.context, scan=scan)
        carry_out(desk)
        assert [(one.id, one.word) for one in held(desk)] == [(with_file.id, "release")]
        assert len(desk.numbers()) == 1
        desk.clock.time += timedelta(seconds=59)
        carry_out(desk)
        assert len(answers) == 1, "not yet"
        desk.clock.time += timedelta(seconds=1)
        carry_out(desk)

        assert held(desk) == []
        assert len(desk.numbers()) == 2


def test_mail_that_is_refused_by_now_waits_no_longer(store: Store, tmp_path: Path) -> None:
    with node(store, tmp_path / "blobs") as desk:
        number = desk.open(make_raw())
        submitted = {"authenticated": ANN.address, "mail_from": ANN.address}
        raw = numbered(1, sender=ANN_WRITES, verdict="", body="> only quoted\n", In_Reply_To="<vase@shop.example>")
        assert isinstance(desk.receive(raw, **submitted), Held)
        (one,) = held(desk)
        say(desk, one)
        desk.ledger.context = replace(desk.context, policy=make_policy(quick_answer=timedelta(), agents=()))

        carry_out(desk)

        assert held(desk) == []
        assert len(desk.show(number)["messages"]) == 1
        receipt = select(t.receipts.c.kind).where(t.receipts.c.digest == one.digest)
        assert scalar(store, receipt) == "refused"


# -- other nodes, late words, other copies


def test_word_that_two_nodes_have_read_is_carried_out_once(desk: Node) -> None:
    desk.open(make_raw())
    raw = numbered(1, sender=ANN_WRITES, verdict="", body="> only quoted\n", In_Reply_To="<vase@shop.example>")
    assert isinstance(desk.receive(raw), Held)
    (one,) = held(desk)
    asked = desk.queued().count(("held", ANN.address))

    assert isinstance(desk.ledger.again(one, Word.RELEASE).result(PATIENCE), Held), "it has still no words"
    assert isinstance(desk.ledger.again(one, Word.RELEASE).result(PATIENCE), Duplicate)

    assert [(kept.id, kept.tries) for kept in held(desk)] == [(one.id, 2)]
    assert desk.queued().count(("held", ANN.address)) == asked + 1


def test_agents_hear_of_mail_that_was_released_after_a_week(desk: Node) -> None:
    desk.receive(make_raw(verdict="fail"))
    desk.clock.time += timedelta(days=7)
    say(desk, *held(desk))

    carry_out(desk)

    (number,) = desk.numbers()
    assert ("agent_notification", ANN.address) in desk.queued(notifications=True)
    assert "agents_notified" in kinds(desk, number)


def spam(**over: Any) -> bytes:
    return make_raw(**{"X_Spam_Flag": "YES", "X_Spam_Status": "Yes, score=9"} | over)


def test_release_runs_the_copy_that_was_judged_last(desk: Node) -> None:
    forged, genuine = make_raw(verdict="fail", Cc="mallory@evil.example"), spam()
    assert isinstance(desk.receive(forged, filtered=True, client="203.0.113.66"), Held)
    first = held(desk)[0]
    desk.clock.time += timedelta(hours=1)
    assert isinstance(desk.receive(genuine, filtered=True, client="203.0.113.7"), Held)

    (one,) = held(desk)
    assert (one.id, one.reason, one.envelope.client, one.received_at) == (
        first.id, "spam", "203.0.113.7", desk.clock.time,
    )  # fmt: skip
    with desk.store.reading() as connection:
        assert desk.context.blobs.read(connection, one.raw_sha256) == genuine
    left = select(func.count()).select_from(t.blobs).where(t.blobs.c.sha256 == first.raw_sha256)
    assert scalar(desk.store, left) == 0, "nothing names the forged bytes any more"
    say(desk, one)
    carry_out(desk)
    assert desk.show(desk.numbers()[0])["participants"] == []


def test_mail_that_is_run_again_keeps_what_it_was(desk: Node) -> None:
    raw = numbered(1, sender=ANN_WRITES, verdict="")
    desk.receive(raw, client="203.0.113.9")
    (one,) = held(desk)
    desk.clock.time += timedelta(hours=1)

    assert isinstance(desk.ledger.again(one).result(PATIENCE), Held)

    assert held(desk) == [replace(one, tries=2)]
    with desk.store.reading() as connection:
        assert desk.context.blobs.read(connection, one.raw_sha256) == raw


# -- thousands


def fill(desk: Node, count: int) -> None:
    """So many forged mails are held."""
    desk.receive(numbered(0, sender=MALLORY, verdict="fail"))
    with desk.store.writing() as connection:
        for table in (t.waiting, t.receipts):
            row = dict(connection.execute(select(table)).mappings().one())
            del row["id"]
            connection.execute(insert(table), [row | {"digest": f"x{number}"} for number in range(1, count)])


def discard_all(desk: Node, up_to: int) -> None:
    decision = DecideHeld(word=Word.DISCARD_FAILED, held=up_to, agent=ANN.address)
    desk.ledger.write(lambda connection: decide_held(connection, decision, NOW)).result(PATIENCE)


def test_thousands_of_forged_mails_are_discarded_in_a_few_statements(desk: Node) -> None:
    fill(desk, 3000)

    ran = statements(desk.store, lambda: discard_all(desk, held(desk)[-1].id))

    assert ran < 20
    assert held(desk) == []
    marked = select(func.count()).select_from(t.receipts).where(t.receipts.c.reason == "discarded")
    assert scalar(desk.store, marked) == 3000
    detail = select(t.events.c.detail).where(t.events.c.kind == "mails_discarded")
    assert scalar(desk.store, detail)["count"] == 3000


def test_bulk_leaves_what_came_later_or_waits_for_other_reasons_and_tells_the_tickets(desk: Node) -> None:
    number = desk.open(make_raw())
    for count in range(2):
        desk.receive(make_raw(f"[#{number}] {count}", MALLORY, f"<{count}@evil.example>", verdict="fail"))
    desk.receive(numbered(2, sender=ANN_WRITES, verdict=""))
    desk.receive(numbered(3, verdict="fail"))
    first, second, anns, last = held(desk)

    discard_all(desk, anns.id)

    assert held(desk) == [anns, last]
    discarded = [one["detail"]["id"] for one in desk.show(number)["events"] if one["kind"] == "mail_discarded"]
    assert discarded == [str(first.id), str(second.id)]
    assert desk.receive(make_raw(f"[#{number}] 0", MALLORY, "<0@evil.example>", verdict="fail")).kind == "duplicate"


def test_digest_of_thousands_lists_the_newest_and_its_button_means_them_all(desk: Node) -> None:
    fill(desk, 2999)
    desk.receive(numbered(1, sender=ANN_WRITES, verdict=""), received_at=NOW + timedelta(minutes=1))
    desk.receive(numbered(2, verdict="fail"), received_at=NOW - timedelta(hours=1))

    def digest() -> bool:
        with desk.store.writing() as connection:
            return bool(send_digests(connection, desk.context, MONDAY))

    assert digest() is True
    details = desk.notices()[-1]["details"]
    assert (details["held"][0]["subject"], len(details["held"]), details["more"]) == ("Vase 1", 50, 2951)
    assert digest() is False
    subject = parse_qs(urlsplit(details["discard_failed"]).query)["subject"][0]
    desk.receive(make_raw(sender=ANN_WRITES, subject=subject, message_id="<click@acme.example>", verdict=""))
    assert [one.subject for one in held(desk)] == ["Vase 1"]


# -- floods


def test_forger_with_a_number_leaves_a_few_events_an_hour_on_the_ticket(desk: Node) -> None:
    number = desk.open(make_raw())
    for count in range(12):
        desk.receive(make_raw(f"[#{number}] {count}", MALLORY, f"<{count}@evil.example>", verdict="fail"))

    assert len(held(desk)) == 12
    assert kinds(desk, number).count("mail_held") == 5
    desk.clock.time += timedelta(hours=1, minutes=1)
    desk.receive(make_raw(f"[#{number}] again", MALLORY, "<again@evil.example>", verdict="fail"))
    assert kinds(desk, number).count("mail_held") == 6


@pytest.mark.parametrize("count", [3, 8])
def test_three_mails_forged_in_a_customers_name_become_tickets_and_the_others_wait(desk: Node, count: int) -> None:
    desk.open(make_raw())
    for one in range(count):
        assert isinstance(desk.receive(numbered(one, verdict="fail")), Held)
    desk.clock.time += timedelta(days=4)

    carry_out(desk)

    assert len(desk.numbers()) == 1 + 3
    assert len(held(desk)) == count - 3, "the digest lists them"
