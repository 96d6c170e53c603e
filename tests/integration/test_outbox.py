"""The queue of what has to leave: who may send it when, and what is known of it afterwards."""

from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from mailticket.desk.notice import Notice, NoticeKind
from mailticket.mail.message import Address
from mailticket.store import leaving, outbox, sent
from mailticket.store import tables as t
from mailticket.store.engine import Store
from mailticket.store.outbox_view import unsent
from mailticket.store.references import thread_of
from tests.factories import ANN, CARLA, DESK, NOW, make_raw
from tests.integration.nodes import Node, open_ticket

LEASE = timedelta(minutes=5)
MINUTE = timedelta(minutes=1)


def make_notice(kind: NoticeKind = NoticeKind.CONFIRMATION, **over: Any) -> Notice:
    values: dict[str, Any] = {
        "kind": kind,
        "to": (CARLA,),
        "from_": Address(name="Acme Support", addr_spec=DESK),
        "title": "Broken vase",
        "language": "en",
    }
    return Notice(**values | over)


def queue(store: Store, count: int = 1, kind: NoticeKind = NoticeKind.CONFIRMATION, **over: Any) -> list[int]:
    """Mails that are due at NOW, unless `due` says otherwise."""
    values = {"mail_from": "", "ticket": None, "now": NOW, "due": NOW} | over
    with store.writing() as connection:
        before = connection.execute(select(t.outbox.c.id)).all()
        for number in range(len(before), len(before) + count):
            outbox.queue(connection, make_notice(kind), f"<{number}@acme.example>", **values)
        rows = connection.execute(select(t.outbox.c.id).order_by(t.outbox.c.id))
        return list(rows.scalars())[len(before) :]


def claim(store: Store, node: str = "a", after: timedelta = timedelta(0), limit: int = 10) -> list[int]:
    with store.writing() as connection:
        return [row.id for row in leaving.claim(connection, NOW + after, limit, LEASE, node)]


def row(store: Store, id_: int) -> Any:
    with store.reading() as connection:
        return connection.execute(select(t.outbox).where(t.outbox.c.id == id_)).one()


def events(store: Store) -> list[tuple[str, dict[str, Any]]]:
    with store.reading() as connection:
        found = connection.execute(select(t.events.c.kind, t.events.c.detail).order_by(t.events.c.id))
        return [(event.kind, event.detail) for event in found]


def next_due(store: Store) -> Any:
    with store.reading() as connection:
        return leaving.next_due(connection)


# -- claims


def test_answers_leave_first_then_confirmations_then_the_rest(store: Store) -> None:
    (update,) = queue(store, kind=NoticeKind.RESOLVED)
    (confirmation,) = queue(store)
    (answer,) = queue(store, kind=NoticeKind.REPLY)

    assert claim(store, limit=2) == [answer, confirmation]
    assert claim(store) == [update]


def test_mail_is_not_claimed_before_it_is_due(store: Store) -> None:
    (id_,) = queue(store, due=NOW + MINUTE)

    assert claim(store) == []
    assert next_due(store) == NOW + MINUTE
    assert claim(store, after=MINUTE) == [id_]
    assert next_due(store) is None


def test_claimed_mail_is_nobody_elses_until_its_lease_ends(store: Store) -> None:
    (id_,) = queue(store)

    assert claim(store) == [id_]
    assert claim(store) == []
    assert claim(store, "b", after=LEASE) == []
    assert claim(store, "b", after=LEASE + MINUTE) == [id_]
    assert row(store, id_).claimed_by == "b"


def test_two_nodes_that_claim_at_the_same_time_share(postgresql: Store) -> None:
    ids = queue(postgresql, 4)

    with ExitStack() as both:
        one, two = (both.enter_context(postgresql.writing()) for _ in range(2))
        first = [row.id for row in leaving.claim(one, NOW, 2, LEASE, "a")]
        second = [row.id for row in leaving.claim(two, NOW, 10, LEASE, "b")]

    assert (first, second) == (ids[:2], ids[2:]), "neither waits, neither gets what the other has"


def test_update_is_either_rewritten_or_sent(postgresql: Store) -> None:
    ticket = open_ticket(postgresql).id
    queue(postgresql, kind=NoticeKind.RESOLVED, ticket=ticket)

    with ExitStack() as both:
        one, two = (both.enter_context(postgresql.writing()) for _ in range(2))
        assert outbox.pending_update(one, ticket)
        assert not leaving.claim(two, NOW, 1, LEASE, "b"), "what it says is about to change"
    with ExitStack() as both:
        one, two = (both.enter_context(postgresql.writing()) for _ in range(2))
        assert leaving.claim(two, NOW, 1, LEASE, "b")
        assert not outbox.pending_update(one, ticket), "it is on its way with what it says"


def test_released_mail_is_free_again(store: Store) -> None:
    ids = queue(store, 2)
    claim(store)

    with store.writing() as connection:
        leaving.release(connection, ids[:1])

    assert claim(store) == ids[:1]


def test_node_that_begins_anew_frees_its_own_claims_only(store: Store) -> None:
    ids = queue(store, 2)
    assert claim(store, "a", limit=1) == ids[:1]
    assert claim(store, "b", limit=1) == ids[1:]

    with store.writing() as connection:
        leaving.release_all(connection, "a")

    assert claim(store, "a") == ids[:1]


def test_row_holds_what_was_queued(store: Store) -> None:
    ticket = open_ticket(store)
    (id_,) = queue(store, mail_from="support+b-x@acme.example", ticket=ticket.id)

    with store.writing() as connection:
        (found,) = leaving.claim(connection, NOW, 10, LEASE, "a")

    assert found.id == id_
    assert found.notice == make_notice()
    assert (found.message_id, found.mail_from) == ("<0@acme.example>", "support+b-x@acme.example")
    assert (found.ticket, found.attempts, found.created_at, found.rendered) == (ticket.id, 0, NOW, None)


# -- what became of it


def test_every_attempt_sends_the_same_bytes(store: Store) -> None:
    (id_,) = queue(store)
    with store.writing() as connection:
        leaving.store_rendered(connection, id_, b"Subject: x\r\n\r\n\xff\0")
        leaving.deferred(connection, id_, "451 later", NOW + MINUTE)

    with store.writing() as connection:
        (found,) = leaving.claim(connection, NOW + MINUTE, 10, LEASE, "a")
    assert found.rendered == b"Subject: x\r\n\r\n\xff\0"
    assert found.attempts == 1


def test_sent_mail_is_kept_as_a_record_without_its_bytes(store: Store) -> None:
    (id_,) = queue(store)
    claim(store)
    with store.writing() as connection:
        leaving.store_rendered(connection, id_, b"x")
        leaving.sent(connection, id_, NOW)

    found = row(store, id_)
    assert (found.state, found.attempts, found.rendered, found.claimed_by) == ("sent", 1, None, "")
    assert found.sent_at == NOW
    assert claim(store, after=timedelta(days=1)) == []
    with store.reading() as connection:
        found = sent.find(connection, "<0@acme.example>")
        assert found is not None and (found.id, found.kind) == (id_, NoticeKind.CONFIRMATION)
        assert sent.find(connection, "<other@acme.example>") is None


def test_deferred_mail_waits_and_says_why(store: Store) -> None:
    (id_,) = queue(store)
    claim(store)
    with store.writing() as connection:
        leaving.deferred(connection, id_, "451 4.7.1 greylisted", NOW + MINUTE)

    with store.reading() as connection:
        (shown,) = unsent(connection)
    assert shown.last_error == "451 4.7.1 greylisted"
    assert (shown.attempts, shown.next_attempt_at) == (1, NOW + MINUTE)
    assert claim(store) == []
    assert claim(store, after=MINUTE) == [id_]


def test_failed_mail_is_an_event_on_its_ticket(store: Store) -> None:
    ticket = open_ticket(store)
    (id_,) = queue(store, ticket=ticket.id)
    with store.writing() as connection:
        leaving.failed(connection, id_, "550 no such user", NOW)

    detail = {"notice": "confirmation", "to": [CARLA.addr_spec], "error": "550 no such user"}
    assert events(store) == [("delivery_failed", detail)]
    assert claim(store, after=timedelta(days=9)) == []


def test_recipient_that_was_refused_is_an_event(store: Store) -> None:
    (id_,) = queue(store)
    with store.writing() as connection:
        leaving.refused(connection, id_, [(CARLA.addr_spec, "550 no")], NOW)

    recipients = [{"address": CARLA.addr_spec, "error": "550 no"}]
    assert events(store) == [("delivery_failed", {"notice": "confirmation", "recipients": recipients})]


def _is(state: str, connection: Connection, id_: int) -> None:
    match state:
        case "sent":
            leaving.sent(connection, id_, NOW)
        case "failed":
            leaving.failed(connection, id_, "550", NOW)
        case "cancelled":
            outbox.cancel(connection, id_, NOW, "cli")
        case "claimed":
            leaving.claim(connection, NOW, 1, LEASE, "a")


@pytest.mark.parametrize(
    ("state", "cancelled", "retried"),
    [
        ("queued", True, True),
        ("failed", True, True),
        ("sent", False, False),
        ("cancelled", False, False),
        ("claimed", False, None),
    ],
)
def test_only_what_has_not_left_can_be_taken_back_or_tried_again(
    store: Store, state: str, cancelled: bool, retried: bool | None
) -> None:
    one, two = queue(store, 2)
    for id_ in (one, two):
        with store.writing() as connection:
            _is(state, connection, id_)

    with store.writing() as connection:
        assert outbox.cancel(connection, one, NOW, "cli") is cancelled
        if retried is not None:
            assert outbox.retry(connection, two, NOW + MINUTE) is retried
    assert row(store, one).state == ("cancelled" if cancelled else "queued" if state == "claimed" else state)
    if retried:
        assert claim(store, after=MINUTE) == [two]


def test_mail_that_came_back_is_marked(store: Store) -> None:
    (id_,) = queue(store)
    with store.writing() as connection:
        leaving.sent(connection, id_, NOW)
        sent.mark_bounced(connection, id_)

    assert row(store, id_).state == "bounced"


def test_listing_shows_what_has_not_left(store: Store) -> None:
    ticket = open_ticket(store)
    queued, failed, sent, cancelled = queue(store, 4, ticket=ticket.id)
    with store.writing() as connection:
        _is("failed", connection, failed)
        _is("sent", connection, sent)
        _is("cancelled", connection, cancelled)
        shown = {one.id: one for one in unsent(connection)}

    assert shown.keys() == {queued, failed}
    assert (shown[queued].ticket, shown[queued].state, shown[queued].next_attempt_at) == (ticket.number, "queued", NOW)
    assert (shown[failed].state, shown[failed].last_error) == ("failed", "550")


# -- what it carries


def test_long_conversation_is_named_by_its_first_and_its_newest_mails(store: Store) -> None:
    """Each mail of ours keeps them: of all, one customer's small mails would fill the disk."""
    ticket = open_ticket(store).id
    of_all: dict[str, Any] = {"ticket_id": ticket, "at": NOW, "direction": "inbound", "visibility": "public"}
    no_words: dict[str, Any] = {"from_name": "", "from_address": "", "to": [], "cc": [], "text": "", "reply": ""}
    with store.writing() as connection:
        for number in range(40):
            row = {**of_all, **no_words, "message_id": f"<{number}@x>", "from_customer": True, "verdict": "pass"}
            connection.execute(insert(t.messages), row)
            if number in (0, 20, 21):
                assert len(thread_of(connection, ticket)) == min(number + 1, 21)

        assert thread_of(connection, ticket) == ["<0@x>", *(f"<{number}@x>" for number in range(20, 40))]


def test_answer_carries_the_stored_words_and_files(desk: Node) -> None:
    number = desk.open(make_raw())
    raw = make_raw(
        sender=Address(name=ANN.name, addr_spec=ANN.address),
        message_id="<a@acme.example>",
        body="We send a new one.\n",
        files=(("label.txt", b"words\n"),),
        In_Reply_To="<vase@shop.example>",
    )
    desk.receive(raw)

    with desk.store.writing() as connection:
        found = leaving.claim(connection, NOW, 1, LEASE, "a")[0]
        facts = outbox.facts(connection, desk.context.blobs, found)
    assert found.notice.kind is NoticeKind.REPLY
    assert facts["text"].strip() == "We send a new one."
    assert [(file.filename, file.data) for file in facts["attachments"]] == [("label.txt", b"words\n")]
    assert desk.show(number)["messages"][1]["delivery"] == "queued"


def test_templated_mail_carries_no_message(desk: Node) -> None:
    desk.open(make_raw())

    with desk.store.writing() as connection:
        found = leaving.claim(connection, NOW, 1, LEASE, "a")[0]
        assert outbox.facts(connection, desk.context.blobs, found) == {}
