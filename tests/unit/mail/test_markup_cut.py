"""Is exactly that part of HTML found which shows given words, and does nobody's HTML make that costly?"""

import time
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailticket.mail.markup import letters, simplified
from mailticket.mail.markup_cut import Cut, cut, line_ends


def cut_out(source: str, text: str, above: str = "") -> Cut | None:
    shown = simplified(source)
    assert shown is not None
    begin = line_ends(above.split("\n"), shown, 0)[-1] if above else 0
    lines = text.split("\n")
    ends = line_ends(lines, shown, begin)
    return cut(shown, begin, ends[-1], ()) if len(ends) == len(lines) else None


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        ("<p>One <b>two</b> three</p><p>four</p>", "One two", "<p>One <b>two</b></p>"),
        ("<p>One</p><p><br></p><p>two</p><p><br></p><p>three</p>", "One\n\ntwo", "<p>One</p><p><br></p><p>two</p>"),
        ("One<br>two<br>#note three", "One\ntwo", "One<br>two"),
        ("<ul><li>a</li><li>b</li></ul><p>c</p>", " * a\n * b", "<ul><li>a</li><li>b</li></ul>"),
        ("<ol start=3><li>a<li>b</ol>", "  3. a\n  4. b", '<ol start="3"><li>a</li><li>b</li></ol>'),
        ('<a href="https://a.example/">a</a> b', "a <https://a.example/> b", '<a href="https://a.example/">a</a> b'),
        ('<a href="javascript:x()">a</a>', "a", "a"),
        ("<span style='font-weight:700;font-style:italic'>a</span>", "a", "<b><i>a</i></b>"),
        ("<b style='font-weight:normal'>a</b>", "*a*", "a"),
        ("<div style='display:none'>hidden</div><p>a</p>", "a", "<p>a</p>"),
        ("<p>a &lt;script&gt;</p><script>b</script>", "a <script>", "<p>a &lt;script&gt;</p>"),
        ("<table><tr><td></td><td>a</td></tr></table>", "a", None),
        ("<section><h1>a</h1></section>", "a", "<div><h1>a</h1></div>"),
        ('<img alt="😀" src="https://x.example/e.png">a', "😀a", "😀a"),
        ("<p>a\xa0\u200bb</p>", "a b", None),
        ("<p>a</p>", "b", None),
        ("<p>a</p>", "a b", None),
    ],
)
def test_part_that_shows_the_words(source: str, text: str, expected: str | None) -> None:
    found = cut_out(source, text)
    if expected is None and found is not None:
        assert letters(found.text) == letters(text)
    else:
        assert (found.html if found else None) == expected


def test_words_are_found_below_the_commands() -> None:
    found = cut_out(
        "<div>#priority high</div><div><br></div><div>Hello</div><div>#note x</div>", "Hello", "#priority high"
    )
    assert found is not None
    assert found.html == "<div>Hello</div>"


PIECES = st.lists(
    st.tuples(
        st.sampled_from(["p", "div", "b", "li", "span", "blockquote", "h2", "td"]), st.text("ab *-1.<>&#", max_size=8)
    ),
    max_size=8,
)


@given(kept=PIECES, dropped=PIECES)
def test_no_letter_beyond_the_words_is_shown(kept: list[tuple[str, str]], dropped: list[tuple[str, str]]) -> None:
    def as_html(pieces: list[tuple[str, str]]) -> str:
        return "".join(f"<{tag}>{escape(text)}</{tag}>" for tag, text in pieces)

    text = "\n".join(text for _, text in kept)
    secret = [(tag, text + "SECRET") for tag, text in dropped]
    found = cut_out(as_html(kept) + as_html(secret), text)
    assert found is None or "SECRET" not in found.html + found.text


_POINT = '<p class=MsoListParagraph style="mso-list:l0"><span style="mso-list:Ignore">1.</span>'
HOSTILE = {
    "nested elements": "<div>" * 3000 + "a",
    "nested quotations": "<blockquote type=cite>" * 1000 + "a",
    "nested signatures": "<div id=Signature>" * 1000 + "a",
    "nested tables": "<table><tr><td>" * 700 + "a",
    "nested lists": "<ul><li>" * 1000 + "a",
    "points of Word": _POINT * 2000,
    "points of Word within each other": f"<button>{_POINT}" * 1000,
    "unclosed formatting": "<b><i><u>" * 40 + "<p>x" * 200,
    "pictures": '<img src="cid:a" alt="aaaa">' * 3000,
    "one long line": "a b" * 400_000,
    "links": '<a href="https://a.example">a</a>' * 4000,
    "more than is looked at": "<p>a" * 300_000,
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("text", ["a" * 12_000, "<http:" * 2000, "[" * 12_000, "1. \n" * 3000, "*a" * 6000])
def test_hostile_html_costs_little(source: str, text: str) -> None:
    begun = time.process_time()
    shown = simplified(source)
    if shown is not None:
        line_ends(text.split("\n"), shown, 0)
        cut(shown, 0, min(len(shown.letters), 12_000), ())
    assert time.process_time() - begun < 2
