"""What does each command order? The table of words, and how the value of each is read (contract.md)."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from mailticket.desk import relations
from mailticket.desk.command_line import tidy
from mailticket.desk.command_people import addressee, addresses, caller, person
from mailticket.desk.confirmation import is_own
from mailticket.desk.moments import Edge, read_moment
from mailticket.desk.orders import (
    Away,
    Change,
    Copy,
    Deed,
    Macro,
    Merge,
    Order,
    Parent,
    Release,
    Requester,
    Tag,
)
from mailticket.desk.policy import Agent, Policy
from mailticket.desk.status import ALIASES as STATUS_ALIASES
from mailticket.desk.ticket import Priority, Status, Ticket
from mailticket.desk.validation import OWN_FIELD, PRIORITY_ALIASES, checked_changes, refuse_final_type
from mailticket.errors import NotValid


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where commands are read: who gives them, about what, and what there is to name."""

    policy: Policy
    agent: Agent
    now: datetime
    #: None where the mail opens one.
    ticket: Ticket | None
    macros: Mapping[str, Macro] = field(default_factory=dict)
    #: The ticket of a number.
    find: Callable[[str], Ticket | None] = lambda number: None
    #: Ids of all tickets of which the ticket of an id is a part.
    lineage: Callable[[int], Collection[int]] = lambda ticket: ()
    #: Whether the ticket of an id has more than one message, and one of the customer's among them.
    can_split: Callable[[int], bool] = lambda ticket: True
    #: Whether mail of this id is held.
    is_held: Callable[[int], bool] = lambda held: False


#: Reads a value. Raises NotValid.
Reader: TypeAlias = Callable[[str, Scene], tuple[Order, ...]]

_BACK = frozenset({"off", "back", "none", "over", "now"})


def _changes(requested: Mapping[str, str], scene: Scene) -> tuple[Order, ...]:
    values = checked_changes(requested, scene.policy, scene.now)
    if scene.ticket is not None:
        refuse_final_type(scene.ticket, values)
    return tuple(Change(field=name, value=value) for name, value in values.items())


def _setter(name: str) -> Reader:
    return lambda value, scene: _changes({name: tidy(value)}, scene)


def _deed(deed: Deed) -> Reader:
    return lambda value, scene: (deed,)


def _assign(value: str, scene: Scene) -> tuple[Order, ...]:
    linked = addresses(value)
    named = linked[0] if len(linked) == 1 else tidy(value).removeprefix("@")
    return _changes({"assignee": scene.agent.address if named.lower() == "me" else named}, scene)


def _claim(value: str, scene: Scene) -> tuple[Order, ...]:
    return _changes({"assignee": scene.agent.address}, scene)


def _unassign(value: str, scene: Scene) -> tuple[Order, ...]:
    return _changes({"assignee": ""}, scene)


def _tag(value: str, scene: Scene) -> tuple[Order, ...]:
    there = scene.ticket.tags if scene.ticket else ()
    tags = checked_changes({"tags": tidy(value)}, scene.policy, scene.now)["tags"]
    checked_changes({"tags": " ".join((*there, *tags))}, scene.policy, scene.now)
    return tuple(Tag(tag=tag) for tag in tags)


def _untag(value: str, scene: Scene) -> tuple[Order, ...]:
    there = scene.ticket.tags if scene.ticket else ()
    tags = checked_changes({"tags": tidy(value)}, scene.policy, scene.now)["tags"]
    for tag in tags:
        if tag not in there:
            near = there if len(tags) == 1 else ()
            raise NotValid("untag", f'"{tag}" is not on this ticket; its tags: {", ".join(there) or "none"}', near)
    return tuple(Tag(tag=tag, off=True) for tag in tags)


def _field(value: str, scene: Scene) -> tuple[Order, ...]:
    name, equals, held = value.partition("=")
    if not equals:
        raise NotValid("field", "takes a name and a value: #field return_status=received")
    return _changes({OWN_FIELD + tidy(name): tidy(held)}, scene)


def _order(value: str, scene: Scene) -> tuple[Order, ...]:
    return _changes({"order_number": tidy(value).lstrip("#")}, scene)


def _outcome(value: str, scene: Scene) -> tuple[Order, ...]:
    outcome, _, words = value.partition(" ")
    requested = {"outcome": tidy(outcome).lower()} | ({"resolution": words} if words.strip() else {})
    return _changes(requested, scene)


def _macro(value: str, scene: Scene) -> tuple[Order, ...]:
    named = {name.casefold(): name for name in scene.macros}
    name = named.get(tidy(value).casefold())
    if name is None:
        known = ", ".join(sorted(scene.macros)) or "none so far"
        raise NotValid("macro", f'"{tidy(value)}" is not a macro; macros: {known}', tuple(scene.macros))
    macro = scene.macros[name]
    _changes(macro.fields, scene)
    return (macro,)


def _cc(value: str, scene: Scene) -> tuple[Order, ...]:
    verb, _, rest = value.partition(" ")
    verb = verb.lower().rstrip(":")
    off = verb in ("remove", "rm", "del", "delete", "-")
    who = person("cc", rest if off or verb in ("add", "+") else value, "#cc add x@shop.example")
    there = sorted(scene.ticket.participants) if scene.ticket else []
    if off and who.addr_spec not in there:
        near = [f"remove {one}" for one in there]
        raise NotValid("cc", f"{who.addr_spec} is not on this ticket; on it: {', '.join(there) or 'nobody'}", near)
    if is_own(who.addr_spec, scene.policy) or scene.policy.agent(who.addr_spec):
        raise NotValid("cc", f"{who.addr_spec} belongs to the desk itself; answers go to customers")
    return (Copy(person=who, off=off),)


def _requester(value: str, scene: Scene) -> tuple[Order, ...]:
    who = person("requester", value, "#requester x@shop.example")
    if is_own(who.addr_spec, scene.policy):
        raise NotValid("requester", f"{who.addr_spec} is the desk itself")
    return (Requester(person=who),)


def _to(value: str, scene: Scene) -> tuple[Order, ...]:
    _need_new(scene, "to")
    return (addressee("to", value, "#to x@shop.example", scene.policy),)


def _phone(value: str, scene: Scene) -> tuple[Order, ...]:
    _need_new(scene, "phone")
    return (caller(value),)


def _need_new(scene: Scene, word: str) -> None:
    if scene.ticket is not None:
        raise NotValid(word, "opens a ticket; it works in a new mail to the desk, not in a reply")


def _named(word: str, value: str, scene: Scene) -> Ticket:
    number = re.sub(r"[\[\]#\s]", "", tidy(value))
    found = scene.find(number)
    if found is None:
        raise NotValid(word, f"there is no ticket {number}" if number else "needs the number of a ticket")
    return found


def _merge(value: str, scene: Scene) -> tuple[Order, ...]:
    other = _named("merge", value, scene)
    if scene.ticket is None:
        raise NotValid("merge", "works in a reply about a ticket; this mail opens one")
    relations.refuse_merge(scene.ticket, other)
    return (Merge(into=other.id),)


def _parent(value: str, scene: Scene) -> tuple[Order, ...]:
    other = _named("parent", value, scene)
    if scene.ticket is not None:
        relations.refuse_parent(scene.ticket, other, scene.lineage(other.id))
    return (Parent(ticket=other.id),)


def _split(value: str, scene: Scene) -> tuple[Order, ...]:
    if scene.ticket is None:
        raise NotValid("split", "works in a reply about a ticket; this mail opens one")
    if not scene.can_split(scene.ticket.id):
        raise NotValid("split", relations.NOTHING_TO_SPLIT)
    return (Deed.SPLIT,)


def _release(value: str, scene: Scene) -> tuple[Order, ...]:
    number = tidy(value).lstrip("#")
    if not re.fullmatch(r"[0-9]{1,18}", number):
        raise NotValid("release", "needs the number of the held mail: #release 2")
    if not scene.is_held(int(number)):
        raise NotValid("release", f"no mail of number {number} is held; perhaps somebody has decided already")
    return (Release(held=int(number)),)


def _snooze(value: str, scene: Scene) -> tuple[Order, ...]:
    return _changes({"snoozed_until": tidy(value)}, scene)


def _away(value: str, scene: Scene) -> tuple[Order, ...]:
    policy, until = scene.policy, tidy(value)
    if until.lower() in _BACK:
        return (Away(until=None),)
    moment = read_moment("away", until, scene.now, policy.timezone, Edge.BEGIN, policy.default_language, policy.hours)
    return (Away(until=moment),)


def _quiet(value: str, scene: Scene) -> tuple[Order, ...]:
    return _changes({"quiet": tidy(value) or "on"}, scene)


#: All that follows is internal; it is not in the table, because no other command reaches beyond its line.
NOTE = "note"

#: Commands that need a value.
WITH_VALUE: Mapping[str, Reader] = {
    "status": _setter("status"),
    "priority": _setter("priority"),
    "assign": _assign,
    "team": _setter("team"),
    "due": _setter("due_at"),
    "tag": _tag,
    "untag": _untag,
    "type": _setter("type"),
    "field": _field,
    "order": _order,
    "outcome": _outcome,
    "macro": _macro,
    "cc": _cc,
    "requester": _requester,
    "to": _to,
    "phone": _phone,
    "merge": _merge,
    "parent": _parent,
    "release": _release,
    "snooze": _snooze,
    "away": _away,
}

#: Commands that stand alone.
ALONE: Mapping[str, Reader] = {
    "claim": _claim,
    "unassign": _unassign,
    "escalate": _deed(Deed.ESCALATE),
    "ask": _deed(Deed.ASK),
    "split": _split,
    "help": _deed(Deed.HELP),
}

#: Commands that may do either.
EITHER: Mapping[str, Reader] = {"quiet": _quiet}

#: `#resolved` is `#status resolved`, `#high` is `#priority high`.
SHORTS: Mapping[str, tuple[str, str]] = {
    **{str(word): ("status", str(word)) for word in (*Status, *STATUS_ALIASES)},
    **{str(word): ("priority", str(word)) for word in (*Priority, *PRIORITY_ALIASES)},
}

#: Their value may hold anything, a # at the start of a word as well.
FREE = frozenset({"outcome", "tag", "untag", "field", "phone", "order", "merge", "parent", "release"})

WORDS = frozenset({NOTE, *WITH_VALUE, *ALONE, *EITHER, *SHORTS})

#: Each command as it may be written.
EXAMPLES: Mapping[str, str] = {
    example.split()[0].removeprefix("#"): example
    for example in (
        "#status resolved", "#ask", "#priority high", "#assign ann@acme.example", "#claim", "#unassign",
        "#team returns", "#escalate", "#due 2026-12-01", "#tag broken vase", "#untag broken", "#type general",
        "#field return_status=received", "#order 10023", "#outcome refunded by bank transfer", "#note seen before",
        "#macro thanks", "#cc add x@shop.example", "#requester x@shop.example", "#to x@shop.example",
        "#phone Carla Customer, +49 30 1234567", "#merge 2611-0042", "#parent 2611-0042", "#split", "#release 2",
        "#snooze 2d", "#away until friday", "#quiet", "#help",
    )
}  # fmt: skip
