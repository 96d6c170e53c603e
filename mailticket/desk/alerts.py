"""What do those who look after the desk have to know at once? One mail each, and seldom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mailticket.desk.notice import Notice, NoticeKind, rfc3339
from mailticket.desk.policy import Agent, Policy
from mailticket.mail.message import Address


def breaker_opened(agent: Agent, strangers: int, known: int, policy: Policy) -> Notice:
    """Confirmations to senders without proof have stopped: within the hour so many went to people never heard of."""
    return Notice(
        kind=NoticeKind.ALERT,
        to=(Address(name=agent.name, addr_spec=agent.address),),
        from_=Address(name=policy.desk_name, addr_spec=policy.desk_address),
        title="",
        language=policy.default_language,
        details={"agent_name": agent.name, "strangers": strangers, "known": known},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that stays broken until it is mended; whole sentences for people, in English."""

    #: Tells it from all others and stays the same while it lasts, such as "mailbox support".
    name: str
    #: The subject of its mail, such as "Mail to support@acme.example does not come in".
    headline: str
    since: datetime
    #: What was seen, and what that means for customers' mail.
    happened: str
    means: str
    #: What to do next, a step each.
    mend: tuple[str, ...]


def trouble_began(agent: Agent, trouble: Trouble, policy: Policy) -> Notice:
    """Something is broken."""
    details = {
        "headline": trouble.headline, "since": rfc3339(trouble.since), "over_at": "",
        "happened": trouble.happened, "means": trouble.means, "mend": list(trouble.mend),
    }  # fmt: skip
    return _of_trouble(agent, details, policy)


def trouble_over(agent: Agent, headline: str, since: datetime, now: datetime, policy: Policy) -> Notice:
    """It works again."""
    return _of_trouble(agent, {"headline": headline, "since": rfc3339(since), "over_at": rfc3339(now)}, policy)


def _of_trouble(agent: Agent, details: Mapping[str, Any], policy: Policy) -> Notice:
    return Notice(
        kind=NoticeKind.TROUBLE,
        to=(Address(name=agent.name, addr_spec=agent.address),),
        from_=Address(name=policy.desk_name, addr_spec=policy.desk_address),
        title="",
        language=policy.default_language,
        details={"agent_name": agent.name, **details},
    )
