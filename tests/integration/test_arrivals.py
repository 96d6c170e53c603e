"""What a mail becomes in the store: its ticket, its confirmation, its receipt, and what it may not do."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from mailticket.actions.waiting import discard
from mailticket.desk.buttons import Word
from mailticket.desk.receipt import Added, Duplicate, Held, Opened, Refused
from mailticket.mail.message import Address, InboundMail, Transport
from mailticket.store import tables as t
from mailticket.store import views, waiting
from mailticket.store.engine import Store
from tests.factories import ANN, CARLA, MALLORY, NOW, PAUL, make_attachment, make_envelope, make_mail, make_raw
from tests.integration.nodes import PATIENCE, Node, node, numbered

ANN_WRITES = Address(name=ANN.name, addr_spec=ANN.address)


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
    assert desk.queued() == [("confirmation", CARLA.addr_spec)]


def test_content_of_files_is_looked_into_by_the_reading_alone(store: Store, tmp_path: Path) -> None:
    def takes_all_for_pictures(raw: bytes) -> InboundMail:
        return make_mail(digest="1", attachments=(make_attachment("vase.png", b"MZ", media_type="image/png"),))

    with node(store, tmp_path / "blobs", takes_all_for_pictures) as desk:
        (file,) = desk.show(desk.open(b"x"))["messages"][0]["attachments"]

    assert (file["content_type"], file["state"]) == ("image/png", "kept"), "libmagic would end the service"


def test_answer_to_a_mail_joins_it(desk: Node) -> None:
    number = desk.open(make_raw())

    receipt = desk.receive(make_raw(message_id="<2@shop.example>", In_Reply_To="<vase@shop.example>"))

    assert receipt == Added(ticket=number)
    assert len(desk.show(number)["messages"]) == 2
    assert len(desk.queued()) == 1, "an answer is not confirmed"


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
    assert len(desk.queued()) == 1


def test_same_message_id_with_other_words_is_another_mail(desk: Node) -> None:
    number = desk.open(make_raw())

    receipt = desk.receive(make_raw(body="Something else entirely.\n"))

    assert receipt == Added(ticket=number)
    assert len(desk.show(number)["messages"]) == 2


def test_somebody_else_with_the_same_message_id_and_words_does_not_shadow_a_mail(desk: Node) -> None:
    early = desk.open(make_raw(sender=MALLORY, verdict=""))

    assert desk.receive(make_raw()).kind == "opened"
    assert desk.numbers() == [early, "2611-0002"]


def test_duplicates_within_one_batch_are_known(desk: Node) -> None:
    raw = make_raw()
    with desk.held_up():
        futures = [desk.ledger.submit(raw, make_envelope()) for _ in range(3)]

    kinds = sorted(future.result(PATIENCE).kind for future in futures)
    assert kinds == ["duplicate", "duplicate", "opened"]
    assert desk.numbers() == ["2611-0001"]
    assert len(desk.queued()) == 1


# -- caps


def verified(desk: Node, count: int) -> str:
    """What became of the confirmation of a proved mail."""
    return confirmed(desk, desk.open(numbered(count)))


def unverified(desk: Node, count: int, sender: Address = MALLORY) -> str:
    """What became of the confirmation of a mail without a verdict."""
    return confirmed(desk, desk.open(numbered(count, sender=sender, verdict="")))


def confirmed(desk: Node, number: str) -> str:
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
    # what was forged in Carla's name leaves her own three an hour untouched
    assert [verified(desk, count) for count in range(20, 24)] == ["queued"] * 3 + ["capped_by_address"]


def test_doubtful_copy_does_not_shadow_the_genuine_mail(desk: Node) -> None:
    assert desk.receive(numbered(1, verdict="fail")).kind == "held"

    assert desk.receive(numbered(1)).kind == "opened"
    assert desk.receive(numbered(1)).kind == "duplicate"
    assert desk.waiting(waiting.HELD) == []


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


def test_many_mails_put_no_more_people_on_a_ticket_than_one(desk: Node) -> None:
    number = desk.open(make_raw(Cc=", ".join(f"p{count}@shop.example" for count in range(49))))

    for count in range(2):
        desk.receive(numbered(count, In_Reply_To="<vase@shop.example>", Cc=f"a{count}@x.example, b{count}@x.example"))

    assert len(desk.show(number)["participants"]) == 50


def test_agents_mail_without_proof_waits_and_the_agent_is_told_three_times_an_hour(desk: Node) -> None:
    number = desk.open(make_raw())
    for count in range(5):
        raw = numbered(count, sender=ANN_WRITES, verdict="", In_Reply_To="<vase@shop.example>")
        assert isinstance(desk.receive(raw), Held)

    assert desk.queued()[1:] == [("held", ANN.address)] * 3
    assert len(desk.waiting(waiting.HELD)) == 5
    assert desk.events(number)["mail_held"]["reason"] == "agent_not_verified"
    assert len(desk.show(number)["messages"]) == 1


@pytest.mark.parametrize(
    "envelope",
    [{"received_at": NOW - timedelta(days=700)}, {"confirm": False}],
    ids=["old mail of an archive", "a mailbox read once more"],
)
def test_agent_is_not_told_of_mail_that_is_no_news(desk: Node, envelope: dict[str, Any]) -> None:
    assert isinstance(desk.receive(make_raw(sender=ANN_WRITES, verdict=""), **envelope), Held)

    assert desk.queued() == []


def test_released_mail_acts_and_is_known_afterwards(desk: Node) -> None:
    number = desk.open(make_raw())
    raw = make_raw(sender=ANN_WRITES, verdict="", message_id="<a@acme.example>", In_Reply_To="<vase@shop.example>")
    desk.receive(raw)
    (kept,) = desk.waiting(waiting.HELD)

    assert desk.ledger.again(kept, Word.RELEASE).result(PATIENCE) == Added(ticket=number)

    assert desk.waiting(waiting.HELD) == []
    assert desk.queued()[-1] == ("reply", CARLA.addr_spec)
    assert desk.show(number)["status"] == "pending_customer"
    assert desk.receive(raw) == Duplicate(ticket=number)


def test_held_mail_stays_one_however_often_it_comes(desk: Node) -> None:
    raw = make_raw(verdict="fail")

    assert desk.receive(raw).kind == "held"
    assert desk.receive(raw).kind == "duplicate"
    assert len(desk.waiting(waiting.HELD)) == 1
    assert desk.queued() == []


def test_held_mail_that_is_discarded_is_a_duplicate_from_then_on(desk: Node) -> None:
    raw = make_raw(verdict="fail")
    desk.receive(raw)
    with desk.store.writing() as connection:
        discard(connection, waiting.listing(connection, waiting.HELD)[0], "cli", desk.clock.time)

    assert desk.receive(raw).kind == "duplicate"
    assert desk.waiting(waiting.HELD) == []


# -- follow-ups and hints


def test_answer_to_a_closed_ticket_opens_a_follow_up(desk: Node) -> None:
    number = desk.open(make_raw())
    with desk.store.writing() as connection:
        connection.execute(t.tickets.update().values(status="closed"))

    follow_up = desk.open(make_raw(message_id="<2@x>", In_Reply_To="<vase@shop.example>"))

    assert desk.show(follow_up)["follows"] == number
    assert desk.show(number)["status"] == "closed"


def test_who_writes_to_a_closed_ticket_again_goes_on_with_its_follow_up(desk: Node) -> None:
    number = desk.open(make_raw(Cc="paul@shop.example"))
    desk.change(number, status="closed")
    follow_up = desk.open(make_raw(message_id="<2@x>", In_Reply_To="<vase@shop.example>"))

    def answers(message_id: str, **over: Any) -> tuple[str, str]:
        receipt = desk.receive(make_raw(message_id=message_id, In_Reply_To="<vase@shop.example>", **over))
        assert isinstance(receipt, Opened | Added)
        return receipt.kind, receipt.ticket

    assert answers("<3@x>") == ("added", follow_up)
    assert [kind for kind, _ in desk.queued()].count("confirmation") == 2
    # somebody else's part in the ended ticket is none in what came of it
    kind, pauls = answers("<4@x>", sender=PAUL)
    assert (kind, desk.show(pauls)["follows"], pauls != follow_up) == ("opened", number, True)
    desk.change(follow_up, status="closed")
    kind, third = answers("<5@x>")
    assert (kind, desk.show(third)["follows"]) == ("opened", number)
    assert answers("<6@x>") == ("added", third)


def test_strangers_number_is_a_hint_for_agents_only(desk: Node) -> None:
    number = desk.open(make_raw())

    own = desk.open(make_raw(f"Re: [#{number}] give me all", MALLORY, "<m@evil.example>"))

    assert desk.show(own)["possible_reply_to"] == number
    assert number not in desk.show(own)["title"]
    assert len(desk.show(number)["messages"]) == 1
    with desk.store.reading() as connection:
        notices = dict(connection.execute(select(t.outbox.c.kind, t.outbox.c.notice).order_by(t.outbox.c.id)).all())
    assert number not in str(notices["confirmation"])
    assert notices["agent_notification"]["details"]["possible_reply_to"] == number


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


# -- language


def test_ticket_is_in_the_language_of_its_mail_and_so_is_the_confirmation(desk: Node) -> None:
    german = desk.open(make_raw(body="Guten Tag, meine Vase ist kaputt. Bitte schicken Sie mir eine neue.\n"))
    short = desk.open(make_raw(body="4711\n", message_id="<2@shop.example>"))
    unknown = desk.open(make_raw(body="4711\n", message_id="<3@shop.example>", sender=PAUL))

    assert desk.show(german)["language"] == "de"
    assert desk.show(short)["language"] == "de", "as its sender wrote last"
    assert desk.show(unknown)["language"] == "en"
    with desk.store.reading() as connection:
        confirmations = select(t.outbox.c.notice).where(t.outbox.c.kind == "confirmation").order_by(t.outbox.c.id)
        notices = connection.execute(confirmations).scalars().all()
    assert [notice["language"] for notice in notices] == ["de", "de", "en"]
