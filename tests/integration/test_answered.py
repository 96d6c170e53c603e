"""What the store gives an answer to carry, and what it remembers of how an agent's replies end."""

from pathlib import Path
from typing import Any

import pytest

from mailticket.desk.attachments import judge
from mailticket.desk.notice import Notice, NoticeKind
from mailticket.desk.ticket import Direction, Source, Visibility
from mailticket.mail.identity import Verdict
from mailticket.store import agent_endings, answered, tickets
from mailticket.store.blobs import BlobFolder, insert
from mailticket.store.engine import Store
from mailticket.store.opening import NewTicket, open_ticket
from mailticket.store.tickets import NewMessage
from tests.factories import CARLA, DESK, NOW, PDF, PNG, make_attachment, make_policy

POLICY = make_policy()
CUSTOMERS: dict[str, Any] = {
    "direction": Direction.INBOUND,
    "from_": CARLA,
    "from_customer": True,
    "text": "",
    "reply": "My vase\n\nis broken",
}
ANSWER: dict[str, Any] = {
    "direction": Direction.OUTBOUND,
    "from_": None,
    "from_customer": False,
    "text": "Look",
    "reply": "Look",
}


def carried(store: Store, folder: Path, said: dict[str, Any], details: dict[str, Any] | None = None) -> dict[str, Any]:
    """What an answer carries that shows one picture, has another one aside, and comes with a file."""
    blobs = BlobFolder(folder)
    files = (
        make_attachment("shown.png", PNG, inline=True, content_id="a@x"),
        make_attachment("aside.png", PNG + b"1", inline=True, content_id="b@x"),
        make_attachment("label.pdf", PDF, content_type="application/pdf", media_type="application/pdf"),
    )
    kept = [blobs.prepare(file.data, file.sha256) for file in files]
    with store.writing() as connection:
        insert(connection, kept)
        new = NewTicket(at=NOW, title="", contact=CARLA, source=Source.SMTP, desk_address=DESK, language="en")
        ticket = open_ticket(connection, new, POLICY.numbering, NOW.date())
        usual: dict[str, Any] = {"at": NOW, "message_id": "", "verdict": Verdict.PASS}
        quoted = tickets.add_message(connection, ticket.id, NewMessage(**usual, **CUSTOMERS | said))
        html = '<p>Look <img src="cid:a@x"></p>'
        judged = judge(files, POLICY.attachments, 5)
        message = tickets.add_message(connection, ticket.id, NewMessage(**usual, **ANSWER, html=html), judged)
    told = {"formatted": True, "quoted": str(quoted)} if details is None else details
    notice = Notice(
        kind=NoticeKind.REPLY, to=(CARLA,), from_=CARLA, title="", language="en", message=message, details=told
    )  # fmt: skip
    with store.reading() as connection:
        return answered.facts(connection, blobs, notice)


def test_pictures_that_are_shown_and_files_go_along(store: Store, tmp_path: Path) -> None:
    facts = carried(store, tmp_path, {})
    assert [(one.filename, one.content_id) for one in facts["images"]] == [("shown.png", "a@x")]
    assert [(one.filename, one.data) for one in facts["attachments"]] == [("label.pdf", PDF)]
    assert facts["quote"] == {"author": CARLA.name, "at": "2026-11-22T12:00:00Z", "text": "My vase\n\nis broken"}


def test_html_that_an_older_version_stored_is_not_sent(store: Store, tmp_path: Path) -> None:
    facts = carried(store, tmp_path, {}, details={})
    assert (facts["html"], facts["images"], facts["quote"]) == ("", [], {})


@pytest.mark.parametrize(
    "said",
    [{"visibility": Visibility.INTERNAL}, {"from_customer": False}, {"reply": " \n"}],
    ids=["a note", "ours", "nothing"],
)
def test_nothing_but_a_customers_public_words_is_quoted(store: Store, tmp_path: Path, said: dict[str, Any]) -> None:
    assert carried(store, tmp_path, said)["quote"] == {}


def test_long_mail_is_quoted_in_part(store: Store, tmp_path: Path) -> None:
    text = carried(store, tmp_path, {"reply": "line\n" * 100})["quote"]["text"]
    assert text.splitlines() == ["line"] * 60 + ["[…]"]


def test_newest_endings_of_each_agent_are_remembered(store: Store) -> None:
    with store.writing() as connection:
        for ending in (("a",), ("b", "c"), (), ("d",)):
            agent_endings.keep(connection, "ann@acme.example", ending, most=2)
        agent_endings.keep(connection, "ben@acme.example", ("e",), most=2)
    with store.reading() as connection:
        assert agent_endings.of(connection, "ann@acme.example") == (("d",), ("b", "c"))
        assert agent_endings.of(connection, "nobody@acme.example") == ()
