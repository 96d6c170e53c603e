"""Where do settings and passwords go? Beside each other, closed to others, and never over what is there."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from mailticket.errors import MailticketError
from mailticket.setup.writing import settings_file

#: Where a service under systemd looks for its settings, and keeps its data.
_SYSTEM, _SYSTEM_DATA = Path("/etc/mailticket"), Path("/var/lib/mailticket")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What lies where now."""

    settings: Path
    passwords: tuple[Path, ...]
    #: What the settings file was before; None where there was none.
    copy: Path | None


def usual_place() -> Path:
    """$MAILTICKET_CONFIG, else the service's file where this user may write it, else one in this folder."""
    if named := os.environ.get("MAILTICKET_CONFIG"):
        return Path(named)
    has_service = _SYSTEM.is_dir() and os.access(_SYSTEM, os.W_OK)
    return _SYSTEM / "mailticket.toml" if has_service else Path("mailticket.toml")


def usual_data(settings: Path) -> str:
    """A folder beside the settings, or the service's."""
    return str(_SYSTEM_DATA) if settings.absolute().parent == _SYSTEM else "data"


def write(values: Mapping[str, Any], settings: Path, now: datetime) -> Written:
    """Puts each password into a file of its own and the rest into `settings`; what is there is kept as a copy.

    Raises MailticketError where something cannot be written.
    """
    values = deepcopy(dict(values))
    try:
        settings.parent.mkdir(parents=True, exist_ok=True)
        passwords: dict[str, Path] = {}
        for table in (*values.get("intake", {}).get("imap", []), values.get("outbound", {})):
            if password := table.pop("password", ""):
                if password not in passwords:
                    passwords[password] = _new_file(settings, password)
                table["password_file"] = passwords[password].name
        text = settings_file(values, now.date())
        # on a full disk the file that was there stays what it was
        draft = settings.with_name(f".{settings.name}.{os.getpid()}")
        try:
            _create(draft, text)
            copy = _set_aside(settings, now)
            draft.rename(settings)
        finally:
            draft.unlink(missing_ok=True)
        _give_to_the_service(values["desk"].get("data_dir", ""), settings, passwords.values())
    except OSError as error:
        raise MailticketError(f"{error.filename or settings} cannot be written: {error.strerror}.") from error
    return Written(settings=settings, passwords=tuple(passwords.values()), copy=copy)


def _new_file(settings: Path, password: str) -> Path:
    number = 1
    while True:
        path = settings.with_name(f"{settings.stem}{'' if number == 1 else f'-{number}'}.password")
        with suppress(FileExistsError):
            _create(path, password + "\n")
            return path
        number += 1


def _create(path: Path, text: str) -> None:
    """A new file that only we can read. Raises FileExistsError."""
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(text, encoding="utf-8")


def _set_aside(settings: Path, now: datetime) -> Path | None:
    if not settings.exists():
        return None
    copy = settings.with_name(f"{settings.name}.{now:%Y%m%d-%H%M%S}")
    settings.rename(copy)
    return copy


def is_anothers(data: Path) -> bool:
    """Whether we are root, and somebody else owns the data: whoever runs the service."""
    return os.geteuid() == 0 and data.is_dir() and data.stat().st_uid != 0


@contextmanager
def as_its_owner(data: Path) -> Iterator[None]:
    """What root does in here is done by whoever owns `data`, who must be able to read and change it later."""
    if not is_anothers(data):
        yield
        return
    owner, ours = data.stat(), os.getegid()
    os.setegid(owner.st_gid)
    os.seteuid(owner.st_uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(ours)


def _give_to_the_service(data_dir: str, settings: Path, passwords: Iterable[Path]) -> None:
    """What root has written, the service's user must be able to read."""
    data = settings.parent / data_dir
    if not is_anothers(data):
        return
    for path in passwords:
        os.chown(path, data.stat().st_uid, data.stat().st_gid)
    os.chown(settings, 0, data.stat().st_gid)
    settings.chmod(0o640)
