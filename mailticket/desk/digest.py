"""What do agents hear in the morning? Held mail that nobody was asked about, so that none is dropped in silence."""

from collections.abc import Sequence
from datetime import datetime

from mailticket.desk.held import reason_in_words, utc
from mailticket.desk.notice import Notice, NoticeKind
from mailticket.desk.policy import Agent, Policy
from mailticket.mail.message import Address

#: Of more the digest gives the number.
LISTED = 50


def held_digest(
    agent: Agent,
    held: Sequence[tuple[int, datetime, str, str, str]],
    total: int,
    discard_failed: str,
    policy: Policy,
) -> Notice:
    """Lists held mail: id, when received, sender, subject and reason of each, newest first; `total` counts all."""
    return Notice(
        kind=NoticeKind.DIGEST,
        to=(Address(name=agent.name, addr_spec=agent.address),),
        from_=Address(name=policy.desk_name, addr_spec=policy.desk_address),
        title="",
        language=policy.default_language,
        details={
            "agent_name": agent.name,
            "held": [
                {
                    "id": str(id_), "received_at": utc(received_at), "from": sender, "subject": subject,
                    "reason": reason_in_words(reason),
                }
                for id_, received_at, sender, subject, reason in held[:LISTED]
            ],
            "more": max(0, total - LISTED),
            "discard_failed": discard_failed,
        },
    )  # fmt: skip
