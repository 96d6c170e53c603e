"""Which bytes of a conversation become the mail? Ends, dots and line ends: RFC 5321 §4.1.1.4, §4.5.2."""

import asyncio
from collections.abc import Callable

import pytest

from tests.integration.smtp_desk import LOOPS, Client, desk, on_loop, until

pytestmark = pytest.mark.parametrize("loop", LOOPS)

_ENDS_ONLY_HERE = b"\r\n.\r\n"
_TRANSACTION = b"MAIL FROM:<carla@shop.example>\r\nRCPT TO:<support@acme.example>\r\nDATA\r\n"


@pytest.mark.parametrize("lookalike", [
    b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r.\r\n", b"\r\n.\n", b"\r\n.\r", b"\n.\r", b"\r.\n",
    b"\r\n\x00.\r\n", b"\r\n.\x00\r\n",
])  # fmt: skip
def test_only_crlf_dot_crlf_ends_a_mail(loop: str, lookalike: bytes) -> None:
    async def story() -> None:
        async with desk() as d:
            smuggled = b"one" + lookalike + _TRANSACTION + b"two"
            client = await d.client()
            assert (await client.mail(smuggled + _ENDS_ONLY_HERE))[:3] == "250"
            assert await client.say("NOOP") == "250 2.0.0 OK"
            assert len(d.ledger.mails) == 1
            assert d.ledger.mails[0].endswith(b"two\r\n")

    on_loop(loop, story)


@pytest.mark.parametrize(
    ("wire", "mail"),
    [
        pytest.param(b".\r\n", b"", id="nothing at all"),
        pytest.param(b"\r\n.\r\n", b"\r\n", id="one empty line"),
        pytest.param(b"..\r\n.\r\n", b".\r\n", id="dot in the first line"),
        pytest.param(b"a\r\n..b\r\n...\r\n.\r\n", b"a\r\n.b\r\n..\r\n", id="stuffed dots"),
        pytest.param(b"a\r\n.b\r\n.\r\n", b"a\r\nb\r\n", id="a dot that was not stuffed goes all the same"),
        pytest.param(
            b"\na\nb\rc\r\n\n\r\r\n.\r\n", b"\r\na\r\nb\r\nc\r\n\r\n\r\n\r\n", id="bare line ends become CRLF"
        ),
        pytest.param(b"a: b\rc: d\ne: f\r\n.\r\n", b"a: b c: d\r\ne: f\r\n", id="a bare CR begins no header field"),
        pytest.param(b"a: b\r\r\n\r\r\nc\r\n.\r\n", b"a: b \r\n\r\nc\r\n", id="every line end with a CR too many"),
        pytest.param(b"a\n..b\r\n.\r\n", b"a\r\n..b\r\n", id="a dot behind a bare LF was never stuffed"),
        pytest.param(b"a\n.\n.b\r\n.\r\n", b"a\r\n.\r\n.b\r\n", id="an end that is none stays text"),
        pytest.param(b"\x00\xff\xfe\r\n.\r\n", b"\x00\xff\xfe\r\n", id="any byte"),
        pytest.param(b"x" * 65536 + b"\r\n.\r\n", b"x" * 65536 + b"\r\n", id="a line of 64 KiB"),
        pytest.param(b"x" * 700_000 + b"\r\n.\r\n", b"x" * 700_000 + b"\r\n", id="a line over many chunks"),
    ],
)
def test_mail_is_what_was_meant(loop: str, wire: bytes, mail: bytes) -> None:
    async def story() -> None:
        async with desk() as d:
            client = await d.client()
            assert (await client.mail(wire))[:3] == "250"
            assert d.ledger.mails == [mail]

    on_loop(loop, story)


def test_end_is_found_however_the_bytes_are_cut(loop: str) -> None:
    async def story() -> None:
        async with desk() as d:
            client = await d.client()
            await client.say("MAIL FROM:<>", "RCPT TO:<support@acme.example>", "DATA")
            for byte in b"a\r\n..\r\n.\r\r\n.\r\n":
                client.send(bytes([byte]))
                await client.writer.drain()
                await asyncio.sleep(0)
            assert (await client.reply())[:3] == "250"
            assert d.ledger.mails == [b"a\r\n.\r\n\r\n"]

    on_loop(loop, story)


def test_commands_may_follow_the_dot_at_once(loop: str) -> None:
    async def story() -> None:
        async with desk() as d:
            client = await d.client()
            client.send(b"".join(_TRANSACTION + b"mail %d\r\n.\r\n" % n for n in range(50)) + b"QUIT\r\n")
            said = (await client.reader.read()).decode().splitlines()
            assert [line[:3] for line in said] == ["250", "250", "354", "250"] * 50 + ["221"]
            assert d.ledger.mails == [b"mail %d\r\n" % n for n in range(50)]

    on_loop(loop, story)


def test_refused_recipients_among_pipelined_ones_do_no_harm(loop: str) -> None:
    async def story() -> None:
        async with desk() as d:
            client = await d.client()
            client.send(_TRANSACTION.replace(b"\r\nRCPT", b"\r\nRCPT TO:<no@acme.example>\r\nRCPT") + b"Hi\r\n.\r\n")
            assert [(await client.reply())[:3] for _ in range(5)] == ["250", "550", "250", "354", "250"]
            assert d.ledger.envelopes[0].rcpt_tos == ("support@acme.example",)

    on_loop(loop, story)


def test_everything_said_before_a_half_close_is_answered(loop: str) -> None:
    async def story() -> None:
        async with desk() as d:
            client = await d.client()
            client.send(_TRANSACTION + b"one\r\n.\r\n" + _TRANSACTION + b"two\r\n.\r\nNOOP\r\n")
            client.writer.write_eof()
            said = (await client.reader.read()).decode().splitlines()
            assert [line[:3] for line in said] == ["250", "250", "354", "250"] * 2 + ["250"]
            assert d.ledger.mails == [b"one\r\n", b"two\r\n"]

    on_loop(loop, story)


def test_half_close_during_the_commit_still_gets_its_reply(loop: str) -> None:
    async def story() -> None:
        async with desk() as d:
            client = await d.client()
            d.ledger.may_commit.clear()
            client.send(_TRANSACTION + b"Hi\r\n.\r\n")
            await d.ledger.begun.wait()
            client.writer.write_eof()
            await client.say()
            d.ledger.may_commit.set()
            assert (await client.reader.read()).endswith(b"250 2.0.0 Ok: taken\r\n")

    on_loop(loop, story)


def test_mail_is_kept_when_the_client_hangs_up_during_the_commit(loop: str) -> None:
    async def story() -> None:
        async with desk() as d:
            client = await d.client()
            d.ledger.may_commit.clear()
            client.send(_TRANSACTION + b"Hi\r\n.\r\n")
            await d.ledger.begun.wait()
            client.reset()
            await until(lambda: d.connections == 0)
            assert d.held == 4  # its bytes are counted until they are committed
            d.ledger.may_commit.set()
            await until(lambda: d.ledger.mails == [b"Hi\r\n"])
            await until(lambda: d.held == 0)

    on_loop(loop, story)


@pytest.mark.parametrize("way", [Client.reset, lambda client: client.writer.write_eof()], ids=["reset", "half-close"])
def test_half_a_mail_is_no_mail(loop: str, way: Callable[[Client], None]) -> None:
    async def story() -> None:
        async with desk() as d:
            client = await d.client()
            client.send(_TRANSACTION + b"Hi\r\n" * 1000 + b"\r\n.\r")
            await until(lambda: d.held > 0)
            way(client)
            await until(lambda: d.connections == 0)
            assert d.ledger.mails == []
            assert d.held == 0

    on_loop(loop, story)
