"""What is there to do, and how urgent is it? The lines of lists that agents ask for and of the morning's digest."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from mailticket.desk.policy import Agent, Policy
from mailticket.desk.status import DONE
from mailticket.desk.ticket import Priority, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A ticket in a list."""

    id: int
    number: str
    title: str
    #: The contact's name, or address; "" where it has none.
    customer: str
    status: Status
    priority: Priority
    team: str
    #: Registered address, "" where nobody has it.
    assignee: str
    created_at: datetime
    due_at: datetime | None = None
    snoozed_until: datetime | None = None


class Section(StrEnum):
    """Why a ticket is in an agent's digest; the first that is true."""

    OVERDUE = "overdue"
    TODAY = "today"
    WAITING = "waiting"
    UNASSIGNED = "unassigned"


def is_asleep(line: Line, now: datetime) -> bool:
    """Whether it was put off."""
    return line.snoozed_until is not None and line.snoozed_until > now


def by_section(
    lines: Iterable[Line], agent: Agent, now: datetime, policy: Policy, away: Collection[str] = ()
) -> dict[Section, list[Line]]:
    """The tickets that `agent` shall hear of in the morning, each once, the most urgent first; no empty section.

    Of those of who is `away` what is due: somebody has to know.
    """
    found: dict[Section, list[Line]] = {section: [] for section in Section}
    for line in sorted(lines, key=_urgency):
        section = None if is_asleep(line, now) else _section(line, agent, now, policy, away)
        if section is not None:
            found[section].append(line)
    return {section: those for section, those in found.items() if those}


def _section(line: Line, agent: Agent, now: datetime, policy: Policy, away: Collection[str]) -> Section | None:
    # (who has left the desk has nothing any more)
    owner = policy.agent(line.assignee) if line.assignee else None
    is_anothers = owner is not None and owner.address != agent.address
    if (is_anothers and line.assignee not in away) or line.status in DONE:
        return None
    due, zone = line.due_at, ZoneInfo(zone_of(agent, policy))
    if due is not None and due < now:
        return Section.OVERDUE
    if due is not None and due.astimezone(zone).date() == now.astimezone(zone).date():
        return Section.TODAY
    if owner is None:
        return Section.UNASSIGNED
    return Section.WAITING if line.status is not Status.PENDING_CUSTOMER and not is_anothers else None


def _urgency(line: Line) -> tuple[Any, ...]:
    urgency = -list(Priority).index(line.priority)
    return line.due_at is None, line.due_at or line.created_at, urgency, line.created_at, line.id


def zone_of(agent: Agent, policy: Policy) -> str:
    """The agent's time zone."""
    return agent.timezone or policy.timezone


def others_teams(agent: Agent, policy: Policy) -> Sequence[str]:
    """Teams whose tickets are not this agent's to take: they have people, and the agent is none of them."""
    with_people = {team for one in policy.agents for team in one.teams}
    return sorted(with_people.difference(agent.teams))
