"""What does an agent hear in the morning? What waits for this agent, and for who looks after the desk all held mail.

Mail that nobody was asked about stands in here, so that none is dropped in silence.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from mailticket.desk.agents_notices import to_agent
from mailticket.desk.held import reason_in_words
from mailticket.desk.hours import is_morning
from mailticket.desk.notice import Notice, NoticeKind, rfc3339
from mailticket.desk.notifications import leads, without
from mailticket.desk.policy import Agent, Policy
from mailticket.desk.worklist import zone_of

#: Held mails; of more the digest gives the number.
LISTED = 50


def awake(now: datetime, away: Collection[str], policy: Policy) -> tuple[Agent, ...]:
    """The agents whose working morning has begun; who is away hears nothing."""
    return tuple(
        agent
        for agent in policy.agents
        if agent.address not in away and is_morning(now, zone_of(agent, policy), policy.hours)
    )


def told_of_held(away: Collection[str], policy: Policy) -> tuple[Agent, ...]:
    """Who hears of held mail: those in charge; where all of them are away, everybody else."""
    return without([agent for agent in policy.agents if agent.address in away], leads(policy), policy)


def digest(
    agent: Agent, held: Sequence[tuple[int, datetime, str, str, str]], total: int, discard_failed: str, policy: Policy
) -> Notice:
    """Lists held mail: id, when received, sender, subject and reason of each, newest first; `total` counts all.

    The agent's tickets are looked up when the mail is rendered.
    """
    details = {
        "held": [
            {
                "id": str(id_), "received_at": rfc3339(received_at), "from": sender, "subject": subject,
                "reason": reason_in_words(reason),
            }
            for id_, received_at, sender, subject, reason in held[:LISTED]
        ],
        "more": max(0, total - LISTED),
        "discard_failed": discard_failed,
    }  # fmt: skip
    return to_agent(NoticeKind.DIGEST, agent, details, policy)
