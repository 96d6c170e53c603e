"""May this be done? The one validator of changes and texts, whoever asks for them (contract.md, states)."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from mailticket.desk.agents import agents_named
from mailticket.desk.moments import Edge, read_moment
from mailticket.desk.policy import Policy
from mailticket.desk.status import ALIASES as STATUS_ALIASES
from mailticket.desk.ticket import Priority, Status, Ticket
from mailticket.errors import NotValid
from mailticket.mail.clean import clean_line, clean_text

#: Longest text of an answer or a note, in characters.
TEXT_LENGTH = 12_000

PRIORITY_ALIASES = {"medium": Priority.NORMAL}

OUTCOME_LENGTH = 200

#: What begins the name of a field that a desk has given its tickets: `fields.return_status`.
OWN_FIELD = "fields."
_OWN_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")

#: Fields that hold a moment, and what a day without a time means there; "none" takes it away.
MOMENTS: Mapping[str, Edge] = {"due_at": Edge.END, "snoozed_until": Edge.BEGIN}
_SWITCH = {"on": True, "off": False, "yes": True, "no": False, "true": True, "false": False}
_NO_MOMENT = frozenset({"", "none", "never", "off", "-"})


class NoText(NotValid):
    """The text of an answer or a note is missing or too long."""

    def __init__(self, message: str) -> None:
        super().__init__("text", message)


def checked_answer(text: str) -> str:
    """`text` cleaned. Raises NoText where nothing is left of it or it is too long."""
    cleaned = clean_text(text).strip()
    if not cleaned:
        raise NoText("is empty; write what the customer shall read")
    if len(cleaned) > TEXT_LENGTH:
        raise NoText(f"has {len(cleaned):,} characters; at most {TEXT_LENGTH:,} are allowed")
    return cleaned


def checked_changes(requested: Mapping[str, str], policy: Policy, now: datetime) -> dict[str, Any]:
    """The values to store for `requested` (field -> text as a person wrote it), all of them or none.

    The desk's own fields come together as `fields`, "" for one that is taken away. Raises NotValid naming the first
    field that cannot be set and what it may hold.
    """
    values: dict[str, Any] = {}
    for field, text in requested.items():
        value = clean_line(text).strip()
        if field.startswith(OWN_FIELD):
            own = field.removeprefix(OWN_FIELD).lower()
            values.setdefault("fields", {})[own] = _own_field(own, value)
        elif field in MOMENTS:
            values[field] = _moment(field, value, policy, now)
        elif field in FIELDS:
            values[field] = FIELDS[field](field, value, policy)
        else:
            known = (*FIELDS, *MOMENTS)
            raise NotValid(field, f"cannot be set; fields that can: {', '.join(known)}, {OWN_FIELD}NAME", known)
    return values


def refuse_final_type(ticket: Ticket, values: Mapping[str, Any]) -> None:
    """Raises NotValid where `values` would change a type that is final."""
    if ticket.type_final and values.get("type", ticket.type) != ticket.type:
        raise NotValid("type", f"stays {ticket.type}: it is final once an agent has answered or has set it")


def _status(field: str, value: str, policy: Policy) -> str:
    value = re.sub(r"[\s-]+", "_", value.lower())
    return str(STATUS_ALIASES.get(value) or _one_of(field, value, [str(status) for status in Status]))


def _priority(field: str, value: str, policy: Policy) -> str:
    value = value.lower()
    return str(PRIORITY_ALIASES.get(value) or _one_of(field, value, [str(priority) for priority in Priority]))


def _type(field: str, value: str, policy: Policy) -> str:
    return _one_of(field, value.lower(), list(policy.types))


def _team(field: str, value: str, policy: Policy) -> str:
    named = next((team for team in policy.teams if team.casefold() == value.casefold()), value)
    return named and _one_of(field, named, list(policy.teams))


def _assignee(field: str, value: str, policy: Policy) -> str:
    if not value:
        return ""
    named = agents_named(value, policy)
    if len(named) == 1:
        return named[0].address
    if named:
        raise NotValid(field, f'"{value}" may be {" or ".join(one.address for one in named)}; write the address')
    known = ", ".join(agent.address for agent in policy.agents) or "none so far, add an [[agent]]"
    names = [part for agent in policy.agents for part in (*agent.name.split(), agent.name, agent.address)]
    raise NotValid(field, f'"{value}" is not an agent; agents: {known}', names)


def _title(field: str, value: str, policy: Policy) -> str:
    if not value or len(value) > 250:
        raise NotValid(field, "must have 1 to 250 characters")
    return value


def _short_text(field: str, value: str, policy: Policy) -> str:
    if len(value) > OUTCOME_LENGTH:
        raise NotValid(field, f"has {len(value)} characters; at most {OUTCOME_LENGTH} are allowed")
    return value


def _tags(field: str, value: str, policy: Policy) -> list[str]:
    tags = list(dict.fromkeys(tag for word in value.replace(",", " ").lower().split() if (tag := word.lstrip("#"))))
    if any(len(tag) > 40 for tag in tags) or len(tags) > 30:
        raise NotValid(field, "takes up to 30 words of up to 40 characters each")
    return tags


def _own_field(name: str, value: str) -> str:
    if not _OWN_NAME.fullmatch(name):
        raise NotValid(OWN_FIELD + name, "must begin with a letter and have up to 40 letters, digits, _ or -")
    if len(value) > OUTCOME_LENGTH:
        raise NotValid(OWN_FIELD + name, f"has {len(value)} characters; at most {OUTCOME_LENGTH} are allowed")
    return value


def _moment(field: str, value: str, policy: Policy, now: datetime) -> datetime | None:
    if value.lower() in _NO_MOMENT:
        return None
    return read_moment(field, value, now, policy.timezone, MOMENTS[field], policy.default_language, policy.hours)


def _switch(field: str, value: str, policy: Policy) -> bool:
    return _SWITCH[_one_of(field, value.lower(), list(_SWITCH))]


def _one_of(field: str, value: str, allowed: list[str]) -> str:
    if value not in allowed:
        raise NotValid(field, f'"{value}" is not known; allowed: {", ".join(allowed) or "none so far"}', allowed)
    return value


#: Every field that a person may set besides MOMENTS and the desk's own, and how its text is read.
FIELDS: Mapping[str, Callable[[str, str, Policy], Any]] = {
    "status": _status,
    "priority": _priority,
    "type": _type,
    "team": _team,
    "assignee": _assignee,
    "title": _title,
    "tags": _tags,
    "order_number": _short_text,
    "outcome": _short_text,
    "resolution": _short_text,
    "quiet": _switch,
}
