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
        self._seen = False

    @property
    def state(self) -> RelayState:
        """As of the last attempt."""
        return self._state

    def wait(self, now: datetime) -> timedelta:
        """How long to keep still; zero where somebody may try."""
        left = self._until - now if self._until is not None else timedelta()
        # longer than any pause: the clock was set back meanwhile
        return max(left, timedelta()) if left <= _LONGEST_PAUSE else timedelta()

    def shut(self, reason: str, now: datetime) -> bool:
        """An attempt found no relay: whether that, or the reason, is news. Workers that find so together count once."""
        with self._lock:
            if self.wait(now):
                return False
            self._until = now + min(_FIRST_PAUSE * 2 ** min(self._failures, 16), _LONGEST_PAUSE)
            self._failures += 1
            before = self._state
            if before.reachable:
                log.warning("relay_unreachable", reason=reason)
            self._state = RelayState(reachable=False, reason=reason, since=before.since or now)
            return before.reason != reason

    def hung_up(self, reason: str, now: datetime) -> bool:
        """The relay closed the connection in the midst of a mail; whether it is taken for away by that."""
        with self._lock:
            self._hang_ups += 1
            is_the_relays = self._hang_ups >= _HANG_UPS
        return is_the_relays and self.shut(reason, now)

    def open(self, now: datetime) -> bool:
        """The relay spoke to us of a mail, whatever it said. Whether that is news: after a restart it is."""
        with self._lock:
            news, self._seen = not (self._seen and self._state.reachable), True
            if self._state.since is not None:
                log.info("relay_reachable", after_s=round((now - self._state.since).total_seconds()))
            self._state, self._failures, self._hang_ups, self._until = RelayState(), 0, 0, None
            return news
