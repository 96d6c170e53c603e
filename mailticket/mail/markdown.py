"""How does Markdown look? As HTML that can do nothing: CommonMark with tables and strikes, no raw HTML, no pictures."""

from collections.abc import Sequence
from html import escape

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

#: No answer is longer; what is, is shown as it was written.
_LONGEST = 20_000
#: In mail a rule below a line is no heading, and an indented line no code; every line ends where it was ended.
_NOT_IN_MAIL = ["lheading", "code", "html_block", "html_inline"]
_CLEANER = nh3.Cleaner(
    tags={"p", "br", "hr", "strong", "em", "s", "a", "ul", "ol", "li", "blockquote", "pre", "code"}
    | {"h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"},
    attributes={"a": {"href"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
)


def as_html(source: str, *, plain: bool = False) -> str:
    """`source` as HTML; with `plain` it is no Markdown, and its lines stay as they are."""
    if plain or len(source) > _LONGEST:
        return f"<p>{'<br>'.join(escape(line, quote=False) for line in source.splitlines())}</p>"
    return _CLEANER.clean(str(_MARKDOWN.render(source))).strip()


def _linked(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    """A picture elsewhere is a link: nothing is fetched when a mail is read."""
    token = tokens[index]
    target = escape(str(token.attrGet("src") or ""))
    return f'<a href="{target}">{escape(token.content or "image", quote=False)}</a>'


def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("js-default", {"breaks": True, "html": False, "linkify": False}).disable(_NOT_IN_MAIL)
    markdown.add_render_rule("image", _linked)
    return markdown


_MARKDOWN = _markdown()
