"""What do those who look after the desk have to know at once? One mail each, and seldom."""

from mailticket.desk.notice import Notice, NoticeKind
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
