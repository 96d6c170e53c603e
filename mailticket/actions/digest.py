"""When does an agent get the morning's digest? Once a working day, on one of the nodes, where there is anything to say.

Held mail that comes later in the day is told of the same day, where the morning had nothing to say.
"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from mailticket.actions.context import Context
from mailticket.actions.holding import buttons
from mailticket.actions.lines import shown
from mailticket.actions.outgoing import send
from mailticket.desk import digest as desk
from mailticket.desk.buttons import Word
from mailticket.desk.held import DOUBTED
from mailticket.desk.notice import Notice, NoticeKind
from mailticket.desk.policy import Agent
from mailticket.desk.worklist import Line, Section, by_section, others_teams, zone_of
from mailticket.store import absences, instance, waiting, worklist

#: Tickets of one section; of more the digest gives the number.
_SHOWN = 8
#: Nobody has more to do; what the digest counts ends here.
_LOOKED_AT = 1000
_NOTHING = "nothing"


def send_digests(connection: Connection, context: Context, now: datetime) -> list[str]:
    """Queues the digest of every agent whose time has come; their addresses."""
    policy, away = context.policy, absences.away(connection, now)
    awake = desk.awake(now, away, policy)
    known = instance.facts(connection, [_fact(agent) for agent in awake])
    is_held = waiting.is_any(connection, waiting.HELD)
    in_charge = desk.told_of_held(away, policy) if is_held else ()
    sent = []
    for agent in awake:
        day = now.astimezone(ZoneInfo(zone_of(agent, policy))).date().isoformat()
        before = known.get(_fact(agent), "")
        hears_of_held = agent in in_charge
        if before == day or (before == day + _NOTHING and not hears_of_held):
            continue
        if not hears_of_held and not _sections(connection, context, agent, now):
            instance.first_time(connection, _fact(agent), day + _NOTHING)
        elif instance.first_time(connection, _fact(agent), day):
            _send(connection, context, agent, hears_of_held, now)
            sent.append(agent.address)
    return sent


def _fact(agent: Agent) -> str:
    return f"digest:{agent.address}"


def _send(connection: Connection, context: Context, agent: Agent, hears_of_held: bool, now: datetime) -> None:
    if not hears_of_held:
        send(connection, context, desk.digest(agent, (), 0, "", context.policy), None, now)
        return
    all_ = waiting.tally(connection, waiting.HELD, DOUBTED)
    newest = waiting.newest(connection, waiting.HELD, desk.LISTED)
    rows = [(one.id, one.received_at, one.from_address, one.subject, one.reason) for one in newest]
    (discard_failed,) = buttons(context, agent, [Word.DISCARD_FAILED], all_.last_id, now)
    link = discard_failed.link if all_.of_reasons else ""
    send(connection, context, desk.digest(agent, rows, all_.count, link, context.policy), None, now)


def facts(connection: Connection, context: Context, notice: Notice, now: datetime) -> dict[str, Any]:
    """The tickets that a digest lists, as they are now; {} for all other mail."""
    agent = context.policy.agent(notice.to[0].addr_spec) if notice.to else None
    if notice.kind is not NoticeKind.DIGEST or agent is None:
        return {}
    found = _sections(connection, context, agent, now)
    return {
        "sections": [
            {
                "name": str(section),
                "lines": [shown(connection, context, agent, line, now) for line in lines[:_SHOWN]],
                "total": len(lines),
                "more": max(0, len(lines) - _SHOWN),
            }
            for section, lines in found.items()
        ]
    }


def _sections(connection: Connection, context: Context, agent: Agent, now: datetime) -> dict[Section, list[Line]]:
    theirs, away = others_teams(agent, context.policy), absences.away(connection, now)
    there = [one.address for one in context.policy.agents if one.address not in away]
    found = worklist.for_agent(connection, agent.address, there, theirs, _LOOKED_AT)
    return by_section(found.lines, agent, now, context.policy, away)
