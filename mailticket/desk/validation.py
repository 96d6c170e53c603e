"""May this be done? The one validator of changes and texts, whoever asks for them (contract.md, states)."""

from collections.abc import Callable, Mapping
from typing import Any

from mailticket.desk.policy import Policy
from mailticket.desk.status import ALIASES as STATUS_ALIASES
from mailticket.desk.ticket import Priority, Status
from mailticket.errors import NotValid
from mailticket.mail.clean import clean_line, clean_text

#: Longest text of an answer or a note, in characters.
TEXT_LENGTH = 12_000

PRIORITY_ALIASES = {"medium": Priority.NORMAL}

#: Types of tickets; more come with [[type]].
TYPES = ("general",)

OUTCOME_LENGTH = 200


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


def checked_changes(requested: Mapping[str, str], policy: Policy) -> dict[str, Any]:
    """The values to store for `requested` (field -> text as a person wrote it), all of them or none.

    Raises NotValid naming the first field that cannot be set and what it may hold.
    """
    unknown = next((field for field in requested if field not in FIELDS), None)
    if unknown is not None:
        raise NotValid(unknown, f"cannot be set; fields that can: {', '.join(FIELDS)}")
    return {field: FIELDS[field](field, clean_line(value).strip(), policy) for field, value in requested.items()}


def _status(field: str, value: str, policy: Policy) -> str:
    value = value.lower()
    return str(STATUS_ALIASES.get(value) or _one_of(field, value, [str(status) for status in Status]))


def _priority(field: str, value: str, policy: Policy) -> str:
    value = value.lower()
    return str(PRIORITY_ALIASES.get(value) or _one_of(field, value, [str(priority) for priority in Priority]))


def _type(field: str, value: str, policy: Policy) -> str:
    return _one_of(field, value.lower(), list(TYPES))


def _team(field: str, value: str, policy: Policy) -> str:
    return value and _one_of(field, value, list(policy.teams))


def _assignee(field: str, value: str, policy: Policy) -> str:
    if not value:
        return ""
    agent = policy.agent(value.lower())
    if agent is None:
        known = ", ".join(agent.address for agent in policy.agents) or "none so far, add an [[agent]]"
        raise NotValid(field, f'"{value}" is not an agent; agents: {known}')
    return agent.address


def _title(field: str, value: str, policy: Policy) -> str:
    if not value or len(value) > 250:
        raise NotValid(field, "must have 1 to 250 characters")
    return value


def _short_text(field: str, value: str, policy: Policy) -> str:
    if len(value) > OUTCOME_LENGTH:
        raise NotValid(field, f"has {len(value)} characters; at most {OUTCOME_LENGTH} are allowed")
    return value


def _tags(field: str, value: str, policy: Policy) -> list[str]:
    tags = list(dict.fromkeys(value.replace(",", " ").lower().split()))
    if any(len(tag) > 40 for tag in tags) or len(tags) > 30:
        raise NotValid(field, "takes up to 30 words of up to 40 characters each")
    return tags


def _one_of(field: str, value: str, allowed: list[str]) -> str:
    if value not in allowed:
        raise NotValid(field, f'"{value}" is not known; allowed: {", ".join(allowed) or "none so far"}')
    return value


#: Every field that a person may set, and how its text is read.
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
}
