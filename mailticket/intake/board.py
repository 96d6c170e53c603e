"""Which mail was being read when a process died? It must not kill the next one in the same way.

A small memory-mapped file: what is written to it outlives SIGKILL and SIGSEGV without any system call.
"""

import fcntl
import mmap
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

_SLOTS = 64
_DIGEST_BYTES = 32
#: Behind the digest: how many processes have died over the mail, and whether it is being read.
_DEATHS, _READING = _DIGEST_BYTES, _DIGEST_BYTES + 1
_SLOT_BYTES = _DIGEST_BYTES + 2
_FREE = bytes(_SLOT_BYTES)


class Board:
    """Digests of the mails that one process reads. Thread-safe; one process a file, its siblings look at it.

    `siblings` are the boards of the other processes of the same service, whether those run already or not.
    """

    def __init__(self, path: Path, siblings: Sequence[Path] = (), *, claim: bool = False) -> None:
        """`claim` waits until nobody else has claimed the file: the process before this one may not have ended."""
        self._claim = _claimed(path, wait=True) if claim else None
        self._slots = _mapped(path)
        self._siblings = [_mapped(sibling) for sibling in siblings]
        self._lock = Lock()
        #: Slot and number of threads by digest, of what is being read now.
        self._under_way: dict[bytes, tuple[int, int]] = {}
        #: Slot by digest, of what was being read when the process before this one died; oldest first.
        self._left: dict[bytes, int] = {}
        for slot in range(_SLOTS):
            digest, deaths = self._read(slot)
            if reading := self._slots[slot * _SLOT_BYTES + _READING]:
                deaths = self._write(slot, digest, deaths + reading)
            if deaths:
                self._left[digest] = slot

    @property
    def suspects(self) -> dict[bytes, int]:
        """Digests over which the process of this board has died and that were not read since, with how often."""
        with self._lock:
            found = {digest: self._deaths_here(digest) for digest in self._left}
        return {digest: deaths for digest, deaths in found.items() if deaths}

    def deaths(self, digest: bytes) -> int:
        """How many processes have died while `digest` was on their boards, since it was last read to its end."""
        with self._lock:
            here = self._deaths_here(digest)
        return here + sum(slots[at + _DEATHS] for slots, at in self._elsewhere(digest))

    def is_elsewhere(self, digest: bytes) -> bool:
        """Whether a sibling has it on its board: it reads it just now, or has died over it."""
        return any(True for _ in self._elsewhere(digest))

    def forget(self, digest: bytes) -> None:
        """It is a suspect no longer."""
        with self.entered(digest):
            pass

    def take_over(self, abandoned: Path) -> None:
        """Moves what is on a board that nobody will use again to this one; left alone where somebody has claimed it."""
        claim = _claimed(abandoned, wait=False)
        if claim is None:
            return
        old = Board(abandoned)
        with self._lock:
            for digest, deaths in old.suspects.items():
                slot = self._left[digest] if digest in self._left else self._free_slot()
                if slot >= 0:
                    self._write(slot, digest, self._deaths_here(digest) + deaths)
                    self._left[digest] = slot
        old.close()
        abandoned.unlink()
        os.close(claim)

    @contextmanager
    def entered(self, digest: bytes) -> Iterator[None]:
        """Holds `digest` (32 bytes) on the board; who reads it to its end has cleared it, here and with siblings."""
        self._enter(digest)
        try:
            yield
        finally:
            self._leave(digest)

    def close(self) -> None:
        """Lets go of the files; what is on them stays."""
        for slots in (self._slots, *self._siblings):
            slots.close()
        if self._claim is not None:
            os.close(self._claim)

    def _enter(self, digest: bytes) -> None:
        with self._lock:
            slot, threads = self._under_way.get(digest, (-1, 0))
            if not threads:
                slot = self._left.get(digest, -1)
                slot = self._free_slot() if slot < 0 else slot
            self._under_way[digest] = (slot, threads + 1)
            if not threads and slot >= 0:
                self._write(slot, digest, self._deaths_here(digest))
                # last: without it the slot says nothing
                self._slots[slot * _SLOT_BYTES + _READING] = 1

    def _leave(self, digest: bytes) -> None:
        with self._lock:
            slot, threads = self._under_way.pop(digest)
            if threads > 1:
                self._under_way[digest] = (slot, threads - 1)
                return
            self._left.pop(digest, None)
            if slot >= 0:
                at = slot * _SLOT_BYTES
                self._slots[at + _READING] = 0
                self._slots[at : at + _SLOT_BYTES] = _FREE
        for slots, at in self._elsewhere(digest):
            # Its owner may enter it again in this very moment: at worst one death of its will not be known.
            if not slots[at + _READING]:
                slots[at : at + _SLOT_BYTES] = _FREE

    def _free_slot(self) -> int:
        """A slot that nobody uses, else that of the oldest suspect, else none (-1)."""
        taken = {slot for slot, _ in self._under_way.values()} | set(self._left.values())
        free = next((slot for slot in range(_SLOTS) if slot not in taken), -1)
        if free < 0:
            stale = next((digest for digest in self._left if digest not in self._under_way), None)
            free = self._left.pop(stale) if stale is not None else -1
        return free

    def _deaths_here(self, digest: bytes) -> int:
        slot = self._left.get(digest)
        if slot is None:
            return 0
        written, deaths = self._read(slot)
        return deaths if written == digest else 0  # a sibling has read it to its end

    def _elsewhere(self, digest: bytes) -> Iterator[tuple[mmap.mmap, int]]:
        """Where siblings have `digest`."""
        for slots in self._siblings:
            at = slots.find(digest)
            if at >= 0 and at % _SLOT_BYTES == 0:
                yield slots, at

    def _write(self, slot: int, digest: bytes, deaths: int) -> int:
        at = slot * _SLOT_BYTES
        self._slots[at : at + _SLOT_BYTES] = digest + bytes([min(deaths, 255), 0])
        return deaths

    def _read(self, slot: int) -> tuple[bytes, int]:
        at = slot * _SLOT_BYTES
        return self._slots[at : at + _DIGEST_BYTES], self._slots[at + _DEATHS]


def _mapped(path: Path) -> mmap.mmap:
    """The file at `path`, made where it is not there."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        # a hole that a full disk cannot fill would be SIGBUS when it is written to
        os.posix_fallocate(descriptor, 0, _SLOTS * _SLOT_BYTES)
        return mmap.mmap(descriptor, _SLOTS * _SLOT_BYTES)
    finally:
        os.close(descriptor)


def _claimed(path: Path, *, wait: bool) -> int | None:
    """A descriptor that holds `path` for this process as long as it is open, None where it is taken."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
