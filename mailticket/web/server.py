"""How is the web served? uvicorn in the daemon's own event loop, behind a proxy that speaks TLS (deploy/README.md)."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import structlog
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from mailticket.errors import ConfigError

log = structlog.get_logger()

#: Connections at the same time; more hear 503.
_CONNECTIONS = 64
_HEADER_BYTES = 16 * 1024


class _Brief(H11Protocol):
    """A connection for a moment: whoever opens many and asks slowly must not keep others out."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        super().connection_made(transport)
        self.loop.call_later(self.timeout_keep_alive, self._end)

    def _end(self) -> None:
        """At once, or when the answer that is being given is complete."""
        if not self.transport.is_closing():
            self.shutdown()


class _Quiet(uvicorn.Server):
    """Signals are the daemon's."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class WebServer:
    """Answers between `start` and `stop`."""

    def __init__(self, listen: str, app: FastAPI, patience: int = 5) -> None:
        """`listen` is HOST:PORT; no connection lasts longer than `patience` seconds and the answer given then."""
        self._listen = listen
        config = uvicorn.Config(
            app, loop="none", http=_Brief, ws="none", lifespan="off", log_config=None, access_log=False,
            server_header=False, proxy_headers=False, limit_concurrency=_CONNECTIONS, timeout_keep_alive=patience,
            timeout_graceful_shutdown=3, h11_max_incomplete_event_size=_HEADER_BYTES,
        )  # fmt: skip
        self._server = _Quiet(config)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Raises ConfigError where the address cannot be had."""
        host, _, port = self._listen.rpartition(":")
        try:
            listener = await asyncio.to_thread(_listening, host.strip("[]"), int(port))
        except OSError as error:
            raise ConfigError(f'console.listen = "{self._listen}"\n  cannot be used: {error.strerror}.') from error
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]))
        log.info("web_started", listen=self._listen)

    async def stop(self) -> None:
        """Finishes what was asked for, some seconds at most, and takes no more."""
        if self._task is not None:
            self._server.should_exit = True
            await asyncio.wait([self._task])
            self._task = None


def _listening(host: str, port: int) -> socket.socket:
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener
