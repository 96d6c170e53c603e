"""Which parts of an HTML mail are history or signature, by the marks that mail programs leave in it?

Elements are marked by characters that no text may hold (Unicode noncharacters); plain text with `>` is made of them.
"""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from mailticket.mail.quoting import HISTORY_BELOW

_QUOTE, _QUOTE_END = "\ufdd0", "\ufdd1"
_DROP, _DROP_END = "\ufdd3", "\ufdd4"
#: An element that is a quotation only if an attribution stands above it or nothing below.
_MAYBE, _MAYBE_END = "\ufdd5", "\ufdd6"
_MARK = re.compile("[\ufdd0-\ufdd6]")
_EMPTY_LINES = re.compile(r"\n{3,}")
#: Of each kind so many elements are marked.
_MOST = 500
#: The text of so many is read: each may hold the whole mail.
_MOST_READ = 20
#: Labels of a header in a language that nobody has told us: short words, a colon.
_LABEL = re.compile(r"\s*[^\W\d_][^:：\n]{0,25}[:：]")

_QUOTES = ", ".join(
    (
        "blockquote[type=cite]",
        "blockquote[class*=quote]",
        "blockquote[class*=cite]",
        "blockquote[id*=quote]",
        "blockquote[id*=reply i]",
        "blockquote[cite]",
        'blockquote[style*="border-left"]',
        'div[name=quote][style*="border-left"]',
        "div.yahoo_quoted",
        "div[class*=_yahoo_quoted]",
        "div.protonmail_quote",
        "div.tutanota_quote",
        "div.zmail_extra",
        "div.freshdesk_quote",
        "div.front-blockquote",
        "div.missive_quote",
        "div.history_container",
        "div.ntes-mailmaster-quote",
        "#isReplyContent",
        "#mail-editor-reference-message-container",
        "#OLK_SRC_BODY_SECTION",
        "[name=messageReplySection]",
        ".messageReplySection",
        "[data-marker=__QUOTED_TEXT__]",
        "[data-marker=__HEADERS__]",
    )
)
#: Elements that hold attribution and quotation; Gmail's holds the answers between quotations too.
_CONTAINERS = "div.gmail_quote, div.gmail_quote_container, span.gmail_quote"
_ATTRIBUTIONS = "div.moz-cite-prefix, #reply-intro, div.reply-intro, div.OutlookMessageHeader, div.yahoo-quoted-begin"
_BELOW = ", ".join(
    (
        "#appendonsend",
        "[id$=divRplyFwdMsg]",
        "hr[id$=stopSpelling]",
        "hr#zwchr",
        "[data-marker=__DIVIDER__]",
        "a[name=_MailOriginal]",
        "hr.mcntmcntmcnt",
    )
)
_SIGNATURES = ", ".join(
    (
        ".gmail_signature",
        "[data-smartmail=gmail_signature]",
        "[id$=Signature]",
        "#AppleMailSignature",
        ".moz-signature",
        ".protonmail_signature_block",
        "#composer_signature",
        "[id^=ms-outlook-mobile-signature]",
        "[id^=ms-outlook-ios-signature]",
        "[name=messageSignatureSection]",
        "[data-signatureblock=true]",
        "[data-marker=__SIG_PRE__]",
        ".front-signature",
        "[class*=yahoo-signature]",
        "[id^=ymail_android_signature]",
        ".tutanota_signature",
        ".zmail_signature",
    )
)
#: The pieces of a signature that Outlook has put in, and what is marked too rarely to look for it in all mail.
_MORE_SIGNATURES = 'a[name=_MailAutoSig], [style*="bookmark:_MailAutoSig"], .k9mail-signature, .bloop_sign'
#: A signature that holds more is somebody's letter.
_LONGEST_SIGNATURE = 1500
#: What any of these selectors needs; HTML without it is not parsed. (In lower case; a pattern takes ten times as long.)
_WORTH_A_LOOK = (
    "<blockquote", "gmail_", "yahoo", "_quote", "-quote", "rplyfwd", "appendonsend", "stopspelling", "olk_src",
    "replysection", "reference-message", "zwchr", "data-marker", "signature", "border-top", "name=quote",
    'name="quote', "name='quote", "history_container", "reply-intro", "replycontent", "zmail_", "cite-prefix",
    "_mailoriginal",
)  # fmt: skip


def is_worth_a_look(source: str) -> bool:
    """Whether there may be a mark in `source`; costs next to nothing."""
    folded = source.lower()
    return any(sign in folded for sign in _WORTH_A_LOOK)


def marked(source: str) -> str | None:
    """`source` with its history and signatures marked for as_quoted_text(); None where there is no mark to see."""
    if not is_worth_a_look(source):
        return None
    tree = LexborHTMLParser(_MARK.sub("", source))
    found = 0
    # each look for a selector walks over the whole tree
    folded = source.lower()
    for node in _some(tree, _CONTAINERS)[:_MOST_READ] if "gmail_quote" in folded else ():
        found += _mark_container(tree, node)
    for selector, opening, closing in (
        (_QUOTES, _QUOTE, _QUOTE_END),
        ("blockquote", _MAYBE, _MAYBE_END),
        (_ATTRIBUTIONS, _DROP, _DROP_END),
    ):
        for node in _some(tree, selector):
            if opening != _MAYBE or not _is_indented(node):
                found += _enclose(tree, node, opening, closing)
    for node in _some(tree, _SIGNATURES)[:_MOST_READ] if "sig" in folded else ():
        if len(node.text()) <= _LONGEST_SIGNATURE and node.css_first("blockquote") is None:
            found += _enclose(tree, node, _DROP, _DROP_END)
    if (divider := next(_dividers(tree, folded), None)) is not None:
        found += 1
        divider.insert_before(_element(tree, HISTORY_BELOW))
    return tree.html if found else None


def history(tree: LexborHTMLParser) -> list[LexborNode]:
    """What mail programs have marked as quoted, with the words above it."""
    return [node for selector in (_QUOTES, _CONTAINERS, _ATTRIBUTIONS) for node in _some(tree, selector)]


def signatures(tree: LexborHTMLParser, source: str) -> list[LexborNode]:
    """What they have marked as the sender's signature in the tree of `source`, in quoted mail too."""
    return _some(tree, f"{_SIGNATURES}, {_MORE_SIGNATURES}") if "sig" in source.lower() else []


def without_marks(text: str) -> str:
    """The plain text of a marked() source as if it were not marked."""
    lines = (line for line in text.split("\n") if not _has_mark(line) or _MARK.sub("", line).strip())
    return _EMPTY_LINES.sub("\n\n", _MARK.sub("", "\n".join(lines))).strip("\n")


def as_quoted_text(text: str) -> str:
    """The plain text of a marked() source, with quoted lines marked by `>` and signatures gone."""
    lines: list[str] = []
    quoted = maybe = dropped = 0
    begun: list[int] = []
    for line in text.split("\n"):
        if _has_mark(line) and HISTORY_BELOW not in line:
            for mark in _MARK.findall(line):
                quoted += (mark == _QUOTE) - (mark == _QUOTE_END)
                dropped += (mark == _DROP) - (mark == _DROP_END)
                maybe += (mark == _MAYBE) - (mark == _MAYBE_END)
            line = _MARK.sub("", line)
            if not line.strip():
                continue
        if dropped > 0:
            continue
        if quoted > 0 or maybe > 0:
            if line.strip():
                begun += [] if quoted > 0 else [len(lines)]
                lines.append(f"> {line}")
        else:
            lines.append(line)
    return _EMPTY_LINES.sub("\n\n", "\n".join(_certain(lines, begun)))


def _has_mark(line: str) -> bool:
    return not line.isascii() and _MARK.search(line) is not None


def _certain(lines: list[str], maybe: list[int]) -> list[str]:
    """`lines`; those at the indices `maybe` stay quoted below a line that ends by a colon, or at the very end."""
    if not maybe:
        return lines
    doubtful = set(maybe)
    last = len(lines)
    while last and (last - 1 in doubtful or not lines[last - 1].strip()):
        last -= 1
    introduced = False
    for at, line in enumerate(lines):
        if at not in doubtful:
            if line.strip():
                introduced = line.rstrip().endswith((":", "："))
        elif at < last and not introduced:
            lines[at] = line[2:]
    return lines


def _some(tree: LexborHTMLParser, selector: str) -> list[LexborNode]:
    return tree.css(selector)[:_MOST]


def _element(tree: LexborHTMLParser, mark: str) -> LexborNode:
    element = tree.create_node("div")
    element.insert_child(mark)
    return element


def _enclose(tree: LexborHTMLParser, node: LexborNode, opening: str, closing: str) -> int:
    node.insert_before(_element(tree, opening))
    node.insert_after(_element(tree, closing))
    return 1


def _mark_container(tree: LexborHTMLParser, node: LexborNode) -> int:
    """What stands in `node` above its first quotation is the attribution; without a quotation all of it is history.

    Not so where it forwards a mail: that has no quotation, and says so in its first line.
    """
    child = node.child
    while child is not None and child.tag != "blockquote":
        child = child.next
    if child is not None:
        if (first := node.child) is not None and first.mem_id != child.mem_id:
            first.insert_before(_element(tree, _DROP))
            child.insert_before(_element(tree, _DROP_END))
        return 1
    if node.css_first("blockquote") is None and "---" not in node.text()[:200]:
        return _enclose(tree, node, _QUOTE, _QUOTE_END)
    return 0


def _is_indented(node: LexborNode) -> bool:
    """Whether an editor's "indent" has made it."""
    attributes = node.attributes
    style, class_ = attributes.get("style") or "", attributes.get("class") or ""
    return "border:none" in style.replace(" ", "").lower() or "indent" in class_


def _dividers(tree: LexborHTMLParser, folded: str) -> Iterator[LexborNode]:
    """What has only history below it: Outlook's marks, or a line drawn above a header in whatever language."""
    if (node := tree.css_first(_BELOW)) is not None:
        yield node
    for node in tree.css('div[style*="border-top"]')[:_MOST_READ] if "border-top" in folded else ():
        text = node.text(separator="\n")[:1000]
        labels = sum(1 for line in text.split("\n") if _LABEL.match(line))
        if 3 <= labels <= 8 and any(character.isdigit() for character in text):
            yield node
