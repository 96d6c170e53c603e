"""Which mail was being read when the process died? It must not kill the next one in the same way.

A small memory-mapped file: what is written to it outlives SIGKILL and SIGSEGV without any system call.
"""

import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

_SLOTS = 64
_DIGEST_BYTES = 32
_SLOT_BYTES = _DIGEST_BYTES + 1
_FREE = bytes(_SLOT_BYTES)


class Board:
    """Digests of the mails that are being read, with how often that was begun. Thread-safe; one process a file."""

    def __init__(self, path: Path) -> None:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.ftruncate(descriptor, _SLOTS * _SLOT_BYTES)
            self._slots = mmap.mmap(descriptor, _SLOTS * _SLOT_BYTES)
        finally:
            os.close(descriptor)
        self._lock = Lock()
        #: Slot and number of threads by digest, of what is being read now.
        self._under_way: dict[bytes, tuple[int, int]] = {}
        #: Slot by digest, of what was being read when the process before this one died; oldest first.
        self._left: dict[bytes, int] = {}
        for slot in range(_SLOTS):
            digest, tries = self._read(slot)
            if tries:
                self._left[digest] = slot

    @property
    def suspects(self) -> dict[bytes, int]:
        """Digests left over from a crash and not read since, with how often their reading was begun."""
        with self._lock:
            return {digest: self._read(slot)[1] for digest, slot in self._left.items()}

    def deaths(self, digest: bytes) -> int:
        """How many processes have died while `digest` was on the board, since it was last read to its end."""
        with self._lock:
            slot = self._left.get(digest)
            return 0 if slot is None else self._read(slot)[1] - (digest in self._under_way)

    def forget(self, digest: bytes) -> None:
        """It is a suspect no longer."""
        with self.entered(digest):
            pass

    @contextmanager
    def entered(self, digest: bytes) -> Iterator[int]:
        """Holds `digest` (32 bytes) on the board; gives how many processes have died while it was there."""
        before = self._enter(digest)
        try:
            yield before
        finally:
            self._leave(digest)

    def close(self) -> None:
        """Lets go of the file; what is on it stays."""
        self._slots.close()

    def _enter(self, digest: bytes) -> int:
        with self._lock:
            slot, threads = self._under_way.get(digest, (-1, 0))
            if not threads:
                slot = self._left.get(digest, -1)
                slot = self._free_slot() if slot < 0 else slot
            self._under_way[digest] = (slot, threads + 1)
            before = self._read(slot)[1] if digest in self._left else 0
            if not threads and slot >= 0:
                # the count last: without it the slot is free
                at = slot * _SLOT_BYTES
                self._slots[at : at + _DIGEST_BYTES] = digest
                self._slots[at + _DIGEST_BYTES] = min(before + 1, 255)
            return before - (1 if threads and before else 0)

    def _leave(self, digest: bytes) -> None:
        with self._lock:
            slot, threads = self._under_way.pop(digest)
            if threads > 1:
                self._under_way[digest] = (slot, threads - 1)
                return
            self._left.pop(digest, None)
            if slot >= 0:
                at = slot * _SLOT_BYTES
                self._slots[at + _DIGEST_BYTES] = 0
                self._slots[at : at + _DIGEST_BYTES] = _FREE[:_DIGEST_BYTES]

    def _free_slot(self) -> int:
        """A slot that nobody uses, else that of the oldest suspect, else none (-1)."""
        taken = {slot for slot, _ in self._under_way.values()} | set(self._left.values())
        free = next((slot for slot in range(_SLOTS) if slot not in taken), -1)
        if free < 0:
            stale = next((digest for digest in self._left if digest not in self._under_way), None)
            free = self._left.pop(stale) if stale is not None else -1
        return free

    def _read(self, slot: int) -> tuple[bytes, int]:
        at = slot * _SLOT_BYTES
        return self._slots[at : at + _DIGEST_BYTES], self._slots[at + _DIGEST_BYTES]
