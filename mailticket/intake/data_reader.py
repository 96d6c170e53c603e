"""Where does a mail end on the wire? Chunks instead of lines (RFC 5321 §4.1.1.4, §4.5.2).

Only CRLF.CRLF ends a mail: no other mix of bare CR and bare LF does, whatever the next relay takes it for.
"""

import asyncio
import io
import re

_END = b"\r\n.\r\n"
_DOT = b"\r\n."
_EMPTY_LINE = re.compile(rb"(?:\A|(?<=\n))\r*+\n")
_BARE_CR = re.compile(rb"\r(?!\n)")
#: A command line without an end is given up beyond this many bytes.
_LINE_LIMIT = 4096
#: Unread bytes beyond this stop the client; the loops read at most this much at once, so one chunk never does.
_BUFFER_LIMIT = 256 * 1024


class WireReader:
    """What a client has sent and nobody has read yet: by line for commands, by chunk for mail, and back again.

    Stands in for the StreamReader of aiosmtpd, which after STARTTLS sets `_transport` and empties `_buffer`.
    Where the client has said all that it will (EOF), a read that cannot be answered raises CancelledError:
    it ends a session quietly, as aiosmtpd itself does, but only after everything sent before was answered.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._buffer = bytearray()
        self._waiter: asyncio.Future[None] | None = None
        self._paused = False
        self._eof = False

    def feed(self, data: bytes) -> None:
        """Bytes from the transport."""
        self._buffer += data
        self._wake()
        if len(self._buffer) > _BUFFER_LIMIT and not self._paused:
            self._transport.pause_reading()
            self._paused = True

    def feed_eof(self) -> None:
        """The client will send nothing more."""
        self._eof = True
        self._wake()

    async def readuntil(self, separator: bytes = b"\n") -> bytes:
        """One line with its end. Raises LimitOverrunError where none ends within the limit."""
        while (at := self._buffer.find(separator)) < 0:
            if len(self._buffer) > _LINE_LIMIT:
                raise asyncio.LimitOverrunError("line too long", len(self._buffer))
            await self._more()
        return await self.read(at + len(separator))

    async def read(self, size: int) -> bytes:
        """The next `size` bytes, which must have arrived."""
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        self._go_on()
        return taken

    async def chunk(self) -> bytearray:
        """Everything that has arrived, at least one byte, without copying it."""
        while not self._buffer:
            await self._more()
        taken, self._buffer = self._buffer, bytearray()
        self._go_on()
        return taken

    def give_back(self, data: bytes) -> None:
        """`data`, the end of the last chunk, is read again next."""
        self._buffer[:0] = data

    async def _more(self) -> None:
        if self._eof:
            raise asyncio.CancelledError
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _go_on(self) -> None:
        if self._paused and len(self._buffer) <= _BUFFER_LIMIT:
            self._transport.resume_reading()
            self._paused = False


class Content:
    """One mail as it arrives after DATA: its end found, dots unstuffed, line ends made CRLF, bytes counted."""

    def __init__(self) -> None:
        #: Bytes of the mail so far, as they will be stored; a few more where bare CRs are in its header.
        self.size = 0
        self._bare_crs = 0
        # BytesIO hands its buffer out without a copy: a mail is in memory once
        self._kept: io.BytesIO | None = io.BytesIO()
        # the line end of the DATA command: the first line of the mail may be the dot
        self._pending: bytes | bytearray = b"\r\n"
        self._begun = False

    def feed(self, chunk: bytearray) -> bytes | None:
        """Take the next bytes; returns those behind the end of the mail, or None while it goes on."""
        data = self._pending + chunk
        # a look for the shorter one finds both: the end, and the lines with a dot too many before it
        dot = data.find(_DOT)
        end = data.find(_END, dot) if dot >= 0 else -1
        if end >= 0:
            self._keep(data[: end + 2], stuffed=dot < end)
            return bytes(data[end + len(_END) :])
        # what may become an end, a stuffed dot or a CRLF waits for the next chunk, so each piece is read as a whole
        waits = next((n for n in (4, 3, 2, 1) if data.endswith(_END[:n])), 0)
        self._pending = data[len(data) - waits :]
        self._keep(data[: len(data) - waits], stuffed=dot >= 0)
        return None

    def discard(self) -> None:
        """Keep nothing of this mail, neither what came nor what comes."""
        self._kept = None
        self.size = 0

    def take(self) -> bytes:
        """The mail, once."""
        kept, self._kept = self._kept, None
        mail = kept.getvalue() if kept else b""
        return _without_bare_cr(mail) if self._bare_crs else mail

    def _keep(self, piece: bytes | bytearray, *, stuffed: bool) -> None:
        if self._kept is None or not piece:
            return
        if stuffed:
            piece = piece.replace(_DOT, b"\r\n")
        pairs = piece.count(b"\r\n")
        bare_crs = piece.count(b"\r") - pairs
        if piece.count(b"\n") > pairs:
            piece = piece.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        if not self._begun:
            self._begun, piece = True, piece[2:]
        self._kept.write(piece)
        self._bare_crs += bare_crs
        self.size += len(piece) + bare_crs


def _without_bare_cr(mail: bytes) -> bytes:
    """A bare CR ends a line of the body. In the header it ends none, since it did not for the relay that judged the
    sender: what stands behind it would become a field that nobody has looked at."""
    empty = _EMPTY_LINE.search(mail)
    head, body = (mail[: empty.start()], b"\r\n" + mail[empty.end() :]) if empty else (mail, b"")
    return _BARE_CR.sub(b" ", head) + _BARE_CR.sub(b"\r\n", body)
