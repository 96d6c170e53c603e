"""How do the daemon and an acceptor talk? Short messages over a pair of sockets, some with a client's socket.

A message is its length, a mark whether a socket comes with it, and a word with what belongs to it. Each end hears of
the other's end at once.
"""

import asyncio
import socket
import struct
from collections import deque
from collections.abc import Callable

_HEAD = struct.Struct("!I?")
_CHUNK = 65536
_SOCKETS_AT_ONCE = 16


class Channel:
    """One end, for the event loop's thread. `heard(word, body, client)` gets each message, `ended` comes once.

    A client who was given is None where this process has no descriptor left for them: the kernel has hung up on them.
    """

    def __init__(
        self,
        sock: socket.socket,
        heard: Callable[[str, bytes, socket.socket | None], None],
        ended: Callable[[], None],
    ) -> None:
        self._sock = sock
        self._heard, self._ended = heard, ended
        self._incoming = bytearray()
        self._clients: deque[socket.socket] = deque()
        self._outgoing = bytearray()
        self._open = True
        self._loop = asyncio.get_running_loop()
        sock.setblocking(False)
        self._loop.add_reader(sock, self._read)

    def say(self, word: str, body: bytes = b"") -> None:
        """Sends a message, later where the other end is slow; after its end nothing happens."""
        if not self._open:
            return
        if not self._outgoing:
            self._loop.add_writer(self._sock, self._write)
        self._outgoing += _framed(word, body, with_client=False)
        self._write()

    def give(self, word: str, body: bytes, client: socket.socket) -> bool:
        """Sends a message with a client, who is closed here. False where that cannot be now; then nothing happens."""
        if not self._open or self._outgoing:
            return False
        try:
            socket.send_fds(self._sock, [_framed(word, body, with_client=True)], [client.fileno()])
        except OSError:
            return False
        client.close()
        return True

    def close(self) -> None:
        """Hangs up; this end hears nothing more."""
        if not self._open:
            return
        self._open = False
        self._loop.remove_reader(self._sock)
        self._loop.remove_writer(self._sock)
        self._sock.close()
        for client in self._clients:
            client.close()

    def _write(self) -> None:
        try:
            sent = self._sock.send(self._outgoing)
        except BlockingIOError:
            return
        except OSError:  # reading tells of it, too
            sent = len(self._outgoing)
        del self._outgoing[:sent]
        if not self._outgoing:
            self._loop.remove_writer(self._sock)

    def _read(self) -> None:
        try:
            data, descriptors, _, _ = socket.recv_fds(self._sock, _CHUNK, _SOCKETS_AT_ONCE, socket.MSG_CMSG_CLOEXEC)
        except BlockingIOError:
            return
        except OSError:
            data, descriptors = b"", []
        self._clients.extend(socket.socket(fileno=descriptor) for descriptor in descriptors)
        if not data:
            self.close()
            self._ended()
            return
        self._incoming += data
        while self._open and (message := self._message()):
            self._heard(*message)

    def _message(self) -> tuple[str, bytes, socket.socket | None] | None:
        if len(self._incoming) < _HEAD.size:
            return None
        length, with_client = _HEAD.unpack_from(self._incoming)
        end = _HEAD.size + length
        if len(self._incoming) < end:
            return None
        word, _, body = bytes(self._incoming[_HEAD.size : end]).partition(b" ")
        del self._incoming[:end]
        return word.decode(), body, self._clients.popleft() if with_client and self._clients else None


def _framed(word: str, body: bytes, *, with_client: bool) -> bytes:
    text = word.encode() + b" " + body
    return _HEAD.pack(len(text), with_client) + text
