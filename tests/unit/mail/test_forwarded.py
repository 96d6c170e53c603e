"""Who wrote what is forwarded: every program and language has its own header for it."""

import pytest

from mailticket.mail.message import Address
from mailticket.mail.parse import parse_mail
from tests.unit.mail.forwards import (
    APPLE,
    APPLE_ON_A_MAC,
    GMAIL,
    LANGUAGES,
    OLD_OUTLOOK,
    OTTO,
    OUTLOOK,
    THUNDERBIRD,
    YAHOO,
)


def read(body: str, subject: str = "Fwd: vase", media_type: str = "text/plain") -> Address | None:
    raw = f"From: carla@shop.example\nSubject: {subject}\nContent-Type: {media_type}; charset=utf-8\n\n{body}\n"
    mail = parse_mail(raw.encode())
    assert mail.readable
    return mail.forwarded_from


@pytest.mark.parametrize(
    "body",
    [GMAIL, OUTLOOK, OLD_OUTLOOK, APPLE, APPLE_ON_A_MAC, f"See below.\n\n{APPLE_ON_A_MAC}", THUNDERBIRD, YAHOO],
    ids=["Gmail", "Outlook", "old Outlook", "Apple", "Mac", "Mac, with words above", "Thunderbird", "Yahoo"],
)
def test_header_of_each_program(body: str) -> None:
    assert read(body) == OTTO


def test_header_in_the_quotation_of_apples_html() -> None:
    body = (
        '<div>see below</div><br><div><blockquote type="cite"><div>Begin forwarded message:</div>'
        '<br class="Apple-interchange-newline"><div><b>From: </b>Otto Old &lt;otto@old.example&gt;<br></div>'
        "<div><b>Subject: </b>vase<br></div><div><b>Date: </b>22. November 2026 at 09:00:00 CET<br></div>"
        "<div><b>To: </b>carla@shop.example<br></div><br><div>It is broken.</div></blockquote></div>"
    )

    assert read(body, media_type="text/html") == OTTO


@pytest.mark.parametrize("language", LANGUAGES)
def test_header_in_each_language(language: str) -> None:
    sender, sent, to, subject, prefix = LANGUAGES[language]
    body = f"{sender}: Otto Old <otto@old.example>\n{sent}: 22.11.2026 09:00\n{to}: Carla\n{subject}: vase\n\nBroken."

    assert read(body, f"{prefix} vase") == OTTO


def test_html_alone() -> None:
    body = (
        '<div>see below</div><div class="gmail_quote"><div class="gmail_attr">'
        "---------- Forwarded message ---------<br>"
        'From: <b>Otto Old</b> <span>&lt;<a href="mailto:otto@old.example">otto@old.example</a>&gt;</span><br>'
        "Date: Sun, Nov 22, 2026 at 9:00 AM<br>Subject: vase<br>To: &lt;carla@shop.example&gt;<br></div>"
        "It is broken.</div>"
    )

    assert read(body, media_type="text/html") == OTTO


INNER = b"From: Otto Old <otto@old.example>\nSubject: vase\n\nIt is broken.\n"


@pytest.mark.parametrize(
    ("subject", "words", "found"),
    [("Fwd: vase", "see the mail", OTTO), ("vase", "", OTTO), ("vase", "the mail shows what I mean", None)],
    ids=["the subject says so", "nothing else in it", "a file among words"],
)
def test_attached_mail(subject: str, words: str, found: Address | None) -> None:
    raw = (
        f"From: carla@shop.example\nSubject: {subject}\nContent-Type: multipart/mixed; boundary=b\n\n"
        f"--b\n\n{words}\n--b\nContent-Type: message/rfc822\n\n"
    ).encode() + INNER + b"\n--b--\n"  # fmt: skip

    assert parse_mail(raw).forwarded_from == found


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Re: vase", OUTLOOK),
        ("Re: Fwd: vase", "Thanks.\n\n" + APPLE_ON_A_MAC),
        ("Re: vase", "Thanks.\n\nOn Sun, Nov 22, 2026 at 9:00 AM Ann <ann@acme.example> wrote:\n" + GMAIL),
        ("Fwd: vase", "no header, only words: nothing"),
        ("Fwd: vase", "Von: Otto Old\nGesendet: 22.11.2026 09:00\nAn: Carla\nBetreff: vase\n\nno address"),
        ("vase", "From: my heart <thanks@old.example>"),
        ("vase", "---------- Forwarded message ---------\nIt came in pieces to me as well."),
    ],
    ids=[
        "a reply with history",
        "a reply to a forward",
        "a forward within history",
        "no header",
        "no address",
        "prose",
        "words for a header",
    ],
)
def test_no_forward(subject: str, body: str) -> None:
    assert read(body, subject) is None
