"""HTML of mails: what it could do is gone, what it shows stays, and no source is a bomb."""

import pytest

from mailticket.mail import html
from mailticket.mail.reply import new_words


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<iframe src='https://evil.example'></iframe>",
        "<form action='https://evil.example'><input name=password></form>",
        "<style>@import url(https://evil.example)</style>",
        "<svg onload=alert(1)>",
        "<p style='background:url(https://evil.example)'>x</p>",
        "<meta http-equiv=refresh content='0;url=https://evil.example'>",
        "<base href='https://evil.example'>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    ],
)
def test_what_html_could_do_is_gone(source: str) -> None:
    clean = html.sanitise(source)

    assert not any(word in clean for word in ("alert", "evil", "script", "onerror", "form", "style"))


def test_what_html_shows_stays() -> None:
    source = "<p>Hello <b>Ann</b></p><table><tr><td>1</td></tr></table><img src='cid:logo@shop' alt='Logo'>"
    clean = html.sanitise(source)

    assert "<b>Ann</b>" in clean
    assert '<img src="cid:logo@shop" alt="Logo">' in clean
    assert "<td>1</td>" in clean


def test_text_is_what_a_reader_sees() -> None:
    text = html.to_text(
        "<html><head><title>T</title><style>p{}</style></head><body><p>Hello</p><div>a<br>b</div></body></html>"
    )

    assert [line for line in text.split("\n") if line] == ["Hello", "a", "b"]


@pytest.mark.parametrize(
    "history",
    [
        "<div class='gmail_quote'>On Sunday <blockquote>old</blockquote></div>",
        "<blockquote type='cite'>old</blockquote>",
        "<div id='divRplyFwdMsg'>From: x</div><div>old</div>",
        "<hr id='stopSpelling'><p>old</p>",
        "<div id='appendonsend'></div><hr><div>old</div>",
    ],
)
def test_marked_history_is_told_from_new_words(history: str) -> None:
    shown, quoted = html.to_texts(f"<div>new</div>{history}")

    assert "old" in shown
    assert new_words(quoted) == "new"


def test_unmarked_html_is_one_text() -> None:
    assert html.to_texts("<p>new</p>") == ("new", "new")


@pytest.mark.parametrize(
    "bomb",
    [
        "<p>" + "".join(f"<b id={number}>" for number in range(5000)) + "</p>" + "<p>x</p>" * 5000,
        "<div>a" * 100_000,
        "<ul><li>" * 50_000,
        "&" * 1_000_000,
        "<" * 1_000_000,
    ],
    ids=["formatting", "depth", "lists", "entities", "angles"],
)
def test_bomb_is_weighed_and_simplified(bomb: str) -> None:
    assert html.weigh(bomb) > html.BEARABLE_SECONDS
    # unsimplified, the first of them alone would be 25 million nodes
    assert len(html.sanitise(bomb)) < 10 * len(bomb)
    shown, quoted = html.to_texts(bomb)
    assert shown == quoted


def test_newsletter_is_ordinary() -> None:
    rows = "".join(f"<tr><td><a href='https://shop.example/{n}'><b>Vase {n}</b></a></td></tr>" for n in range(80))

    assert html.weigh(f"<table>{rows}</table>") < html.ORDINARY_SECONDS


@pytest.mark.parametrize(
    "source", ["", "<b>a</b>" * 3000, "&amp;" * 9000, "<div>" * 90_000, "a" * 100_000, "<b><p>" * 5000]
)
def test_rough_weight_is_no_more_than_the_weight(source: str) -> None:
    assert html.weigh_roughly(source) <= html.weigh(source)
