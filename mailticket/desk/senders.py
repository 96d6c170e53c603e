"""Whose mail is blocked, whose is never taken for spam? Addresses and domains that people of the desk have listed.

A listing says something about mail, never about who wrote it: an allowed sender is no better known than before.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

#: Domains of an address that are looked at: its own, or the one of so many labels above it, and those above that.
_LABELS = 8


class Listing(StrEnum):
    """What a pattern is listed for."""

    BLOCK = "block"
    ALLOW = "allow"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedSender:
    """One pattern, and what people said of it."""

    #: `local@domain`, or a domain, which stands for those below it too. Lower case.
    pattern: str
    listing: Listing
    reason: str
    #: When it ends, None where it does not.
    until: datetime | None
    actor: str
    at: datetime


def patterns_of(addr_spec: str) -> tuple[str, ...]:
    """Every pattern that would name this address, the most exact first."""
    labels = addr_spec.rpartition("@")[2].split(".")
    return (addr_spec, *(".".join(labels[at:]) for at in range(len(labels))[-_LABELS:]))


def foremost(addr_spec: str, found: Iterable[ListedSender], now: datetime) -> ListedSender | None:
    """Of the listings that name this address the most exact one that is in force: a person counts for more than a
    domain, so that one can be allowed where all others are blocked."""
    in_force = {one.pattern: one for one in found if one.until is None or one.until > now}
    return next((in_force[pattern] for pattern in patterns_of(addr_spec) if pattern in in_force), None)
