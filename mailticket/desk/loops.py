"""Is a machine on the other side? Whoever answers our mail faster than a person can, again and again, is one.

Vacation programs and help desks that do not say in their header what they are (RFC 3834 §3.1.7 asks them to) are known
by this alone. Counting is the store's, see caps; what follows from it, triage's and the confirmation's.
"""

from datetime import datetime, timedelta

from mailticket.desk.policy import Policy
from mailticket.mail.identity import Verdict

#: Nobody has a confirmation and yet writes a new mail within so many times the time of a quick answer: a minute.
_FOLLOWED = 4
#: Chance does it this often in an hour, and no more often.
MOST = 3
#: How long an address hears no confirmation once it is suspected.
SILENCE = timedelta(days=1)

#: A mailbox gives the time of arrival in whole seconds, by its own clock.
_CLOCKS = timedelta(seconds=2)


def is_quick(left: datetime | None, received_at: datetime, policy: Policy) -> bool:
    """Whether a mail answers one of ours, that had `left` (None: there is none), faster than a person can."""
    return _came_within(policy.quick_answer, left, received_at)


def has_followed(left: datetime | None, received_at: datetime, policy: Policy) -> bool:
    """Whether a new mail followed at once on a confirmation that had `left`."""
    return _came_within(_FOLLOWED * policy.quick_answer, left, received_at)


def _came_within(limit: timedelta, left: datetime | None, received_at: datetime) -> bool:
    return bool(limit) and left is not None and -_CLOCKS <= received_at - left <= limit


def is_machine(times: int) -> bool:
    """Whether `times` within the hour are too many for a person."""
    return times >= MOST


def quick_scope(addr_spec: str, verdict: Verdict) -> str:
    """What quick answers are counted under. Proved mail is counted apart: a forger must not silence an address."""
    return f"quick:{_whose(addr_spec, verdict)}"


def followed_scope(addr_spec: str, verdict: Verdict) -> str:
    """What confirmations are counted under that a new mail followed at once."""
    return f"followed:{_whose(addr_spec, verdict)}"


def silence_scope(addr_spec: str, verdict: Verdict) -> str:
    """What a silence is remembered under."""
    return f"looping:{_whose(addr_spec, verdict)}"


def _whose(addr_spec: str, verdict: Verdict) -> str:
    return f"proved:{addr_spec}" if verdict is Verdict.PASS else addr_spec
