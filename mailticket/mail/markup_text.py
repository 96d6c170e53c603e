"""How do people type what HTML shows? Pieces of markup.py as plain text: bullets, numbers, links behind their words."""

import re
from collections.abc import Iterable

from mailticket.mail.markup import Piece

_SPACE = re.compile("[ \\t\\n\\r\\f]+")
_BLOCKS = frozenset(("p", "div", "ul", "ol", "li", "table", "tr", "pre", "blockquote", "dl", "dt", "dd", "caption"))
_SPACED = frozenset(("p", "table", "pre", "h1", "h2", "h3", "h4", "h5", "h6"))
_MANY = re.compile(r"\n{3,}")


def as_text(pieces: Iterable[Piece]) -> str:
    """What the pieces show."""
    writer = _Writer()
    for piece in pieces:
        writer.add(piece)
    return _MANY.sub("\n\n", "\n".join(line.rstrip() for line in writer.lines)).strip("\n")


class _Writer:
    """Lines so far, and what is open."""

    def __init__(self) -> None:
        self.lines = [""]
        #: The last number of each open list, None for one of bullets.
        self._lists: list[int | None] = []
        #: The line of a point that has no words yet.
        self._bullet = ""
        self._rows = 0
        self._preformatted = 0
        #: Of each open link: where it leads, and where its words began.
        self._links: list[tuple[str, int, int]] = []

    def add(self, piece: Piece) -> None:
        match piece.name:
            case "":
                self._add_words(piece.text)
            case "br":
                self.lines.append("")
            case "hr":
                self._end_line(spaced=True)
                self.lines[-1] = "-" * 10
                self._end_line(spaced=True)
            case "img":
                name = piece.text or piece.attributes.get("alt", "")
                self.lines[-1] += f"{name} <{piece.attributes['href']}>" if piece.text else f"[{name}]" if name else ""
            case "a":
                self._add_link(piece)
            case "td" | "th":
                self.lines[-1] += " | " if not piece.closes and self.lines[-1].strip() else ""
            case _:
                self._add_block(piece)

    def _add_words(self, text: str) -> None:
        if self._preformatted:
            first, *others = text.split("\n")
            self.lines[-1] += first
            self.lines += others
            return
        words = _SPACE.sub(" ", text).replace("\xa0", " ")
        if not self.lines[-1].strip():
            # (the bullet of a point stands there already)
            words = words if "\xa0" in text and not words.strip() else words.lstrip()
        self.lines[-1] += words[1:] if words[:1] == " " == self.lines[-1][-1:] else words

    def _add_link(self, piece: Piece) -> None:
        if not piece.closes:
            self._links.append((piece.attributes["href"], len(self.lines) - 1, len(self.lines[-1])))
            return
        target, line, column = self._links.pop()
        words = "\n".join([self.lines[line][column:], *self.lines[line + 1 :]])
        bare = target.removeprefix("mailto:").removeprefix("tel:").partition("://")[2] or target
        if words.strip() and bare.rstrip("/") not in words and target.partition(":")[2] not in words:
            self.lines[-1] = f"{self.lines[-1].rstrip()} <{target.removeprefix('mailto:')}>"

    def _add_block(self, piece: Piece) -> None:
        if piece.name == "tr":
            self._rows += -1 if piece.closes else 1
            self.lines[-1] = self.lines[-1].rstrip(" |") if piece.closes else self.lines[-1]
            self._end_line()
        if self._rows and piece.name in _BLOCKS:
            self.lines[-1] += " " if self.lines[-1].strip() else ""
            return
        if piece.name not in _BLOCKS and piece.name not in _SPACED:
            return
        outermost = piece.name in ("ul", "ol") and len(self._lists) == (1 if piece.closes else 0)
        self._end_line(spaced=piece.name in _SPACED or outermost)
        self._preformatted += 0 if piece.name != "pre" else -1 if piece.closes else 1
        if piece.name in ("ul", "ol"):
            if piece.closes:
                self._lists.pop()
            else:
                self._lists.append(int(piece.attributes.get("start", "1")) - 1 if piece.name == "ol" else None)
        elif piece.name == "li":
            self._bullet = ""
            self._end_line()
            if not piece.closes:
                self._add_bullet()

    def _add_bullet(self) -> None:
        number = self._lists[-1] if self._lists else None
        if number is not None:
            self._lists[-1] = number + 1
        bullet = "-" if number is None else f"{number + 1}."
        self.lines[-1] = self._bullet = f"{'   ' * (len(self._lists) - 1)}{bullet} "

    def _end_line(self, spaced: bool = False) -> None:
        """Begins a new line where something stands on this one, or a blank that was meant as an empty line."""
        if self.lines[-1] == self._bullet and self._bullet:
            return
        if self.lines[-1]:
            self.lines.append("")
        if spaced and len(self.lines) > 1 and self.lines[-2].strip():
            self.lines.append("")
