"""How fast may mail leave just now? Limits from the settings, and the relay's wish, as arithmetic on one RelayPace.

The pace is even (GCRA: `next_at` moves on by one interval a mail). A relay that asks for less gets half of it at once
and all of it again step by step (AIMD).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil

from mailticket.desk.urgency import SHARES, Rank
from mailticket.outbound.throttle import Throttle
from mailticket.store.pace import RelayPace

#: A pace of which nothing is known is taken for this many mails a minute when it has to be halved.
_UNKNOWN_RATE = 30.0
_SLOWEST = 1.0
_LARGEST_BURST = 5
#: Of the full pace, regained with every minute without complaint.
_REGAINED = 0.1
#: Complaints so soon after another one are about mail that was already on its way.
_ONE_COMPLAINT = timedelta(seconds=10)
#: Where a day's mails are used up, somebody asks again after this long.
_NEXT_DAY = timedelta(hours=1)
#: No turn and no pause lies farther ahead; what does was written by a clock that was wrong.
_FARTHEST = _NEXT_DAY + timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the settings allow; 0: no limit."""

    connections: int
    #: Mails in any minute.
    rate_per_minute: int = 0
    #: Recipients in any 24 hours.
    per_day: int = 0


def is_free(limits: Limits, pace: RelayPace) -> bool:
    """Whether nothing holds mail back, so that nothing has to be counted."""
    return not (limits.rate_per_minute or limits.per_day or pace.slowed_since)


def believed(pace: RelayPace, now: datetime) -> RelayPace:
    """Without moments that no clock which is right can have written: else mail would wait until they come."""
    next_at, rising_since = (
        None if at is not None and at > now + _FARTHEST else at for at in (pace.next_at, pace.rising_since)
    )
    return replace(pace, next_at=next_at, rising_since=rising_since)


def share(pace: RelayPace, now: datetime) -> float:
    """Part of the full pace that is in force."""
    if pace.slowed_since is None or pace.rising_since is None:
        return 1.0
    minutes = max(now - pace.rising_since, timedelta()) / timedelta(minutes=1)
    return min(1.0, pace.share + _REGAINED * minutes)


def is_over(pace: RelayPace, now: datetime) -> bool:
    """Whether a slow time has come to its end: the full pace was borne for a while."""
    return pace.slowed_since is not None and share(pace, now) >= 1.0


def resumed(pace: RelayPace) -> RelayPace:
    """After the end of a slow time."""
    return replace(pace, slowed_since=None, rising_since=None, share=1.0, full_rate=0.0, reply="")


def connections(limits: Limits, pace: RelayPace, now: datetime) -> int:
    """How many may be open at once."""
    return max(1, int(limits.connections * share(pace, now)))


def rate(limits: Limits, pace: RelayPace, now: datetime) -> float:
    """Mails a minute, 0 where there is no limit."""
    if pace.slowed_since is None:
        return float(limits.rate_per_minute)
    return max(min(_SLOWEST, pace.full_rate), pace.full_rate * share(pace, now))


def interval(limits: Limits, pace: RelayPace, now: datetime) -> timedelta:
    """From one mail to the next; zero where there is no limit.

    A burst and what follows it within a minute are not more than the limit.
    """
    minute = rate(limits, pace, now)
    return timedelta(minutes=1) / (minute - _burst(limits, pace) + 1) if minute else timedelta()


def _burst(limits: Limits, pace: RelayPace) -> int:
    """Mails that may leave at once after a pause."""
    return 1 if pace.slowed_since else min(_LARGEST_BURST, ceil(limits.rate_per_minute / 10))


def next_turn(limits: Limits, pace: RelayPace, now: datetime) -> datetime:
    """When the next mail may leave; in the past where it may at once."""
    if pace.next_at is None or not rate(limits, pace, now):
        return now
    return pace.next_at - (_burst(limits, pace) - 1) * interval(limits, pace, now)


def taken(limits: Limits, pace: RelayPace, now: datetime) -> RelayPace:
    """After one mail has left."""
    return replace(pace, next_at=max(pace.next_at or now, now) + interval(limits, pace, now))


def slowed(limits: Limits, pace: RelayPace, throttle: Throttle, reply: str, recently: int, now: datetime) -> RelayPace:
    """After the relay asked for less. `recently`: mails that left within the last minute."""
    same = pace.rising_since is not None and now - pace.rising_since < _ONE_COMPLAINT
    pause = _NEXT_DAY if throttle is Throttle.DAY else timedelta()
    full = pace.full_rate or float(limits.rate_per_minute) or max(float(recently), _UNKNOWN_RATE)
    slower = replace(
        pace,
        slowed_since=pace.slowed_since or now,
        reply=reply,
        full_rate=full,
        share=share(pace, now) if same else share(pace, now) / 2,
        rising_since=max(pace.rising_since or now, now + pause),
    )
    resume = now + (pause or interval(limits, slower, now))
    return replace(slower, next_at=max(pace.next_at or resume, resume))


def left_today(limits: Limits, used: int) -> Mapping[Rank, int] | None:
    """Recipients that a mail of each rank may have, None where nothing is counted.

    The first mail of a day leaves whatever its size: else one larger than the limit would never.
    """
    if not limits.per_day or not used:
        return None
    return {rank: limits.per_day * hundredths // 100 - used for rank, hundredths in SHARES.items()}
