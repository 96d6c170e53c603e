"""Delivery through a real Postfix to the customer's server: every mail once, whatever happens on the way."""

import email
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from email.policy import default
from typing import Any

import dkim
import pytest

from mailticket.desk.notice import NoticeKind
from mailticket.outbound.delivery import Delivery
from mailticket.outbound.relay import Relay
from mailticket.outbound.samples import SAMPLES
from mailticket.outbound.signing import Signer
from mailticket.settings.outbound import OutboundSettings
from tests.servers.authority import Authority
from tests.servers.postfix import Postfix
from tests.servers.sink import Sink
from tests.unit.outbound.memory import DESK, START, MemoryOutbox, make_delivery, wait_until


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as sink:
        yield sink


@pytest.fixture
def outbox() -> MemoryOutbox:
    return MemoryOutbox()


def start(
    outbox: MemoryOutbox, port: int, authority: Authority | None = None, connections: int = 3, **over: Any
) -> Delivery:
    settings = OutboundSettings(
        port=port, timeout=10, tls="starttls" if authority else "none", ca_file=authority.ca_file if authority else None
    )
    delivery = make_delivery(outbox, lambda: Relay(settings, str), connections=connections, **over)
    delivery.start()
    return delivery


def test_mail_keeps_its_words_and_marks_on_the_way(
    sink: Sink, outbox: MemoryOutbox, tmp_path_factory: pytest.TempPathFactory
) -> None:
    authority = Authority(tmp_path_factory.mktemp("ca"))
    entry = outbox.add("carla@shop.example", details={**SAMPLES[NoticeKind.CONFIRMATION], "title": "Grüße aus Köln"})
    route = {"shop.example": f"smtp:[127.0.0.1]:{sink.port}"}
    with Postfix(route, certificate=authority.issue()) as postfix:
        delivery = start(outbox, postfix.port, authority)
        [received] = sink.wait_for(1)
        assert delivery.stop(10)

    assert (received.mail_from, received.rcpt_tos) == ("", ("carla@shop.example",))
    mail = email.message_from_bytes(received.raw, policy=default)
    assert mail["Message-ID"] == entry.row.message_id
    assert mail["Subject"] == "[#2611-0042] Grüße aus Köln"
    assert (mail["Auto-Submitted"], mail["X-Mailticket-Notice"]) == ("auto-replied", "confirmation")
    assert entry.row.rendered is not None
    assert received.raw.endswith(entry.row.rendered)


@pytest.mark.parametrize("how", [("genrsa", "2048"), ("genpkey", "-algorithm", "ed25519")], ids=["RSA", "Ed25519"])
def test_signature_holds_at_the_other_end(sink: Sink, outbox: MemoryOutbox, how: tuple[str, ...]) -> None:
    key = subprocess.run(["openssl", *how], check=True, capture_output=True).stdout
    signer = Signer("acme.example", "desk2026", key)
    words = {**SAMPLES[NoticeKind.CONFIRMATION], "title": "Grüße aus Köln " * 30}
    outbox.add("carla@shop.example", "paul@shop.example", details=words, title="Grüße " * 30)
    with Postfix({"shop.example": f"smtp:[127.0.0.1]:{sink.port}"}) as postfix:
        delivery = start(outbox, postfix.port, sign=signer.sign)
        [received] = sink.wait_for(1)
        assert delivery.stop(10)

    # Postfix puts Received on top
    assert received.raw.startswith(b"Received: ")
    assert dkim.verify(received.raw, dnsfunc=lambda name, timeout: signer.record.encode())
    assert not dkim.verify(received.raw + b"more\r\n", dnsfunc=lambda name, timeout: signer.record.encode())


def test_relay_that_goes_down_and_comes_back_gets_every_mail_once(sink: Sink, outbox: MemoryOutbox) -> None:
    with Postfix({"shop.example": f"smtp:[127.0.0.1]:{sink.port}"}) as postfix:
        first = [outbox.add(f"c{n}@shop.example") for n in range(20)]
        delivery = start(outbox, postfix.port)
        wait_until(lambda: all(entry.state == "sent" for entry in first))

        # what it has handed on and not yet struck off, it would hand on again
        postfix.wait_until_empty()
        postfix.stop()
        second = [outbox.add(f"d{n}@shop.example") for n in range(20)]
        delivery.wake()
        wait_until(lambda: not delivery.state.reachable)
        assert "Connection refused" in delivery.state.reason
        postfix.start()

        wait_until(lambda: all(entry.state == "sent" for entry in second), 60)
        assert delivery.state.reachable
        received = sink.wait_for(40)
        assert delivery.stop(10)
        postfix.wait_until_empty()

    assert len(sink.received) == 40
    assert {mail.rcpt_tos[0] for mail in received} == {e.row.notice.to[0].addr_spec for e in (*first, *second)}
    assert {entry.row.attempts for entry in second} == {0}


def test_relay_that_refuses_the_null_reverse_path_gets_the_desks_address(sink: Sink, outbox: MemoryOutbox) -> None:
    entries = [outbox.add("carla@shop.example") for _ in range(3)]
    refused = {"<>": "550 5.7.1 not without a sender"}
    with Postfix({"shop.example": f"smtp:[127.0.0.1]:{sink.port}"}, refuse_senders=refused) as postfix:
        delivery = start(outbox, postfix.port, connections=1)
        received = sink.wait_for(3)
        wait_until(lambda: all(entry.state == "sent" for entry in entries))
        assert delivery.stop(10)
        assert outbox.refused_paths.keys() == {"null"}

        assert postfix.log.count("not without a sender") == 1
    assert {mail.mail_from for mail in received} == {DESK}


SOMETIMES_REFUSED = "support+b-bad@acme.example"


@pytest.mark.parametrize("relay", ["Postfix", "another"])
def test_mail_at_which_the_relay_hangs_up_waits_alone(sink: Sink, outbox: MemoryOutbox, relay: str) -> None:
    bad = [outbox.add("bad@shop.example", mail_from=SOMETIMES_REFUSED) for _ in range(2)]
    good = [outbox.add("carla@shop.example", mail_from="support+b-good@acme.example") for _ in range(3)]
    with ExitStack() as servers:
        port = sink.port
        if relay == "Postfix":
            postfix = Postfix(
                {"shop.example": f"smtp:[127.0.0.1]:{sink.port}"},
                refuse_senders={SOMETIMES_REFUSED: "421 4.7.0 not now"},
                settings={"smtpd_delay_reject": "no"},
            )
            port = servers.enter_context(postfix).port
        else:
            sink.replies[f"<{SOMETIMES_REFUSED}>"] = "421 4.7.0 not now"
        delivery = start(outbox, port, connections=1)
        sink.wait_for(3)
        wait_until(lambda: all(entry.state == "sent" for entry in good) and all(entry.row.attempts for entry in bad))
        assert delivery.state.reachable
        assert delivery.stop(10)

    assert [(entry.state, "hung up: 421 4.7.0" in entry.error) for entry in bad] == [("queued", True)] * 2, bad[0].error


def test_relay_that_wants_a_login_pauses_all(outbox: MemoryOutbox) -> None:
    entries = [outbox.add("carla@shop.example") for _ in range(5)]
    with Sink(replies={"<>": "530 5.7.0 Authentication required"}) as sink:
        delivery = start(outbox, sink.port, connections=1)
        wait_until(lambda: not delivery.state.reachable and not any(entry.claimed for entry in entries))
        assert delivery.stop(10)

    assert "530 5.7.0" in delivery.state.reason
    assert {entry.row.attempts for entry in entries} == {0}


def test_recipient_whom_the_relay_does_not_know_fails_alone(sink: Sink, outbox: MemoryOutbox) -> None:
    gone, busy = outbox.add("gone@shop.example"), outbox.add("busy@shop.example")
    some = outbox.add("carla@shop.example", "gone@shop.example")
    replies = {"gone@shop.example": "550 5.1.1 no such person", "busy@shop.example": "450 4.2.1 busy"}
    with Postfix({"shop.example": f"smtp:[127.0.0.1]:{sink.port}"}, refuse_recipients=replies) as postfix:
        delivery = start(outbox, postfix.port)
        [received] = sink.wait_for(1)
        wait_until(lambda: gone.state == "failed" and busy.row.attempts == 1 and some.refused)
        assert delivery.stop(10)

    assert received.rcpt_tos == ("carla@shop.example",)
    assert "550 5.1.1" in gone.error
    assert "450 4.2.1" in busy.error
    assert busy.due - START > timedelta(minutes=1)
    assert [rcpt for rcpt, _ in some.refused] == ["gone@shop.example"]


def test_wrong_certificate_sends_nothing_and_says_why(
    sink: Sink, outbox: MemoryOutbox, tmp_path_factory: pytest.TempPathFactory
) -> None:
    entry = outbox.add("carla@shop.example")
    ours, theirs = Authority(tmp_path_factory.mktemp("ours")), Authority(tmp_path_factory.mktemp("theirs"), "Theirs")
    with Postfix({"*": f"smtp:[127.0.0.1]:{sink.port}"}, certificate=theirs.issue()) as postfix:
        delivery = start(outbox, postfix.port, ours)
        wait_until(lambda: not delivery.state.reachable)
        assert delivery.stop(10)
        assert postfix.queue_size() == 0

    assert "certificate that we cannot trust" in delivery.state.reason
    assert (entry.state, entry.row.attempts, entry.claimed) == ("queued", 0, False)
    assert sink.received == []


def test_no_worker_is_left_after_a_stop(sink: Sink, outbox: MemoryOutbox) -> None:
    before = threading.active_count()
    with Postfix({"*": f"smtp:[127.0.0.1]:{sink.port}"}) as postfix:
        delivery = start(outbox, postfix.port, connections=5)
        outbox.add("carla@shop.example")
        delivery.wake()
        sink.wait_for(1)

        assert delivery.stop(10)

    assert threading.active_count() == before
