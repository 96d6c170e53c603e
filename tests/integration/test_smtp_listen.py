"""Where does the SMTP intake listen, and how does it end? Sockets of its own and systemd's; 421 and draining."""

import asyncio
import os
import resource
import socket
from pathlib import Path

import pytest
import structlog

from mailticket.errors import ConfigError
from tests.integration.smtp_desk import LOOPS, desk, on_loop, until

pytestmark = pytest.mark.parametrize("loop", LOOPS)

_TRANSACTION = b"MAIL FROM:<carla@shop.example>\r\nRCPT TO:<support@acme.example>\r\nDATA\r\n"
_CLOSING = "421 4.3.2 Service shutting down, please try again later"


def test_listens_at_every_place_that_the_settings_name(loop: str) -> None:
    async def story() -> None:
        async with desk(listen=("127.0.0.1:0", "[::1]:0")) as d:
            assert len(d.intake.ports) == 2
            reader, writer = await asyncio.open_connection("::1", d.intake.ports[1])
            assert (await reader.readline())[:4] == b"220 "
            writer.close()

    on_loop(loop, story)


def test_host_name_is_the_machine_s_where_none_is_set(loop: str) -> None:
    async def story() -> None:
        async with desk(hostname="") as d:
            assert await (await d.connect()).reply() == f"220 {socket.getfqdn()} ESMTP"

    on_loop(loop, story)


def test_takes_the_socket_that_systemd_hands_over(loop: str) -> None:
    async def story() -> None:
        handed_over = socket.create_server(("127.0.0.1", 0))
        async with desk({"smtp": [handed_over]}, listen=("systemd:smtp",)) as d:
            assert (await (await d.client()).mail(b"Hi\r\n.\r\n"))[:3] == "250"

    on_loop(loop, story)


def test_client_at_a_unix_socket_is_trusted_and_has_no_address(loop: str, tmp_path: Path) -> None:
    async def story() -> None:
        with socket.socket(socket.AF_UNIX) as handed_over:
            handed_over.bind(str(tmp_path / "smtp"))
            async with desk({"lmtp": [handed_over]}, listen=("systemd:lmtp",), max_connections_per_peer=1) as d:
                for _ in range(2):
                    client = await d.connect(path=str(tmp_path / "smtp"))
                    assert (await client.reply())[:3] == "220"
                    await client.say("EHLO shop.example")
                    assert (await client.mail(b"Hi\r\n.\r\n"))[:3] == "250"
                assert d.ledger.envelopes[0].peer is None
                assert d.ledger.envelopes[0].authserv_ids == ("mx.acme.example",)
            assert (tmp_path / "smtp").exists()  # systemd's to remove

    on_loop(loop, story)


def test_ipv4_in_ipv6_is_the_same_peer(loop: str) -> None:
    async def story() -> None:
        both = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
        async with desk({"smtp": [both]}, listen=("systemd:smtp",)) as d:
            await (await d.client()).mail(b"Hi\r\n.\r\n")
            assert d.ledger.envelopes[0].peer == "127.0.0.1"
            assert d.ledger.envelopes[0].authserv_ids == ("mx.acme.example",)

    on_loop(loop, story)


def test_socket_that_systemd_does_not_have_is_a_mistake_in_the_settings(loop: str) -> None:
    async def story() -> None:
        with pytest.raises(ConfigError, match="FileDescriptorName=smtp"):
            async with desk(listen=("systemd:smtp",)):
                pass

    on_loop(loop, story)


def test_place_that_is_taken_is_named_and_nothing_stays_open(loop: str) -> None:
    async def story() -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken, socket.create_server(("127.0.0.1", 0)) as probe:
            free = probe.getsockname()[1]
            probe.close()
            place = f"127.0.0.1:{taken.getsockname()[1]}"
            with pytest.raises(ConfigError, match=f"cannot listen on {place}"):
                async with desk(listen=(f"127.0.0.1:{free}", place)):
                    pass
            await asyncio.sleep(0)  # uvloop closes a listener in its next round
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection("127.0.0.1", free)

    on_loop(loop, story)


def test_client_waits_while_the_machine_has_no_descriptor_left(loop: str) -> None:
    async def story() -> None:
        async with desk() as d:
            with socket.socket() as client, structlog.testing.capture_logs() as logs:
                soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
                next_one = os.dup(client.fileno())
                os.close(next_one)
                resource.setrlimit(resource.RLIMIT_NOFILE, (next_one, hard))
                try:
                    client.connect(("127.0.0.1", d.intake.ports[0]))
                    await until(lambda: bool(logs))
                finally:
                    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
                assert [event["event"] for event in logs] == ["smtp_cannot_accept"]
                client.setblocking(False)
                assert (await asyncio.get_running_loop().sock_recv(client, 100)).startswith(b"220 ")

    on_loop(loop, story)


def test_stop_tells_those_who_wait_and_lets_nobody_in(loop: str) -> None:
    async def story() -> None:
        async with desk() as d:
            port = d.intake.ports[0]
            idle, between = await d.client(), await d.client()
            await between.say("MAIL FROM:<>", "RCPT TO:<support@acme.example>")
            await d.intake.stop(10)
            assert (await idle.reply(), await idle.reply()) == (_CLOSING, "")
            assert (await between.reply(), await between.reply()) == (_CLOSING, "")
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection("127.0.0.1", port)

    on_loop(loop, story)


def test_stop_waits_for_mail_that_has_begun(loop: str) -> None:
    async def story() -> None:
        async with desk() as d:
            d.ledger.may_commit.clear()
            writing, committing, gone = await d.client(), await d.client(), await d.client()
            committing.send(_TRANSACTION + b"two\r\n.\r\n")
            await d.ledger.begun.wait()
            d.ledger.begun.clear()
            gone.send(_TRANSACTION + b"three\r\n.\r\n")
            await d.ledger.begun.wait()
            gone.reset()
            writing.send(_TRANSACTION + b"one ")
            await until(lambda: d.held == len(b"one two\r\nthree\r\n"))
            stop = asyncio.create_task(d.intake.stop(10))
            await until(lambda: not d.intake.ports)
            assert not stop.done()
            writing.send(b"more\r\n.\r\nMAIL FROM:<next@shop.example>\r\n")
            d.ledger.may_commit.set()
            await stop
            assert sorted(d.ledger.mails) == [b"one more\r\n", b"three\r\n", b"two\r\n"]
            for client in (writing, committing):
                said = [line[:9] for line in (await client.reader.read()).decode().splitlines()]
                assert said == ["250 2.1.0", "250 2.1.5", "354 End d", "250 2.0.0", "421 4.3.2"]

    on_loop(loop, story)


def test_stop_ends_at_its_deadline(loop: str) -> None:
    async def story() -> None:
        async with desk() as d:
            d.ledger.may_commit.clear()
            writing, committing = await d.client(), await d.client()
            writing.send(_TRANSACTION + b"never en")
            committing.send(_TRANSACTION + b"Hi\r\n.\r\n")
            await d.ledger.begun.wait()
            await d.intake.stop(0.1)
            for client in (writing, committing):
                assert (await client.reader.read()).decode().splitlines()[-1] == _CLOSING
            await until(lambda: d.connections == 0)

    on_loop(loop, story)
