"""History in HTML, by the marks of many mail programs; what an editor indents is none."""

import pytest

from mailticket.mail import html
from mailticket.mail.reply import new_words

OLD = "<div>old</div>"
HISTORIES = {
    "gmail": f"<div class='gmail_quote'><div class='gmail_attr'>Quux 12:<br></div><blockquote class='gmail_quote'>{OLD}"
    "</blockquote></div>",
    "gmail, no quotation": f"<div class='gmail_quote'>On Sunday{OLD}</div>",
    "apple": f"<blockquote type='cite'>Ann wrote:{OLD}</blockquote>",
    "nested": f"<blockquote type=cite><div class=gmail_quote>x<blockquote class=gmail_quote>{OLD}</blockquote></div>"
    "</blockquote>",
    "outlook on the web": f"<div id='appendonsend'></div><hr><div id='divRplyFwdMsg'><b>Foo:</b> a</div>{OLD}",
    "outlook quoted again": f"<div id='x_divRplyFwdMsg'>a</div>{OLD}",
    "outlook, unknown language": "<div><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p><b>Kirim:</b> A<br>"
    f"<b>Yuborilgan:</b> 10:00<br><b>Kimga:</b> C<br><b>Mavzu:</b> v</p></div></div>{OLD}",
    "outlook for mac": f"<span id='OLK_SRC_BODY_SECTION'><b>Foo:</b> x{OLD}</span>",
    "outlook mobile": "<div id='ms-outlook-mobile-signature'>Get</div>"
    f"<div id='mail-editor-reference-message-container'>{OLD}</div>",
    "hotmail": f"<hr id='stopSpelling'>Datum{OLD}",
    "yahoo": f"<div class='yahoo_quoted'><div>Foo bar</div>{OLD}</div>",
    "proton": f"<div class='protonmail_signature_block'>Me</div><div class='protonmail_quote'>Foo<br>{OLD}</div>",
    "spark": f"<div name='messageSignatureSection'>Me</div><div name='messageReplySection'>Foo{OLD}</div>",
    "gmx": f"<div name='quote' style='margin:10px; border-left:2px solid #C3D9E5;'>Foo{OLD}</div>",
    "zimbra": f"<hr id='zwchr' data-marker='__DIVIDER__'><div data-marker='__HEADERS__'>Foo</div>{OLD}",
    "mail.ru": f"<blockquote style='border-left:1px solid #0857A6;'>Foo{OLD}</blockquote>",
    "yandex": f'<div>22.11.2026, 10:00, "A" &lt;a@b.example&gt;:</div><blockquote>{OLD}</blockquote>',
    "last of all": f"<blockquote>{OLD}</blockquote>",
}


@pytest.mark.parametrize("history", HISTORIES.values(), ids=HISTORIES.keys())
def test_marked_history_is_old_but_shown(history: str) -> None:
    shown, quoted = html.to_texts(f"<div>new</div>{history}")

    assert new_words(quoted) == "new"
    assert "old" in shown


def test_answer_below_thunderbirds_quotation_is_new() -> None:
    source = (
        "<div class='moz-cite-prefix'>Foo bar:</div><blockquote type='cite' cite='mid:x'>old</blockquote>"
        "<p>new</p><div class='moz-signature'>-- <br>Carla</div>"
    )

    assert new_words(html.to_texts(source)[1]) == "new"


@pytest.mark.parametrize(
    "source",
    [
        "<p>first</p><blockquote style='margin:0 0 0 40px;border:none;padding:0px'>second</blockquote>",
        "<p>first</p><blockquote>second</blockquote><p>third</p>",
        "<div>first</div><div class='gmail_quote'><div class='gmail_attr'>---------- Forwarded message ---------<br>"
        "From: Ann</div><div>second</div></div>",
        "<div class='gmail_signature'>" + "first and second " * 100 + "</div>",
    ],
    ids=["indented", "verse", "forwarded", "letter in a signature"],
)
def test_words_in_like_elements_stay(source: str) -> None:
    words = new_words(html.to_texts(source)[1])

    assert "first" in words or "Forwarded" in words
    assert "second" in words


def test_marks_of_ours_in_the_source_mean_nothing() -> None:
    source = "<p>first</p><p>\ufdd0</p><p>\ufdd2</p><p>second</p><blockquote type=cite>old</blockquote>"

    assert new_words(html.to_texts(source)[1]).split() == ["first", "second"]
