"""What runs in the sandbox? Reads mails from one pipe, one at a time, and writes what they say to the other.

Its limits are its own business from the first mail on, so that starting it takes no fork with code of ours in it.
"""

import contextlib
import io
import os
import pickle
import resource
import select
import signal
import struct
import sys
from collections.abc import Callable
from dataclasses import astuple, dataclass
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from mailticket.mail.message import InboundMail

_LENGTH = struct.Struct("!Q")
#: What an answer may consist of: a child that was taken over must not run code in its parent.
_ALLOWED = {
    "mailticket.mail.message": {"Address", "Attachment", "Bounce", "Complaint", "InboundMail"},
    "datetime": {"datetime", "timezone", "timedelta"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one mail may cost."""

    cpu_seconds: float = 2.0
    memory_bytes: int = 1536 << 20
    #: From handing it over to the whole answer.
    wall_seconds: float = 10.0
    #: A child with nothing to do for so long ends.
    idle_seconds: float = 60.0

    def as_arguments(self) -> list[str]:
        """For the command line of the child."""
        return [str(value) for value in astuple(self)]

    @classmethod
    def from_arguments(cls, arguments: list[str]) -> "Limits":
        """The other way round."""
        cpu, memory, wall, idle = arguments
        return cls(cpu_seconds=float(cpu), memory_bytes=int(memory), wall_seconds=float(wall), idle_seconds=float(idle))


def write_frame(pipe: IO[bytes], data: bytes) -> None:
    """Sends `data` with its length in front. Raises OSError where nobody reads any more."""
    pipe.write(_LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def read_frame(pipe: IO[bytes]) -> bytes:
    """The next data. Raises EOFError where there will be none."""
    header = pipe.read(_LENGTH.size)
    if len(header) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(header)
    data = pipe.read(length)
    if len(data) < length:
        raise EOFError
    return data


def read_answer(frame: bytes) -> InboundMail | str:
    """A child's answer: the mail, or why it cannot be read. Raises EOFError where it is neither."""
    answer: Any = _Careful(io.BytesIO(frame)).load()
    return answer if isinstance(answer, InboundMail) else str(answer)


class _Careful(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if name not in _ALLOWED.get(module, ()):
            raise EOFError
        return super().find_class(module, name)


def serve(parse: Callable[[bytes], InboundMail], limits: Limits) -> None:
    """Answers until the parent closes its end or asks nothing for `limits.idle_seconds`."""
    # libraries may print; the pipes are ours alone
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "r+b") as nothing:  # noqa: PTH123  a device, not a path of ours
        os.dup2(nothing.fileno(), 0)
        os.dup2(nothing.fileno(), 1)
    # a stop of the whole service reaches us too; the mail in hand is finished, then the parent closes its end
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while select.select([questions], [], [], limits.idle_seconds)[0]:
        try:
            raw = read_frame(questions)
        except EOFError:
            return
        # unlike RLIMIT_CPU it begins anew with every mail and is finer than a second; SIGPROF ends the process
        signal.setitimer(signal.ITIMER_PROF, limits.cpu_seconds)
        answer = _answer(parse, raw, limits)
        signal.setitimer(signal.ITIMER_PROF, 0)
        write_frame(answers, answer)


def _answer(parse: Callable[[bytes], InboundMail], raw: bytes, limits: Limits) -> bytes:
    try:
        return pickle.dumps(parse(raw), pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        return pickle.dumps(f"It needs more than {limits.memory_bytes >> 20} MB of memory to read.")


def environment() -> dict[str, str]:
    """The environment in which a child finds the same modules as this process, wherever that was started from."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path)}


def main(arguments: list[str]) -> None:
    """`module:function` and the limits."""
    module, _, function = arguments[0].partition(":")
    with contextlib.suppress(BrokenPipeError):
        serve(getattr(import_module(module), function), Limits.from_arguments(arguments[1:]))


if __name__ == "__main__":
    main(sys.argv[1:])
