"""What is in the HTML of a mail, as a row of simple pieces: text, tags that only give it form, pictures of the mail?

Styles, classes and remote content are gone; Word's lists are lists. Letters (all but white space) are counted, so that
text which was read elsewhere finds its place here (markup_cut.py).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from mailticket.mail import html, quoted_html

#: More pieces than any letter has.
_MOST_PIECES = 30_000

#: Tags that say what is what, and nothing else.
FORMS = (
    *("p", "div", "br", "hr", "ul", "ol", "li", "dl", "dt", "dd", "pre", "code", "blockquote", "caption"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tfoot", "tr", "td", "th"),
    *("b", "strong", "i", "em", "u", "s", "sub", "sup"),
)
_KEPT = (
    dict(zip(FORMS, FORMS, strict=True))
    | {"strike": "s", "del": "s", "ins": "u", "tt": "code", "kbd": "code", "samp": "code", "cite": "i"}
    | dict.fromkeys(("section", "article", "header", "footer", "center", "address", "figure"), "div")
)
_VOID = frozenset({"br", "hr"})
_UNSEEN = frozenset(
    ("head", "style", "script", "title", "template", "object", "iframe", "svg", "math", "select", "textarea", "audio")
) | {"video", "canvas", "input", "button", "noscript", "-comment"}
#: What a style says that is worth a tag.
_FORMS = (
    ("b", re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)")),
    ("i", re.compile(r"font-style\s*:\s*italic")),
    ("s", re.compile(r"text-decoration[a-z-]*\s*:[^;]*line-through")),
    ("u", re.compile(r"text-decoration[a-z-]*\s*:[^;]*underline")),
)
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden")
_TIGHT = re.compile(r"margin(?:-top)?\s*:\s*0(?![.\d])")
_NOT_BOLD = re.compile(r"font-weight\s*:\s*(?:normal|[1-4]00)")
_LINK = re.compile(r"(?:https?://|mailto:|tel:)[^\s<>\"]{1,2000}", re.IGNORECASE)
_NUMBERED = re.compile(r"\s*\(?[0-9a-zA-Z]{1,4}[.)]")
#: So deep in its paragraph is the bullet that Word has drawn.
_BULLET_DEPTH = 4
_NO_LETTERS = re.compile("[\\s\u00ad\u200b-\u200f\u2060\ufeff]+")


def letters(text: str) -> str:
    """`text` without white space and what has no width."""
    return _NO_LETTERS.sub("", text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A tag, a text or a picture."""

    #: Tag without brackets; "" for text, "img" for a picture.
    name: str = ""
    closes: bool = False
    text: str = ""
    #: Attributes by name.
    attributes: dict[str, str] = field(default_factory=dict)
    #: How many letters stand before it.
    at: int


@dataclass(slots=True)
class Simple:
    """HTML, simplified."""

    pieces: list[Piece] = field(default_factory=list)
    letters: str = ""
    #: Where letters begin that plain text may lack, and where they end: bullets of Word, names of pictures.
    soft: dict[int, int] = field(default_factory=dict)
    #: Where signatures begin and end that mail programs have marked.
    signatures: list[tuple[int, int]] = field(default_factory=list)
    #: Content-IDs of pictures in these, and in what they have marked as quoted.
    aside: set[str] = field(default_factory=set)


def simplified(source: str, *, with_history: bool = True) -> Simple | None:
    """The pieces of `source`, or None where it is too costly to look. Without history its marked parts are left out."""
    if html.weigh(source) > html.ORDINARY_SECONDS:
        return None
    tree = LexborHTMLParser(source)
    if tree.body is None:
        return None
    history = {node.mem_id for node in quoted_html.history(tree)}
    signatures = {node.mem_id for node in quoted_html.signatures(tree, source)}
    return _Reader(history, signatures, with_history=with_history).read(tree.body)


class _Reader:
    """Walks over a tree, once."""

    def __init__(self, history: set[int], signatures: set[int], *, with_history: bool) -> None:
        """Both as mem_id of the elements."""
        self._left_out = set[int]() if with_history else history
        self._signatures = signatures
        self._aside = history | signatures
        #: How many such elements are open.
        self._asides = 0
        #: Where signatures have begun that are open.
        self._begun: dict[int, int] = {}
        self._simple = Simple()
        self._letters: list[str] = []
        self._at = 0
        self._depth = 0
        #: The list of Word's that is open: its tag, and the depth at which it was opened.
        self._list: tuple[str, int] | None = None

    def read(self, body: LexborNode) -> Simple | None:
        """None where there are too many pieces."""
        for node, entering, names in self._steps(body):
            if len(self._simple.pieces) > _MOST_PIECES:
                return None
            if node.tag == "-text":
                self._add_text(node.text_content or "")
            elif entering:
                self._open(node, names)
            else:
                self._close(node, names)
        self._end_list()
        self._simple.letters = "".join(self._letters)
        return self._simple

    def _steps(self, body: LexborNode) -> Iterator[tuple[LexborNode, bool, list[str]]]:
        """Each node when it begins, and each element once more when it ends, with the tags that stand for it."""
        stack: list[tuple[LexborNode, bool, list[str]]] = [(body, True, [])]
        while stack:
            node, entering, names = stack.pop()
            if not entering:
                yield node, False, names
                continue
            if node.tag != "-text":
                if _is_bullet(node):
                    self._add_soft(node.text())
                    continue
                if node.mem_id in self._left_out or _is_unseen(node):
                    continue
                names = self._names(node)
                stack.append((node, False, names))
                child = node.last_child
                while child is not None:
                    stack.append((child, True, []))
                    child = child.prev
            yield node, True, names

    def _names(self, node: LexborNode) -> list[str]:
        tag = node.tag or ""
        attributes = node.attributes
        style = (attributes.get("style") or "").lower()
        if tag == "p" and (list_ := _list_of_word(node, style)):
            names = ["li"]
            self._begin_list(list_)
        elif tag == "p" and ((attributes.get("class") or "").startswith("Mso") or _TIGHT.search(style)):
            # paragraphs without space between them
            names = ["div"]
        elif tag == "a":
            names = ["a"] if _LINK.fullmatch((attributes.get("href") or "").strip()) else []
        else:
            names = [_KEPT[tag]] if tag in _KEPT and tag not in _VOID else []
        if names in (["b"], ["strong"]) and _NOT_BOLD.search(style):
            names = []
        if style and tag not in ("body", "table", "tr"):
            names += [form for form, pattern in _FORMS if pattern.search(style) and not (tag == "a" and form == "u")]
        return names

    def _open(self, node: LexborNode, names: list[str]) -> None:
        self._asides += node.mem_id in self._aside
        if node.mem_id in self._signatures:
            self._begun[node.mem_id] = self._at
        if names or node.tag in _VOID or node.tag == "img":
            self._end_list(unless=names[:1])
        for name in names:
            attributes = _attributes(node, name)
            self._simple.pieces.append(Piece(name=name, attributes=attributes, at=self._at))
            self._depth += 1
        if node.tag in _VOID:
            self._simple.pieces.append(Piece(name=node.tag, at=self._at))
        elif node.tag == "img":
            self._add_picture(node)

    def _close(self, node: LexborNode, names: list[str]) -> None:
        for name in reversed(names):
            if self._list is not None and self._list[1] == self._depth:
                self._end_list()
            self._depth -= 1
            self._simple.pieces.append(Piece(name=name, closes=True, at=self._at))
        self._asides -= node.mem_id in self._aside
        if node.mem_id in self._begun:
            self._simple.signatures.append((self._begun.pop(node.mem_id), self._at))

    def _begin_list(self, tag: str) -> None:
        if self._list is not None and self._list[0] != tag:
            self._end_list()
        if self._list is None:
            self._simple.pieces.append(Piece(name=tag, at=self._at))
            self._depth += 1
            self._list = (tag, self._depth)

    def _end_list(self, unless: list[str] | None = None) -> None:
        """Ends Word's list where something stands beside its points."""
        if self._list is None or self._depth > self._list[1] or unless == ["li"]:
            return
        self._simple.pieces.append(Piece(name=self._list[0], closes=True, at=self._at))
        self._depth -= 1
        self._list = None

    def _add_text(self, text: str) -> None:
        found = letters(text)
        if found:
            self._end_list()
        self._simple.pieces.append(Piece(text=text, at=self._at))
        self._letters.append(found)
        self._at += len(found)

    def _add_soft(self, text: str) -> None:
        if found := letters(text):
            self._simple.soft[self._at] = self._at + len(found)
            self._letters.append(found)
            self._at += len(found)

    def _add_picture(self, node: LexborNode) -> None:
        """A picture of the mail stays, a remote one becomes a link; one that only says a sign is the sign."""
        attributes = node.attributes
        source, name = (attributes.get("src") or "").strip(), (attributes.get("alt") or "").strip()
        if name and len(name) <= 8 and not any(map(str.isascii, name)):
            self._add_text(name)
            return
        at = self._at
        self._add_soft(name[:200])
        if source[:4].lower() == "cid:":
            sizes = {key: value for key in ("width", "height") if (value := attributes.get(key) or "").isdigit()}
            shown = {"src": source[4:], "alt": name, **sizes}
            self._simple.aside |= {source[4:]} if self._asides else set()
            self._simple.pieces.append(Piece(name="img", attributes=shown, at=at))
        elif _LINK.fullmatch(source) and not _is_pixel(attributes):
            title = name or source.rpartition("/")[2][:80] or source[:80]
            self._simple.pieces.append(Piece(name="img", text=title, attributes={"href": source}, at=at))


def _attributes(node: LexborNode, name: str) -> dict[str, str]:
    """Those attributes of `node` that matter to the tag `name`."""
    given = node.attributes
    if name == "a":
        return {"href": (given.get("href") or "").strip()}
    drawn = name in ("td", "th") and "border" in (given.get("style") or "").lower()
    wanted = {"td": ("colspan", "rowspan"), "th": ("colspan", "rowspan"), "ol": ("start",)}.get(name, ())
    numbers = {key: value for key in wanted if (value := given.get(key) or "").isdigit() and len(value) <= 3}
    return {**numbers, "border": "1"} if drawn else numbers


def _list_of_word(node: LexborNode, style: str) -> str:
    """ "ul" or "ol" where this paragraph is a point of a list that Word has drawn; "" where it is none."""
    if "mso-list:" not in style:
        return ""
    first: LexborNode | None = node
    for _ in range(_BULLET_DEPTH):
        first = first.child if first is not None else None
        while first is not None and (first.tag == "-comment" or first.is_empty_text_node):
            first = first.next
        if first is not None and _is_bullet(first):
            return "ol" if _NUMBERED.match(first.text()) else "ul"
    return ""


def _is_bullet(node: LexborNode) -> bool:
    style = node.attributes.get("style") if node.tag == "span" else ""
    return bool(style) and "mso-list:ignore" in (style or "").replace(" ", "").lower()


def _is_unseen(node: LexborNode) -> bool:
    style = node.attributes.get("style") or "" if node.tag not in _UNSEEN else ""
    return node.tag in _UNSEEN or (bool(style) and _HIDDEN.search(style.lower()) is not None)


def _is_pixel(attributes: dict[str, str | None]) -> bool:
    return any((attributes.get(key) or "").strip("px ") in ("0", "1", "2") for key in ("width", "height"))
