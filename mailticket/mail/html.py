"""What does the HTML of a mail show, without what it could do?

Sanitising (nh3), and plain text (html-to-markdown, else selectolax) with or without quoted history told apart.
Tree builders have inputs of 20 KB that make millions of nodes: HTML is weighed first, and costly HTML is simplified.
"""

import re
from functools import lru_cache

import nh3
from html_to_markdown import ConversionOptions, convert
from selectolax.lexbor import LexborHTMLParser

from mailticket.mail import quoted_html

#: Longer HTML is cut.
MAX_LENGTH = 2_000_000
#: Seconds that HTML may take by weigh(): beside the event loop, and in the child.
ORDINARY_SECONDS = 0.04
BEARABLE_SECONDS = 0.3

# An unclosed formatting element is opened again in every block that follows: elements x tags nodes.
_NAMES = r"(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/>])"
_OPENED = re.compile(rf"<{_NAMES}", re.IGNORECASE)
_FORMATTING = re.compile(rf"</?{_NAMES}[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*+>?")
_NESTING = re.compile(
    r"<(/?)(div|blockquote|ul|ol|dl|center|section|article|form|fieldset|details|p|li|pre|address)\b", re.IGNORECASE
)

#: Whatever has more of them is no longer markup.
_MOST_TAGS = 200_000
_WITHOUT_MARKUP = {ord(character): " " for character in "<>&"}

_CLEANER = nh3.Cleaner(
    tags=(nh3.ALLOWED_TAGS | {"font", "u", "big"}) - {"map", "area"},
    attributes={
        **{tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items() if tag not in ("map", "area")},
        "font": {"color", "face", "size"},
        "td": {"align", "valign", "bgcolor", "colspan", "rowspan", "width", "headers"},
        "table": {"align", "bgcolor", "border", "cellpadding", "cellspacing", "width", "summary"},
    },
    url_schemes={"http", "https", "mailto", "tel", "cid"},
    link_rel="noopener noreferrer nofollow",
)
_PLAIN = ConversionOptions(output_format="plain")


@lru_cache(maxsize=4)
def weigh(source: str) -> float:
    """About how many seconds a tree builder may need for `source` at worst, and never much less than it does."""
    least, tags = weigh_roughly(source), source.count("<")
    if least > BEARABLE_SECONDS:
        return least
    # (as if all of them were formatting: for most mail that is good enough)
    formatting = len(_OPENED.findall(source)) if tags > 250 else tags
    depth = tags if tags <= 2000 else _depth(source)
    return least + 3e-7 * formatting * tags + 2.5e-9 * depth * depth


def weigh_roughly(source: str) -> float:
    """No more than weigh() would say, in no time: a pattern over a megabyte keeps all threads waiting."""
    entities = source.count("&")
    return 2.2e-6 * source.count("<") + 3e-6 * entities + 1.5e-11 * entities * entities + 2e-8 * len(source)


def sanitise(source: str) -> str:
    """`source` as HTML that can do nothing: no script, style, form, frame or handler. Nothing is fetched."""
    return _CLEANER.clean(_bearable(source))


def to_text(source: str) -> str:
    """What a reader sees of `source`, as plain text."""
    source = _bearable(source)
    try:
        text = convert(source, _PLAIN).content or ""
    except Exception:  # noqa: BLE001  the converter's errors have no common type; there is a second one
        text = ""
    if text.strip() or weigh(source) > ORDINARY_SECONDS:
        return text.strip("\n")
    body = LexborHTMLParser(source).body
    return body.text(separator="\n").strip() if body else ""


def to_texts(source: str) -> tuple[str, str]:
    """The same as to_text(), and once more with the history that mail programs have marked in quoted lines."""
    marked = quoted_html.marked(_bearable(source))
    if marked is None:
        return (text := to_text(source)), text
    text = to_text(marked)
    return quoted_html.without_marks(text), quoted_html.as_quoted_text(text)


def _bearable(source: str) -> str:
    """`source`, simplified as far as it takes to make it bearable: first its formatting goes, then all markup."""
    source = source[:MAX_LENGTH]
    if source.count("<") > _MOST_TAGS:
        return source.translate(_WITHOUT_MARKUP)
    if weigh(source) <= BEARABLE_SECONDS:
        return source
    # by a space, so that what stood around it does not join to another tag
    source = _FORMATTING.sub(" ", source)
    if weigh(source) <= BEARABLE_SECONDS:
        return source
    return _TAG.sub(" ", source).translate(_WITHOUT_MARKUP)


def _depth(source: str) -> int:
    """How deep blocks are nested at most; an end tag without its beginning counts for nothing."""
    open_, deepest = 0, 0
    for match in _NESTING.finditer(source):
        open_ = max(0, open_ - 1) if match[1] else open_ + 1
        deepest = max(deepest, open_)
    return deepest
