"""What does the ticket show of a customer's reply to our answer, from whichever program, with all of ours quoted?"""

from collections.abc import Callable
from email.message import EmailMessage
from functools import partial
from html import escape

import pytest

from mailticket.desk.notice import NoticeKind
from mailticket.mail.message import Address
from mailticket.mail.parse import parse_mail
from mailticket.outbound.render import Templates
from tests.unit.outbound.rows import make_row

TEMPLATES = Templates(None)
NAME, DESK = "Ann Ahlberg (Acme Support)", "support@acme.example"
FACTS = {
    "text": "Hello Carla,\n\n- one new vase\n- a label\n\nBest regards,\nAnn",
    "html": "<div>Hello Carla,</div><ul><li>one new vase</li><li>a label</li></ul><div>Best regards,<br>Ann</div>",
    "quote": {"author": "Carla Customer", "at": "2026-11-22T10:00:00Z", "text": "My vase is broken.\nWhat now?"},
    "timezone": "UTC",
}
LANGUAGES = ("en", "de", "fr", "es")
WORDS = "Thank you, that works.\n\nOne more question: when does it come?"


def our_answer(language: str) -> tuple[str, str]:
    """Text and HTML of our mail."""
    from_ = Address(name=NAME, addr_spec=DESK)
    notice = make_row(NoticeKind.REPLY, language=language, from_=from_).notice
    words = TEMPLATES.render(notice, FACTS)
    return words.text, words.html[words.html.index("<body") : words.html.index("</body>")].partition(">")[2]


def marked(text: str, mark: str = "> ") -> str:
    return "\n".join(f"{mark}{line}".rstrip() for line in text.splitlines())


def divs(words: str) -> str:
    return "".join(f"<div>{escape(line) or '<br>'}</div>" for line in words.splitlines())


def gmail(words: str, text: str, html: str) -> tuple[str, str]:
    head = "On Mon, 23 Nov 2026 at 09:00, Ann Ahlberg (Acme Support) <"
    return (
        f"{words}\n\n{head}\n{DESK}> wrote:\n\n{marked(text)}\n",
        f'<div dir="ltr">{divs(words)}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" '
        f'class="gmail_attr">{escape(head)}<a href="mailto:{DESK}">{DESK}</a>&gt; wrote:<br></div><blockquote '
        f'class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex">{html}'
        "</blockquote></div>",
    )


HEADER = f"From: {NAME} <{DESK}>\nSent: Monday, 23 November 2026 09:00\nTo: Carla Customer <carla@shop.example>\n" \
         "Subject: [#2611-0042] Broken vase\n"  # fmt: skip


def outlook(words: str, text: str, html: str) -> tuple[str, str]:
    lines = "".join(f"<p class=MsoNormal>{escape(line) or '<o:p>&nbsp;</o:p>'}</p>" for line in words.splitlines())
    header = escape(HEADER).replace("\n", "<br>")
    return (
        f"{words}\n\n{HEADER}\n{text}\n",
        f"<div class=WordSection1>{lines}<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm'>"
        f"<p class=MsoNormal>{header}</p></div>{html}</div>",
    )


def outlook_web(words: str, text: str, html: str) -> tuple[str, str]:
    return (
        f"{words}\n________________________________\n{HEADER}\n{text}\n",
        f'{divs(words)}<div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1"><div '
        f'id="divRplyFwdMsg" dir="ltr">{escape(HEADER)}</div><div>{html}</div>',
    )


def outlook_mobile(words: str, text: str, html: str) -> tuple[str, str]:
    get = "Get Outlook for iOS"
    plain, rich = outlook_web(f"{words}\n\n{get}<https://aka.ms/o0ukef>", text, html)
    block = f'<div id="ms-outlook-mobile-signature">{get}</div><div id="appendonsend">'
    return plain, divs(words) + block + rich.partition('<div id="appendonsend">')[2]


def apple(words: str, text: str, html: str, added: str = "") -> tuple[str, str]:
    head = f"On 23. Nov 2026, at 09:00, {NAME} <{DESK}> wrote:"
    return (
        f"{words}\n\n{added}\n\n> {head}\n> \n{marked(text)}\n",
        f'{divs(words)}<br><div dir="ltr">{added}</div><div><br><blockquote type="cite"><div>{escape(head)}</div><br '
        f'class="Apple-interchange-newline">{html}</blockquote></div>',
    )


def thunderbird(words: str, text: str, html: str, below: bool = False) -> tuple[str, str]:
    head = f"Am 23.11.26 um 09:00 schrieb {NAME}:"
    quoted = (
        f'<div class="moz-cite-prefix">{head}<br></div><blockquote type="cite" cite="mid:t@acme.example">{html}'
        "</blockquote>"
    )
    if below:
        return f"{head}\n{marked(text)}\n\n{words}\n", f"{quoted}{divs(words)}"
    return f"{words}\n\n{head}\n{marked(text)}\n", f"{divs(words)}{quoted}"


def yahoo(words: str, text: str, html: str) -> tuple[str, str]:
    head = f"On Monday, November 23, 2026 at 09:00:01 AM GMT, {NAME} <{DESK}> wrote:"
    return (
        f"{words}\n\n    {head}  \n \n {text.replace(chr(10), chr(10) + ' ')}\n  ",
        f'<div class="ydp1yahoo-style-wrap">{divs(words)}</div><div id="yahoo_quoted_01" class="yahoo_quoted"><div>'
        f"<div>{escape(head)}</div><div><br></div>{html}</div></div>",
    )


def proton(words: str, text: str, html: str) -> tuple[str, str]:
    head = f"On Monday, November 23rd, 2026 at 9:00 AM, {NAME} <{DESK}> wrote:"
    return (
        f"{words}\n\nSent with [Proton Mail](https://proton.me/mail/home) secure email.\n\n{head}\n\n{marked(text)}\n",
        f'{divs(words)}<div class="protonmail_signature_block"><div class="protonmail_signature_block-proton">Sent '
        'with <a href="https://proton.me/mail/home">Proton Mail</a> secure email.</div></div>'
        '<div class="protonmail_quote">'
        f'{escape(head)}<br><blockquote class="protonmail_quote" type="cite">{html}</blockquote></div>',
    )


def k9(words: str, text: str, html: str) -> tuple[str, str]:
    head = f"Am 23. November 2026 10:00:02 MEZ schrieb {NAME!r} <{DESK}>:"
    return (
        f"{words}\n\n{head}\n{marked(text, '>')}\n",
        f'<div dir="auto">{divs(words)}</div><div class="gmail_quote"><div dir="auto">{escape(head)}</div><blockquote '
        f'class="gmail_quote">{html}</blockquote></div>',
    )


def neomutt(words: str, text: str, html: str) -> tuple[str, str]:
    return f"{words}\n\nOn Mon, Nov 23, 2026 at 09:00:00AM +0000, {NAME} wrote:\n{marked(text)}\n", ""


PROGRAMS: dict[str, Callable[[str, str, str], tuple[str, str]]] = {
    "gmail": gmail,
    "outlook desktop": outlook,
    "outlook web": outlook_web,
    "outlook mobile": outlook_mobile,
    "apple mail": apple,
    "iphone": partial(apple, added="Sent from my iPhone"),
    "thunderbird": thunderbird,
    "thunderbird, below": partial(thunderbird, below=True),
    "yahoo": yahoo,
    "proton": proton,
    "k9": k9,
    "neomutt": neomutt,
}


def reply(program: str, language: str, *, parts: str) -> str:
    plain, html = PROGRAMS[program](WORDS, *our_answer(language))
    mail = EmailMessage()
    mail["From"], mail["Message-ID"] = "carla@shop.example", "<1@shop.example>"
    if parts == "html only" and html:
        mail.set_content(html, subtype="html")
    else:
        mail.set_content(plain)
        if parts == "both" and html:
            mail.add_alternative(html, subtype="html")
    return "\n".join(line for line in parse_mail(mail.as_bytes()).reply.splitlines() if line.strip())


@pytest.mark.parametrize("parts", ["both", "html only", "plain only"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("program", PROGRAMS)
def test_only_the_customers_new_words_are_new(program: str, language: str, parts: str) -> None:
    assert reply(program, language, parts=parts) == "\n".join(line for line in WORDS.splitlines() if line)
