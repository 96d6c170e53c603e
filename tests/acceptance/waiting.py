"""How long is waited? Until it is so; no test sleeps and hopes."""

import time
from collections.abc import Callable
from typing import Literal, TypeVar

Found = TypeVar("Found")

#: Seconds after which something that should happen will not happen any more.
PATIENCE = 60.0


def until(
    find: Callable[[], Found | Literal[False] | None], what: str | Callable[[], str], patience: float = PATIENCE
) -> Found:
    """Asks again until `find` finds something that is true; AssertionError with `what` where it never does."""
    end = time.monotonic() + patience
    while not (found := find()):
        if time.monotonic() > end:
            raise AssertionError(f"waited {patience:g} s for {what if isinstance(what, str) else what()}")
        time.sleep(0.01)
    return found
