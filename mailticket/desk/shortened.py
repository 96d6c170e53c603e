"""How much of a text fits into a mail of ours? The lines from its beginning, within a number of lines and of octets."""

from html import escape


def shortened(text: str, lines: int, octets: int) -> tuple[str, bool]:
    """At most `lines` lines of `text` that take at most `octets` octets as HTML, and whether anything is left out."""
    stripped = text.strip("\n")
    # (nothing beyond can be kept, and a text may have megabytes)
    head = stripped[: octets + 1]
    kept: list[str] = []
    room = octets
    for line in head.split("\n", lines)[:lines]:
        taken = _beginning(line, room)
        kept.append(taken)
        room -= _octets(taken) + 1
        if taken != line or room <= 0:
            break
    short = "\n".join(kept).rstrip()
    return short, short != stripped.rstrip()


def _beginning(line: str, room: int) -> str:
    if _octets(line) <= room:
        return line
    low, high = 0, len(line)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _octets(line[:middle]) <= room else (low, middle - 1)
    return line[:low]


def _octets(text: str) -> int:
    return len(escape(text).encode("utf-8", "replace"))
