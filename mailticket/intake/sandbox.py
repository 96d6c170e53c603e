"""How is a mail read that may be meant to harm? In a child process with limits on processor, memory and time.

What cannot be costly is read at once, under the board. Children are started when first needed, serve many mails,
and end when they are idle or their parent is gone.
"""

import contextlib
import hashlib
import signal
import subprocess
import sys
from collections.abc import Callable
from threading import BoundedSemaphore, Lock, Timer

import structlog

from mailticket.errors import MailticketError, TemporaryError
from mailticket.intake.board import Board
from mailticket.intake.sandbox_child import Limits, environment, read_answer, read_frame, write_frame
from mailticket.mail.message import InboundMail
from mailticket.mail.reading import read_ordinary

log = structlog.get_logger()

#: So many processes may die over a mail before nobody touches it any more.
_DEATHS = 3


class Unparseable(MailticketError):
    """The mail cannot be read without harm; it is kept as it came."""


class SafeParser:
    """Reads mail for several threads at once, in at most `processes` children beside this process."""

    def __init__(
        self,
        board: Board,
        processes: int,
        *,
        limits: Limits | None = None,
        ordinary: Callable[[bytes], InboundMail | None] = read_ordinary,
        costly: str = "mailticket.mail.reading:read_mail",
    ) -> None:
        """`ordinary` reads in this process or declines by None; `costly` is the function that the children call."""
        self._board = board
        self._limits = limits or Limits()
        self._ordinary = ordinary
        self._costly = costly
        self._places = BoundedSemaphore(processes)
        self._lock = Lock()
        self._all: set[_Child] = set()
        self._idle: list[_Child] = []
        self._closed = False

    def start_ahead(self) -> None:
        """Starts a child, so that the first costly mail need not wait for one."""
        with self._lock:
            self._idle.append(self._started())

    def parse(self, raw: bytes) -> InboundMail:
        """Reads `raw`. Raises Unparseable, with the reason, where that takes more than the limits allow.

        Raises TemporaryError after close().
        """
        digest = hashlib.sha256(raw).digest()
        deaths = self._board.deaths(digest)
        if deaths >= _DEATHS:
            self._board.forget(digest)
            raise Unparseable(f"The service has died {deaths} times while it was reading this mail.")
        if deaths or self._board.is_elsewhere(digest):
            return self._in_child(raw, digest)
        with self._board.entered(digest):
            mail = self._ordinary(raw)
        return mail if mail is not None else self._in_child(raw, digest)

    def close(self) -> None:
        """Ends the children; who waits for one of them gets a TemporaryError."""
        with self._lock:
            self._closed = True
            children = list(self._all)
        for child in children:
            child.end()

    def _in_child(self, raw: bytes, digest: bytes) -> InboundMail:
        """A child's reading. Not on the board while the child works: it cannot hurt us, our end is not its doing."""
        with self._places:
            while True:
                child, fresh = self._take()
                try:
                    answer = child.ask(raw)
                    with self._board.entered(digest):
                        mail = child.read(answer)
                except _Gone as gone:
                    self._forget(child)
                    if self._closed:
                        raise TemporaryError("The service is stopping.") from None
                    if gone.was_idle and not fresh:
                        continue
                    log.warning("mail_parser_died", reason=str(gone), bytes=len(raw))
                    raise Unparseable(str(gone)) from None
                except BaseException:
                    self._forget(child)
                    raise
                with self._lock:
                    self._idle.append(child)
                return mail

    def _take(self) -> tuple["_Child", bool]:
        with self._lock:
            if self._closed:
                raise TemporaryError("The service is stopping.")
            if self._idle:
                return self._idle.pop(), False
            return self._started(), True

    def _started(self) -> "_Child":
        child = _Child(self._costly, self._limits)
        self._all.add(child)
        return child

    def _forget(self, child: "_Child") -> None:
        with self._lock:
            self._all.discard(child)
        child.end()


class _Gone(Exception):
    """The child has ended instead of answering."""

    def __init__(self, reason: str, *, was_idle: bool) -> None:
        super().__init__(reason)
        self.was_idle = was_idle


class _Child:
    """One process with its two pipes."""

    def __init__(self, function: str, limits: Limits) -> None:
        self._limits = limits
        self._timed_out = False
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "mailticket.intake.sandbox_child", function, *limits.as_arguments()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(),
            start_new_session=True,
        )

    def ask(self, raw: bytes) -> bytes:
        """What the child says about `raw`, still to be read. Raises _Gone."""
        assert self._process.stdin is not None and self._process.stdout is not None
        clock = Timer(self._limits.wall_seconds, self._time_out)
        clock.daemon = True
        clock.start()
        try:
            write_frame(self._process.stdin, raw)
            return read_frame(self._process.stdout)
        except (OSError, EOFError, ValueError):  # the last: somebody else has called end()
            raise self._gone() from None
        finally:
            clock.cancel()

    def read(self, answer: bytes) -> InboundMail:
        """The mail that the child has read. Raises _Gone where it says why it cannot, or talks nonsense."""
        try:
            mail = read_answer(answer)
        except EOFError:
            self._process.kill()
            raise self._gone() from None
        if isinstance(mail, str):
            raise _Gone(mail, was_idle=False)
        return mail

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _time_out(self) -> None:
        self._timed_out = True
        self._process.kill()

    def _gone(self) -> _Gone:
        try:
            # its pipe closes a little before it has ended; how it ends is the reason
            status = self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self._process.wait()
        if self._timed_out:
            return _Gone(f"It took more than {self._limits.wall_seconds:g} seconds to read.", was_idle=False)
        match -status:
            case signal.SIGPROF:
                reason = f"It took more than {self._limits.cpu_seconds:g} seconds of processor time."
                return _Gone(reason, was_idle=False)
            case 0:
                return _Gone("The parser's process has ended without an answer.", was_idle=True)
            case number if number > 0:
                name = signal.Signals(number).name
                return _Gone(f"The parser's process was ended by {name} while it read this mail.", was_idle=False)
            case _:
                return _Gone(f"The parser's process could not work (exit status {status}).", was_idle=False)
