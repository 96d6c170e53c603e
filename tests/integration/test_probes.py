"""Which mail is a probe of ours? It is known whatever was done to it on its way, and nothing else is taken for one."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mailticket import jobs
from mailticket.desk.receipt import Duplicate, Ignored, Opened
from mailticket.mail.message import Address, Position, Transport
from mailticket.store.engine import Store
from tests.factories import ANN, DESK, make_raw
from tests.integration.nodes import node
from tests.integration.probing import CANARY, LEAD, MINUTE, Probed


@pytest.fixture
def probed(store: Store, tmp_path: Path) -> Iterator[Probed]:
    with node(store, tmp_path / "blobs", canary=CANARY, agents=(ANN, LEAD)) as desk:
        yield Probed(desk)


def without_mark(raw: bytes) -> bytes:
    return re.sub(rb"X-[^\r]*\r\n", b"", raw)


def renamed(raw: bytes) -> bytes:
    return re.sub(rb"Message-ID: [^\r]*", b"Message-ID: <0100018f@amazonses.example>", raw)


@pytest.mark.parametrize("change", [without_mark, renamed], ids=["without our fields", "with another Message-ID"])
def test_probe_is_known_however_a_relay_has_changed_it(probed: Probed, change: Any) -> None:
    probed.after(0)

    assert probed.arrives(change(probed.leave())) == Ignored(reason="probe", spent=True)
    assert probed.newest().arrived_at is not None


def test_probe_that_is_sent_again_is_ignored_and_measures_nothing(probed: Probed) -> None:
    probed.after(0)
    raw = probed.leave()
    probed.arrives(raw)
    arrived_at = probed.newest().arrived_at
    probed.desk.clock.time += MINUTE

    assert isinstance(probed.arrives(raw), Duplicate)
    forged = without_mark(raw).replace(b"mailticket has written", b"Mallory has written")
    assert probed.arrives(forged) == Ignored(reason="own_loop")
    assert probed.newest().arrived_at == arrived_at
    assert probed.desk.numbers() == []


def test_words_of_an_old_probe_do_not_stand_for_a_lost_one(probed: Probed) -> None:
    probed.after(0)
    old = probed.leave()
    probed.arrives(old)
    probed.after(15)
    probed.leave()

    probed.arrives(old.replace(b"mailticket has written", b"Mallory has written"))

    assert probed.newest().arrived_at is None


def test_mail_that_only_looks_like_a_probe_is_a_ticket_like_all(probed: Probed) -> None:
    probed.after(0)
    probed.leave()
    token = "a" * 48
    forged = make_raw(
        f"mailticket looks how long mail takes {{probe-{token}}}",
        message_id=f"<{token}@acme.example>",
        X_Mailticket_Notice="probe",
    )

    assert isinstance(probed.arrives(forged), Opened)
    assert probed.newest().arrived_at is None


def test_answer_to_a_probe_is_a_ticket_like_all(probed: Probed) -> None:
    """A colleague has found it in the mailbox, and asks what that is."""
    probed.after(0)
    raw = probed.leave()
    subject = re.search(rb"Subject: (.*(?:\r\n .*)*)", raw)
    id_ = re.search(rb"Message-ID: (.*)\r", raw)
    assert subject and id_
    words = " ".join(subject[1].decode().split())

    assert isinstance(probed.arrives(make_raw(f"Re: {words}", In_Reply_To=id_[1].decode())), Opened)
    assert probed.newest().arrived_at is None


def test_our_copy_among_what_was_sent_is_no_arrival(probed: Probed) -> None:
    """Providers put what leaves by SMTP into the Sent folder."""
    probed.after(0)
    raw = probed.leave()

    assert probed.arrives(raw, transport=Transport.IMAP, sent=True) != Ignored(reason="probe", spent=True)
    assert probed.newest().arrived_at is None

    assert probed.arrives(raw, transport=Transport.IMAP) == Ignored(reason="probe", spent=True)
    assert probed.desk.numbers() == []


def test_probe_in_an_archive_that_is_imported_is_no_arrival(probed: Probed) -> None:
    probed.after(0)

    assert probed.arrives(without_mark(probed.leave()), transport=Transport.IMPORT) == Ignored(reason="own_loop")
    assert probed.newest().arrived_at is None


def test_absence_notice_that_answers_a_probe_opens_no_ticket(probed: Probed) -> None:
    probed.after(0)
    raw = probed.leave()
    assert b"\r\nX-Auto-Response-Suppress: OOF, AutoReply\r\n" in raw
    id_ = re.search(rb"Message-ID: (.*)\r", raw)
    assert id_
    itself = Address(name="Acme Support", addr_spec=DESK)
    answer = make_raw("Automatic reply: x", itself, In_Reply_To=id_[1].decode(), Auto_Submitted="auto-replied")

    probed.arrives(answer)

    assert probed.desk.numbers() == []


def test_rescan_of_a_mailbox_makes_no_ticket_of_a_probe_nor_counts_it_again(probed: Probed) -> None:
    probed.after(0)
    raw = probed.leave()
    for uidvalidity in (1, 2):
        position = Position(account="support", folder="INBOX", uidvalidity=uidvalidity, uid=7)
        probed.arrives(raw, transport=Transport.IMAP, position=position, confirm=uidvalidity == 1)
    probed.desk.clock.time += timedelta(days=9)
    jobs.forget_probes(probed.desk.ledger, probed.desk.clock.time)

    assert probed.arrives(without_mark(raw), transport=Transport.IMAP) == Ignored(reason="own_loop")
    assert probed.desk.numbers() == []
