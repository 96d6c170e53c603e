"""Which part of a mail's HTML shows these words, and only these? Found letter by letter: no other word goes along.

The words were read from the text of the mail. Where its HTML says anything else, there is no such part.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import accumulate

import nh3

from mailticket.mail.markup import FORMS, Piece, Simple, letters
from mailticket.mail.markup_text import as_text

#: What programs write into plain text in the place of form: links, pictures, bullets, signs around what is bold.
_FORM = re.compile(
    r"[<(\[](?:https?:|mailto:|tel:|cid:|image:|data:)[^<>()\[\]]{0,2000}[>)\]]"
    r"|^[ \t]{0,12}(?:[-+•·◦▪§o–*]|\(?[0-9]{1,3}[.)]|[a-zA-Z][.)])(?=\s)|[*_/|`#~\[\]]",
    re.MULTILINE,
)
_CELLS = frozenset({"td", "th"})
_CELL_STYLE = "border: 1px solid #cbd2d9; padding: 4px 8px; text-align: left; vertical-align: top"
_STYLES = {
    "table": "border-collapse: collapse",
    "blockquote": "margin: 0 0 0 8px; padding-left: 12px; border-left: 2px solid #cbd2d9",
    "pre": "white-space: pre-wrap",
    "img": "max-width: 100%; height: auto",
}
_CLEANER = nh3.Cleaner(
    tags=set(FORMS) | {"a", "img"},
    attributes={
        **{tag: {"style"} for tag in ("blockquote", "pre")},
        "table": {"style"},
        "td": {"style", "colspan", "rowspan"},
        "th": {"style", "colspan", "rowspan"},
        "ol": {"start"},
        "a": {"href"},
        "img": {"src", "alt", "width", "height", "style"},
    },
    url_schemes={"http", "https", "mailto", "tel", "cid"},
    link_rel=None,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A part of a mail's HTML."""

    #: Safe: no style but harmless ones of ours, nothing remote, no letter beyond the words that were asked for.
    html: str
    #: The same as text, with bullets, and links behind their words.
    text: str
    #: Content-IDs of the pictures in it.
    pictures: frozenset[str]


def line_ends(lines: Sequence[str], shown: Simple, at: int) -> list[int]:
    """Where in `shown` each of `lines` ends when the first one begins at `at`; shorter where they do not match."""
    text, ends, last = "\n".join(lines), list[int](), 0
    for match in (*_FORM.finditer(text), None):
        begin, end = match.span() if match else (len(text), len(text))
        for line in _lines(text[last:begin]):
            found = _after(line, shown, at) if line is not None else at
            if found is None:
                return ends
            at = found
            if line is None:
                ends.append(at)
        at = _after_form(letters(text[begin:end]), shown, at)
        ends += [at] * text.count("\n", begin, end)
        last = end
    ends.append(at)
    return ends


def _lines(text: str) -> Iterator[str | None]:
    """The letters of each line; None between them."""
    for number, line in enumerate(text.split("\n")):
        if number:
            yield None
        yield letters(line)


def _after(wanted: str, shown: Simple, at: int) -> int | None:
    """The place behind `wanted`, which stands at `at`; soft letters that are not wanted are passed over."""
    for letter in wanted:
        while shown.letters[at : at + 1] != letter:
            if at not in shown.soft:
                return None
            at = shown.soft[at]
        at += 1
    return at


def _after_form(form: str, shown: Simple, at: int) -> int:
    """The place behind `form` where the HTML has it, too; else `at`."""
    # (one try, or signs that are not there would be looked for behind each picture anew)
    for place in (at, shown.soft.get(at, at)):
        if form and shown.letters.startswith(form, place):
            return place + len(form)
    return at


def cut(shown: Simple, begin: int, end: int, allowed: Collection[str], behind: Collection[str] = ()) -> Cut | None:
    """The letters from `begin` to `end` with their form, and those pictures among them whose Content-ID is `allowed`.

    `behind`: those that belong to the letters where they stand right behind them. None where the result would not be
    safe.
    """
    pieces = list(_kept(shown.pieces, begin, end, allowed, behind))
    source = _CLEANER.clean("".join(map(_as_html, pieces)))
    text = "".join(piece.text for piece in pieces if piece.name in ("", "img"))
    if letters(nh3.clean(source, tags=set()).replace("&nbsp;", "")) != letters(escape(text, quote=False)):
        return None
    pictures = frozenset(piece.attributes["src"] for piece in pieces if piece.name == "img" and not piece.text)
    return Cut(html=source, text=as_text(pieces), pictures=pictures)


def _kept(
    pieces: Sequence[Piece], begin: int, end: int, allowed: Collection[str], behind: Collection[str]
) -> Iterator[Piece]:
    """Pieces that show something between `begin` and `end`, and tags around them; empty lines only between words."""
    ends = _ends(pieces)
    counted = list(accumulate((_counts(piece, begin, end, allowed, behind) for piece in pieces), initial=0))
    rows: list[bool] = []
    for at, piece in enumerate(pieces):
        if not piece.name:
            if text := _within(piece, begin, end):
                yield Piece(text=text, at=piece.at)
        elif piece.name == "img":
            if counted[at + 1] > counted[at]:
                yield piece
        elif piece.name in ("br", "hr"):
            if begin < piece.at < end:
                yield piece
        else:
            first, last = (at, ends[at]) if not piece.closes else (ends[at], at)
            inside = counted[last + 1] > counted[first] or begin < pieces[first].at <= pieces[last].at < end
            in_row = piece.name in _CELLS and bool(rows) and rows[-1]
            if piece.name == "tr":
                rows[-1:] = [] if piece.closes else [*rows[-1:], inside]
            if inside or in_row:
                yield piece


def _ends(pieces: Sequence[Piece]) -> dict[int, int]:
    """The place of each tag's other half."""
    open_: list[int] = []
    ends: dict[int, int] = {}
    for at, piece in enumerate(pieces):
        if not piece.name or piece.name in ("img", "br", "hr"):
            continue
        if piece.closes:
            ends[at] = open_.pop()
            ends[ends[at]] = at
        else:
            open_.append(at)
    return ends


def _counts(piece: Piece, begin: int, end: int, allowed: Collection[str], behind: Collection[str]) -> int:
    """1 for what is worth a tag around it."""
    if piece.name == "img":
        wanted = allowed if begin <= piece.at < end else behind if piece.at == end else ()
        return int(begin <= piece.at < end if piece.text else piece.attributes["src"] in wanted)
    return int(not piece.name and bool(letters(_within(piece, begin, end))))


def _within(piece: Piece, begin: int, end: int) -> str:
    """The part of a text that lies between `begin` and `end`, with the white space between its letters."""
    length = len(letters(piece.text))
    if piece.at >= begin and piece.at + length <= end:
        return piece.text if length or begin < piece.at < end else ""
    if piece.at >= end or piece.at + length <= begin:
        return ""
    place, first, last = piece.at, None, 0
    for at, character in enumerate(piece.text):
        if place >= end:
            break
        if letters(character):
            if begin <= place:
                first, last = (at if first is None else first), at + 1
            place += 1
    return piece.text[first or 0 : last]


def _as_html(piece: Piece) -> str:
    if not piece.name:
        return escape(piece.text, quote=False)
    if piece.name == "img" and piece.text:
        return f'<a href="{escape(piece.attributes["href"])}">{escape(piece.text, quote=False)}</a>'
    if piece.closes:
        return f"</{piece.name}>"
    attributes = dict(piece.attributes)
    if piece.name == "img":
        attributes["src"] = f"cid:{attributes['src']}"
    if style := _CELL_STYLE if attributes.pop("border", "") else _STYLES.get(piece.name, ""):
        attributes["style"] = style
    written = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
    return f"<{piece.name}{written}>"
