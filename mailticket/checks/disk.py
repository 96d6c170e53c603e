"""Is there room for mail, and can it be written down?"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from mailticket import assembly
from mailticket.checks.finding import Finding, fine, wrong
from mailticket.checks.site import NoStore, Site
from mailticket.mail.tokens import TokenKey
from mailticket.store import receipts

_GB = 1024**3
#: Less free space than this is worth a word: a day of busy mail.
_LITTLE_SPACE = 2 * _GB
#: So are fewer files than this that can still be made.
_FEW_FILES = 10_000
#: And a disk that is full before somebody is back from a holiday.
_SOON = 14
_RATE_OVER = timedelta(days=7)
_FULL = "mail is refused for now (452, 451) when the disk is full"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """One file system that mail is written to."""

    #: What lies there, for people: "data_dir", "blobs".
    holds: str
    free: int
    #: Files that can still be made, None where the file system does not count them.
    files: int | None


def data_folder(site: Site) -> Finding:
    """Whether mail can be written down, and nobody else reads it."""
    folder = site.settings.desk.data_dir
    if not folder.exists():
        parent = next(above for above in folder.parents if above.exists())
        if os.access(parent, os.W_OK | os.X_OK):
            return fine(f"{folder} is not there yet; the first start makes it")
        return wrong(
            f"{folder} is not there, and this user cannot make it in {parent}",
            f"install -d -m 700 -o USER {folder}, with the user that the service runs as",
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        return wrong(f"{folder} cannot be written to by this user", "run check as the service's user, or chown it")
    if folder.stat().st_mode & 0o007:
        return wrong(f"{folder} can be read by everybody on this machine", f"chmod 700 {folder}")
    return fine(str(folder))


def headroom(site: Site) -> Finding:
    """Whether it lasts: free space and files, and for how many days at the rate of the last week."""
    return judged(list(_disks(site)), _bytes_a_day(site))


def judged(disks: list[Disk], bytes_a_day: float) -> Finding:
    """What these disks come to; `bytes_a_day` is 0 where nobody knows."""
    detail = "; ".join(f"{disk.free / _GB:.0f} GB free where {disk.holds} is" for disk in disks)
    least = min(disk.free for disk in disks)
    days = least / bytes_a_day if bytes_a_day else None
    if days is not None and days < 3650:
        detail += f", enough for {days:.0f} days like those of the last week"
    if least < _LITTLE_SPACE or (days is not None and days < _SOON):
        return wrong(detail, f"make room: {_FULL}; [retention] raw_days says how long mails are kept as they came")
    if few := [disk for disk in disks if disk.files is not None and disk.files < _FEW_FILES]:
        detail = f"only {few[0].files} more files can be made where {few[0].holds} is (inodes); {detail}"
        return wrong(detail, f"remove files there: {_FULL}, and it is full without free inodes as well")
    return fine(detail)


def _disks(site: Site) -> Iterator[Disk]:
    """Each file system once."""
    places = {
        "data_dir": site.settings.desk.data_dir,
        "blobs": assembly.blob_folder(site.settings),
        "the database": site.store.file.parent if site.store.file else site.settings.desk.data_dir,
    }
    by_device: dict[int, tuple[list[str], Path]] = {}
    for name, folder in places.items():
        there = next(above for above in (folder, *folder.parents) if above.exists())
        by_device.setdefault(there.stat().st_dev, ([], there))[0].append(name)
    for names, there in by_device.values():
        found = os.statvfs(there)
        files = found.f_favail if found.f_files else None
        yield Disk(holds=names[0], free=shutil.disk_usage(there).free, files=files)


def _bytes_a_day(site: Site) -> float:
    try:
        with site.reading() as connection:
            return receipts.bytes_since(connection, site.now - _RATE_OVER) / _RATE_OVER.days
    except NoStore:
        return 0.0


def token_key(site: Site) -> Finding:
    """Whether the key that signs tokens can be used, and nobody else reads it."""
    settings = site.settings
    path = settings.identity.token_key_file or settings.desk.data_dir / "token.key"
    if not path.exists():
        if site.has_store and site.store.file:
            mend = "put it back from a backup, or agents' answers to older notifications are not known any more"
            return wrong(f"{path} is gone; the next start makes a new one", mend)
        return fine(f"{path} is not there yet; the first start makes it")
    try:
        TokenKey(path.read_bytes())
    except ValueError as error:
        return wrong(f"{path} cannot be used: {error}", "put it back from a backup")
    if path.stat().st_mode & 0o077:
        return wrong(f"{path} can be read by others", f"chmod 600 {path}")
    return fine(str(path))
