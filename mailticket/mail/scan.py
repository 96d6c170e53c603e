"""May this mail be costly to read? One linear look over the raw bytes, before anything parses them.

Python's mail parsers have inputs of a few kilobytes that cost seconds; all of them need many of something that
honest mail has few of. What is within tight bounds is read at once, the rest in a child that can be killed.
"""

import re
from dataclasses import dataclass
from itertools import islice

#: Within all of these a mail costs milliseconds, whatever is in it (its HTML is weighed when it is decoded).
ORDINARY_HEADER_BYTES = 48 * 1024
ORDINARY_FIELDS = 250
ORDINARY_FIELD_BYTES = 16 * 1024
ORDINARY_ADDRESSES = 200
ORDINARY_ENCODED_WORDS = 250
ORDINARY_SEMICOLONS = 600
ORDINARY_PARENTHESES = 300
ORDINARY_BOUNDARIES = 120
ORDINARY_BYTES = 64 * 1024 * 1024

#: What is counted of a header that does not end.
_LONGEST_HEADER = 1 << 20

_EMPTY_LINE = re.compile(rb"\n\r*+\n")
#: (a pattern that begins by one letter is looked for several times as fast)
_BOUNDARY = re.compile(rb"-(?<=[\r\n]-)-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Counts, each an upper bound."""

    size: int
    header_bytes: int
    fields: int
    #: Bytes of the longest header field.
    longest_field: int
    #: Of the header, all fields together.
    commas: int
    ats: int
    semicolons: int
    parentheses: int
    encoded_words: int
    #: Lines that begin with two hyphens: a mail cannot have more parts, nor nest them deeper. Beyond what an ordinary
    #: mail has they are not counted.
    boundaries: int


def scan(raw: bytes) -> Shape:
    """The shape of a mail."""
    empty = _EMPTY_LINE.search(raw)
    end = empty.start() + 1 if empty else len(raw)
    header = raw[: min(end, _LONGEST_HEADER)]
    lengths = [len(line) for line in header.replace(b"\n\t", b" ").replace(b"\n ", b" ").split(b"\n")]
    return Shape(
        size=len(raw),
        header_bytes=end,
        fields=len(lengths),
        longest_field=max(lengths),
        commas=header.count(b","),
        ats=header.count(b"@"),
        semicolons=header.count(b";"),
        parentheses=header.count(b"("),
        encoded_words=header.count(b"=?"),
        boundaries=sum(1 for _ in islice(_BOUNDARY.finditer(raw), ORDINARY_BOUNDARIES + 1)),
    )


def is_ordinary(shape: Shape) -> bool:
    """Such a mail cannot be costly."""
    return (
        shape.header_bytes <= ORDINARY_HEADER_BYTES
        and shape.fields <= ORDINARY_FIELDS
        and shape.longest_field <= ORDINARY_FIELD_BYTES
        and min(shape.commas, shape.ats) <= ORDINARY_ADDRESSES
        and shape.encoded_words <= ORDINARY_ENCODED_WORDS
        and shape.semicolons <= ORDINARY_SEMICOLONS
        and shape.parentheses <= ORDINARY_PARENTHESES
        and shape.boundaries <= ORDINARY_BOUNDARIES
        and shape.size <= ORDINARY_BYTES
    )
