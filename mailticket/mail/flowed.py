"""Which lines of a text are one paragraph? format=flowed: a space at a line's end says that it goes on (RFC 3676)."""

from collections.abc import Iterator


def unflowed(text: str, *, delete_space: bool) -> str:
    """`text` with its paragraphs on one line each, quote marks kept. `delete_space`: DelSp=yes (§4.3)."""
    return "\n".join(_paragraphs(text.split("\n"), delete_space=delete_space))


def _paragraphs(lines: list[str], *, delete_space: bool) -> Iterator[str]:
    pieces: list[str] = []
    depth_before = 0
    for line in lines:
        depth, words = _unquoted(line)
        if pieces and depth != depth_before:
            yield _joined(depth_before, pieces)
            pieces = []
        depth_before = depth
        # the separator of a signature ends by a space and goes on with nothing (§4.3); an empty line stays one
        stands_alone = words in ("-- ", "")
        goes_on = words.endswith(" ") and not stands_alone
        if stands_alone and pieces:
            yield _joined(depth, pieces)
            pieces = []
        pieces.append(words[:-1] if goes_on and delete_space else words)
        if not goes_on:
            yield _joined(depth, pieces)
            pieces = []
    if pieces:
        yield _joined(depth_before, pieces)


def _unquoted(line: str) -> tuple[int, str]:
    """How deep a line is quoted, and its words without the space that was stuffed before them (§4.4, §4.5)."""
    words = line.lstrip(">")
    return len(line) - len(words), words.removeprefix(" ")


def _joined(depth: int, pieces: list[str]) -> str:
    words = "".join(pieces)
    return f"{'>' * depth} {words}" if depth else words
