"""Where do the bytes of mails and files lie? By SHA-256: small ones in rows, large ones in files, synced."""

import fcntl
import hashlib
import math
import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, delete, exists, select

from mailticket.errors import MailticketError
from mailticket.store import together
from mailticket.store.dialect import Insert
from mailticket.store.durable import sync_folder
from mailticket.store.tables import attachments, blobs, receipts, waiting

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

#: Compressed size up to which bytes are a row: one sync for the whole batch.
ROW_LIMIT = 256 * 1024
_SWEPT_AT_ONCE = 500


class BlobMissing(MailticketError):
    """The bytes of a stored file are gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """Bytes that are ready to be stored: what is larger than ROW_LIMIT is in the folder already."""

    sha256: str
    #: Bytes before compression.
    size: int
    codec: str
    #: None where they lie in the folder.
    data: bytes | None = field(repr=False)


class BlobFolder:
    """Files named by the SHA-256 of their content, 256 folders wide."""

    def __init__(self, path: Path, *, make: bool = True) -> None:
        self.path = path
        if make:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def prepare(self, data: bytes, sha256: str = "", compress: bool = False) -> Blob:
        """Makes `data` ready for `insert`; large data is written and synced here. Raises OSError on a full disk."""
        sha256 = sha256 or hashlib.sha256(data).hexdigest()
        packed, codec = (zstd.compress(data, 1), "zstd") if compress else (data, "")
        if len(packed) <= ROW_LIMIT:
            return Blob(sha256=sha256, size=len(data), codec=codec, data=packed)
        self._write(sha256 + (".zst" if codec else ""), packed)
        return Blob(sha256=sha256, size=len(data), codec=codec, data=None)

    def read(self, connection: Connection, sha256: str) -> bytes:
        """The bytes themselves. Raises BlobMissing."""
        row = connection.execute(select(blobs.c.codec, blobs.c.data).where(blobs.c.sha256 == sha256)).one_or_none()
        if row is None:
            raise BlobMissing(f"no bytes are stored under {sha256}")
        packed = row.data
        if packed is None:
            try:
                packed = self._file(sha256 + (".zst" if row.codec else "")).read_bytes()
            except FileNotFoundError as error:
                raise BlobMissing(f"the file of {sha256} is gone from {self.path}") from error
        return unpacked(packed, row.codec)

    def sweep(self, named: Callable[[Sequence[str]], Collection[str]], before: datetime) -> int:
        """Removes files older than `before` that no row names: left by a transaction that did not come about.

        `named` tells which SHA-256s have a row that means the file. No transaction of the caller's needs to be open:
        who adds the same bytes just now has made the file young before, or finds none and writes it anew.
        """
        old = [file for file in self.path.glob("??/*") if _touched(file) < before.timestamp()]
        removed = 0
        for at in range(0, len(old), _SWEPT_AT_ONCE):
            batch = old[at : at + _SWEPT_AT_ONCE]
            kept = named([_sha256_of(file) for file in batch])
            for file in batch:
                if _sha256_of(file) not in kept:
                    removed += self._remove(file, before)
        return removed

    def _remove(self, file: Path, before: datetime) -> bool:
        """Whether it was still as old as it looked."""
        with self._alone():
            if is_old := _touched(file) < before.timestamp():
                file.unlink(missing_ok=True)
        return is_old

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else, in whatever process, looks at a file's age and acts upon it meanwhile."""
        descriptor = os.open(self.path / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _file(self, name: str) -> Path:
        return self.path / name[:2] / name

    def _write(self, name: str, data: bytes) -> None:
        """Temporary file, sync, rename, sync of the folder: after this a power cut cannot take it away."""
        target = self._file(name)
        with self._alone():
            if target.exists():
                os.utime(target)  # keeps the sweep away until our row stands
                return
        if not target.parent.exists():
            target.parent.mkdir(mode=0o700, exist_ok=True)
            sync_folder(self.path)
        temporary = target.with_name(f".{name}.{os.getpid()}.{os.urandom(4).hex()}")
        try:
            with temporary.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
        sync_folder(target.parent)


def _sha256_of(file: Path) -> str:
    return file.name.partition(".")[0]


def _touched(file: Path) -> float:
    """When it was last written or wanted again; the end of time where it is gone."""
    try:
        return file.stat().st_mtime
    except FileNotFoundError:
        return math.inf


def unpacked(data: bytes, codec: str) -> bytes:
    """The bytes of a row or file as they were before `codec`."""
    return zstd.decompress(data) if codec == "zstd" else bytes(data)


def insert(connection: Connection, parts: Iterable[Blob]) -> None:
    """Rows for `parts`; bytes that are there already are left as they are."""
    rows = [{"sha256": blob.sha256, "size": blob.size, "codec": blob.codec, "data": blob.data} for blob in parts]
    together.add(connection, _INSERT, rows)


_INSERT = Insert(lambda insert: insert(blobs).on_conflict_do_nothing())


def in_files(connection: Connection, sha256s: Sequence[str]) -> frozenset[str]:
    """Those whose bytes lie in the folder by their row."""
    rows = connection.execute(select(blobs.c.sha256).where(blobs.c.sha256.in_(sha256s), blobs.c.data.is_(None)))
    return frozenset(rows.scalars())


def drop_unused(connection: Connection, sha256s: Iterable[str]) -> list[str]:
    """Deletes the rows among `sha256s` that nothing names any more; returns those whose file may go as well."""
    dropped = []
    for sha256 in sha256s:
        used = [exists().where(column == sha256) for column in
                (attachments.c.sha256, receipts.c.raw_sha256, waiting.c.raw_sha256)]  # fmt: skip
        statement = delete(blobs).where(blobs.c.sha256 == sha256, *[~name for name in used])
        if connection.execute(statement).rowcount:
            dropped.append(sha256)
    return dropped
