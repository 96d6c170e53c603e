"""What does an agent's reply order, and what of it is for the customer? Commands stand at the top, one a line.

A mail with one wrong command is not carried out at all, so nothing here is done by halves (contract.md).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailticket.desk.command_line import Written, as_command
from mailticket.desk.command_read import meant, read_command
from mailticket.desk.command_words import NOTE, Scene
from mailticket.desk.likeness import nearest
from mailticket.desk.orders import Change, Macro, Order, Orders, Problem, contradictions
from mailticket.desk.validation import checked_changes
from mailticket.errors import NotValid

#: A longer line is no command; neither is so much as looked at.
_LONGEST_LINE = 2000
_SHOWN = 200
#: A mail with more commands is none that a person has written.
_MOST_COMMANDS = 100
#: Of so many wrong lines we say what was meant: a page of them would cost seconds.
_MOST_GUESSED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class _Command:
    """A command and where it stands."""

    at: int
    line: str
    written: Written


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """A reply taken apart: every line of it is in exactly one of these."""

    commands: tuple[_Command, ...]
    text: str
    note: _Command | None
    #: What follows the note's own line.
    below: str


def read_commands(text: str, scene: Scene) -> Orders:
    """The orders at the top of `text` (an agent's new words as plain text), and what of it is for whom.

    `#note` counts wherever it begins a line: what follows was never meant for a customer. Words of a macro come
    before the agent's own; fields that it sets give way to what the agent has ordered.
    """
    parts = _parts(text)
    note = "\n".join((parts.note.written.value, parts.below)).strip() if parts.note else ""
    problems: list[Problem] = []
    given: list[tuple[_Command, Order]] = []
    for command in parts.commands[:_MOST_COMMANDS]:
        try:
            given += [(command, order) for order in read_command(command.written, scene)]
        except NotValid as fault:
            problems.append(_problem(command, fault, scene if len(problems) < _MOST_GUESSED else None))
    if len(parts.commands) > _MOST_COMMANDS:
        too_many = NotValid("commands", f"There are more than {_MOST_COMMANDS} commands.")
        problems.append(_problem(parts.commands[_MOST_COMMANDS], too_many, None))
    if parts.note and not note:
        problems.append(_problem(parts.note, NotValid(NOTE, "#note needs words, on its line or below it."), scene))
    for later, earlier in contradictions([order for _, order in given]):
        (second, _), (first, _) = given[later], given[earlier]
        clash = NotValid(second.written.word, f'#{second.written.word} contradicts "{first.line.strip()[:_SHOWN]}".')
        problems.append(_problem(second, clash, scene))
    orders = [order for _, order in given]
    macro = next((order for order in orders if isinstance(order, Macro)), None)
    words = (macro.text.strip("\n") if macro else "", parts.text)
    return Orders(
        orders=() if problems else (*orders, *_of_macro(macro, orders, scene)),
        text="\n\n".join(part for part in words if part),
        note=note,
        problems=tuple(sorted(problems, key=lambda problem: problem.at)),
        lines=tuple(one.line for one in (*parts.commands, *([parts.note] if parts.note else ()))),
    )


def _parts(text: str) -> _Parts:
    lines = text.split("\n")
    commands: list[_Command] = []
    begin = 0
    note: _Command | None = None
    for at, line in enumerate(lines):
        command = _command(at, line)
        if command is None and line.strip():
            break
        if command is not None:
            begin = at + 1
            if command.written.word == NOTE:
                note = command
                break
            commands.append(command)
    end = begin
    if note is None:
        note = next(_notes(lines, begin), None)
        end = note.at if note else len(lines)
    return _Parts(
        commands=tuple(commands),
        text="\n".join(lines[begin:end]).strip("\n") if any(map(str.strip, lines[begin:end])) else "",
        note=note,
        below="\n".join(lines[note.at + 1 :]) if note else "",
    )


def _notes(lines: Sequence[str], begin: int) -> Iterator[_Command]:
    commands = (_command(at, lines[at]) for at in range(begin, len(lines)))
    return (command for command in commands if command is not None and command.written.word == NOTE)


def _command(at: int, line: str) -> _Command | None:
    written = as_command(line[:_LONGEST_LINE])
    if written is not None and len(line) > _LONGEST_LINE:
        # (a note may be one long line)
        written = written._replace(value=written.value + line[_LONGEST_LINE:])
    return _Command(at=at, line=line, written=written) if written is not None else None


def _problem(command: _Command, fault: NotValid, scene: Scene | None) -> Problem:
    """`scene`: None where nobody shall guess what was meant."""
    written = command.written
    return Problem(
        line=command.line.strip()[:_SHOWN],
        at=command.at,
        message=fault.message,
        did_you_mean=meant(written, fault, scene) if scene else "",
        may_begin_note=nearest(written.word, [NOTE]) == NOTE,
    )


def _of_macro(macro: Macro | None, orders: Sequence[Order], scene: Scene) -> tuple[Order, ...]:
    """What the macro sets, where the agent has not ordered it otherwise."""
    if macro is None:
        return ()
    values = checked_changes(macro.fields, scene.policy, scene.now)
    all_ = (*orders, *(Change(field=name, value=value) for name, value in values.items()))
    against = {later for later, _ in contradictions(all_)}
    return tuple(order for at, order in enumerate(all_) if at >= len(orders) and at not in against)
