"""Rows that mails of one batch write together: the same rows, in the same order, seen by whoever asks."""

from typing import Any

import pytest
from sqlalchemy import event, select

from mailticket.desk.receipt import Ignored
from mailticket.mail.message import Position
from mailticket.store import mailboxes, receipts, tickets
from mailticket.store import tables as t
from mailticket.store.blobs import Blob, insert
from mailticket.store.engine import Store
from mailticket.store.together import together, write_now
from tests.factories import NOW, make_envelope


def kinds(store: Store) -> list[str]:
    with store.reading() as connection:
        return list(connection.execute(select(t.events.c.kind).order_by(t.events.c.id)).scalars())


def happen(connection: Any, *names: str) -> None:
    tickets.record(connection, None, NOW, "ann", *((name, {}) for name in names))


def write_receipt(connection: Any, digest: str, blob: str) -> None:
    insert(connection, [Blob(sha256=blob, size=1, codec="", data=b"x")])
    receipts.write(
        connection, digest=digest, message_id="", envelope=make_envelope(), receipt=Ignored(reason="loop"),
        ticket=None, message=None, why={}, raw_sha256=blob,
    )  # fmt: skip


def test_rows_of_one_kind_are_one_statement_in_their_order(store: Store) -> None:
    statements: list[str] = []

    def executed(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    with store.writing() as connection:
        event.listen(store.engine, "before_cursor_execute", executed)
        with together(connection):
            happen(connection, "a", "b")
            happen(connection, "c")
            mailboxes.mark(connection, Position(account="support", folder="INBOX", uidvalidity=7, uid=1))
            happen(connection, "d")
        event.remove(store.engine, "before_cursor_execute", executed)

    assert kinds(store) == ["a", "b", "c", "d"]
    assert len(statements) == 2


def test_alone_a_row_is_written_at_once(store: Store) -> None:
    with store.writing() as connection:
        happen(connection, "a")

        assert connection.execute(select(t.events.c.kind)).scalars().all() == ["a"]


def test_repeat_is_known_while_the_first_one_waits(store: Store) -> None:
    with store.writing() as connection, together(connection):
        write_receipt(connection, "digest", "1" * 64)

        assert receipts.known(connection, "another") is None
        known = receipts.known(connection, "digest")

    assert known is not None
    assert known.kind == "ignored"


def test_what_is_referred_to_is_written_first(store: Store) -> None:
    with store.writing() as connection, together(connection):
        insert(connection, [Blob(sha256="1" * 64, size=1, codec="", data=b"x")])
        write_now(connection)
        # now the receipt is the first that waits, and its bytes come after it
        for number in "12":
            write_receipt(connection, number, number * 64)

    with store.reading() as connection:
        assert connection.execute(select(t.receipts.c.digest).order_by(t.receipts.c.id)).scalars().all() == ["1", "2"]


def test_fault_leaves_nothing_that_waits(store: Store) -> None:
    def fail() -> None:
        with store.writing() as connection, together(connection):
            happen(connection, "lost")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    with store.writing() as connection, together(connection):
        happen(connection, "kept")

    assert kinds(store) == ["kept"]
