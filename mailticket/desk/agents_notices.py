"""How does the desk write to one agent about no ticket in particular? In its language, to the registered address."""

from collections.abc import Mapping
from typing import Any

from mailticket.desk.notice import Notice, NoticeKind
from mailticket.desk.policy import Agent, Policy
from mailticket.desk.worklist import zone_of
from mailticket.mail.message import Address


def to_agent(
    kind: NoticeKind, agent: Agent, details: Mapping[str, Any], policy: Policy, in_reply_to: str = ""
) -> Notice:
    """A mail with a subject of its template's; `in_reply_to`: the agent's own mail that it answers."""
    return Notice(
        kind=kind,
        to=(Address(name=agent.name, addr_spec=agent.address),),
        from_=Address(name=policy.desk_name, addr_spec=policy.desk_address),
        title="",
        language=policy.default_language,
        in_reply_to=in_reply_to,
        references=(in_reply_to,) if in_reply_to else (),
        details={"agent_name": agent.name, "timezone": zone_of(agent, policy), **details},
    )
