"""Is there a relay to send to? While there is none all sending pauses, and asks ever less often; said once a change."""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

log = structlog.get_logger()

_FIRST_PAUSE = timedelta(seconds=1)
_LONGEST_PAUSE = timedelta(minutes=5)
#: One mail at which the relay hangs up is that mail's affair, so many in a row are the relay's.
_HANG_UPS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayState:
    """What health checks are told."""

    reachable: bool = True
    #: Why it is not, "" where it is.
    reason: str = ""
    #: When the relay was first missed, None where it is reachable.
    since: datetime | None = None


class Gate:
    """Shut while the relay cannot be reached. Shared by all workers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state = RelayState()
        self._failures = 0
        self._hang_ups = 0
        self._until: datetime | None = None

    @property
    def state(self) -> RelayState:
        """As of the last attempt."""
        return self._state

    def wait(self, now: datetime) -> timedelta:
        """How long to keep still; zero where somebody may try."""
        until = self._until
        return max(until - now, timedelta()) if until is not None else timedelta()

    def shut(self, reason: str, now: datetime) -> None:
        """An attempt found no relay. Workers that find so together count as one."""
        with self._lock:
            if self._until is not None and now < self._until:
                return
            self._until = now + min(_FIRST_PAUSE * 2 ** min(self._failures, 16), _LONGEST_PAUSE)
            self._failures += 1
            if self._state.reachable:
                log.warning("relay_unreachable", reason=reason)
            self._state = RelayState(reachable=False, reason=reason, since=self._state.since or now)

    def hung_up(self, reason: str, now: datetime) -> None:
        """The relay closed the connection at a mail's first word."""
        with self._lock:
            self._hang_ups += 1
            is_the_relays = self._hang_ups >= _HANG_UPS
        if is_the_relays:
            self.shut(reason, now)

    def open(self, now: datetime) -> None:
        """The relay spoke to us of a mail, whatever it said."""
        with self._lock:
            if not self._state.reachable and self._state.since is not None:
                log.info("relay_reachable", after_s=round((now - self._state.since).total_seconds()))
            self._state, self._failures, self._hang_ups, self._until = RelayState(), 0, 0, None
