"""An agent's answer as a mail: its form, its pictures, and below it what it answers."""

import email
from email.message import EmailMessage
from email.policy import default
from typing import Any

from mailticket.desk.notice import NoticeKind
from mailticket.outbound.letter import write
from mailticket.outbound.render import Templates
from tests.factories import PDF, PNG, make_attachment
from tests.unit.outbound.rows import NOW, POLICY, make_row

PICTURE = make_attachment("vase.png", PNG, inline=True, content_id="ii_&1@mail.gmail.com")
HTML = '<div>Look: <img src="cid:ii_&amp;1@mail.gmail.com" alt="vase"><img src="cid:gone@x" alt=""></div>'


def answer(language: str = "en", **facts: Any) -> EmailMessage:
    facts = {"text": "Look: [vase]", "html": HTML, "images": [PICTURE], "attachments": [], "quote": {}, **facts}
    raw = write(make_row(NoticeKind.REPLY, language=language), facts, Templates(None), POLICY, NOW)
    message = email.message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def words(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert isinstance(part, EmailMessage)
    return str(part.get_content()).replace("\r\n", "\n")


def test_pictures_are_related_to_the_html_under_names_of_ours() -> None:
    message = answer()
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
    ]
    picture = list(message.walk())[-1]
    assert picture["Content-Disposition"] == 'inline; filename="vase.png"'
    assert picture.get_payload(decode=True) == PNG
    content_id = picture["Content-ID"].strip("<>")
    assert f'src="cid:{content_id}"' in words(message, "html")
    assert "gmail" not in message.as_string()


def test_files_stand_beside_words_and_pictures() -> None:
    file = make_attachment("label.pdf", PDF, content_type="application/pdf")
    message = answer(attachments=[file])
    assert message.get_content_type() == "multipart/mixed"
    assert [part.get_filename() for part in message.iter_attachments()] == ["label.pdf"]


def test_text_alone_gets_its_lines_in_html() -> None:
    message = answer(text="a < b\nc", html="", images=[])
    assert "<p>a &lt; b<br>\nc</p>" in words(message, "html")


def test_quotation_stands_below_as_mail_programs_write_it() -> None:
    quote = {
        "author": "Carla <b>",
        "at": "2026-11-22T10:00:00Z",
        "text": "My vase\n\n" + "is broken, " * 20 + "\n> old",
    }
    message = answer(quote=quote)
    lines = words(message, "plain").splitlines()
    begins = next(at for at, line in enumerate(lines) if line.endswith("Carla <b> wrote:"))
    assert lines[begins].startswith("On 22 Nov 2026")
    assert lines[begins + 1 : begins + 3] == ["> My vase", ">"]
    assert all(line.startswith(">") and len(line) <= 78 for line in lines[begins + 1 :])
    assert lines[-1] == "> > old"
    assert "Carla &lt;b&gt; wrote:" in words(message, "html")
    assert '<blockquote type="cite"' in words(message, "html")


def test_nothing_is_quoted_where_nothing_may_be() -> None:
    message = answer()
    assert "wrote:" not in words(message, "plain")
    assert "blockquote" not in words(message, "html")
