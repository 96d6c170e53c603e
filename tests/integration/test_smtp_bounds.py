"""How much may clients ask of the SMTP intake at once? Each bound has its reply, its log event, and an end."""

import asyncio
import logging
from typing import Any

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from tests.integration.smtp_desk import LOOPS, desk, on_loop, until

pytestmark = pytest.mark.parametrize("loop", LOOPS)

_TRANSACTION = b"MAIL FROM:<carla@shop.example>\r\nRCPT TO:<support@acme.example>\r\nDATA\r\n"


def _count(entries: list[EventDict], event: str) -> int:
    return sum(entry["event"] == event for entry in entries)


@pytest.mark.parametrize("bound", ["max_connections", "max_connections_per_peer"])
def test_one_connection_too_many_is_sent_away_until_another_ends(loop: str, bound: str) -> None:
    async def story() -> None:
        settings: dict[str, Any] = {bound: 2}
        async with desk(**settings) as d:
            first, _ = await d.client(), await d.client()
            with capture_logs() as entries:
                assert (await (await d.connect()).reader.read()) == (
                    b"421 4.7.0 Too many connections, please try again later\r\n"
                )
            assert [(e["event"], e["bound"]) for e in entries] == [("smtp_connection_refused", bound)]
            assert await first.say("QUIT") == "221 2.0.0 Bye"
            await until(lambda: d.connections == 1)
            assert (await (await d.client()).say("NOOP"))[:3] == "250"

    on_loop(loop, story)


def test_bound_per_peer_leaves_other_peers_alone(loop: str) -> None:
    async def story() -> None:
        async with desk(max_connections_per_peer=1) as d:
            await d.client()
            other = await d.connect(source="127.0.0.2")
            assert (await other.reply())[:3] == "220"

    on_loop(loop, story)


def test_recipients_are_bounded_and_the_taken_ones_get_their_mail(loop: str) -> None:
    async def story() -> None:
        async with desk(max_recipients=2) as d:
            client = await d.client()
            await client.say("MAIL FROM:<>", "RCPT TO:<support+1@acme.example>", "RCPT TO:<support+2@acme.example>")
            with capture_logs() as entries:
                assert (await client.say("RCPT TO:<support+3@acme.example>"))[:9] == "452 4.5.3"
            assert _count(entries, "smtp_refused") == 1
            await client.say("DATA")
            client.send(b"Hi\r\n.\r\n")
            assert (await client.reply())[:3] == "250"
            assert d.ledger.envelopes[0].rcpt_tos == ("support+1@acme.example", "support+2@acme.example")

    on_loop(loop, story)


def test_mail_of_the_maximum_size_is_taken_and_one_byte_more_is_not(loop: str) -> None:
    async def story() -> None:
        async with desk(max_message_size=1_000_000) as d:
            client = await d.client()
            line = b"." + b"x" * 97 + b"\r\n"  # 100 bytes, 101 on the wire
            assert (await client.mail(b"." + line + (b"." + line) * 9_999 + b".\r\n"))[:3] == "250"
            assert d.ledger.mails == [line * 10_000]
            with capture_logs() as entries:
                reply = await client.mail((b"." + line) * 9_999 + b"." + b"." + b"x" * 98 + b"\r\n.\r\n")
            assert reply == "552 5.3.4 Message exceeds the maximum size of 1000000 bytes"
            assert _count(entries, "smtp_refused") == 1
            assert (await client.mail(b"Hi\r\n.\r\n"))[:3] == "250"
            assert len(d.ledger.mails) == 2

    on_loop(loop, story)


def test_line_ends_made_whole_count_too(loop: str) -> None:
    async def story() -> None:
        async with desk(max_message_size=100_000) as d:
            client = await d.client()
            assert (await client.mail(b"\n" * 60_000 + b"\r\n.\r\n"))[:9] == "552 5.3.4"

    on_loop(loop, story)


def test_what_is_too_large_is_not_kept_while_it_comes(loop: str) -> None:
    async def story() -> None:
        async with desk(max_message_size=100_000) as d:
            client = await d.client()
            client.send(_TRANSACTION + b"x" * 90_000)
            await until(lambda: d.held > 80_000)
            client.send(b"x" * 90_000)
            await until(lambda: d.held == 0)
            client.send(b"x" * 90_000 + b"\r\n.\r\n")
            assert [(await client.reply())[:3] for _ in range(4)] == ["250", "250", "354", "552"]

    on_loop(loop, story)


def test_bytes_in_flight_bound_all_sessions_together(loop: str) -> None:
    async def story() -> None:
        async with desk(max_message_size=100_000, max_bytes_in_flight=150_000) as d:
            d.ledger.may_commit.clear()
            slow, quick = await d.client(), await d.client()
            slow.send(_TRANSACTION + b"x" * 99_000 + b"\r\n.\r\n")
            await d.ledger.begun.wait()
            with capture_logs() as entries:
                assert (await quick.say("MAIL FROM:<> SIZE=60000"))[:9] == "452 4.3.1"
                assert (await quick.mail(b"x" * 60_000 + b"\r\n.\r\n"))[:9] == "452 4.3.1"
            assert _count(entries, "smtp_refused") == 2
            d.ledger.may_commit.set()
            assert [(await slow.reply())[:3] for _ in range(4)] == ["250", "250", "354", "250"]
            assert (await quick.say("RSET", "MAIL FROM:<> SIZE=60000"))[:3] == "250"
            assert (await quick.say("RSET"))[:3] == "250"
            assert (await quick.mail(b"x" * 60_000 + b"\r\n.\r\n"))[:3] == "250"
            assert d.held == 0

    on_loop(loop, story)


def test_client_that_only_writes_is_stopped_while_its_mail_is_committed(loop: str) -> None:
    async def story() -> None:
        async with desk() as d:
            d.ledger.may_commit.clear()
            client = await d.client()
            client.send(_TRANSACTION + b"Hi\r\n.\r\n")
            await d.ledger.begun.wait()
            flood = b"NOOP\r\n" * 4_000_000
            client.send(flood)
            sent = asyncio.create_task(client.writer.drain())
            left = -1
            while left != client.writer.transport.get_write_buffer_size():
                left = client.writer.transport.get_write_buffer_size()
                await asyncio.sleep(0.1)
            assert left > 0
            assert not sent.done()
            sent.cancel()
            client.writer.transport.abort()

    on_loop(loop, story)


def test_idle_client_is_sent_away(loop: str) -> None:
    async def story() -> None:
        async with desk(timeout=0.5) as d:
            client = await d.client()
            with capture_logs() as entries:
                assert await client.reader.read() == b"421 4.4.2 Timeout, closing the connection\r\n"
            assert _count(entries, "smtp_timed_out") == 1

    on_loop(loop, story)


def test_client_that_stops_in_the_middle_of_its_mail_is_sent_away(loop: str) -> None:
    async def story() -> None:
        async with desk(timeout=0.5) as d:
            client = await d.client()
            client.send(_TRANSACTION + b"Hi")
            assert (await client.reader.read()).endswith(b"421 4.4.2 Timeout, closing the connection\r\n")
            assert d.held == 0
            assert d.ledger.mails == []

    on_loop(loop, story)


def test_client_that_reads_nothing_is_cut_off(loop: str) -> None:
    async def story() -> None:
        async with desk(timeout=0.5, hostname="d" * 4000) as d:
            client = await d.connect()
            client.send(b"EHLO shop.example\r\n" * 10_000)  # 40 MB of replies, more than any buffer takes
            await until(lambda: d.connections == 1)
            await until(lambda: d.connections == 0)

    on_loop(loop, story)


def test_slow_mail_and_slow_commit_outlive_the_timeout(loop: str) -> None:
    async def story() -> None:
        async with desk(timeout=1.5) as d:
            client = await d.client()
            client.send(_TRANSACTION)
            d.ledger.may_commit.clear()
            for _ in range(5):  # longer than the timeout
                client.send(b"Hi\r\n")
                await asyncio.sleep(0.4)
            client.send(b".\r\n")
            await asyncio.sleep(1.8)
            d.ledger.may_commit.set()
            assert [(await client.reply())[:3] for _ in range(4)] == ["250", "250", "354", "250"]
            assert d.ledger.mails == [b"Hi\r\n" * 5]

    on_loop(loop, story)


def test_library_logs_no_mail(loop: str, caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        async with desk() as d:
            await (await d.client()).mail(b"a secret\r\n.\r\n")
            # a client that did not notice a refusal goes on with its mail
            await (await d.client()).say("DATA", "another-secret")

    with caplog.at_level(logging.DEBUG):  # the root logger, as a careless operator may set it
        on_loop(loop, story)
    assert "secret" not in caplog.text.lower()
