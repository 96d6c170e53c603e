"""Which earlier mail stands below an answer? The customer's last one, where all who get the answer have it already.

Nothing else is ever quoted: no note, no mail of ours, nobody's words that others have not been sent.
"""

from collections.abc import Collection
from dataclasses import dataclass

from mailticket.mail.identity import Verdict
from mailticket.mail.message import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a customer wrote."""

    #: Its id.
    message: int
    author: Address
    verdict: Verdict
    #: Whom it named in To and Cc.
    reached: frozenset[str] = frozenset()


def may_be_quoted(said: Said | None, people: Collection[Address]) -> bool:
    """Whether an answer to `people` may show what was said: its author sent it for certain, and all of them have it.

    Words that only claim to be a customer's would be carried to that customer in the desk's name.
    """
    if said is None or said.verdict is not Verdict.PASS:
        return False
    having = said.reached | {said.author.addr_spec}
    return all(person.addr_spec in having for person in people)
