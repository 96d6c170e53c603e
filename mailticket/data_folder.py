"""Whose is the data folder? One service has it at a time, for as long as it runs; a crash gives it back."""

import fcntl
import os
from pathlib import Path

from mailticket.errors import ConfigError

_LOCK = "run.lock"


def take(data_dir: Path) -> int:
    """Takes the folder, which is made where there is none, until the descriptor is closed that this returns.

    Raises ConfigError where it cannot be used or another service has it.
    """
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(data_dir / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        free = _lock(descriptor)
    except OSError as error:
        raise ConfigError(f"desk.data_dir = {data_dir}\n  cannot be used: {error.strerror}.") from error
    if not free:
        os.close(descriptor)
        raise ConfigError(
            f"another mailticket runs on {data_dir}.\n  Stop it first, or give this one a data_dir of its own."
        )
    return descriptor


def is_taken(data_dir: Path) -> bool:
    """Whether a service has the folder just now. Raises PermissionError where that is not ours to know."""
    try:
        descriptor = os.open(data_dir / _LOCK, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        return not _lock(descriptor)
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
