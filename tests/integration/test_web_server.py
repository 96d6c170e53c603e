"""The web server against whoever only pretends to ask."""

import asyncio

import pytest
from fastapi import FastAPI

from mailticket.web.server import WebServer
from tests.servers.server import free_ports


@pytest.mark.parametrize(
    "said",
    [b"", b"GET /act/x HTTP/1.1\r\nHost: x\r\n", b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHo"],
    ids=["nothing", "half a question", "one question and a half"],
)
def test_who_asks_slowly_keeps_nobody_out(said: bytes) -> None:
    asyncio.run(_is_hung_up_on(said))


async def _is_hung_up_on(said: bytes) -> None:
    (port,) = free_ports(1)
    server = WebServer(f"127.0.0.1:{port}", FastAPI(), patience=1)
    await server.start()
    try:
        crowd = [await _opened(port, said) for _ in range(70)]
        for reader, _ in crowd:
            await asyncio.wait_for(reader.read(), 30)
        crowd.append(await _opened(port, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))

        assert (await crowd[-1][0].readline()).startswith(b"HTTP/1.1 404 ")

        for _, writer in crowd:
            writer.close()
    finally:
        await server.stop()


async def _opened(port: int, said: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(said)
    await writer.drain()
    return reader, writer
