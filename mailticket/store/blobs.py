"""Where do the bytes of mails and files lie? By SHA-256: small ones in rows, large ones in files, synced."""

import hashlib
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, delete, exists, select

from mailticket.errors import MailticketError
from mailticket.store.dialect import by_dialect
from mailticket.store.tables import attachments, blobs, receipts, waiting

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

#: Compressed size up to which bytes are a row: one sync for the whole batch.
ROW_LIMIT = 256 * 1024


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

    def __init__(self, path: Path) -> None:
        self.path = path
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
        return zstd.decompress(packed) if row.codec == "zstd" else bytes(packed)

    def sweep(self, connection: Connection, before: datetime) -> int:
        """Removes files older than `before` that no row names: left by a transaction that did not come about."""
        removed = 0
        for file in self.path.glob("??/*"):
            if file.stat().st_mtime >= before.timestamp():
                continue
            row = connection.execute(select(blobs.c.data).where(blobs.c.sha256 == file.name.partition(".")[0])).first()
            if row is None or row.data is not None:
                file.unlink()
                removed += 1
        return removed

    def _file(self, name: str) -> Path:
        return self.path / name[:2] / name

    def _write(self, name: str, data: bytes) -> None:
        """Temporary file, sync, rename, sync of the folder: after this a power cut cannot take it away."""
        target = self._file(name)
        if target.exists():
            os.utime(target)  # keeps the sweep away until our row stands
            return
        if not target.parent.exists():
            target.parent.mkdir(mode=0o700, exist_ok=True)
            _sync(self.path)
        temporary = target.with_name(f".{name}.{os.getpid()}.{os.urandom(4).hex()}")
        try:
            with temporary.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
        _sync(target.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def insert(connection: Connection, parts: Iterable[Blob]) -> None:
    """Rows for `parts`; bytes that are there already are left as they are."""
    rows = [{"sha256": blob.sha256, "size": blob.size, "codec": blob.codec, "data": blob.data} for blob in parts]
    if rows:
        connection.execute(_INSERT[connection.dialect.name], rows)


_INSERT = by_dialect(lambda insert: insert(blobs).on_conflict_do_nothing())


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
