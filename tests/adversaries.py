"""Texts and HTML of a megabyte that are meant to be slow to tell apart, by name: for figures."""

_SIZE = 1_000_000


def _filled(line: str) -> str:
    return (line * (_SIZE // len(line) + 1))[:_SIZE]


TEXTS = {
    "words": _filled("The vase that you sent me came in pieces, and nobody answers.\n"),
    "quotations": _filled("> old\n"),
    "answers between": _filled("> old\nnew\n"),
    "attributions": _filled("On Sun, 22 Nov 2026 at 10:00, Ann <ann@acme.example> wrote\n"),
    "attributions with a colon": _filled("Am 22.11.2026 schrieb Ann\n:\n"),
    "dates": _filled("22.11.2026 10:00 <a@b.example>:\n"),
    "header fields": _filled("From: Ann\nSent: today\n\n"),
    "rules": _filled("_____________________________\n"),
    "signatures": _filled("-- \nAnn\n"),
    "greetings": _filled("Kind regards,\n"),
    "forwards": _filled("---------- Forwarded message\n"),
    "colons": _filled("a:\n"),
    "angles": _filled("<<a@b <"),
    "spaces": _filled(" "),
    "empty lines": _filled("\n"),
    "one line": _filled("On a wrote "),
    "invisible letters": _filled("\u200b\u00a0\n"),
    "Chinese": _filled("在 2026年11月22日 写道\n"),
}

MARKUP = {
    "paragraphs": _filled("<p>The vase that you sent me came in <b>pieces</b>.</p>\n"),
    "quotations": _filled("<blockquote>old</blockquote><div class=gmail_quote>"),
    "nested elements": _filled("<div>"),
    "nested lists": _filled("<ul><li>a"),
    "nested tables": _filled("<table><tr><td>"),
    "a table": "<table>" + _filled("<tr><td>a<td>b<td>c</tr>"),
    "unclosed formatting": "<p>" + _filled("<b><i><p>"),
    "formatting": _filled("<b>a</b> "),
    "links": _filled("<a href='https://b.example/?c=d&e=f'>g</a>\n"),
    "pictures": _filled("<img src=cid:a alt=b>"),
    "styles": _filled("<p style='color:red;position:fixed'>a"),
    "entities": _filled("&amp;"),
    "angles": _filled("<"),
    "comments": _filled("<!-- a -->"),
    "an open comment": "<!--" + _filled("-"),
    "attributes": "<p " + _filled("a=b "),
    "end tags": _filled("</p></div>"),
    "preformatted": "<pre>" + _filled("a\n"),
    "breaks": _filled("<br>"),
}
