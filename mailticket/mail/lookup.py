"""What does the DNS say? The question as mail asks it (RFC 1035); who answers is a parameter everywhere in here.

"There is no such record" is an answer. "Nobody answered" is not: it is raised, and whoever judges a sender knows then
that nothing is known.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from mailticket.errors import MailticketError

#: Names under a country's, in which many organizations have theirs.
_SHARED = frozenset(("ac", "co", "com", "edu", "gov", "net", "org"))


class Unanswered(MailticketError):
    """The DNS did not answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the DNS holds under one name and type."""

    #: TXT: bytes, one value a record; A, AAAA, PTR: text; MX: (preference, host).
    values: tuple[Any, ...] = ()
    #: False where the name itself does not exist (NXDOMAIN).
    exists: bool = True


#: `(name, type)` to its answer; raises Unanswered.
Lookup: TypeAlias = Callable[[str, str], Answer]


def nobody_answers(name: str, kind: str) -> Answer:
    """The lookup of who has no DNS."""
    raise Unanswered


def organization(domain: str) -> str:
    """Roughly whose DNS answers for a domain: `acme.example`, `acme.co.uk`. Good for shares, not for trust."""
    labels = domain.lower().split(".")
    shared = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SHARED
    return ".".join(labels[-3 if shared else -2 :])
