"""What of an agent's mail reaches the customer, from whichever program it was written with?"""

from dataclasses import replace
from email.message import EmailMessage
from html import escape
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mailticket.desk.attachments import judge
from mailticket.desk.command_words import Scene
from mailticket.desk.commands import read_commands
from mailticket.desk.orders import Macro, Orders
from mailticket.desk.public_part import PublicPart, public_part, travelling
from mailticket.mail.markup import letters
from mailticket.mail.message import InboundMail
from mailticket.mail.parse import parse_mail
from tests.factories import ANN, NOW, PDF, PNG, make_attachment, make_mail, make_policy, make_ticket
from tests.unit.desk.agents_clients import ALL, BY_NAME, SECRET, Reply

POLICY = make_policy()


def read(raw: bytes) -> InboundMail:
    mail = parse_mail(raw)
    sniffed = (replace(file, media_type=file.content_type) for file in mail.attachments)
    return replace(mail, attachments=tuple(sniffed))


def orders_of(text: str, **over: Any) -> Orders:
    orders = read_commands(text, Scene(policy=POLICY, agent=ANN, now=NOW, ticket=make_ticket(), **over))
    assert not orders.problems
    return orders


def part_of(mail: InboundMail, **over: Any) -> PublicPart:
    return public_part(mail, orders_of(mail.reply), **over)


def rich(html: str, plain: str) -> InboundMail:
    """Ann's reply with both, or with `html` "" as text only."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = "Ann Ahlberg <ann@acme.example>", "support@acme.example", "<1@x>"
    mail.set_content(plain)
    if html:
        mail.add_alternative(html, subtype="html")
    return read(mail.as_bytes())


@pytest.mark.parametrize("reply", ALL, ids=lambda reply: reply.name)
def test_customer_gets_the_new_words_with_their_form(reply: Reply) -> None:
    part = part_of(read(reply.raw))
    assert part.text == reply.text
    assert [one for one in reply.form if one not in (part.html or "")] == []
    assert bool(part.html) is bool(reply.form)
    assert tuple(image.content_id for image in part.images) == reply.shown
    assert part.attachments == ()
    assert SECRET not in f"{part.text} {part.html}"


def test_first_reply_without_marks_keeps_the_signature_and_the_third_does_not() -> None:
    def reply(words: str) -> InboundMail:
        signature = "Ann Ahlberg<br>Senior Agent for the Returns of all Customers in the North<br>Acme Ltd"
        return rich(f"<div>{words}</div><div>{signature}</div>", f"{words}\n\n{signature.replace('<br>', chr(10))}")

    endings: list[Any] = []
    texts = []
    for words in ("Hello Carla.", "It leaves today.", "You are welcome."):
        part = part_of(reply(words), endings=endings)
        endings.insert(0, part.ending)
        texts.append(part.text)
    assert ["Senior Agent" in text for text in texts] == [True, True, False]
    assert texts[-1] == "You are welcome."
    assert "Ann Ahlberg" not in (part.html or "")


@pytest.mark.parametrize(
    ("plain", "text"),
    [
        ("#resolved\n\nBest regards\nAnn\n", ""),
        ("#resolved\n\nAnn\n", ""),
        ("#resolved\n\nLG Ann\n", ""),
        ("#resolved\n\nAnn Ahlberg\nAcme Ltd, Main Street 1\nwww.acme.example\n", ""),
        ("#resolved\n\nAnn will call you\n", "Ann will call you"),
        ("#resolved\n\nCleo\n", "Cleo"),
        ("Ann\n", "Ann"),
        ("#resolved\n", ""),
        ("#resolved\n#note she called\n\nBest regards\nAnn\n", ""),
        ("Thanks\n", "Thanks"),
        ("It is sent.\n\n#note do not tell her why\n", "It is sent."),
        ("#high\nIt is sent.\n\nBest regards\nAnn\n+44 20 7946 0000\n", "It is sent.\n\nBest regards\nAnn"),
        ("It is sent.\n\n-Ann\n", "It is sent."),
        (
            "It is sent.\n\nBest regards\nAnn\n\nPS: it comes on Friday\n",
            "It is sent.\n\nBest regards\nAnn\n\nPS: it comes on Friday",
        ),
        (
            "It is sent.\n\nBest regards\nAnn\n\nThe number of the parcel is 12345678.\n",
            "It is sent.\n\nBest regards\nAnn\n\nThe number of the parcel is 12345678.",
        ),
    ],
    ids=[
        "closing below a command",
        "name below a command",
        "short closing below a command",
        "signature below a command",
        "sentence that begins by the name",
        "another name",
        "name alone",
        "command only",
        "note and closing",
        "one word",
        "note below",
        "number",
        "dash",
        "PS",
        "more",
    ],
)
@pytest.mark.parametrize("with_html", [False, True], ids=["plain", "html"])
def test_only_words_for_the_customer_are_an_answer(plain: str, text: str, with_html: bool) -> None:
    lines = "".join(f"<div>{line or '<br>'}</div>" for line in plain.splitlines())
    part = part_of(rich(lines if with_html else "", plain))
    assert part.text == text
    assert bool(part.html) is (with_html and bool(text))


@pytest.mark.parametrize(
    ("html", "plain"),
    [
        ("<p>Hello Carla</p><p>internal: she is difficult</p>", "Hello Carla"),
        ("<p>Hello</p><p>Carla, it leaves tomorrow</p>", "Hello Carla, it leaves today"),
        ("<p>Something else</p><p>Hello Carla</p>", "Hello Carla"),
        ("", "Hello Carla"),
    ],
    ids=["more below", "another word", "more above", "none"],
)
def test_html_shows_no_word_that_the_text_does_not(html: str, plain: str) -> None:
    part = part_of(rich(html, plain))
    assert part.text == plain
    assert not part.html or letters(part.html.replace("<p>", "").replace("</p>", "")) == letters(plain)


def test_what_is_remote_is_a_link_and_what_acts_is_gone() -> None:
    html = (
        '<p onclick="x()" style="position:fixed;background:url(https://spy.example/a)">Look: '
        '<img src="https://shop.example/vase.png" alt="the vase"><img src="https://spy.example/p.gif" width="1">'
        '<a href="javascript:x()">here</a><script>x()</script><style>p{}</style></p>'
    )
    part = part_of(rich(html, "Look: [the vase] here"))
    assert part.html == '<p>Look: <a href="https://shop.example/vase.png">the vase</a>here</p>'
    assert part.text == "Look: the vase <https://shop.example/vase.png>here"


def test_table_and_headings_survive() -> None:
    html = (
        "<h2>Prices</h2><table border=1><tr><th style='border:1px solid'>vase</th><th></th></tr>"
        "<tr><td colspan=2>39.90 EUR</td></tr></table><pre>a\n  b</pre>"
    )
    part = part_of(rich(html, "Prices\nvase\n39.90 EUR\na\n  b"))
    assert part.html is not None
    assert "<h2>Prices</h2>" in part.html
    assert '<td colspan="2">39.90 EUR</td>' in part.html
    assert part.text == "Prices\n\nvase\n39.90 EUR\n\na\n  b"


@pytest.mark.parametrize("markdown", [True, False])
def test_plain_text_is_markdown_where_the_desk_says_so(markdown: bool) -> None:
    part = part_of(rich("", "Two things:\n\n- a **new** vase\n- <b>no</b> label\n"), markdown=markdown)
    assert part.text == "Two things:\n\n- a **new** vase\n- <b>no</b> label"
    shown = (
        "<p>Two things:</p>\n<ul>\n<li>a <strong>new</strong> vase</li>\n<li>&lt;b&gt;no&lt;/b&gt; label</li>\n</ul>"
    )
    assert part.html == (shown if markdown else None)


def test_macro_comes_first_and_is_markdown() -> None:
    mail = rich("<div>#macro sorry</div><div>It leaves <b>today</b>.</div>", "#macro sorry\nIt leaves today.\n")
    orders = orders_of(mail.reply, macros={"sorry": Macro(name="sorry", text="We are **sorry**.")})
    part = public_part(mail, orders)
    assert part.text == "We are **sorry**.\n\nIt leaves today."
    assert part.html == "<p>We are <strong>sorry</strong>.</p>\n<div>It leaves <b>today</b>.</div>"


def test_form_survives_a_command_that_was_mended() -> None:
    mail = rich("<div>#priortiy high</div><div>It leaves <b>today</b>.</div>", "#priortiy high\nIt leaves today.\n")
    mended = orders_of("#priority high\nIt leaves today.")
    part = public_part(replace(mail, reply="#priority high\nIt leaves today."), mended, written=("#priortiy high",))
    assert part.html == "<div>It leaves <b>today</b>.</div>"


def test_files_go_along_and_what_nobody_attached_stays() -> None:
    quoted = make_attachment("image003.png", PNG + b"logo", inline=True, content_id="image003@x")
    files = (
        make_attachment("label.pdf", PDF, content_type="application/pdf", media_type="application/pdf"),
        make_attachment("smime.p7s", b"sealed", content_type="application/pkcs7-signature", media_type=""),
        quoted,
        make_attachment("pasted.png", PNG, inline=True, content_id="pasted@x"),
    )
    mail = make_mail(
        text="See the label.", reply="See the label.", attachments=files,
        markup='<p>See the label.</p><blockquote type="cite"><img src="cid:image003@x"></blockquote>',
    )  # fmt: skip
    part = part_of(mail)
    assert [file.filename for file in part.attachments] == ["label.pdf", "pasted.png"]
    judged = travelling(judge(files, POLICY.attachments, 5), part)
    assert [(file.filename, file.attachment.inline, file.withheld) for file in judged] == [
        ("label.pdf", False, ""),
        ("pasted.png", False, ""),
    ]


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ('<p>Like this:</p><img src="cid:a@x"><p>See?</p>', ("a@x",)),
        ('<p>Like this:</p><p>See?</p><img src="cid:a@x">', ()),
    ],
    ids=["among the words", "below them"],
)
def test_picture_that_was_sent_before_is_a_logo_where_it_stands_below_the_words(
    html: str, shown: tuple[str, ...]
) -> None:
    picture = make_attachment("image.png", PNG, inline=True, content_id="a@x")
    mail = make_mail(text="Like this:\nSee?", reply="Like this:\nSee?", markup=html, attachments=(picture,))
    part = part_of(mail, logos={picture.sha256})
    assert tuple(image.content_id for image in part.images) == shown
    assert part.attachments == ()
    assert [image.content_id for image in part_of(mail).images] == ["a@x"]


def test_picture_goes_as_a_file_where_the_form_does_not_go() -> None:
    mail = read(BY_NAME["outlook_desktop"].raw)
    part = part_of(
        replace(
            mail,
            reply=mail.reply.replace("new vase", "old vase").replace("we send", "you get")
            + "\n[cid:image001.png@01DC5C2A.1F0B2C30]",
        )
    )
    assert part.html is None
    assert [file.filename for file in part.attachments] == ["image001.png"]
    assert "[image001.png]" in part.text and "01DC5C2A" not in part.text


WORDS = st.lists(st.text("ab #*->[]().1", max_size=12), max_size=5)


@given(
    above=st.lists(st.sampled_from(["#resolved", "#high", ""]), max_size=2),
    words=WORDS,
    note=WORDS,
    macro=st.booleans(),
)
def test_no_word_of_a_note_is_ever_shown(above: list[str], words: list[str], note: list[str], macro: bool) -> None:
    secret = [f"#note SECRET {line}" if not at else f"SECRET {line}" for at, line in enumerate(["", *note])]
    text = "\n".join((*above, *words, *secret))
    parts = "".join(f"<div>{escape(line) or '<br>'}</div>" for line in text.split("\n"))
    orders = read_commands(text, Scene(policy=POLICY, agent=ANN, now=NOW, ticket=make_ticket()))
    assume(not orders.problems)
    mail = make_mail(text=text, reply=text, markup=parts)
    part = public_part(mail, orders, markdown=macro)
    assert "SECRET" not in f"{part.text} {part.html}"
