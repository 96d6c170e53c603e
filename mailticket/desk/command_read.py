"""Can this one command be read, and if not, what was meant?"""

from collections.abc import Iterator

from mailticket.desk.command_line import Written, as_command, tidy
from mailticket.desk.command_words import ALONE, EITHER, EXAMPLES, FREE, NOTE, SHORTS, WITH_VALUE, WORDS, Reader, Scene
from mailticket.desk.likeness import nearest
from mailticket.desk.orders import Order
from mailticket.errors import NotValid

#: So much of a word or value is looked at and shown.
_LONGEST = 200


def read_command(written: Written, scene: Scene) -> tuple[Order, ...]:
    """What it orders. Raises NotValid, whose message is for the agent and names the command."""
    word, value = written
    found = _reader(written)
    if found is None:
        raise NotValid("command", f"There is no #{word[:_LONGEST]}.")
    reader, checked = found
    if (word in ALONE or word in SHORTS) and tidy(value):
        raise NotValid(word, f"#{word} stands alone on its line; the next command, or your text, begins below it.")
    if word not in FREE and " #" in f" {value}":
        raise NotValid(word, f"#{word} shares its line with another command; each takes a line of its own.")
    if word in WITH_VALUE and not tidy(value):
        raise NotValid(word, f"#{word} needs a value, such as: {EXAMPLES[word]}")
    try:
        return reader(checked, scene)
    except NotValid as fault:
        raise NotValid(fault.field, f"#{word}: {fault.message}.", fault.allowed) from None


def _reader(written: Written) -> tuple[Reader, str] | None:
    """What reads this command, and the value for it; None where there is no such word."""
    word, value = written
    # "#pending customer" is one word, too
    short = SHORTS.get(word) or SHORTS.get(f"{word}_{tidy(value[:_LONGEST]).lower()}")
    if short is not None:
        return WITH_VALUE[short[0]], short[1]
    known = WITH_VALUE.get(word) or ALONE.get(word) or EITHER.get(word)
    return (known, value) if known else None


def meant(written: Written, fault: NotValid, scene: Scene, tries: int = 2) -> str:
    """The line, or lines, that may have been meant; "" where nobody knows. Only what can be read is proposed."""
    for guess in _guesses(written, fault, scene):
        lines = [line for text in guess.split("\n") if (line := as_command(text)) is not None and line.word != NOTE]
        try:
            for line in lines:
                read_command(line, scene)
        except NotValid as again:
            # a mistyped word with a mistyped value
            if tries and "\n" not in guess and (better := meant(lines[0], again, scene, tries - 1)):
                return better
        else:
            return guess
    return ""


def _begins_words(value: str) -> bool:
    """Whether `value` is the next command, or may be the text for the customer that was joined to the line: "to Ben",
    "please" and "now" are neither, and nobody wants them sent.
    """
    return value.startswith("#") or (not value[0].islower() and " " in value)


def _guesses(written: Written, fault: NotValid, scene: Scene) -> Iterator[str]:
    word, value = written
    if word == NOTE:
        return
    if _reader(written) is None:
        if near := nearest(word, WORDS):
            yield f"#{near} {value}".strip()
        # the value of a command that was left out
        if team := nearest(word, scene.policy.teams):
            yield f"#team {team}"
        if macro := nearest(word, scene.macros):
            yield f"#macro {macro}"
        return
    if (word in ALONE or word in SHORTS) and value:
        yield f"#{word}\n{value}" if _begins_words(value) else f"#{word}"
    if " #" in value:
        own, _, others = value.partition(" #")
        yield f"#{word} {own.rstrip(' ,;')}\n#{others}"
    first, _, rest = value.partition(" ")
    if len(rest.split()) > 1:
        # a mail program has joined the text below to the line of the command
        yield f"#{word} {tidy(first)}\n{rest}"
    if near := nearest(tidy(value[:_LONGEST]), fault.allowed):
        yield f"#{word} {near}"
