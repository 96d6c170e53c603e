"""Bytes by their hash: small ones in rows, large ones in files that are complete or not there."""

import fcntl
import hashlib
import os
import random
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from mailticket.store import blobs
from mailticket.store import tables as t
from mailticket.store.blobs import ROW_LIMIT, BlobFolder, BlobMissing
from mailticket.store.engine import Store
from tests.factories import make_raw
from tests.integration.nodes import PATIENCE, node

SMALL = b"small"
#: Larger than a row may be, however well it is compressed.
LARGE = random.Random(1).randbytes(ROW_LIMIT + 1)
#: Larger than a row may be, but not when it is compressed.
PLAIN = b"a" * (ROW_LIMIT + 1)
LATER, YESTERDAY = (datetime.now(UTC) + timedelta(days=days) for days in (1, -1))


@pytest.fixture
def folder(tmp_path: Path) -> BlobFolder:
    return BlobFolder(tmp_path / "blobs")


def put(store: Store, folder: BlobFolder, data: bytes, compress: bool = False) -> str:
    blob = folder.prepare(data, compress=compress)
    with store.writing() as connection:
        blobs.insert(connection, [blob])
    return blob.sha256


def read(store: Store, folder: BlobFolder, sha256: str) -> bytes:
    with store.reading() as connection:
        return folder.read(connection, sha256)


def files(folder: BlobFolder) -> list[str]:
    return sorted(
        str(path.relative_to(folder.path)) for path in folder.path.rglob("*") if path.is_file() and path.name != ".lock"
    )


@pytest.mark.parametrize("compress", [False, True], ids=["as it is", "compressed"])
@pytest.mark.parametrize("data", [b"", SMALL, PLAIN, LARGE], ids=["empty", "small", "plain", "large"])
def test_bytes_come_back_as_they_were(store: Store, folder: BlobFolder, data: bytes, compress: bool) -> None:
    sha256 = put(store, folder, data, compress)

    assert sha256 == hashlib.sha256(data).hexdigest()
    assert read(store, folder, sha256) == data


@pytest.mark.parametrize(
    ("data", "compress", "ending"),
    [(SMALL, False, None), (PLAIN, True, None), (PLAIN, False, ""), (LARGE, False, ""), (LARGE, True, ".zst")],
    ids=["small", "small when compressed", "plain", "large", "large even when compressed"],
)
def test_only_large_bytes_are_files_and_no_other_file_is_left(
    sqlite: Store, folder: BlobFolder, data: bytes, compress: bool, ending: str | None
) -> None:
    sha256 = put(sqlite, folder, data, compress)

    assert files(folder) == ([] if ending is None else [f"{sha256[:2]}/{sha256}{ending}"])


def test_large_bytes_are_complete_before_the_transaction_begins(folder: BlobFolder) -> None:
    blob = folder.prepare(LARGE)

    assert blob.data is None
    assert [(folder.path / name).read_bytes() for name in files(folder)] == [LARGE]


def test_same_bytes_again_change_nothing(store: Store, folder: BlobFolder) -> None:
    for data in (SMALL, LARGE, SMALL, LARGE):
        put(store, folder, data)

    with store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(t.blobs)).scalar() == 2
    assert len(files(folder)) == 1


def test_write_that_fails_leaves_no_temporary_file(folder: BlobFolder) -> None:
    name = hashlib.sha256(LARGE).hexdigest()
    (folder.path / name[:2]).write_bytes(b"a file where a folder should be")

    with pytest.raises(OSError, match="directory"):
        folder.prepare(LARGE)

    assert files(folder) == [name[:2]]


def test_bytes_that_were_never_stored_are_missing(store: Store, folder: BlobFolder) -> None:
    with pytest.raises(BlobMissing, match="no bytes are stored under abc"):
        read(store, folder, "abc")


def test_file_that_somebody_removed_is_named(sqlite: Store, folder: BlobFolder) -> None:
    sha256 = put(sqlite, folder, LARGE)
    (folder.path / files(folder)[0]).unlink()

    with pytest.raises(BlobMissing, match=f"the file of {sha256} is gone from {folder.path}"):
        read(sqlite, folder, sha256)


# -- what nobody needs any more


def sweep(store: Store, folder: BlobFolder, before: datetime) -> int:
    def named(sha256s: Sequence[str]) -> frozenset[str]:
        with store.reading() as connection:
            return blobs.in_files(connection, sha256s)

    return folder.sweep(named, before)


def test_sweep_removes_only_files_without_a_row(store: Store, folder: BlobFolder) -> None:
    kept = put(store, folder, LARGE)
    kept_compressed = put(store, folder, LARGE[1:] + b"x", compress=True)
    folder.prepare(LARGE + b"orphan")
    folder.prepare(LARGE + b"orphan, compressed", compress=True)

    assert sweep(store, folder, LATER) == 2
    assert read(store, folder, kept) == LARGE
    assert read(store, folder, kept_compressed) == LARGE[1:] + b"x"
    assert len(files(folder)) == 2


def test_sweep_leaves_files_whose_transaction_may_still_be_under_way(sqlite: Store, folder: BlobFolder) -> None:
    folder.prepare(LARGE)

    assert sweep(sqlite, folder, YESTERDAY) == 0
    assert len(files(folder)) == 1


def test_orphan_that_is_needed_again_becomes_young(sqlite: Store, folder: BlobFolder) -> None:
    folder.prepare(LARGE)
    os.utime(folder.path / files(folder)[0], (0, 0))

    put(sqlite, folder, LARGE)

    assert sweep(sqlite, folder, YESTERDAY) == 0
    assert len(files(folder)) == 1


def test_orphan_that_is_needed_again_while_it_is_swept_stays(folder: BlobFolder) -> None:
    sha256 = folder.prepare(LARGE).sha256
    os.utime(folder.path / files(folder)[0], (0, 0))

    def no_row_yet(sha256s: Sequence[str]) -> frozenset[str]:
        assert list(sha256s) == [sha256]
        folder.prepare(LARGE)
        return frozenset()

    assert folder.sweep(no_row_yet, YESTERDAY) == 0
    assert len(files(folder)) == 1, "its row would have no bytes"


def test_file_that_somebody_wants_just_now_is_not_removed_meanwhile(folder: BlobFolder) -> None:
    folder.prepare(LARGE)
    file = folder.path / files(folder)[0]
    os.utime(file, (0, 0))
    asked = threading.Event()

    def no_row_yet(sha256s: Sequence[str]) -> frozenset[str]:
        asked.set()
        return frozenset()

    with ThreadPoolExecutor(1) as pool, (folder.path / ".lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # as `prepare` does while it looks whether a file is there
        removed = pool.submit(folder.sweep, no_row_yet, YESTERDAY)
        assert asked.wait(PATIENCE)
        os.utime(file)
        fcntl.flock(lock, fcntl.LOCK_UN)

        assert removed.result(PATIENCE) == 0
    assert file.exists()


def test_rows_that_something_names_are_not_dropped(store: Store, folder: BlobFolder, tmp_path: Path) -> None:
    with node(store, tmp_path / "blobs") as desk:
        ticket = desk.open(make_raw(files=(("vase.png", LARGE),)))
    attached = desk.show(ticket)["messages"][0]["attachments"][0]["sha256"]
    unused = put(store, folder, SMALL)

    with store.writing() as connection:
        every = list(connection.execute(select(t.blobs.c.sha256)).scalars())
        dropped = blobs.drop_unused(connection, every)

    assert len(every) == 3, "raw mail, attachment, and one that nothing names"
    assert dropped == [unused]
    assert read(store, folder, attached) == LARGE
