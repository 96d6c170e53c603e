"""One acceptor as its daemon sees it, and the channel between them: real processes, real sockets."""

import asyncio
import os
import signal
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
import uvloop

from mailticket import config
from mailticket.acceptors.acceptor import Acceptor
from mailticket.acceptors.channel import Channel
from mailticket.acceptors.supervisor import Acceptors, NotStarted
from mailticket.config import Settings

#: Seconds after which whatever was waited for has failed.
PATIENCE = 60


def settings_of(folder: Path, **listener: Any) -> Settings:
    values = {
        "desk": {"address": "support@acme.example", "data_dir": str(folder / "data")},
        "intake": {"smtp": [{"hostname": "desk.example", **listener}]},
        "service": {"acceptors": 1, "log": "json"},
    }
    return config.build(values, "the test", folder)


def on_loop(story: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(PATIENCE):
            await story()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(bounded())


def only_child() -> psutil.Process:
    (child,) = [one for one in psutil.Process().children() if "mailticket.acceptors.child" in one.cmdline()]
    return child


# -- a process


def test_client_is_served_by_the_acceptor_and_its_leaving_is_heard(tmp_path: Path) -> None:
    async def story() -> None:
        acceptor = await Acceptor.start(1, settings_of(tmp_path), lambda _: None)
        assert await acceptor.ready()
        client, ours = socket.socketpair()
        left = asyncio.Event()

        assert acceptor.giver(0)(ours, left.set)

        assert acceptor.connections == 1
        reader, writer = await asyncio.open_connection(sock=client)
        assert await reader.readline() == b"220 desk.example ESMTP\r\n"
        writer.write(b"QUIT\r\n")
        assert (await reader.read()).startswith(b"221 ")
        await left.wait()
        assert acceptor.connections == 0
        await acceptor.stop(PATIENCE)
        assert await acceptor.ended() == "exit status 0"

    on_loop(story)


def test_who_is_served_has_left_when_the_acceptor_dies_and_nobody_new_is_given(tmp_path: Path) -> None:
    async def story() -> None:
        acceptor = await Acceptor.start(1, settings_of(tmp_path), lambda _: None)
        assert await acceptor.ready()
        left = asyncio.Event()
        for client in socket.socketpair():
            acceptor.giver(0)(client, left.set)

        only_child().kill()

        await left.wait()
        assert await acceptor.ended() == "ended by SIGKILL"
        kept, _ = socket.socketpair()
        assert not acceptor.giver(0)(kept, left.set)
        assert kept.fileno() >= 0

    on_loop(story)


def test_client_for_whom_the_acceptor_has_no_descriptor_has_left_and_the_next_is_served(tmp_path: Path) -> None:
    async def story() -> None:
        acceptor = await Acceptor.start(1, settings_of(tmp_path), lambda _: None)
        assert await acceptor.ready()
        child = only_child()
        most = child.rlimit(psutil.RLIMIT_NOFILE)
        child.rlimit(psutil.RLIMIT_NOFILE, (1, most[1]))
        lost, ours = socket.socketpair()
        left = asyncio.Event()

        assert acceptor.giver(0)(ours, left.set)

        await left.wait()
        assert acceptor.connections == 0
        assert await (await asyncio.open_connection(sock=lost))[0].read() == b""
        child.rlimit(psutil.RLIMIT_NOFILE, most)
        client, ours = socket.socketpair()
        assert acceptor.giver(0)(ours, left.set)
        reader, writer = await asyncio.open_connection(sock=client)
        assert await reader.readline() == b"220 desk.example ESMTP\r\n"
        writer.close()
        await acceptor.stop(PATIENCE)

    on_loop(story)


def test_acceptor_that_falls_silent_is_ended(tmp_path: Path) -> None:
    async def story() -> None:
        acceptor = await Acceptor.start(1, settings_of(tmp_path), lambda _: None, ping_every=0.5)
        assert await acceptor.ready()

        only_child().send_signal(signal.SIGSTOP)

        assert await acceptor.ended() == "ended by SIGKILL"

    on_loop(story)


def test_start_fails_where_an_acceptor_cannot_begin(tmp_path: Path) -> None:
    async def story() -> None:
        settings = settings_of(tmp_path, tls_cert="/nowhere/cert.pem", tls_key="/nowhere/key.pem")
        acceptors = Acceptors(lambda: settings, at_home=lambda: 0)

        with pytest.raises(NotStarted):
            await acceptors.start()

        assert acceptors.next_for(0) is None
        await acceptors.stop(PATIENCE)
        assert not [one for one in psutil.Process().children() if "mailticket.acceptors.child" in one.cmdline()]

    on_loop(story)


def test_what_systemd_has_told_the_daemon_stays_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LISTEN_FDS", "LISTEN_PID", "NOTIFY_SOCKET", "WATCHDOG_USEC"):
        monkeypatch.setenv(name, "1")

    async def story() -> None:
        acceptor = await Acceptor.start(1, settings_of(tmp_path), lambda _: None)
        assert await acceptor.ready()
        child = only_child()
        assert not [name for name in child.environ() if name.startswith(("LISTEN_", "NOTIFY_", "WATCHDOG_"))]
        await acceptor.stop(PATIENCE)

    on_loop(story)


# -- the channel


def test_long_messages_and_clients_arrive_whole_and_in_order() -> None:
    async def story() -> None:
        left, right = socket.socketpair()
        heard: asyncio.Queue[tuple[str, bytes, socket.socket | None]] = asyncio.Queue()
        saying = Channel(left, lambda *_: None, lambda: None)
        Channel(right, lambda *message: heard.put_nowait(message), lambda: None)

        ours = [socket.socketpair() for _ in range(2)]
        for number, (client, _) in enumerate(ours):
            assert saying.give("client", str(number).encode(), client)
            assert client.fileno() == -1
        long = os.urandom(3_000_000)
        saying.say("settings", long)
        # what waits to be sent must not be overtaken
        waiting, _ = socket.socketpair()
        assert not saying.give("client", b"2", waiting)
        saying.say("ping")

        for number, (_, other_end) in enumerate(ours):
            word, body, given = await heard.get()
            assert (word, body) == ("client", str(number).encode())
            assert given is not None
            given.send(b"Hi")
            assert other_end.recv(10) == b"Hi"
        assert await heard.get() == ("settings", long, None)
        assert await heard.get() == ("ping", b"", None)

    on_loop(story)


def test_end_of_the_other_side_is_heard_once_and_talking_on_does_no_harm() -> None:
    async def story() -> None:
        left, right = socket.socketpair()
        ends: asyncio.Queue[str] = asyncio.Queue()
        channel = Channel(left, lambda *_: None, lambda: ends.put_nowait("ended"))

        right.close()

        assert await ends.get() == "ended"
        channel.say("ping")
        client, _ = socket.socketpair()
        assert not channel.give("client", b"", client)
        channel.close()
        assert ends.empty()

    on_loop(story)
