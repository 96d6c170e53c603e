"""Which mail of ours did not arrive, for whom, why, and who has to know? What reports and relays say, as one value.

A report counts where it names a mail of ours by the Message-ID that nobody else can know; what else it claims counts
for nobody but the recipients of that mail.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mailticket.desk.desks import from_address
from mailticket.desk.failure_words import concerns_address, in_words
from mailticket.desk.mail_domains import meant
from mailticket.desk.notice import TO_CUSTOMERS, Notice, NoticeKind
from mailticket.desk.notifications import audience, without
from mailticket.desk.policy import Agent, Policy
from mailticket.desk.status import after_failed_delivery
from mailticket.desk.ticket import Status, Ticket
from mailticket.mail.bounce_status import status_of
from mailticket.mail.message import Address, Bounce

#: A relay's word against one recipient is told with the address before it.
_REFUSED = re.compile(r"(?:\S+@\S+: )?5\d\d\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMail:
    """A mail of ours that left, as the outbox remembers it."""

    #: Row of the outbox.
    id: int
    kind: NoticeKind
    recipients: tuple[str, ...]
    ticket: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A mail of ours that did not arrive."""

    #: Those of its recipients who were not reached; empty where the report does not say who.
    recipients: tuple[str, ...]
    #: Enhanced status, "" where nothing tells.
    status: str
    #: Nobody goes on trying, and trying again would not help.
    permanent: bool
    #: What it was, None where that is not known any more.
    kind: NoticeKind | None
    #: Others may know of that mail, too (`is_shared`), and any of them can make a report: it must not silence anybody.
    shared: bool = False

    @property
    def marks(self) -> bool:
        """Whether automatic mail to these addresses is in vain from now on."""
        return self.permanent and not self.shared and concerns_address(self.status)

    @property
    def to_agents(self) -> bool:
        """Whether it was for agents: then no customer's address is concerned."""
        return self.kind is not None and self.kind not in TO_CUSTOMERS


def is_shared(sent: SentMail, ticket: Ticket | None) -> bool:
    """Whether others than its recipient may know the Message-ID of `sent`: in a conversation it goes around with every
    answer, in References."""
    return len(sent.recipients) > 1 or (ticket is not None and bool(ticket.participants))


def failure_of_report(bounce: Bounce, sent: SentMail | None, ticket: Ticket | None = None) -> Failure:
    """What a report says of our mail about `ticket`; of others than its recipients it may say what it likes."""
    return Failure(
        recipients=concerned(bounce.recipients, sent),
        status=bounce.status,
        permanent=bounce.permanent,
        kind=sent.kind if sent else None,
        shared=sent is not None and is_shared(sent, ticket),
    )


def failure_of_reply(reply: str, recipients: Sequence[str], kind: NoticeKind) -> Failure:
    """What the relay's last word says, or our own where the mail was given up or could not be written."""
    return Failure(
        recipients=tuple(recipients),
        status=status_of("", reply),
        permanent=_REFUSED.match(reply) is not None,
        kind=kind,
    )


def reason(failure: Failure) -> str:
    """Why it did not arrive, for people."""
    return in_words(failure.status)


def concerned(named: Sequence[str], sent: SentMail | None) -> tuple[str, ...]:
    """The recipients of `sent` whom a report names. Where it went to one person, it is this one: mail is forwarded,
    and the report names the address at the end of its way."""
    if sent is None:
        return ()
    return tuple(one for one in sent.recipients if one in named) or (
        sent.recipients if len(sent.recipients) == 1 else ()
    )


def status_then(ticket: Ticket, failure: Failure) -> Status:
    """Where the ticket goes: what it waited for, or what ended it, did not arrive."""
    return ticket.status if failure.to_agents else after_failed_delivery(ticket.status)


def told(ticket: Ticket | None, failure: Failure, policy: Policy) -> tuple[Agent, ...]:
    """The agents who hear of it: those in charge of the ticket, else the leads; nobody at an address that fails."""
    unreached = [agent for agent in map(policy.agent, failure.recipients) if agent is not None]
    return without(unreached, audience(ticket, policy) if ticket else (), policy)


def bounced(agent: Agent, ticket: Ticket | None, failure: Failure, thread: Sequence[str], policy: Policy) -> Notice:
    """Tells an agent what did not arrive, and why. `thread` as in `notices.answer`."""
    return _notice(agent, ticket, "agent" if failure.to_agents else "customer", thread, policy, {
        "notice": str(failure.kind or ""),
        "recipients": list(failure.recipients),
        "reason": reason(failure),
        "diagnosis": failure.status,
        "silenced": failure.marks and not failure.to_agents,
        "meant": next(filter(None, map(meant, failure.recipients)), "") if failure.permanent else "",
    })  # fmt: skip


def complained(agent: Agent, ticket: Ticket | None, address: str, policy: Policy) -> Notice:
    """Tells a lead that somebody called a mail of ours spam."""
    return _notice(agent, ticket, "complaint", (), policy, {"recipients": [address] if address else []})


def _notice(
    agent: Agent, ticket: Ticket | None, about: str, thread: Sequence[str], policy: Policy, details: Mapping[str, Any]
) -> Notice:
    return Notice(
        kind=NoticeKind.BOUNCED,
        to=(Address(name=agent.name, addr_spec=agent.address),),
        from_=from_address(ticket, policy) if ticket else Address(name=policy.desk_name, addr_spec=policy.desk_address),
        title=ticket.title if ticket else "",
        number=ticket.number if ticket else "",
        language=policy.default_language,
        in_reply_to=thread[-1] if thread else "",
        references=tuple(thread),
        details={
            "agent_name": agent.name,
            "about": about,
            "contact": ticket.contact.addr_spec if ticket and ticket.contact else "",
            **details,
        },
    )
