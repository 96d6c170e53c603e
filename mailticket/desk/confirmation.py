"""Does this mail get a confirmation? Only a new ticket's, and never one that could annoy a machine or a third party.

RFC 3834 §2 and §4; what a stranger wrote is never mailed to a third party. Counting is the store's, see caps.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from mailticket.desk.policy import Policy
from mailticket.desk.sender import Sender
from mailticket.desk.ticket import Standing
from mailticket.mail.automatic import is_no_reply
from mailticket.mail.identity import Verdict
from mailticket.mail.message import Envelope, InboundMail

#: So many confirmations to strangers within an hour are nothing odd, nor this part of what `per_hour` allows in all,
_STRANGERS_ALWAYS = 20
_PART_OF_ALL = 30
#: nor so many for each one to somebody known: honest people come in such numbers, forgers in others.
_STRANGERS_TO_ONE = 5
#: An address is no stranger's any more so long after its first mail; sooner a forger would make it known by himself.
_ACQUAINTED = timedelta(days=1)


def why_silent(mail: InboundMail, envelope: Envelope, sender: Sender, policy: Policy, now: datetime) -> str:
    """The reason why no confirmation is sent, "" where one may be (caps apart)."""
    reverse_path = envelope.mail_from if envelope.mail_from is not None else mail.return_path
    address = sender.address
    if address is None or mail.from_defect:
        return "no_unambiguous_sender"
    reasons = (
        ("not_wanted", not envelope.confirm),
        ("null_reverse_path", reverse_path == ""),
        ("automatic_mail", mail.auto_submitted),
        ("mailing_list", mail.is_list),
        ("no_reply_address", is_no_reply(address.addr_spec)),
        ("own_address", is_own(address.addr_spec, policy)),
        ("too_old", now - envelope.received_at > policy.confirmations.max_age),
        ("failed_verdict", sender.verdict is Verdict.FAIL),
        ("not_verified", sender.verdict is Verdict.NONE and not policy.confirmations.unverified),
    )
    return next((reason for reason, holds in reasons if holds), "")


def is_own(addr_spec: str, policy: Policy) -> bool:
    """Whether this is an address of a desk of ours, or one of its plus-forms."""
    return bool(policy.own_address(addr_spec))


def scopes(addr_spec: str, verdict: Verdict, *, allowed: bool = False) -> tuple[str, ...]:
    """What a confirmation counts towards: its address; without a verdict its domain, and all such senders, too.

    Proved and unproved mail of one address are counted apart: a forger must not use up its owner's. Where the desk
    has `allowed` the sender only the address counts, and it does: a forger must not flood it either.
    """
    if verdict is Verdict.PASS:
        return (f"proved:{addr_spec}",)
    if allowed:
        return (f"address:{addr_spec}",)
    return f"address:{addr_spec}", f"domain:{addr_spec.rpartition('@')[2]}", "all"


def capped(counts: Sequence[int], policy: Policy) -> str:
    """The cap that `counts` (the last hour's, by `scopes`, this one left out) has reached, "" where none has."""
    caps = policy.confirmations
    limits = (caps.per_address_per_hour, caps.per_domain_per_hour, caps.per_hour)
    names = ("capped_by_address", "capped_by_domain", "capped_in_all")
    reached = zip(names, counts, limits, strict=False)
    return next((name for name, count, limit in reached if count >= limit), "")


def is_acquaintance(standing: Standing, now: datetime) -> bool:
    """Whether the desk has known this address for some time."""
    return standing.since is not None and now - standing.since >= _ACQUAINTED


def breaks(strangers: int, known: int, policy: Policy) -> bool:
    """Whether so many unproved strangers within an hour are a flood, beside so many proved senders and acquaintances.

    Confirmations to all who are not proved stop then, until the last hour is sane again.
    """
    return strangers > max(_STRANGERS_ALWAYS, policy.confirmations.per_hour // _PART_OF_ALL, _STRANGERS_TO_ONE * known)
