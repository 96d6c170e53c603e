"""How do mail programs put an answer together? The words above, what is answered below, in their different ways."""

import html
from collections.abc import Callable, Sequence

from tests.integration.inside.letters import Letter

#: Makes text and HTML ("" for none) of an answer.
Program = Callable[[Sequence[str], Letter], tuple[str, str]]


def plain(lines: Sequence[str], letter: Letter) -> tuple[str, str]:
    """As neomutt, Thunderbird and many others write text."""
    quote = [f"> {line}".rstrip() for line in letter.text.splitlines()]
    return _text(*lines, "", f"On Sun, 22 Nov 2026 at 12:00, {_writer(letter)} wrote:", *quote), ""


def below(lines: Sequence[str], letter: Letter) -> tuple[str, str]:
    """Words below the quote."""
    quote = [f"> {line}".rstrip() for line in letter.text.splitlines()]
    return _text(f"On Sun, 22 Nov 2026 at 12:00, {_writer(letter)} wrote:", *quote, "", *lines), ""


def outlook_plain(lines: Sequence[str], letter: Letter) -> tuple[str, str]:
    """Outlook's text: a block of header fields, and nothing marks the lines below it."""
    head = ["-----Original Message-----", *_head(letter)]
    return _text(*lines, "", *head, "", *letter.text.splitlines()), ""


def gmail(lines: Sequence[str], letter: Letter) -> tuple[str, str]:
    """Gmail: the quote is an element of its own."""
    text, _ = plain(lines, letter)
    words = "".join(f"<div>{html.escape(line) or '<br>'}</div>" for line in lines)
    quote = f'<blockquote class="gmail_quote" style="margin:0 0 0 .8ex">{_inner(letter)}</blockquote>'
    intro = f'<div dir="ltr" class="gmail_attr">On Sun, 22 Nov 2026, {html.escape(_writer(letter))} wrote:<br></div>'
    return text, f'<div dir="ltr">{words}</div><br><div class="gmail_quote">{intro}{quote}</div>'


def outlook(lines: Sequence[str], letter: Letter) -> tuple[str, str]:
    """Outlook on the web: a rule, the header fields, and the quote without any mark."""
    text, _ = outlook_plain(lines, letter)
    words = "".join(f'<p class="MsoNormal">{html.escape(line) or "&nbsp;"}</p>' for line in lines)
    head = "<br>".join(f"<b>{html.escape(line)}</b>" for line in _head(letter))
    quote = f'<hr tabindex="-1"><div id="divRplyFwdMsg" dir="ltr">{head}</div><div>{_inner(letter)}</div>'
    return text, f'<html><body><div class="elementToProof">{words}</div>{quote}</body></html>'


def apple(lines: Sequence[str], letter: Letter) -> tuple[str, str]:
    """Apple Mail."""
    text, _ = plain(lines, letter)
    words = "".join(f"<div>{html.escape(line) or '<br>'}</div>" for line in lines)
    intro = f"<div>On 22. Nov 2026, at 12:00, {html.escape(_writer(letter))} wrote:</div>"
    return (
        text,
        f'<html><body>{words}<br><div><blockquote type="cite">{intro}{_inner(letter)}</blockquote></div></body></html>',
    )


def no_quote(lines: Sequence[str], letter: Letter) -> tuple[str, str]:
    """Somebody has deleted it."""
    return _text(*lines), ""


PROGRAMS: tuple[Program, ...] = (plain, below, outlook_plain, gmail, outlook, apple, no_quote)


def _text(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)


def _writer(letter: Letter) -> str:
    return str(letter.mail["From"])


def _head(letter: Letter) -> list[str]:
    subject = letter.subject
    return [
        f"From: {_writer(letter)}",
        "Sent: Sunday, November 22, 2026 12:00",
        f"To: {letter.mail['To']}",
        f"Subject: {subject}",
    ]


def _inner(letter: Letter) -> str:
    return letter.html or "<br>".join(html.escape(line) for line in letter.text.splitlines())
