"""The new words of whole mails: which part tells, and what the subject says of it."""

from pathlib import Path

import pytest

from mailticket.mail.parse import parse_mail

FIXTURES = Path(__file__).parents[2] / "mail"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("gmail_inline_answers", "Hello,\n\n> Which colour?\n\nBlue.\n\n> How many?\n\nTwo."),
        ("plain_text_hides_what_html_marks", "Blue, please."),
    ],
)
def test_new_words_of(name: str, words: str) -> None:
    mail = parse_mail((FIXTURES / f"{name}.eml").read_bytes())

    assert mail.reply == words
    assert len(mail.text) > len(words)


def test_forwarded_mail_is_what_the_sender_shows() -> None:
    mail = parse_mail((FIXTURES / "forwarded_by_subject.eml").read_bytes())

    assert mail.reply.startswith("Please answer her.")
    assert mail.reply.endswith("My vase is broken.")
    answer = parse_mail((FIXTURES / "forwarded_by_subject.eml").read_bytes().replace(b"WG: Vase", b"AW: WG: Vase"))
    assert answer.reply == "Please answer her."


def test_reply_of_nothing_but_history_is_all_of_it() -> None:
    mail = parse_mail(b"Subject: x\n\n> My vase is broken.\n")

    assert mail.reply == "> My vase is broken."
