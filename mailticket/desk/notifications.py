"""Which agents hear of a ticket, and what? New tickets by `[desk] notify`, a customer's words by who has the ticket.

One mail an agent: its Message-ID holds a token that lets this agent, and nobody else, act on this ticket.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from mailticket.desk.attachments import Judged
from mailticket.desk.desks import desk_of, from_address
from mailticket.desk.notice import Notice, NoticeKind
from mailticket.desk.policy import Agent, Desk, Policy
from mailticket.desk.status import DONE
from mailticket.desk.ticket import Ticket
from mailticket.mail.clean import plain_line
from mailticket.mail.identity import Verdict
from mailticket.mail.message import Address

#: A mail with thousands of files gets no notification with thousands of names.
_FILES_NAMED = 20
_WORD = re.compile(r"[^\W_]+")


def audience(ticket: Ticket, policy: Policy, author: str = "", others: Iterable[Desk] = ()) -> tuple[Agent, ...]:
    """The agents who hear of `ticket`: its assignee; else by `policy.notify` its team, or all where there are none.

    `author` is the address whose mail this is about: nobody is told of their own words. `others` are desks that it was
    written to as well.
    """
    assignee = policy.agent(ticket.assignee) if ticket.assignee else None
    hearers = (*_in_charge(ticket, assignee, policy), *at_desks(others, policy))
    return tuple(dict.fromkeys(agent for agent in hearers if agent is not policy.agent(author)))


def handed_to(before: Ticket, after: Ticket, actor: str, policy: Policy) -> tuple[Agent, ...]:
    """Who does not know yet that the ticket is theirs since `actor` has changed it: its new agent, or where nobody has
    it those of its team who have not heard of it.
    """
    if after.status in DONE:
        return ()
    if after.assignee:
        return audience(after, policy, actor) if after.assignee != before.assignee else ()
    known = audience(before, policy)
    return tuple(agent for agent in audience(after, policy, actor) if agent not in known)


def at_desks(desks: Iterable[Desk], policy: Policy, author: str = "") -> tuple[Agent, ...]:
    """The agents who hear of a new mail to `desks`, each once; `author` as in `audience`."""
    if policy.notify == "assignee":
        return ()
    people = (
        agent for desk in desks for agent in (policy.agents if policy.notify == "all" else _members(desk.team, policy))
    )
    return tuple(dict.fromkeys(agent for agent in people if agent is not policy.agent(author)))


def _in_charge(ticket: Ticket, assignee: Agent | None, policy: Policy) -> Sequence[Agent]:
    if assignee is not None:
        return (assignee,)
    if policy.notify == "assignee":
        return ()
    return policy.agents if policy.notify == "all" else team_of(ticket, policy)


def team_of(ticket: Ticket, policy: Policy) -> Sequence[Agent]:
    """The agents of the ticket's team, or all where it has none."""
    return _members(ticket.team, policy)


def _members(team: str, policy: Policy) -> Sequence[Agent]:
    return [agent for agent in policy.agents if team and team in agent.teams] or policy.agents


def without(unreached: Collection[Agent], people: Sequence[Agent], policy: Policy) -> tuple[Agent, ...]:
    """Those of `people` who can be reached, else of the leads, else of all: somebody has to know."""
    for group in (people, leads(policy), policy.agents):
        if left := tuple(agent for agent in group if agent not in unreached):
            return left
    return ()


def present(hearers: Sequence[Agent], away: Collection[str], ticket: Ticket, policy: Policy) -> tuple[Agent, ...]:
    """`hearers` without those whose addresses are in `away`; where nobody is left, who else can be reached.

    Where all are away those hear of it who would have.
    """
    left = tuple(agent for agent in hearers if agent.address not in away)
    if left or not hearers:
        return left
    unreached = [agent for agent in policy.agents if agent.address in away]
    return without(unreached, team_of(ticket, policy), policy) or tuple(hearers)


def leads(policy: Policy) -> tuple[Agent, ...]:
    """Who looks after the desk as a whole: its leads, or everybody where there is none."""
    return tuple(agent for agent in policy.agents if agent.lead) or policy.agents


def notification(
    agent: Agent,
    ticket: Ticket,
    message: int,
    author: Address | None,
    verdict: Verdict,
    files: Iterable[Judged],
    thread: Sequence[str],
    policy: Policy,
    last_of: str = "",
    card: Mapping[str, Any] = MappingProxyType({}),
) -> Notice:
    """What `author` wrote (the stored `message`), for one agent. `thread` as in `notices.answer`; `card`: what else
    is told of ticket and customer, and the agent's buttons.

    From names the customer and the desk, never the customer's address: an answer must come to the desk.
    """
    shown = [file for file in files if file.worth_naming]
    desk, name = desk_of(ticket, policy), _name_of(author, policy) if author else ""
    details = {
        "agent_name": agent.name,
        "author": name,
        "author_address": author.addr_spec if author else "",
        "verified": verdict is Verdict.PASS,
        "verdict": str(verdict),
        "status": str(ticket.status),
        "priority": str(ticket.priority),
        "type": ticket.type,
        "team": ticket.team,
        "assignee": ticket.assignee,
        "contact": ticket.contact.addr_spec if ticket.contact else "",
        "participants": sorted(ticket.participants),
        "tags": list(ticket.tags),
        "order_number": ticket.order_number,
        "possible_reply_to": ticket.possible_reply_to,
        "last_of": last_of,
        "files": [
            {"filename": file.filename, "size": file.attachment.size, "withheld": file.withheld}
            for file in shown[:_FILES_NAMED]
        ],
        "more_files": max(0, len(shown) - _FILES_NAMED),
        **card,
    }
    return Notice(
        kind=NoticeKind.AGENT_NOTIFICATION,
        to=(Address(name=agent.name, addr_spec=agent.address),),
        from_=from_address(ticket, policy, f"{name} via {desk.name}" if name else ""),
        title=ticket.title,
        number=ticket.number,
        language=desk.language or policy.default_language,
        in_reply_to=thread[-1] if thread else "",
        references=tuple(thread),
        message=message,
        details=details,
    )


def _name_of(author: Address, policy: Policy) -> str:
    """A name to show an agent; one that is somebody else's, or looks like an address, gives way to the own address."""
    name = " ".join(plain_line(author.name).split())
    is_own = policy.agent(author.addr_spec) is not None
    others = () if is_own else (*(desk.name for desk in policy.desks), *(agent.name for agent in policy.agents))
    if "@" in name or any(_words(other) in _words(name) for other in others if other):
        return author.addr_spec.replace("@", " at ")
    return name or author.addr_spec.partition("@")[0]


def _words(name: str) -> str:
    return f" {' '.join(_WORD.findall(name.casefold()))} "
