"""Does a mail come out the same, however the network cuts it? Against a reading of RFC 5321 by lines."""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from mailticket.intake.data_reader import Content

#: Bytes in which ends and lookalikes of ends are frequent.
_WIRE = st.lists(st.sampled_from([b"\r\n", b"\r", b"\n", b".", b"..", b"x", b"\r\n.", b"\r\n.\r\n"]), max_size=20)
_CUTS = st.lists(st.integers(1, 7), min_size=1, max_size=20)


def _by_lines(wire: bytes) -> tuple[bytes, bytes]:
    """The mail and what follows it, as RFC 5321 §4.5.2 tells it: one line after another, each ended by CRLF."""
    mail = b""
    while True:
        line, _, wire = wire.partition(b"\r\n")
        if line == b".":
            # a bare CR ends no line in the header
            found = re.search(rb"(?:\A|(?<=\n))\r*\n", mail)
            at, behind = found.span() if found else (len(mail), len(mail))
            header = re.sub(rb"\r?\n", b"\r\n", re.sub(rb"\r(?!\n)", b" ", mail[:at]))
            return header + (b"\r\n" if found else b"") + re.sub(rb"\r\n|\r|\n", b"\r\n", mail[behind:]), wire
        mail += line.removeprefix(b".") + b"\r\n"


@given(_WIRE, _CUTS)
@example([b".", b"\r\n"], [1])
@example([b"\r\n", b".", b"\r", b"\r\n", b"."], [3, 1])
@example([b"\r", b"\r\n", b"."], [1])
def test_any_cut_gives_the_mail_that_lines_give(words: list[bytes], cuts: list[int]) -> None:
    wire = b"".join(words) + b"\r\n.\r\nQUIT\r\n"
    content, behind, at, turn = Content(), None, 0, 0
    while behind is None:
        size = cuts[turn % len(cuts)]
        behind = content.feed(bytearray(wire[at : at + size]))
        at, turn = at + size, turn + 1

    size, mail = content.size, content.take()

    assert (mail, behind + wire[at:]) == _by_lines(wire)
    assert len(mail) <= size <= len(mail) + 2 * wire.count(b"\r")


def test_discarded_mail_is_read_to_its_end_and_not_kept() -> None:
    content = Content()
    content.feed(bytearray(b"one\r\n"))
    content.discard()
    assert content.feed(bytearray(b"two\r\n.\r\nNOOP\r\n")) == b"NOOP\r\n"
    assert (content.size, content.take()) == (0, b"")
